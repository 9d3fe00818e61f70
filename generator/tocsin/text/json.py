"""JSON as the outputs hold it: indented, in the order of the keys, with a line's end at its end."""

from __future__ import annotations

from typing import Any

import orjson


def json_bytes(value: Any) -> bytes:
    """The value as indented UTF-8 JSON."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
