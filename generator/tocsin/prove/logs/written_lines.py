"""The log lines of a case that somebody wrote, as Loki takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.plan.model import Case


def written_lines(case: Case) -> Iterator[tuple[Mapping[str, str], tuple[tuple[int, str], ...]]]:
    """Each stream of a case with its lines, and by how many nanoseconds these are older than its moment."""
    at = parse_duration(case.at) * 1_000_000
    for lines in case.logs:
        every = parse_duration(lines.every) * 1_000_000
        yield lines.stream, tuple((age, lines.line) for age in range(at, -1, -every))
