"""The share of bad events over the whole window against the exact one, in random histories of many groups.

Nights without traffic, days with a hundred times as much, errors only at night, counters that begin anew, and
errors of which there is no counter yet. `TOCSIN_THOROUGH` tries 10,000 of them.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest
from tests.compile.burn.recorded_events import complaint_about, queries_of
from tests.compile.burn.scenarios import checkout, plan_with

from tocsin.plan.model import Recording

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
_GROUPS = 500 if _THOROUGH else 100
_SEEDS = range(20) if _THOROUGH else range(1)
_DAY = 288
"""Evaluations, one in five minutes."""
_LENGTH = _DAY + 60


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
    queries = queries_of(rules)
    share = f"({queries['slo:bad_ratio:rate1d']})"
    asked = {
        f"count({share} unless on (shop) exact)": [_LENGTH],
        f"count(exact unless on (shop) {share})": [_LENGTH],
        f"count(abs({share} - on (shop) exact) > 0.000001 * exact or {share} < 0)": [_LENGTH],
    }
    for query in queries.values():
        asked[f"count(({query}) != ({query}))"] = [1, 10, 100, 200, 300, _LENGTH]
    tests = [
        {"expr": expr, "eval_time": f"{5 * at}m", "exp_samples": []}
        for expr, times in asked.items()
        for at in times
    ]
    assert complaint_about(promtool, tmp_path, plan, ("5m", "150s"), series, tests) is None
