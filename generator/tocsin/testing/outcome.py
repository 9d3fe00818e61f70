"""What came of one test."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.document import Span


class Kind(StrEnum):
    """What a test is about."""

    ALERT = "alert"
    """An alert on metrics of a spec."""
    LOGS = "logs"
    """An alert on logs of a spec."""
    ROUTING = "routing"
    PROMTOOL = "promtool"
    """A test in a file for `promtool test rules`."""


class Result(StrEnum):
    """Whether a test holds."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@value_object
class TestOutcome:
    """One test, where it is written, and what was found."""

    __test__ = False

    kind: Kind
    name: str
    span: Span
    result: Result
    details: tuple[str, ...] = ()
    """Why it failed, line by line, or the reason why it did not run."""
    alerts: tuple[str, ...] = ()
    """The names of the alerts that it is about."""
