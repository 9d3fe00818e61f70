"""Time intervals, with the ranges that Alertmanager's `timeinterval` package takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.existing.alertmanager.shapes import TEXT, Many, Record, Scalar, shape_under_names, written_text
from tocsin.lang.alertmanager.time_interval_ranges import (
    parse_clock,
    parse_days_of_month,
    parse_months,
    parse_years,
    weekday_ranges,
)
from tocsin.lang.errors import LangError
from tocsin.lang.time_zones import check_location
from tocsin.plan.model import TimeInterval
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode, plain_data
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.existing.alertmanager.shapes import Path
    from tocsin.source.node import Node


def _judged(parse: Callable[[str], object]) -> Scalar:
    def fault(node: ScalarNode) -> LangError | None:
        try:
            parse(node.text)
        except LangError as error:
            return error
        return None

    return Scalar(fault)


def _forward(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    start, end = written_text(node, "start_time"), written_text(node, "end_time")
    if start is None or end is None:
        yield "`start_time` and `end_time` are both needed", None
    elif parse_clock(start) >= parse_clock(end):
        yield "the time range ends before it begins; over midnight, write two ranges", "end_time"


_PERIOD = Record(
    {
        "times": Many(Record(shape_under_names(_judged(parse_clock), "start_time end_time"), (_forward,))),
        "weekdays": Many(_judged(weekday_ranges)),
        "days_of_month": Many(_judged(parse_days_of_month)),
        "months": Many(_judged(lambda text: parse_months(text, beyond=True))),
        "years": Many(_judged(parse_years)),
        "location": _judged(check_location),
    }
)


def _named(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if written_text(node, "name") is None:
        yield "the time interval has no `name`", None


INTERVALS = Many(Record({"name": TEXT, "time_intervals": Many(_PERIOD)}, (_named,)))


def read_intervals(node: Node, path: Path) -> tuple[TimeInterval, ...]:
    """The intervals of a sound list."""
    found: list[TimeInterval] = []
    for number, item in enumerate(node.items if isinstance(node, SequenceNode) else ()):
        if isinstance(item, MappingNode) and (name := written_text(item, "name")) is not None:
            entry = item.entries.get("time_intervals")
            periods = entry.value.items if entry and isinstance(entry.value, SequenceNode) else ()
            found.append(
                TimeInterval(
                    name, tuple(_period(period) for period in periods), Place((*path, number, "name"))
                )
            )
    return tuple(found)


def duplicate_names(groups: list[tuple[Node, Path]]) -> Iterator[Problem]:
    """Names that two intervals have."""
    first: dict[str, Place] = {}
    for node, path in groups:
        for number, item in enumerate(node.items if isinstance(node, SequenceNode) else ()):
            name = written_text(item, "name") if isinstance(item, MappingNode) else None
            if name is None:
                continue
            place = Place((*path, number, "name"))
            if name in first:
                yield Problem(
                    "alertmanager/twice",
                    f"there are two time intervals `{name}`",
                    place,
                    related=((first[name], "the first one"),),
                )
            first.setdefault(name, place)


def _period(node: Node) -> dict[str, object]:
    """A period with every range as text, as it may be written as a number."""
    if not isinstance(node, MappingNode):
        return {}
    period: dict[str, object] = {}
    for key, entry in node.entries.items():
        value = entry.value
        if key == "times":
            period[key] = plain_data(value) or []
        elif isinstance(value, SequenceNode):
            period[key] = [item.text for item in value.items if isinstance(item, ScalarNode)]
        elif isinstance(value, ScalarNode) and value.value is not None:
            period[key] = value.text
    return period
