"""Objectives that are otherwise for some values of a label: each group has its own alerts, and no others."""

from __future__ import annotations

import os
import random
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.compile.test_branches import assert_apart, built, planned, quoted

from tocsin.lang.listed_labels import values_of
from tocsin.lang.promql.restrict import restrict_query
from tocsin.targets.prometheus import emit

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

SPECS = 1000 if os.environ.get("TOCSIN_THOROUGH") else 8
SHOPS = ["lisbon", "porto", "a|b", 'say "x"', ""]
OF_NO_EXCEPTION = "faro"
BURN = {
    "page": {"severity": "critical", "spent": ["14.4x in 1h"]},
    "ticket": {"severity": "warning", "spent": ["6x in 1h"]},
}


def _spec(exceptions: Any, **more: Any) -> str:
    slo = {
        "title": "Paid",
        "objective": "99.9%",
        "window": "30d",
        "ratio": {"bad": "sum by (shop) (rate(bad[30d]))", "total": "sum by (shop) (rate(all[30d]))"},
        "burn": BURN,
        **more,
    }
    return yaml.safe_dump(
        {
            "project": {"name": "shop", "title": "Shop"},
            "severities": {
                "critical": {"rank": 1, "title": "Critical"},
                "warning": {"rank": 2, "title": "Warning"},
            },
            "teams": {"web": {"title": "Web"}},
            "receivers": {"all": {}},
            "routing": {"catch_all": "all"},
            "slos": {"paid": {**slo, **({"except": exceptions} if exceptions else {})}},
        },
        sort_keys=False,
        allow_unicode=True,
    )


def test_another_objective_alone_is_an_objective_by_group() -> None:
    exceptions = [
        {"where": {"shop": ["lisbon", "porto"]}, "objective": "99%"},
        {"where": {"shop": ["porto", "faro"]}, "objective": "95%"},
    ]
    by_group = {"default": "99.9%", "by": "shop", "values": {"lisbon": "99%", "porto": "99%", "faro": "95%"}}
    own, other = planned(_spec(exceptions)), planned(_spec((), objective=by_group))
    assert next(iter(emit(own))).content == next(iter(emit(other))).content
    assert own.slos[0].objectives == other.slos[0].objectives


def test_labels_team_and_tiers_are_those_of_the_group() -> None:
    exceptions = [
        {
            "where": {"shop": "lisbon"},
            "team": "web",
            "labels": {"place": "pt"},
            "burn": {"page": {"spent": ["3x in 2h"]}},
        },
        {"where": {"shop": "faro"}, "off": "closed"},
    ]
    plan = planned(_spec(exceptions))
    rules = {
        (rule.severity, rule.selected): rule
        for alert in plan.groups[0].alerts
        if alert.name == "PaidBudgetBurn"
        for rule in alert.rules
    }
    rest = 'shop!~"faro|lisbon"'
    assert {selected for _, selected in rules} == {rest, 'shop="lisbon"'}
    lisbon = rules["critical", 'shop="lisbon"']
    assert (lisbon.labels["place"], lisbon.labels["team"]) == ("pt", "web")
    assert 'slo:bad_ratio:rate2h{slo="paid",shop="lisbon"} > 3 * 0.001' in lisbon.expr
    assert "place" not in rules["critical", rest].labels
    # A label that it lacks is named only of a rule that nothing else tells apart.
    assert rules["critical", rest].title == f"PaidBudgetBurn (critical, {rest})"
    assert lisbon.variant == 'team="web", place="pt", shop="lisbon"'
    # What is not promised there has no objective, and so no budget.
    objective = next(one for one in plan.rule_groups[0].rules if one.expr.startswith("0 * "))
    assert "faro" in objective.expr


