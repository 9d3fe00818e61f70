"""What is said to be impossible never happens: promtool evaluates such expressions over random series."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.witness.find import cannot_fire
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program

COUNT = 150 * (20 if os.environ.get("TOCSIN_THOROUGH") else 1)
"""Expressions that are said to be impossible."""
WORLDS = 3
MOMENTS = ("7m", "25m", "40m")
VALUES = ("0", "1", "2", "5", "100", "-3", "0.5", "NaN", "+Inf")
JOINTS = (
    *(" and ", " unless ", " or ", " + ", " - ", " * ", " / ", " == ", " > ", " > bool ", " != "),
    *(" and on (a) ", " / on (a) ", " * ignoring (b) ", " * on (a) group_left () ", " unless on () "),
)
NUMBERS = ("0", "1", "-1", "0.5", "3", "100")


class _Grammar:
    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)

    def matchers(self) -> str:
        draw = self._draw
        pool = ['a="1"', 'a="2"', 'a!="1"', 'b=~"x|y"', 'b!~".*"', 'b=""', 'c=~".+"', 'a=~"[12]"', 'a!~"1"']
        return ", ".join(draw.sample(pool, draw.choice((0, 0, 1, 1, 2))))

    def selector(self) -> str:
        return f"{self._draw.choice(('m', 'n', 'h_bucket'))}{{{self.matchers()}}}"

    def vector(self, deep: int) -> str:
        draw = self._draw
        if deep == 0:
            shape = draw.choice(("{}", "{}", "rate({}[5m])", "changes({}[10m])", "{} offset 5m"))
            return shape.format(self.selector())
        inner = self.vector(deep - 1)
        number = draw.choice(NUMBERS)
        shapes = (
            *("count({})", "count by (a) ({})", "sum by (b) ({})", "sum({})", "max without (a) ({})"),
            *("abs({})", "-({})", "({}) * 2", "100 - ({})", "absent({})", "group({})", "clamp_min({}, 2)"),
            *("histogram_quantile(0.9, {})", "histogram_quantile(0.9, sum by (a) ({}))", "sgn({})"),
            *("label_replace({}, 'b', 'q', 'a', '.*')", "label_replace({}, 'c', '$1', 'a', '(.*)')"),
            *("count_values('c', {})", "topk(1, {})", "quantile(0.5, {})", "max_over_time(({})[10m:])"),
            *("label_join({}, 'b', '-', 'a', 'c')", "avg by (a, c) ({})", "stddev({})", "timestamp({})"),
        )
        if draw.random() < 0.5:
            return draw.choice(shapes).format(inner)
        if draw.random() < 0.5:
            return f"({inner}) {draw.choice(('>', '<', '==', '!=', '>=', '<='))} {number}"
        return f"({inner}){draw.choice(JOINTS)}({self.vector(deep - 1)})"


def _held(value: str, count: int) -> str:
    """A value so many times: promtool repeats neither NaN nor an infinite one by itself."""
    return " ".join([value] * count)


def _world(draw: random.Random) -> list[dict[str, str]]:
    found: dict[str, str] = {}
    for name in ("m", "n", "h_bucket"):
        for _ in range(draw.randrange(1, 9)):
            labels = [
                f'{label}="{draw.choice(values)}"'
                for label, values in (("a", "12"), ("b", "xyz"), ("c", "12x"))
                if draw.random() < 0.6
            ]
            if name == "h_bucket" and draw.random() < 0.9:
                labels.append(f'le="{draw.choice(("0.1", "1", "+Inf"))}"')
            start, value = draw.choice(VALUES), draw.choice(VALUES)
            texts = (
                _held(start, 45),
                f"0+{draw.randrange(9)}x45",
                f"{_held(start, 20)} {_held(value, 25)}",
                f"_x20 {_held(start, 25)}",
            )
            found[f"{name}{{{', '.join(labels)}}}"] = draw.choice(texts)
    return [{"series": series, "values": values} for series, values in found.items()]


def test_what_cannot_be_never_is(
    promtool: Program, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    grammar, draw = _Grammar(11), random.Random(12)
    dead: dict[str, str] = {}
    tried = 0
    while len(dead) < COUNT:
        text = grammar.vector(1 + tried % 3)
        tried += 1
        try:
            reason = cannot_fire(parse_promql(text))
        except LangError:
            continue
        if reason is not None:
            dead[text] = reason
    record_property("expressions", tried)
    record_property("said to be impossible", len(dead))
    asked = [{"expr": text, "eval_time": at, "exp_samples": []} for text in dead for at in MOMENTS]
    tests = [
        {"interval": "1m", "input_series": _world(draw), "promql_expr_test": asked} for _ in range(WORLDS)
    ]
    file = tmp_path / "t.yaml"
    file.write_text(yaml_text({"evaluation_interval": "1m", "tests": tests}), encoding="utf-8")
    done = promtool.run(["test", "rules", str(file)])
    said = done.stdout + done.stderr
    assert ("SUCCESS" in said) or (" err: " in said) or ("exp:" in said)
    wrong = [part for part in said.split("expr: ")[1:] if "got:" in part and "got: nil" not in part]
    wrong = [part for part in wrong if " err: " not in part.split("got:")[0]]
    assert wrong == []
