"""Mistakes in the generated rules of an objective, one at a time: what their proofs have to notice."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.plan.model import Recording, Rule
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FACTOR = re.compile(r"(?<=> )[0-9.]+(?= \* )")
_BUDGET = re.compile(r"(?<= \* )0\.[0-9]+|(?<= / )0\.[0-9]+$")
_WINDOW = re.compile(r"\[[0-9]+[mhd]\]")
_RECORDED = re.compile(r"slo:bad_ratio:rate[0-9]+[mhd]")
_COMPARED = re.compile(r" > (?=[0-9.]+ \*)")
_FLOOR = re.compile(r"(?<=> )[0-9]+\.5$", re.MULTILINE)
_PROMISED = re.compile(r"(?<=vector\()[0-9.]+|(?<=\+ )0\.[0-9]+")
_THRESHOLD = re.compile(r".*: ([0-9.]+) → ([0-9.]+) in line ([0-9]+)")
_JOINED = re.compile(r"^ *(and|or)$", re.MULTILINE)


@value_object
class Mistake:
    """One thing that is wrong in the rules of an objective."""

    what: str
    of: Rule | Recording
    """The rule as it was."""
    rules: tuple[Rule | Recording, ...]
    """All rules, with the mistake."""

    @property
    def threshold(self) -> tuple[str, bool] | None:
        """The window whose threshold has changed, and whether it is higher now; None for other mistakes."""
        found = _THRESHOLD.fullmatch(self.what)
        if found is None or not isinstance(self.of, Rule):
            return None
        line = self.of.expr.splitlines()[int(found[3]) - 1]
        compared = _RECORDED.search(line)
        return (
            None
            if compared is None
            else (compared[0].rpartition("rate")[2], float(found[2]) > float(found[1]))
        )


def mistakes(rules: Sequence[Rule | Recording]) -> Iterator[Mistake]:
    """Every mistake, one at a time."""
    records = [one.record for one in rules if isinstance(one, Recording)]
    for number, rule in enumerate(rules):
        name = rule.record if isinstance(rule, Recording) else f"{rule.alert} {rule.severity}"
        for what, expr in _changed(rule, records):
            changed = (*rules[:number], replace(rule, expr=expr), *rules[number + 1 :])
            yield Mistake(f"{name}: {what}", rule, changed)


def _changed(rule: Rule | Recording, records: list[str]) -> Iterator[tuple[str, str]]:
    expr = rule.expr
    for pattern in (_FACTOR, _BUDGET):
        for found in pattern.finditer(expr):
            for by in (0.9, 1.1):
                yield _put(expr, found, f"{float(found[0]) * by:.9g}")
    for found in _FLOOR.finditer(expr):
        for by in (-1, 1):
            yield _put(expr, found, f"{float(found[0]) + by:g}")
    for found in _PROMISED.finditer(expr):
        yield _put(expr, found, f"{float(found[0]) * 0.9:.9g}")
    for found in _WINDOW.finditer(expr):
        if expr.rfind("0 *", 0, found.start()) > expr.rfind("\n", 0, found.start()):
            continue  # Zero times something is zero in any window.
        number, unit = int(found[0][1:-2]), found[0][-2]
        yield _put(expr, found, f"[{number * 2}{unit}]")
    if isinstance(rule, Rule):
        for found in _RECORDED.finditer(expr):
            yield from (_put(expr, found, one) for one in _neighbours(found[0], records))
    for found in _COMPARED.finditer(expr):
        yield _put(expr, found, " < ")
    for found in _JOINED.finditer(expr) if isinstance(rule, Rule) else ():
        yield _put(expr, found, "  or" if found[1] == "and" else "  and")


def _neighbours(name: str, records: list[str]) -> list[str]:
    windows = [one for one in records if one.startswith("slo:bad_ratio:")]
    at = windows.index(name)
    return [windows[index] for index in (at - 1, at + 1) if 0 <= index < len(windows)]


def _put(expr: str, found: re.Match[str], other: str) -> tuple[str, str]:
    line = expr.count("\n", 0, found.start()) + 1
    what = f"{found[0].strip()} → {other.strip()} in line {line}"
    return what, expr[: found.start()] + other + expr[found.end() :]
