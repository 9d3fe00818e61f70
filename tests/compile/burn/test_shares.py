"""The share of bad events over the whole window against the exact one, in random histories of many groups.

Nights without traffic, days with a hundred times as much, errors only at night, counters that begin anew, and
errors of which there is no counter yet. `TOCSIN_THOROUGH` tries 10,000 of them.

Only the recordings of events are evaluated all the time. The others are asked for at some moments: what they
return does not depend on what they returned before.
"""

from __future__ import annotations

import json
import os
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.compile.burn.scenarios import checkout, plan_with

from tocsin.engines.promtool import check_tests
from tocsin.plan.model import Recording
from tocsin.prove.rule_values import recording_value

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
_GROUPS = 500 if _THOROUGH else 100
_SEEDS = range(20) if _THOROUGH else range(1)
_DAY = 288
"""Evaluations, one in five minutes."""
_LENGTH = _DAY + 60
_EVENTS = ("slo:total:rate5m", "slo:bad:rate5m")


def _history(chance: random.Random) -> list[tuple[int, int, bool]]:
    """For each five minutes the good and the bad events in half of them, and whether counters begin anew."""
    found: list[tuple[int, int, bool]] = []
    while len(found) < _LENGTH:
        steps = chance.randint(1, 60)
        traffic = chance.choice((0, 0, 1, 10, 100, 1000))
        bad = chance.choice((0, 0, traffic, traffic // 10))
        found += [(traffic - bad, bad, step == 0 and chance.random() < 0.2) for step in range(steps)]
    return found[:_LENGTH]


def _samples(history: list[tuple[int, int, bool]], which: int) -> str:
    """A counter's samples, two in five minutes."""
    value, texts = 0, ["0"]
    for step in history:
        grown = step[which]
        value = 0 if step[2] else value
        texts.append(f"{value + grown}+{grown}x1")
        value += 2 * grown
    return " ".join(texts)


@pytest.mark.parametrize("seed", _SEEDS)
def test_the_share_of_a_window_is_exact_and_always_a_number(
    seed: int, promtool: Program, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    series: dict[str, str] = {}
    for number in range(_GROUPS):
        history = _history(chance)
        counted = history[_LENGTH - _DAY :]
        good, bad = sum(step[0] for step in counted), sum(step[1] for step in counted)
        shop = f'shop="{number}"'
        series[f'checkouts_total{{{shop}, result="ok"}}'] = _samples(history, 0)
        if any(step[1] for step in history):
            series[f'checkouts_total{{{shop}, result="failed"}}'] = _samples(history, 1)
        if good + bad:
            series[f"exact{{{shop}}}"] = f"_x{2 * _LENGTH} {bad / (good + bad):.17g}"
    burn = "burn: {page: critical, ticket: {severity: warning, spent: [1x in 12h]}, missing: none}"
    plan = plan_with(checkout(burn).replace("30d", "1d"))
    rules = [rule for group in plan.rule_groups for rule in group.rules if isinstance(rule, Recording)]
    queries = _queries(rules)
    share = f"({queries['slo:bad_ratio:rate1d']})"
    asked = {
        f"count({share} unless on (shop) exact)": [_LENGTH],
        f"count(exact unless on (shop) {share})": [_LENGTH],
        f"count(abs({share} - on (shop) exact) > 0.000001 * exact or {share} < 0)": [_LENGTH],
    }
    for query in queries.values():
        asked[f"count(({query}) != ({query}))"] = [1, 10, 100, 200, 300, _LENGTH]
    events = [recording_value(rule) for rule in rules if rule.record in _EVENTS]
    _write(tmp_path / "rules.yaml", {"groups": [{"name": "events", "interval": "5m", "rules": events}]})
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "5m",
        "tests": [
            {
                "interval": "150s",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [
                    {"expr": expr, "eval_time": f"{5 * at}m", "exp_samples": []}
                    for expr, times in asked.items()
                    for at in times
                ],
            }
        ],
    }
    _write(tmp_path / "test.yaml", test)
    assert check_tests(promtool, [tmp_path / "test.yaml"]) is None


def _queries(rules: list[Recording]) -> dict[str, str]:
    """What each recording asks of the events and the raw series alone."""
    found: dict[str, str] = {}
    for rule in rules:
        expr = rule.expr
        for name, known in found.items():
            for selector in re.findall(rf"{name}(?:\{{[^}}]*\}})?(?![\w:{{])", expr):
                expr = expr if name in _EVENTS else expr.replace(selector, f"({known})")
        found[rule.record] = expr
    return found


def _write(path: Path, value: Any) -> None:
    # JSON is YAML, and written much faster.
    path.write_text(json.dumps(value), encoding="utf-8")
