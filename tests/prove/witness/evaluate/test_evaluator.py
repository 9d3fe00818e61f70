"""The evaluator beside the real engine: the same expressions over the same series give the same vectors."""

from __future__ import annotations

import json
import math
import os
import random
import re
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.lang.go_numbers import go_float
from tocsin.lang.promql.ast import Selector
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.tokens import split_words
from tocsin.prove.witness.evaluate import EvaluationError, Evaluator, Series

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program

SEED = 7
COUNT = 400 * (10 if os.environ.get("TOCSIN_THOROUGH") else 1)
STEP = 60
SAMPLES = 61
INPUT: dict[str, Any] = {
    'c{a="1",b="x"}': [float(n * 7 + (n % 3)) for n in range(SAMPLES)],
    'c{a="1",b="y"}': [float(n * 3 % 40) for n in range(SAMPLES)],
    'c{a="2",b="x"}': [float(n) for n in range(SAMPLES)],
    'g{a="1"}': [5 + (n * 37 % 11) / 4 for n in range(SAMPLES)],
    'g{a="2"}': [-3.5 + n / 8 for n in range(SAMPLES)],
    'g{a="3"}': [None if 20 < n < 40 else 2.0 for n in range(SAMPLES)],
    "n": [0.0 if n % 5 else float("nan") for n in range(SAMPLES)],
    'h_bucket{a="1",le="0.1"}': [float(n) for n in range(SAMPLES)],
    'h_bucket{a="1",le="1"}': [float(n * 3) for n in range(SAMPLES)],
    'h_bucket{a="1",le="+Inf"}': [float(n * 4) for n in range(SAMPLES)],
    'h_bucket{a="2",le="0.1"}': [float(n) for n in range(SAMPLES)],
    'h_bucket{a="2",le="+Inf"}': [float(n) for n in range(SAMPLES)],
}
Answer = list[tuple[dict[str, str], float]] | None
_DIFFERENCE = re.compile(r"(expr: .*)\n +exp: (.*)\n +got: (.*)")
_WINDOWS = sorted(
    split_words(
        "rate increase delta irate idelta changes resets deriv avg_over_time min_over_time max_over_time"
        " sum_over_time count_over_time last_over_time present_over_time stdvar_over_time stddev_over_time"
        " absent_over_time"
    )
)
_AGGREGATIONS = sorted(
    split_words("sum avg min max count group stddev stdvar quantile topk bottomk count_values")
)
MOMENTS = (7, 25, 60)
"""Minutes at which each expression is evaluated."""


def _series() -> list[Series]:
    found = []
    for text, values in INPUT.items():
        node = parse_promql(text)
        assert isinstance(node, Selector)
        assert node.name is not None
        labels = {matcher.name: matcher.value for matcher in node.matchers} | {"__name__": node.name}
        kept = [(n * STEP * 1000, value) for n, value in enumerate(values) if value is not None]
        found.append(Series(labels, [at for at, _ in kept], [value for _, value in kept]))
    return found


