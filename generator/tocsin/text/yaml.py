"""YAML as people write it: one key a line, multi-line texts as blocks, quotes only where they are needed.

PyYAML's own writer folds lines and takes minutes for ten thousand alerts; what this one writes, YAML 1.1
and 1.2 read alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

# A text that no reader could take for anything but itself.
_PLAIN = re.compile(r"[A-Za-z_/À-ɏ][^\x00-\x1f\x7f-\x9f:#\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*")
_DURATION = re.compile(r"(?:[0-9]+(?:ms|[smhdwy]))+")
_WORDS = re.compile(r"(?:y|n|yes|no|on|off|true|false|null|nan|inf|infinity)", re.IGNORECASE)
_BLOCK = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*")
_UNPRINTABLE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def yaml_text(value: Any, *, heading: str = "") -> str:
    """The value as a YAML document; each line of the heading becomes a comment on top."""
    lines = [f"# {line}".rstrip() for line in heading.splitlines()]
    if isinstance(value, Mapping) and value:
        _mapping(value, "", lines)
    elif _is_list(value) and value:
        _sequence(value, "", lines)
    else:
        lines.append(_inline(value, ""))
    return "\n".join(lines) + "\n"


def _mapping(value: Mapping[str, Any], indent: str, lines: list[str], first: str | None = None) -> None:
    """One entry a line; `first` stands instead of the indentation of the first one, after a dash."""
    for key, item in value.items():
        start = indent if first is None else first
        first = None
        name = f"{start}{_scalar(key)}:"
        if isinstance(item, Mapping) and item:
            lines.append(name)
            _mapping(item, indent + "  ", lines)
        elif _is_list(item) and item:
            lines.append(name)
            _sequence(item, indent + "  ", lines)
        else:
            lines.append(f"{name} {_inline(item, indent + '  ')}")


def _sequence(value: Sequence[Any], indent: str, lines: list[str]) -> None:
    for item in value:
        if isinstance(item, Mapping) and item:
            _mapping(item, indent + "  ", lines, f"{indent}- ")
        elif _is_list(item) and item:
            lines.append(f"{indent}-")
            _sequence(item, indent + "  ", lines)
        else:
            lines.append(f"{indent}- {_inline(item, indent + '  ')}")


def _inline(value: Any, indent: str) -> str:
    if isinstance(value, str):
        return _block(value, indent) or _scalar(value) if "\n" in value else _scalar(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{}"
    if _is_list(value):
        return "[]"
    if isinstance(value, float):
        return _float(value)
    return str(value)


def _block(text: str, indent: str) -> str | None:
    """The text as a literal block; None where a block could not hold it unchanged."""
    body = text.rstrip("\n")
    if not body or body[0] in " \t\n" or not _BLOCK.fullmatch(text):
        return None
    ends = len(text) - len(body)
    header = "|-" if ends == 0 else "|" if ends == 1 else "|+"
    indent = indent or "  "
    lines = [f"{indent}{line}" if line else "" for line in body.split("\n")]
    return "\n".join([header, *lines, *[""] * (ends - 1)])


@lru_cache(maxsize=65536)
def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text[-1] not in " \t" and not _WORDS.fullmatch(text):
        return text
    if _DURATION.fullmatch(text) or _is_safe_with_signs(text):
        return text
    if '"' in text and _BLOCK.fullmatch(text) and "\n" not in text and "\t" not in text:
        return "'" + text.replace("'", "''") + "'"
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(_escaped, quoted)


def _is_safe_with_signs(text: str) -> bool:
    """Whether colons and number signs inside the text can do no harm, as in a URL."""
    if not text or ": " in text or " #" in text or text.endswith((":", " ")):
        return False
    return (
        bool(_PLAIN.fullmatch(text.replace(":", "").replace("#", "")))
        and text[0].isalpha()
        and not (_WORDS.fullmatch(text))
    )


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _float(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    # YAML 1.1 takes an exponent only after a point, and with a sign.
    if "e" in text:
        mantissa, exponent = text.split("e")
        mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
        return f"{mantissa}e{exponent if exponent[0] in '+-' else '+' + exponent}"
    return text


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