@pytest.mark.parametrize(
    ("exceptions", "more", "id_", "message"),
    [
        ([{"where": {"region": "eu"}, "off": "x"}], {}, "except/label-lost", "`sum` removes the label"),
        ([{"where": {"shop": "a"}, "window": "7d"}], {}, "except/incomplete", "`window` is the same"),
        (
            [{"where": {"shop": "a"}, "burn": {"interval": "1m"}}],
            {},
            "except/incomplete",
            "evaluated together",
        ),
        ([{"where": {"shop": "a"}, "objective": "99.9%"}], {}, "except/no-change", "changes nothing"),
        ([{"where": {"shop": "a"}, "team": "wbe"}], {}, "reference/team", "no team `wbe`"),
        (
            [{"where": {"shop": "a"}, "burn": {"page": {"severity": "x"}}}],
            {},
            "reference/severity",
            "no severity `x`",
        ),
        ([{"where": {"shop": "a"}, "team": "web"}], {"burn": None}, "except/no-change", "without `burn`"),
        (
            [{"where": {"shop": "a"}, "team": "web"}, {"where": {"shop": ["a"]}, "off": "x"}],
            {},
            "except/unreached",
            "those before it take all",
        ),
        (
            [{"where": {"region": "eu"}, "off": "x"}],
            {"ratio": None, "up": {"gauge": "up", "by": ["shop"]}},
            "except/label-lost",
            "`sum` removes the label",
        ),
    ],
)
def test_an_exception_that_cannot_hold_is_told(
    exceptions: Any, more: dict[str, Any], id_: str, message: str
) -> None:
    data = yaml.safe_load(_spec(exceptions, **more))
    slo = data["slos"]["paid"]
    data["slos"]["paid"] = {key: value for key, value in slo.items() if value is not None}
    plan, found = built(yaml.safe_dump(data, sort_keys=False))
    assert plan is None
    assert any(one.id == id_ and message in one.message for one in found), found
    assert all(one.span is not None for one in found)


@pytest.mark.parametrize(
    ("mimir", "is_sound"),
    [(None, True), ({}, False), ({"rules_per_group": 60}, True), ({"rules_per_group": 0}, True)],
)
def test_only_a_ruler_that_takes_few_rules_limits_the_exceptions(mimir: Any, is_sound: bool) -> None:
    """Each has rules of its own; only the ruler of Mimir counts those of a group."""
    pages = [{"page": {"severity": "critical", "spent": [f"{3 + number}x in 1h"]}} for number in range(9)]
    exceptions = [{"where": {"shop": f"s{number}"}, "burn": page} for number, page in enumerate(pages)]
    data = yaml.safe_load(_spec(exceptions))
    if mimir is not None:
        data["deliver"] = {"mimir": {"namespace": "shop", **mimir}}
    plan, found = built(yaml.safe_dump(data, sort_keys=False))
    assert (plan is not None) == is_sound
    assert {one.id for one in found} == (set() if is_sound else {"spec/burn"})


