"""JSON as people review it: indented, in the order it was made, with a newline at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def json_bytes(value: object) -> bytes:
    """The value as indented JSON in UTF-8, with its keys in their own order."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    if isinstance(value, float):
        # A number of YAML may know the digits in which it was written.
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
