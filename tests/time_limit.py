"""A limit for code that may hang: what takes longer fails, and does not hold up the run."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class HangingError(BaseException):
    """The code took longer than its limit; not an Exception, so that no handler in it swallows this."""


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise HangingError


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise HangingError when the block is not done in time; for the main thread of POSIX systems."""
    before = signal.signal(signal.SIGALRM, _interrupt)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