class _Grammar:
    """Random expressions that the engine accepts, from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def vector(self, depth: int) -> str:
        pick = self._random.choice
        if depth <= 0:
            return pick((self._selector, self._window))(0)
        kinds = (
            *(self._window,) * 3,
            *(self._aggregation,) * 3,
            *(self._binary,) * 4,
            self._function,
            self._function,
            self._selector,
            self._set,
        )
        return pick(kinds)(depth - 1)

    def _selector(self, _depth: int) -> str:
        pick = self._random.choice
        base = pick(
            ("c", "g", "n", 'c{b="x"}', 'c{a!="2"}', 'g{a=~"1|2"}', 'c{b!~"y.*"}', "h_bucket", "nothing")
        )
        return base + pick(("", "", "", "", " offset 3m", " offset -2m", " @ 600", " @ end()"))

    def _window(self, _depth: int) -> str:
        pick = self._random.choice
        name = pick(_WINDOWS)
        base = pick(("c", "g", 'c{b="x"}', 'g{a!="3"}', "h_bucket", "n", "nothing"))
        window = pick(("[5m]", "[2m]", "[90s]", "[10m]", "[1m]", "[5m] offset 4m", "[7m] @ 900"))
        if self._random.random() < 0.15:
            window = pick(("[10m:2m]", "[5m:]", "[9m:45s]", "[5m:1m] offset 2m"))
            base = pick((base, f"({base} > 3)", f"({base} * -1)"))
        if self._random.random() < 0.15:
            return pick((f"predict_linear({base}{window}, 600)", f"quantile_over_time(0.3, {base}{window})"))
        return f"{name}({base}{window})"

    def _aggregation(self, depth: int) -> str:
        pick = self._random.choice
        inner = self.vector(depth)
        group = pick(("", "by (a) ", "by (b) ", "without (b) ", "by (a, b) ", "without () "))
        op = pick(
            [
                "sum",
                "avg",
                "min",
                "max",
                "count",
                "group",
                "stddev",
                "stdvar",
                "quantile",
                "topk",
                "bottomk",
                "count_values",
            ]
        )
        if op == "count_values":
            inner = self._selector(0)  # values as texts: those of `rate` may end in another digit
        if op in ("topk", "bottomk"):
            inner = pick(("c", "g", "sum by (a, b) (c)"))  # no two alike: which of them stays is open
        param = {"quantile": "0.4, ", "topk": "1, ", "bottomk": "2, ", "count_values": '"v", '}.get(op, "")
        return f"{op} {group}({param}{inner})"

    def _binary(self, depth: int) -> str:
        pick = self._random.choice
        op = pick(
            ("+", "-", "*", "/", "%", "^", "atan2", ">", "<", ">=", "<=", "==", "!=", "> bool", "== bool")
        )
        left = self.vector(depth)
        if self._random.random() < 0.5:
            number = pick(("3", "0", "-2.5", "100", "(2 * 3)", "time()", "scalar(n)"))
            return f"({left} {op} {number})" if pick((True, True, False)) else f"({number} {op} {left})"
        matching = pick(
            ("", "on (a) ", "ignoring (b) ", "on (a) group_left () ", "on (a) group_right (b) ", "on () ")
        )
        return f"({left} {op} {matching}{self.vector(depth)})"

    def _set(self, depth: int) -> str:
        pick = self._random.choice
        matching = pick(("", "on (a) ", "ignoring (b) ", "on () "))
        return f"({self.vector(depth)} {pick(('and', 'or', 'unless'))} {matching}{self.vector(depth)})"

    def _function(self, depth: int) -> str:
        pick = self._random.choice
        inner = self.vector(depth)
        return pick(
            (
                f"abs({inner})",
                f"round({inner}, 0.5)",
                f"ceil({inner})",
                f"clamp({inner}, 1, 4)",
                f"clamp_min({inner}, 2)",
                f"sqrt({inner})",
                f"ln({inner})",
                f"exp({inner})",
                f"sgn({inner})",
                f"(-{inner})",
                f"absent({inner})",
                f"timestamp({inner})",
                f"hour(timestamp({inner}))",
                f"vector(scalar({inner}))",
                f'label_replace({inner}, "b", "$1-z", "a", "(.).*")',
                f'label_join({inner}, "d", "-", "a", "b")',
                f"histogram_quantile(0.6, {inner})",
                "histogram_quantile(0.9, sum by (a, le) (rate(h_bucket[5m])))",
                f"(minute() + {inner})",
            )
        )


def _answer(text: str, series: list[Series], minute: int) -> Answer:
    """The evaluator's elements; None where it says that the engine would refuse."""
    evaluator = Evaluator(series, step=STEP * 1000)
    try:
        vector = evaluator.vector(parse_promql(text), minute * 60_000)
    except EvaluationError:
        return None
    return [(element.labels, element.value) for element in vector if element.appear == 0]


def _written(labels: dict[str, str]) -> str:
    inner = ",".join(f"{name}={json.dumps(value)}" for name, value in labels.items() if name != "__name__")
    return labels.get("__name__", "") + "{" + inner + "}"


def _notation(values: list[float | None]) -> str:
    return " ".join("_" if value is None else go_float(value) for value in values)


def _engine_says(promtool: Program, folder: Path, cases: list[tuple[str, int, Answer]]) -> str:
    tests = []
    for text, minute, samples in cases:
        expected = [{"labels": _written(labels), "value": value} for labels, value in samples or []]
        tests.append({"expr": text, "eval_time": f"{minute}m", "exp_samples": expected})
    lines = [{"series": name, "values": _notation(values)} for name, values in INPUT.items()]
    group = {"interval": "1m", "input_series": lines, "promql_expr_test": tests}
    file = folder / "t.yaml"
    text = yaml.safe_dump({"evaluation_interval": "1m", "fuzzy_compare": True, "tests": [group]})
    file.write_text(text, encoding="utf-8")
    done = promtool.run(["test", "rules", str(file)])
    return done.stdout + done.stderr


def _alike(expected: str, got: str) -> bool:
    """Whether two printed vectors differ in nothing but the last digits (promtool thinks NaN is not NaN)."""
    left, right = expected.split(), got.split()
    return len(left) == len(right) and all(a == b or _close(a, b) for a, b in zip(left, right, strict=True))


def _close(left: str, right: str) -> bool:
    try:
        return math.isclose(float(left.rstrip(",")), float(right.rstrip(",")), rel_tol=1e-5, abs_tol=1e-9)
    except ValueError:
        return False


def test_random_expressions_mean_what_they_mean_to_prometheus(
    promtool: Program, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    grammar, series = _Grammar(SEED), _series()
    cases: list[tuple[str, int, Answer]] = []
    refused: list[tuple[str, int, Answer]] = []
    for number in range(COUNT):
        text = grammar.vector(1 + number % 3)
        for minute in MOMENTS:
            answer = _answer(text, series, minute)
            (refused if answer is None else cases).append((text, minute, answer))
    record_property("expressions", COUNT)
    said = _engine_says(promtool, tmp_path, cases)
    assert " err: " not in said
    found = _DIFFERENCE.findall(said)
    assert [(head, exp, got) for head, exp, got in found if not _alike(exp, got)] == []
    said = _engine_says(promtool, tmp_path, refused)
    assert len(re.findall(r"^ *expr: .*, err: ", said, re.MULTILINE)) == len(refused)
