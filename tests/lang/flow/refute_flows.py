"""What Prometheus makes of queries, by promtool, and which claims of a flow that refutes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.lang.flow.model import Flow
    from tocsin.lang.flow.value_range import ValueRange

Sample = tuple[dict[str, str], float | None]
"""Labels and the value, which is None for a native histogram."""

_SAMPLE = re.compile(
    r"""(?P<labels>(?:[a-zA-Z_:][\w:]*)?\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}|[a-zA-Z_:][\w:]*)
        [ ](?P<value>\{\{.*?\}\}|[^\s,]+)(?:,[ ]|$)""",
    re.VERBOSE,
)
_LABEL = re.compile(r'(?P<name>\w+)="(?P<value>(?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Asked:
    """Queries over the same series, at one moment."""

    series: Sequence[Mapping[str, str]]
    """Input series in promtool's notation."""
    texts: Sequence[str]
    interval: str = "1m"
    at: str = "20m"


def results(
    promtool: Program, asked: Sequence[Asked], folder: Path, rules: Path | None = None
) -> list[list[Sample] | None]:
    """What Prometheus makes of the queries, in their order; None for an error."""
    tests = []
    for one in asked:
        # Something that is never there, so that an empty result is told as well.
        never = [{"labels": '{never="there"}', "value": 1}]
        questions = [{"expr": text, "eval_time": one.at, "exp_samples": never} for text in one.texts]
        series = list(one.series)
        tests.append({"interval": one.interval, "input_series": series, "promql_expr_test": questions})
    path = folder / "test.yaml"
    file: dict[str, Any] = {"tests": tests}
    if rules is not None:
        file = {"rule_files": [str(rules)], "evaluation_interval": "1m", **file}
    path.write_text(yaml.dump(file, Dumper=yaml.CSafeDumper, width=10**9), encoding="utf-8")
    feature = "--enable-feature=promql-experimental-functions"
    finished = promtool.run(["test", "rules", feature, str(path)], timeout=300)
    found: list[list[Sample] | None] = []
    for block in re.split(r"^    expr: ", finished.stdout + finished.stderr, flags=re.MULTILINE)[1:]:
        got = re.search(r"^        got: ?(.*)$", block, re.MULTILINE)
        found.append(None if got is None else _parsed(got[1]))
    return found


def _parsed(text: str) -> list[Sample]:
    found: list[Sample] = []
    at = 0
    while text != "nil" and at < len(text):
        sample = _SAMPLE.match(text, at)
        assert sample is not None, text[at:]
        labels = {match["name"]: match["value"] for match in _LABEL.finditer(sample["labels"])}
        name = sample["labels"].partition("{")[0]
        value = None if sample["value"].startswith("{") else float(sample["value"])
        found.append(({"__name__": name, **labels} if name else labels, value))
        at = sample.end()
    return found


def broken_claims(flow: Flow, result: Sequence[Sample], names: Sequence[str]) -> Iterator[str]:
    """What the flow says that the result shows to be wrong; `names` are labels that series may have."""
    if flow.empty is not None and result:
        yield f"it was said to be empty: {flow.empty.sentence}"
        return
    if flow.always and not result:
        yield "it was said to be never empty"
    for labels, value in result:
        for name in {*labels, *flow.labels, *names}:
            if not flow.label(name).texts.allows(labels.get(name, "")):
                yield f"{name}={labels.get(name, '')!r}, but {flow.label(name)}"
        # Of native histograms a flow says nothing.
        if value is not None and not (flow.value.contains(value) or _nearly(flow.value, value)):
            yield f"{value} is not in {flow.value}: {flow.value_why.sentence}"


def _nearly(expected: ValueRange, value: float) -> bool:
    """Whether only rounding set the value outside."""
    if not math.isfinite(value) or (expected.integral and value != math.floor(value)):
        return False
    return any(math.isclose(value, end, rel_tol=1e-9, abs_tol=1e-9) for end in (expected.low, expected.high))
