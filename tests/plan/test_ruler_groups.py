"""Groups for a ruler: none is too large, what belongs together stays there, and nothing moves needlessly."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.plan.model import Engine, Recording, Rule, Ruler
from tocsin.plan.recorded_reads import reads_within
from tocsin.plan.ruler_groups import divided_rules, groups_of_tenants
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.plan.model import Plan, RuleGroup
    from tocsin.plan.ruler_groups import DividedRules

    Rules = Sequence[Rule | Recording]

MOST = 5
GRAPHS = 1000 if os.environ.get("TOCSIN_THOROUGH") else 200


def _ruler(most: int = MOST) -> Ruler:
    return Ruler(Engine.PROMETHEUS, None, "shop", most, 0, Place(("deliver", "mimir"), key=True))


def _group(plan: Plan) -> RuleGroup:
    groups = (group for group in plan.rule_groups if group.engine is Engine.PROMETHEUS)
    return next(group for group in groups if any(isinstance(rule, Rule) for rule in group.rules))


def _divided(plan: Plan, rules: Rules, most: int = MOST) -> DividedRules:
    return divided_rules(
        replace(plan, rule_groups=(replace(_group(plan), rules=tuple(rules)),)), _ruler(most)
    )


def _where(divided: DividedRules) -> dict[object, str]:
    """The name of the group of each rule."""
    return {_name(rule): one.group.name for one in divided.groups[""] for rule in one.group.rules}


def _name(rule: Rule | Recording) -> object:
    return (rule.alert, rule.severity) if isinstance(rule, Rule) else (rule.record, str(rule.labels))


def _random_rules(plan: Plan, chance: random.Random) -> list[Rule | Recording]:
    """Recordings and alerts, each of which reads some of what is recorded, mostly before it."""
    like = next(rule for rule in _group(plan).rules if isinstance(rule, Rule))
    names = [f"r{number}" for number in range(chance.randint(0, 10))]
    chained = chance.random() < 0.3
    rules: list[Rule | Recording] = []
    for number, name in enumerate(names):
        read = names[:number] if chance.random() < 0.9 else names
        expr = _expr(chance, read, 2 if chained else 1)
        for copy in range(2 if chance.random() < 0.1 else 1):
            labels = {"copy": str(copy)}
            rules.append(Recording(name, like.engine, expr, labels, None, like.written, like.place))
    for number in range(chance.randint(0, 15)):
        expr = _expr(chance, names, 1)
        for severity in ("warning", "critical")[: chance.randint(1, 2)]:
            rules.append(replace(like, alert=f"A{number}", severity=severity, expr=expr))
    if chance.random() < 0.2:
        chance.shuffle(rules)
    return rules


def _expr(chance: random.Random, names: Sequence[str], most: int) -> str:
    read = chance.sample(names, min(len(names), chance.choice([0, 0, 0, *range(most + 1)])))
    return " + ".join(("up", *read))


@pytest.mark.parametrize("seed", range(0, GRAPHS, 20))
def test_random_groups_are_divided_along_what_rules_read(seed: int, shop_plan: Plan) -> None:
    for number in range(seed, seed + 20):
        rules = _random_rules(shop_plan, random.Random(number))
        divided = _divided(shop_plan, rules)
        parts = [one.group.rules for one in divided.groups[""]]
        assert sorted(map(id, sum(parts, ()))) == sorted(map(id, rules))
        assert all(len(part) <= MOST for part in parts)
        order = {id(rule): at for at, rule in enumerate(rules)}
        assert all([*part] == sorted(part, key=lambda rule: order[id(rule)]) for part in parts)
        part_of = {id(rule): at for at, part in enumerate(parts) for rule in part}
        alerts: dict[str, set[int]] = {}
        for rule in rules:
            if isinstance(rule, Rule):
                alerts.setdefault(rule.alert, set()).add(part_of[id(rule)])
        assert all(len(found) == 1 for found in alerts.values())
        _assert_that_all_late_reads_are_told(rules, part_of, divided)


def _assert_that_all_late_reads_are_told(
    rules: Rules, part_of: dict[int, int], divided: DividedRules
) -> None:
    reads = list(reads_within(rules))
    late = {
        (id(rules[read.reader]), id(rules[read.writer]))
        for read in reads
        if read.writer < read.reader and part_of[id(rules[read.reader])] != part_of[id(rules[read.writer])]
    }
    assert {(id(lag.reader), id(lag.writer)) for lag in divided.lags} == late
    joined = _joined(rules)
    for read in reads:
        if joined[read.reader] <= MOST:
            assert part_of[id(rules[read.reader])] == part_of[id(rules[read.writer])]
    assert all(lag.joined > MOST for lag in divided.lags)


def _joined(rules: Rules) -> list[int]:
    """How many rules are joined with each one: by reading, or as severities of one alert."""
    label = list(range(len(rules)))
    pairs = [(read.reader, read.writer) for read in reads_within(rules)]
    pairs += [
        (at, to)
        for at, rule in enumerate(rules)
        for to, other in enumerate(rules)
        if isinstance(rule, Rule) and isinstance(other, Rule) and rule.alert == other.alert
    ]
    while any(label[at] != label[to] for at, to in pairs):
        for at, to in pairs:
            label[at] = label[to] = min(label[at], label[to])
    return [label.count(one) for one in label]


@pytest.mark.parametrize("seed", range(0, GRAPHS, 20))
def test_another_alert_moves_only_what_its_full_group_has_no_room_for(seed: int, shop_plan: Plan) -> None:
    for number in range(seed, seed + 20):
        chance = random.Random(number)
        rules = _random_rules(shop_plan, chance)
        like = next(rule for rule in _group(shop_plan).rules if isinstance(rule, Rule))
        new = replace(like, alert="New", severity="warning", expr="up")
        at = chance.randint(0, len(rules))
        before = _where(_divided(shop_plan, rules))
        after = _where(_divided(shop_plan, [*rules[:at], new, *rules[at:]]))
        left = {before[rule] for rule in before if after[rule] != before[rule]}
        full = {name for name in before.values() if [*before.values()].count(name) == MOST}
        assert len(left) <= 1
        assert left <= full


def test_a_group_that_fits_stays_as_it_is(shop_plan: Plan) -> None:
    group = _group(shop_plan)
    [one] = divided_rules(replace(shop_plan, rule_groups=(group,)), _ruler(len(group.rules))).groups[""]
    assert one.group is group


def test_any_number_is_taken_where_there_is_no_limit(shop_plan: Plan) -> None:
    group = _group(shop_plan)
    large = replace(group, rules=group.rules * 50)
    [one] = divided_rules(replace(shop_plan, rule_groups=(large,)), _ruler(0)).groups[""]
    assert one.group is large


def test_the_most_read_recording_is_cut_off_and_its_readers_are_told(shop_plan: Plan) -> None:
    like = next(rule for rule in _group(shop_plan).rules if isinstance(rule, Rule))
    hub = Recording("hub", like.engine, "up", {}, None, like.written, like.place)
    own = [Recording(f"own{n}", like.engine, "up", {}, None, like.written, like.place) for n in range(MOST)]
    alerts = [replace(like, alert=f"A{n}", expr=f"hub + own{n}") for n in range(MOST)]
    divided = _divided(shop_plan, [hub, *own, *alerts])
    where = _where(divided)
    # What only one alert reads stays beside it.
    assert all(where[f"own{n}", "{}"] == where[f"A{n}", like.severity] for n in range(MOST))
    assert divided.lags
    assert all(lag.writer is hub for lag in divided.lags)


def test_a_large_group_is_divided_in_time(shop_plan: Plan) -> None:
    like = next(rule for rule in _group(shop_plan).rules if isinstance(rule, Rule))
    chance = random.Random(1)
    recordings = [
        Recording(f"r{n}", like.engine, "up", {}, None, like.written, like.place) for n in range(400)
    ]
    alerts = [
        replace(like, alert=f"A{n}", expr=f"r{chance.randrange(400)} + r{chance.randrange(400)}")
        for n in range(1500)
    ]
    parts = [one.group.rules for one in _divided(shop_plan, [*recordings, *alerts], 20).groups[""]]
    assert max(map(len, parts)) <= 20
    assert len(parts) < 1900 / 20 * 2


def test_groups_of_one_name_in_two_files_get_names_of_their_own(shop_plan: Plan) -> None:
    group = _group(shop_plan)
    plan = replace(shop_plan, rule_groups=(group, replace(group, file="other.yaml")))
    names = [one.group.name for one in divided_rules(plan, _ruler(0)).groups[""]]
    assert len(set(names)) == 2
    assert all(name.startswith(f"{group.name}-") for name in names)


def test_the_tenants_of_loki_are_those_of_the_groups(shop_plan: Plan) -> None:
    ruler = replace(_ruler(), engine=Engine.LOKI)
    (group,) = (one for one in shop_plan.rule_groups if one.engine is Engine.LOKI)
    named = replace(group, tenant="a")
    assert [tenant for tenant, _ in groups_of_tenants((group, named), ruler)] == ["fake", "a"]
    assert [*groups_of_tenants((_group(shop_plan),), ruler)] == []
