"""The one error of writing."""

from __future__ import annotations


class OutputError(Exception):
    """The output cannot be written, and nothing of it was."""


def system_error(error: OSError) -> OutputError:
    """The error of the operating system, with the path it is about."""
    reason = error.strerror or type(error).__name__
    return OutputError(f"{error.filename}: {reason}" if error.filename else reason)
