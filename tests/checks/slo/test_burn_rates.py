"""What is said of an alert beside an objective, against what its expression returns on random events."""

from __future__ import annotations

import os
import random
from fractions import Fraction
from typing import TYPE_CHECKING

from tocsin.checks.slo.burn_rates import BurnCondition, slo_coverages
from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.witness.evaluate import Evaluator, Series

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

SEED = 11
COUNT = 300 * (10 if os.environ.get("TOCSIN_THOROUGH") else 1)
NOW = 3_600_000
SPEC = """\
project: {name: p, title: P}
severities: {critical: {rank: 1, title: C}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
slos:
  bad: {title: B, objective: 99.5%, window: 5m, ratio: {bad: "BAD", total: "ALL"}}
  good: {title: G, objective: 90%, window: 5m, ratio: {good: "GOOD", total: "ALL"}}
  time: {title: T, objective: 90%, window: 5m, latency: {histogram: h_seconds, within: 500ms}}
groups:
  g:
    title: G
    alerts:
"""
BAD = "sum(rate(c_total{code=~'5..'}[5m]))"
GOOD = "sum(rate(c_total{code!~'5..'}[5m]))"
ALL = "sum(rate(c_total[5m]))"
IN_TIME = "sum(rate(h_seconds_bucket{le='0.5'}[5m])) / sum(rate(h_seconds_count[5m]))"
QUANTILE = "histogram_quantile(0.9, sum by (le) (rate(h_seconds_bucket[5m])))"


def _quantile(condition: BurnCondition) -> str:
    """The quantile that a condition on time is about."""
    return QUANTILE if condition.quantile is None else QUANTILE.replace("0.9", f"{float(condition.quantile)}")


class _Grammar:
    """Random alerts on the share of bad events, and some that only look alike."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def alert(self) -> str:
        text = self._comparison()
        if self.chance.random() < 0.15:
            text = f"{text} or {self._comparison()}"
        return text

    def _comparison(self) -> str:
        op = self.chance.choice([">", ">=", "<", "<="])
        limit = self.chance.choice(
            [f"{self.chance.random():.3f}", f"{self.chance.randrange(1, 99)}", "14.4 * (1 - 0.995)", "-0.2"]
        )
        sides = [self._value(3), limit]
        self.chance.shuffle(sides)
        return f"{sides[0]} {op} {sides[1]}"

    def _value(self, depth: int) -> str:
        if depth == 0 or self.chance.random() < 0.3:
            return self.chance.choice(
                [
                    f"{BAD} / {ALL}",
                    f"{GOOD} / {ALL}",
                    f"({ALL} - {BAD}) / {ALL}",
                    f"({ALL} - {GOOD}) / {ALL}",
                    f"{BAD} * 2 / ({ALL} * 0.005)",
                    f"100 * {BAD} / {ALL}",
                    f"{ALL} / {BAD}",
                    f"{BAD} / {GOOD}",
                    f"{BAD} / sum(rate(c_total[10m]))",
                    f"{BAD} / sum(increase(c_total[5m]))",
                    IN_TIME,
                    QUANTILE,
                    QUANTILE.replace("0.9", "0.5"),
                ]
            )
        inner, number = self._value(depth - 1), self.chance.choice(["2", "0.5", "100", "1", "(1 - 0.9)"])
        return self.chance.choice(
            [
                f"({number} - ({inner}))",
                f"(({inner}) - {number})",
                f"({number} + ({inner}))",
                f"(({inner}) * {number})",
                f"{number} * ({inner})",
                f"(({inner}) / {number})",
                f"-({inner})",
                f"({inner})",
            ]
        )


def _series(chance: random.Random) -> list[Series]:
    """Counters that grow evenly, so that every range sees the same share."""
    bad, good = chance.randrange(1, 40), chance.randrange(1, 400)
    bounds = sorted(chance.sample(range(1, 300), 3))
    rates = {
        ("c_total", "code", "500"): bad,
        ("c_total", "code", "200"): good,
        ("h_seconds_bucket", "le", "0.1"): bounds[0],
        ("h_seconds_bucket", "le", "0.5"): bounds[1],
        ("h_seconds_bucket", "le", "2"): bounds[2],
        ("h_seconds_bucket", "le", "+Inf"): bounds[2] + 10,
        ("h_seconds_count", "code", ""): bounds[2] + 10,
    }
    times = list(range(0, NOW + 1, 15_000))
    return [
        Series(
            {"__name__": name, **({label: value} if value else {})},
            times,
            [rate * at / 15_000 for at in times],
        )
        for (name, label, value), rate in rates.items()
    ]


def _value(expr: str, series: list[Series]) -> Fraction:
    (found,) = Evaluator(series).vector(parse_promql(expr), NOW)
    return Fraction(found.value)


def _holds(condition: BurnCondition, now: Fraction) -> bool | None:
    """Whether it says that the rule fires; None where rounding decides."""
    if abs(now - condition.at) < Fraction(1, 10**9) * max(Fraction(1), abs(condition.at)):
        return None
    return (now > condition.at) is condition.worse


def test_an_alert_fires_exactly_where_its_condition_says(plan_of: Callable[[str], Plan]) -> None:
    grammar = _Grammar(SEED)
    expressions = [grammar.alert() for _ in range(COUNT)]
    text = SPEC.replace("BAD", BAD).replace("GOOD", GOOD).replace("ALL", ALL) + "".join(
        f'      A{number}: {{summary: s, description: d, severity: critical, expr: "{expr}"}}\n'
        for number, expr in enumerate(expressions)
    )
    chance, compared, fired = random.Random(SEED), 0, 0
    for watch in slo_coverages(plan_of(text)):
        now_is = {
            "bad": f"{BAD} / {ALL}",
            "good": f"{BAD} / {ALL}",
            "time": f"1 - {IN_TIME}",
        }[watch.slo.name]
        by_rule: dict[str, list[BurnCondition]] = {}
        for condition in watch.conditions:
            by_rule.setdefault(condition.rule.expr, []).append(condition)
        for expr, conditions in by_rule.items():
            for _ in range(3):
                series = _series(chance)
                said = [
                    _holds(one, _value(_quantile(one) if one.is_time else now_is, series))
                    for one in conditions
                ]
                if None in said:
                    continue
                returned = any(one.appear == 0 for one in Evaluator(series).vector(parse_promql(expr), NOW))
                assert returned == any(said), (watch.slo.name, expr, conditions)
                compared += 1
                fired += returned
    print(f"\n{compared} comparisons of {COUNT} alerts with 3 objectives, seed {SEED}; {fired} fired")
    assert compared > COUNT
    assert compared / 5 < fired < compared * 4 / 5
