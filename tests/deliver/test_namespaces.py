"""Namespace files for the rulers of Mimir and Loki."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.cli.generated_files import generate_files
from tocsin.deliver.rulers import is_own_namespace, ruler_namespaces
from tocsin.plan.model import Engine, Recording, Rule, Ruler
from tocsin.source.place import Place

if TYPE_CHECKING:
    from tocsin.plan.model import Plan, RuleGroup

_PLACE = Place(("deliver", "mimir"), key=True)
_MIMIR = Ruler(Engine.PROMETHEUS, "shop", "tocsin-shop", 20, 70, _PLACE)
_LOKI = Ruler(Engine.LOKI, None, "tocsin-shop", 0, 0, _PLACE)


def _groups(files: dict[str, str], folder: str) -> list[dict[str, Any]]:
    texts = [yaml.safe_load(text) for path, text in files.items() if path.startswith(folder)]
    return [group for text in texts for group in text["groups"]]


def test_the_namespace_holds_the_groups_of_the_rule_files(shop_plan: Plan) -> None:
    plan = replace(shop_plan, rulers=(_MIMIR, _LOKI))
    files = {file.path: file.content.decode() for file in generate_files(plan)}
    read = yaml.safe_load(files["mimir/tocsin-shop.yaml"])
    assert read["namespace"] == "tocsin-shop"
    # Strictly: mimirtool and lokitool refuse any other key.
    assert read.keys() == {"namespace", "groups"}
    plain = _groups(files, "prometheus/rules/")
    assert {group["name"]: group for group in read["groups"]} == {group["name"]: group for group in plain}
    loki = yaml.safe_load(files["loki-ruler/fake/tocsin-shop.yaml"])
    assert loki["groups"] == _groups(files, "loki/rules/fake/")


def test_each_tenant_of_loki_has_a_folder(shop_plan: Plan) -> None:
    (group,) = (one for one in shop_plan.rule_groups if one.engine is Engine.LOKI)
    plan = replace(shop_plan, rule_groups=(replace(group, tenant="a"), replace(group, tenant="b")))
    paths = [one.file.path for one in ruler_namespaces(plan, _LOKI)]
    assert paths == ["loki-ruler/a/tocsin-shop.yaml", "loki-ruler/b/tocsin-shop.yaml"]


def _large(plan: Plan, sizes: list[int]) -> tuple[RuleGroup, ...]:
    """Groups with that many rules of 2 KB each."""
    groups = (group for group in plan.rule_groups if group.engine is Engine.PROMETHEUS)
    group, rule = next((group, rule) for group in groups for rule in group.rules if isinstance(rule, Rule))
    long = "up\n" + "#" * 2000
    return tuple(
        replace(
            group,
            name=f"group{number}",
            rules=tuple(replace(rule, alert=f"A{number}x{n}", expr=long) for n in range(size)),
        )
        for number, size in enumerate(sizes)
    )


def test_no_file_is_too_long_and_no_two_have_one_namespace(shop_plan: Plan) -> None:
    plan = replace(shop_plan, rule_groups=_large(shop_plan, [30, 5, 18, 400, 44, 60, 7]))
    found = list(ruler_namespaces(plan, _MIMIR))
    assert len(found) > 5
    assert all(len(one.file.content) <= 200 * 1024 for one in found)
    assert len({one.name for one in found}) == len(found)
    read = [yaml.load(one.file.content, yaml.CSafeLoader) for one in found]
    assert [value["namespace"] for value in read] == [one.name for one in found]
    assert all(is_own_namespace(_MIMIR, one.name) for one in found)
    alerts = [rule["alert"] for value in read for group in value["groups"] for rule in group["rules"]]
    assert sorted(alerts) == sorted(
        rule.alert for group in plan.rule_groups for rule in group.rules if isinstance(rule, Rule)
    )


def test_another_rule_changes_one_file(shop_plan: Plan) -> None:
    groups = _large(shop_plan, [15] * 40)
    first = groups[11].rules[0]
    assert isinstance(first, Rule)
    more = replace(groups[11], rules=(replace(first, alert="Another", expr="up"), *groups[11].rules))
    before, after = (
        {
            one.file.path: one.file.content
            for one in ruler_namespaces(replace(shop_plan, rule_groups=all_), _MIMIR)
        }
        for all_ in (groups, (*groups[:11], more, *groups[12:]))
    )
    assert len(before) > 4
    assert len([path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]) == 1


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("tocsin-shop", True),
        ("tocsin-shop-1of2", True),
        ("tocsin-shop-3of4-1of2", True),
        ("tocsin-shop-checkout", False),
        ("tocsin-shop2", False),
        ("tocsin-shop-1of2-x", False),
        ("tocsin", False),
        ("x-tocsin-shop", False),
        ("tocsin-shop\n", False),
    ],
)
def test_a_namespace_is_ours_by_its_whole_name(name: str, own: bool) -> None:
    assert is_own_namespace(_MIMIR, name) is own


def test_rules_stay_as_they_are_written(shop_plan: Plan) -> None:
    (group,) = _large(shop_plan, [1])
    [rule] = group.rules
    assert isinstance(rule, Rule)
    kept = replace(
        rule, keep_firing_for="7m", for_="0s", labels={"a": "b"}, annotations={"c": "{{ $value }}"}
    )
    recording = Recording("a:b", group.engine, "up", {}, None, rule.written, rule.place)
    plan = replace(
        shop_plan, rule_groups=(replace(group, rules=(recording, kept), query_offset="1m", limit=3),)
    )
    [one] = ruler_namespaces(plan, _MIMIR)
    [read] = yaml.safe_load(one.file.content)["groups"]
    assert (read["query_offset"], read["limit"], read["interval"]) == ("1m", 3, group.interval)
    assert read["rules"] == [
        {"record": "a:b", "expr": "up"},
        {
            "alert": kept.alert,
            "expr": kept.expr,
            "keep_firing_for": "7m",
            "labels": {"a": "b"},
            "annotations": {"c": "{{ $value }}"},
        },
    ]
