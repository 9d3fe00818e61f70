"""Where a file comes from, when it is not written and kept up by the people whose repository it is in."""

from __future__ import annotations

from enum import Enum

from tocsin.value_object import value_object


class OriginKind(Enum):
    """How a file came into a repository."""

    VENDORED = "vendored"
    """Copied, or generated, from what lies elsewhere: a change here is lost with the next version."""
    GENERATED = "generated"
    """Made by a program from what its own people keep up."""
    TEST = "test"
    """Read or expected by a test: a fault in it may be meant, and it is not deployed."""


@value_object
class Origin:
    """How a file came into a repository, and what says so, as in `from the chart redis-ha`."""

    kind: OriginKind
    source: str
