"""What promtool prints about a test that does not hold, as values."""

from __future__ import annotations

import re

from tocsin.value_object import value_object

_EXPRESSION = re.compile(
    r'^ *expr: "(?P<expr>(?:[^"\\]|\\.)*)", time: (?P<time>[^,\s]+),\s*'
    r"exp: ?(?P<expected>[^\n]*)\n *got: ?(?P<got>[^\n]*)"
)
_SAMPLE = re.compile(r'(\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}) ([-+.0-9A-Za-z]+)')
_MOST = 5


@value_object
class Sample:
    """A series with its labels, as promtool prints them, and its value."""

    labels: str
    value: float


def samples_given(fault: str) -> list[Sample] | None:
    """The samples that an expression gave in a test; None where the fault is about something else."""
    found = _EXPRESSION.match(fault)
    if found is None:
        return None
    return [Sample(labels, float(value)) for labels, value in _SAMPLE.findall(found["got"])]


def describe_samples(samples: list[Sample]) -> str:
    """The samples on a line, the first few of many; `nothing` without any."""
    said = ", ".join(f"{one.labels} {one.value:.12g}" for one in samples[:_MOST])
    more = f", and {len(samples) - _MOST} more" if len(samples) > _MOST else ""
    return f"{said}{more}" if said else "nothing"
