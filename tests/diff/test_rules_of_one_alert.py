"""Several rules of one alert with one severity are told by the labels in which they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

ROUTING = """\
---
route: {receiver: all, routes: [{matchers: [team="a"], receiver: one}, {matchers: [team="b"], receiver: two}]}
receivers: [{name: all}, {name: one}, {name: two}]
"""
FAST = "{alert: Burn, expr: burn_5m > 5, labels: {severity: critical, window: 5m, team: a}}"
SLOW = "{alert: Burn, expr: burn_1h > 2, labels: {severity: critical, window: 1h, team: b}}"
SLOWEST = "{alert: Burn, expr: burn_6h > 1, labels: {severity: critical, window: 6h, team: a}}"


def _diff(tmp_path: Path, old: tuple[str, ...], new: tuple[str, ...], *options: str) -> str:
    for name, rules in (("old.yml", old), ("new.yml", new)):
        text = "groups:\n  - name: g\n    rules:\n" + "".join(f"      - {rule}\n" for rule in rules)
        (tmp_path / name).write_text(text + ROUTING, encoding="utf-8")
    paths = [str(tmp_path / "old.yml"), str(tmp_path / "new.yml")]
    result = CliRunner().invoke(main, ["diff", *paths, *options])
    assert result.exit_code == 1, result.output
    return result.output


def test_each_removed_rule_is_named_with_its_own_receivers(tmp_path: Path) -> None:
    other = "{alert: Other, expr: up == 0}"
    assert _diff(tmp_path, (FAST, SLOW, other), (other,)) == (
        "Alerts\n"
        '  - Burn (critical, window="1h", team="b"): removed; no longer notified: two\n'
        '  - Burn (critical, window="5m", team="a"): removed; no longer notified: one\n'
    )


def test_the_first_of_several_is_removed_and_the_others_stay_what_they_are(tmp_path: Path) -> None:
    said = _diff(tmp_path, (FAST, SLOW, SLOWEST), (SLOW, SLOWEST))
    assert said == ('Alerts\n  - Burn (critical, window="5m", team="a"): removed; no longer notified: one\n')


def test_a_changed_rule_is_named_by_its_labels(tmp_path: Path) -> None:
    new = SLOW.replace("burn_1h", "burned_1h")
    said = _diff(tmp_path, (FAST, SLOW), (new, FAST))
    assert said.startswith('Alerts\n  ~ Burn (critical, window="1h", team="b"): expression burn_1h > 2 → ')
    assert said.count("Burn") == 1
    value: dict[str, Any] = orjson.loads(_diff(tmp_path, (FAST, SLOW), (new, FAST), "--format", "json"))
    assert [one["variant"] for one in value["alerts"]] == ['window="1h", team="b"']


def test_a_rule_with_another_label_is_the_one_that_is_left(tmp_path: Path) -> None:
    said = _diff(tmp_path, (FAST, SLOW), (FAST, SLOW.replace("window: 1h", "window: 2h")))
    assert said == 'Alerts\n  ~ Burn (critical, window="2h", team="b"): label window 1h → 2h\n'


def test_rules_that_only_their_order_tells_apart_keep_it(tmp_path: Path) -> None:
    rules = tuple(f"{{alert: Burn, expr: {name} > 1}}" for name in ("first", "second", "third"))
    assert _diff(tmp_path, rules, rules[1:]) == "Alerts\n  - Burn: removed; no longer notified: all\n"
    changed = (rules[0], rules[1].replace("second", "other"), rules[2])
    assert _diff(tmp_path, rules, changed) == "Alerts\n  ~ Burn (no. 2): expression second > 1 → other > 1\n"
