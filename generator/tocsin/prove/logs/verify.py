"""Loki's judgement of log witnesses: it is given the lines, and asked at each evaluation."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from tocsin.engines.program import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.prove.logs.model import LogStream, LogWitness

_MOST_QUESTIONS = 12
# Loki takes no lines from the future, and its clock is read a moment later.
LATE = 2.0


class LogJudge(Protocol):
    """What takes lines and answers queries about them, with a tenant for each question."""

    def push(self, tenant: str, labels: Mapping[str, str], lines: Sequence[tuple[int, str]]) -> None:
        """Write lines with their times in nanoseconds to a stream."""

    def query(self, tenant: str, expression: str, at: int) -> list[object]:
        """The series that an expression returns at a time in nanoseconds."""


def verify_with_loki(
    loki: LogJudge, expression: str, witness: LogWitness, tenant: str
) -> tuple[str | None, str | None]:
    """What Loki has against the firing and the silent lines of a witness; None where it agrees."""
    return (
        _refusal(loki, expression, witness, witness.fires, f"{tenant}-fires", fires=True),
        _refusal(loki, expression, witness, witness.silent, f"{tenant}-silent", fires=False),
    )


def _refusal(
    loki: LogJudge,
    expression: str,
    witness: LogWitness,
    streams: tuple[LogStream, ...] | None,
    tenant: str,
    *,
    fires: bool,
) -> str | None:
    if streams is None:
        return f"no lines were found {'with which it fires' if fires else 'that keep it silent'}"
    zero = time.time() - witness.end - LATE
    try:
        for stream in streams:
            lines = [(_nanoseconds(zero + line.at), line.text) for line in stream.lines]
            loki.push(tenant, dict(stream.labels), lines)
        for after in _moments(witness):
            found = loki.query(tenant, expression, _nanoseconds(zero + after))
            if bool(found) != fires:
                said = "returns nothing" if fires else "returns something"
                return f"Loki {said} after {after:g} s of the derived lines"
    except EngineError as error:
        return f"Loki refuses: {error}"
    return None


def _moments(witness: LogWitness) -> list[float]:
    """The evaluations from start to end, or so many of them evenly spread."""
    steps = int((witness.end - witness.start) / witness.interval)
    every = max(1, -(-steps // _MOST_QUESTIONS))
    return [witness.start + step * witness.interval for step in range(0, steps + 1, every)]


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