@pytest.mark.parametrize("said", [{"off": "closed"}, {"labels": {"place": "none"}}])
@pytest.mark.parametrize("of", [{}, {"ratio": {"share": "1 - avg by (shop) (avg_over_time(up[30d]))"}}])
def test_that_nothing_is_measured_at_all_is_told_whatever_is_excepted(
    of: dict[str, Any], said: dict[str, Any], tmp_path: Path, promtool: Program
) -> None:
    """It has no label of a group, and is no group without one, which the exception is for."""
    plan = planned(_spec([{"where": {"shop": ""}, **said}], **of))
    (tmp_path / "rules.yml").write_bytes(next(iter(emit(plan))).content)
    labels = {"severity": "warning", "slo": "paid"}
    about = {
        "summary": "Paid: nothing measures the objective any more",
        "description": "The objective has no data: a failure would not be seen, "
        "and its other alerts cannot fire.",
    }
    expected = {
        "eval_time": "15m",
        "alertname": "PaidBudgetMissing",
        "exp_alerts": [{"exp_labels": labels, "exp_annotations": about}],
    }
    test = {"interval": "1m", "input_series": [], "alert_rule_test": [expected]}
    (tmp_path / "t.yml").write_text(yaml.safe_dump({"rule_files": ["rules.yml"], "tests": [test]}))
    done = promtool.run(["test", "rules", str(tmp_path / "t.yml")], timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def _random(chosen: random.Random) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    free = SHOPS.copy()
    for number in range(chosen.randint(1, 3)):
        where = {"shop": chosen.sample(SHOPS, chosen.randint(1, 2))}
        if not set(where["shop"]) & set(free):
            continue
        free = [shop for shop in free if shop not in where["shop"]]
        said: dict[str, Any] = {"labels": {"place": f"p{number}"}}
        if chosen.random() < 0.5:
            said["objective"] = chosen.choice(["99%", "95%", "99.5%"])
        if chosen.random() < 0.5:
            said["burn"] = {"page": {"severity": "critical", "spent": [f"{chosen.randint(2, 30)}x in 1h"]}}
        found.append({"where": where, **({"off": "x"} if chosen.random() < 0.25 else said)})
    return found


@lru_cache(maxsize=64)
def _conditions(text: str) -> dict[tuple[str, str], list[str]]:
    """The expressions of the rules by alert and severity."""
    found: dict[tuple[str, str], list[str]] = {}
    for alert in planned(text).groups[0].alerts:
        for rule in alert.rules:
            found.setdefault((rule.alert, rule.severity), []).append(rule.expr)
    return found


def test_random_exceptions_give_each_group_the_alerts_of_the_first_that_matches(
    tmp_path: Path, promtool: Program
) -> None:
    """The rules together fire as objectives without exceptions do, each written for one of the shops."""
    chosen = random.Random(3)
    every = (*SHOPS, OF_NO_EXCEPTION)
    shares = {shop: chosen.choice([0.2, 0.6, 2, 8, 30]) for shop in every}
    for _ in range(SPECS):
        exceptions = _random(chosen)
        text = _spec(exceptions)
        plan = planned(text)
        for alert in plan.groups[0].alerts:
            assert_apart(alert)
        reference: dict[tuple[str, str], list[str]] = {}
        for shop in every:
            first = next((one for one in exceptions if shop in one["where"]["shop"]), {})
            if "off" not in first:
                own = {key: value for key, value in first.items() if key in ("objective", "burn")}
                if "burn" in own:
                    own["burn"] = {**BURN, **own["burn"]}
                for key, exprs in _conditions(_spec((), **own)).items():
                    restricted = restrict_query(exprs[0], {"shop": values_of([shop])})
                    reference.setdefault(key, []).extend([restricted] if restricted else [])
        (tmp_path / "rules.yml").write_bytes(next(iter(emit(plan))).content)
        _assert_same(_conditions(text), reference, shares, tmp_path, promtool)


def _assert_same(
    own: dict[tuple[str, str], list[str]],
    reference: dict[tuple[str, str], list[str]],
    shares: dict[str, float],
    folder: Path,
    promtool: Program,
) -> None:
    assert own.keys() == reference.keys()
    tests = []
    for key, exprs in own.items():
        union, wanted = (" or ".join(f"({one}\n)" for one in some) for some in (exprs, reference[key]))
        counts = " + ".join(f"(count({one}\n) or vector(0))" for one in exprs)
        same = f"count(({union}) == ({wanted})) or vector(0)"
        whole = f"(count({wanted}) or vector(0))"
        tests += [
            {"expr": expr, "eval_time": "90m", "exp_samples": [{"labels": "{}", "value": 0}]}
            for expr in (f"{whole} - ({same})", f"{whole} - ({counts})")
        ]
    inputs = []
    for shop, share in shares.items():
        labels = f"{{shop={quoted(shop)}}}" if shop else ""
        inputs += [
            {"series": f"all{labels}", "values": "0+1000x100"},
            {"series": f"bad{labels}", "values": f"0+{share * 10:g}x100"},
        ]
    data = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": inputs, "promql_expr_test": tests}],
    }
    (folder / "t.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    done = promtool.run(["test", "rules", str(folder / "t.yml")], timeout=300)
    assert done.returncode == 0, (done.stdout + done.stderr)[:3000]
