"""How long `diff` and `route` take on 3,000 routes and 10,000 alerts: some changes, and all alerts."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.diff.test_routing_classes import SEED, large, mutated

from tocsin.compile import build
from tocsin.diff.compare import compare
from tocsin.plan.model import Engine, Plan, Rule, RuleGroup, RulePlaces
from tocsin.routing.alert_labels import alert_labels
from tocsin.routing.config import routing_config
from tocsin.routing.decision import decide
from tocsin.routing.reachability import RouteTree
from tocsin.source.document import Document
from tocsin.source.place import Place
from tocsin.spec.load import load_documents

if TYPE_CHECKING:
    from tocsin.plan.model import Route

ROUTES, ALERTS, CHANGES = 3000, 10_000, 12
NOWHERE = Place(())
WRITTEN = RulePlaces("", NOWHERE, NOWHERE, None, NOWHERE, {}, {})


def _rule(number: int, random: Random) -> Rule:
    team = f"team-{random.randrange(ROUTES // 3)}"
    severity = random.choice(("critical", "warning", "info"))
    expr = f'sum by (service) (rate(errors_{number}_total{{job="a"}}[5m])) > 1'
    labels = {"team": team, "severity": severity}
    return Rule(
        f"Alert{number}",
        severity,
        Engine.PROMETHEUS,
        expr,
        "5m",
        None,
        labels,
        {},
        ">",
        1.0,
        "1",
        WRITTEN,
        NOWHERE,
    )


def _plan(base: Plan, route: Route, rules: tuple[Rule, ...]) -> Plan:
    group = RuleGroup("all", Engine.PROMETHEUS, None, "all.yaml", None, rules, NOWHERE)
    return replace(base, route=route, rule_groups=(group,), groups=(), inhibitions=())


def _base() -> Plan:
    text = (Path(__file__).parents[1] / "specs" / "shop.yaml").read_text(encoding="utf-8")
    loaded = load_documents([Document("shop.yaml", text)])
    assert loaded.spec is not None
    plan = build(loaded.spec, loaded.sources).plan
    assert plan is not None
    return plan


def main() -> None:
    """Print the time of each comparison, and whether its change was found."""
    base = _base()
    random = Random(SEED)
    rules = tuple(_rule(number, random) for number in range(ALERTS))
    root = large(ROUTES, Random(SEED))
    times, missed = [], 0
    for number in range(CHANGES):
        changed = mutated(root, Random(f"{SEED}/{number}"))
        old, new = _plan(base, root, rules), _plan(base, changed, rules)
        start = time.process_time()
        missed += not compare(old, new).routing
        times.append(time.process_time() - start)
    print(
        f"tocsin diff, {ROUTES} routes, {ALERTS} alerts: {CHANGES} changes, missed: {missed}, "
        f"seconds of CPU: {min(times):.2f} to {max(times):.2f}"
    )
    plan = _plan(base, root, rules)
    table = routing_config(plan)
    assert table is not None
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    start = time.process_time()
    tree = RouteTree(table.route)
    asked = [{**alert.fixed, **way.labels} for alert in alert_labels(plan) for way in tree.ways(alert).ways]
    told = sum(bool(decide(table, labels, moment).told) for labels in asked)
    print(
        f"tocsin route --all, {ROUTES} routes, {ALERTS} alerts: {len(asked)} answers, told: {told}, "
        f"seconds of CPU: {time.process_time() - start:.2f}"
    )


if __name__ == "__main__":
    main()
