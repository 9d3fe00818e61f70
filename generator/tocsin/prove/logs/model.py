"""What a proof of a log alert consists of."""

from __future__ import annotations

from tocsin.value_object import value_object

Labels = tuple[tuple[str, str], ...]
Series = dict[Labels, float]
Sample = tuple[Labels, float]


class BeyondReachError(ValueError):
    """The expression has a part for which no lines can be derived; the text says which."""


@value_object
class LogLine:
    """One line, so many seconds after the start."""

    at: float
    text: str


@value_object
class LogStream:
    """The lines of one stream, in the order of their times."""

    labels: tuple[tuple[str, str], ...]
    lines: tuple[LogLine, ...]


@value_object
class LogWitness:
    """Lines with which an alert fires, and lines with which it is quiet; either may be missing.

    Evaluated every `interval` seconds from `start` to `end`, the expression returns something each time with
    `fires`, and never anything with `silent`. Times are seconds after that of the first line at the earliest.
    """

    start: float
    end: float
    interval: float
    fires: tuple[LogStream, ...] | None
    silent: tuple[LogStream, ...] | None
    removed: bool = False
    """Whether it is quiet only because lines are missing, not because they say something else."""


@value_object
class NoLogWitness:
    """Why there is no witness; `impossible` where nothing can make the alert fire."""

    reason: str
    impossible: bool = False
