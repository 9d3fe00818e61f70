"""YAML as people write it: block style, no anchors, lines in literal blocks, long texts folded on request.

A text is quoted wherever a reader of YAML 1.1 or 1.2 (PyYAML, Go's yaml.v2 and yaml.v3) would take it for
something else; two readers never see two values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeGuard

from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

_STEP = "  "
_PRINTABLE = r"\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_ONE_LINE = regex_on_use(f"[{_PRINTABLE}]+")
_LITERAL = regex_on_use(f"[{_PRINTABLE}\t\n]+")
_NOT_PRINTABLE = regex_on_use(f"[^{_PRINTABLE}]")

_LETTER = r"A-Za-z\xc0-\u1fff\u2190-\u2bff\u3000-\ud7ff\U00010000-\U0010ffff"
_PLAIN = regex_on_use(rf"[{_LETTER}_(/$](?:[^ :#\t]|:(?! |$)|(?<! )#| +(?![ #]|$))*")
_FLOW_PLAIN = regex_on_use(rf"[{_LETTER}0-9_./@%µ-]+(?: [{_LETTER}0-9_./@%µ-]+)*(?::[{_LETTER}0-9_./@%µ-]+)*")
_WIDTH = 100
"""Characters of a folded line, unless it has no blank at which it could end."""
# What no line ends inside of: blanks in a row, and templates.
_PIECE = regex_on_use(r"(?:\{\{[^}]{0,400}\}\}|[^ ]|  +)+")
_DURATION = regex_on_use(r"(?:[0-9]+(?:ms|[smhdwy]))+")
# A percentage, and how much is spent in which time: `2% in 1h and 5m`.
_AMOUNT = regex_on_use(r"[0-9]+(?:\.[0-9]+)?(?:%|[%x] in [0-9a-z]+(?: and [0-9a-z]+)?)")
# Some reader takes each of these for a truth value, nothing, or a number.
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"))


@value_object
class Commented:
    """A value with the comments at its key or dash: lines above it, and one at the end of its line."""

    value: object
    above: tuple[str, ...] = ()
    behind: str = ""


@value_object
class OnOneLine:
    """A list or mapping that is written with brackets or braces."""

    value: object


@value_object
class AsWritten:
    """A number in the digits that somebody wrote, such as `0.10`."""

    text: str


@value_object
class Folded:
    """A text of one line that is written on several where it is long."""

    text: str


def yaml_text(value: object, *, heading: str = "") -> str:
    """The value as a YAML document, with the lines of `heading` as comments on top.

    Values are texts, numbers, truth values, None, and mappings and sequences of them, each of which may be
    `Commented`, or `OnOneLine` without comments inside; the order of a mapping is kept.
    """
    out: list[str] = []
    if isinstance(value, Mapping) and value:
        _mapping(out, value, "", "")
    elif _is_sequence(value) and value:
        _sequence(out, value, "", "")
    else:
        out.append(_scalar(value, _STEP))
    return yaml_heading(heading) + "\n".join(out) + "\n"


def yaml_heading(heading: str) -> str:
    """The lines of a text as comments."""
    return "".join(f"{_comment(line)}\n" for line in heading.splitlines())


def flow_text(value: object) -> str:
    """The value as YAML on one line, with brackets and braces, as it may stand in any other value."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow_key(key)}: {flow_text(inner)}" for key, inner in value.items()) + "}"
    if _is_sequence(value):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    if isinstance(value, str):
        return _flow_string(value)
    return _scalar(value, "")


def _flow_key(key: object) -> str:
    return _flow_string(key) if isinstance(key, str) else _scalar(key, "")


def _flow_string(text: str) -> str:
    """A string without quotes only where no bracket, comma or colon of the values around could be meant."""
    plain = _inline(text)
    return plain if plain != text or _FLOW_PLAIN.fullmatch(text) else _quoted(text)


def _mapping(out: list[str], mapping: Mapping[object, object], lead: str, indent: str) -> None:
    """Write entries; `lead` is what stands before the first key, `indent` what stands before the others."""
    inner = indent + _STEP
    for key, value in mapping.items():
        behind = ""
        if isinstance(value, Commented):
            _above(out, value, lead)
            behind, value = value.behind, value.value
        head = f"{lead}{_key(key)}:"
        at = len(out)
        if isinstance(value, str):
            out.append(f"{head} {_string(value, inner)}")
        elif isinstance(value, Mapping) and value:
            out.append(head)
            _mapping(out, value, inner, inner)
        elif _is_sequence(value) and value:
            out.append(head)
            _sequence(out, value, inner, inner)
        else:
            out.append(f"{head} {_scalar(value, inner)}")
        if behind:
            _end_line(out, at, behind)
        lead = indent


def _sequence(out: list[str], sequence: Sequence[object], lead: str, indent: str) -> None:
    inner = indent + _STEP
    for value in sequence:
        behind = ""
        if isinstance(value, Commented):
            _above(out, value, lead)
            behind, value = value.behind, value.value
        at = len(out)
        if isinstance(value, Mapping) and value:
            _mapping(out, value, f"{lead}- ", inner)
        elif _is_sequence(value) and value:
            _sequence(out, value, f"{lead}- ", inner)
        else:
            out.append(f"{lead}- {_scalar(value, inner)}")
        if behind:
            _end_line(out, at, behind)
        lead = indent


def _comment(line: str) -> str:
    return f"# {_NOT_PRINTABLE.sub(' ', line)}".rstrip()


def _above(out: list[str], value: Commented, lead: str) -> None:
    """Write the lines above a key or dash, in its column."""
    margin = lead[: len(lead) - len(lead.lstrip(" "))]
    out.extend(margin + _comment(line) for line in value.above)


def _end_line(out: list[str], at: int, comment: str) -> None:
    """Put a comment behind the line; a literal block has it behind its header."""
    first, _, rest = out[at].partition("\n")
    out[at] = f"{first} {_comment(comment)}" + (f"\n{rest}" if rest else "")


def _key(key: object) -> str:
    return _inline(key) if isinstance(key, str) else _scalar(key, "")


def _scalar(value: object, indent: str) -> str:
    """The text of a scalar; `indent` is that of the lines of a literal block."""
    if isinstance(value, str):
        return _string(value, indent)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Mapping):
        return "{}"
    if _is_sequence(value):
        return "[]"
    if isinstance(value, OnOneLine):
        return flow_text(value.value)
    if isinstance(value, AsWritten):
        return value.text
    if isinstance(value, Folded):
        return _folded(value.text, indent)
    raise TypeError(f"{type(value).__name__} has no place in YAML")


def _float(value: float) -> str:
    text = repr(value)
    if text in ("inf", "-inf", "nan"):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    # YAML 1.1 reads an exponent only after a decimal point.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _string(text: str, indent: str) -> str:
    if "\n" in text and text[0] not in "\n\t " and _LITERAL.fullmatch(text):
        return _literal(text, indent)
    return _inline(text)


def _folded(text: str, indent: str) -> str:
    """A text between whose lines YAML reads a blank: they end at single blanks outside of `{{ … }}`."""
    line = text.removesuffix("\n")
    is_foldable = len(line) > _WIDTH and line == line.strip(" ") and _ONE_LINE.fullmatch(line) is not None
    pieces = _PIECE.findall(line) if is_foldable else []
    if len(pieces) < 2:
        return _string(text, indent)
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + 1 + len(piece) > _WIDTH:
            lines.append(piece)
        else:
            lines[-1] += f" {piece}"
    if len(lines) == 1:
        return _string(text, indent)
    return "\n".join([">" if text.endswith("\n") else ">-", *(indent + one for one in lines)])


def _literal(text: str, indent: str) -> str:
    if not text.endswith("\n"):
        head, lines = "|-", text.split("\n")
    else:
        lines = text[:-1].split("\n")
        head = "|" if lines[-1] else "|+"
    return "\n".join([head, *(indent + line if line else "" for line in lines)])


@lru_cache(maxsize=65536)
def _inline(text: str) -> str:
    if (_PLAIN.fullmatch(text) and text.lower() not in _WORDS and _ONE_LINE.fullmatch(text)) or (
        _DURATION.fullmatch(text) or _AMOUNT.fullmatch(text)
    ):
        return str(text)
    return _quoted(text)


def _quoted(text: str) -> str:
    if '"' in text and "'" not in text and _ONE_LINE.fullmatch(text):
        return f"'{text}'"
    quoted = json.dumps(text, ensure_ascii=False)
    return _NOT_PRINTABLE.sub(lambda match: _escape(match[0]), quoted)


def _escape(char: str) -> str:
    return f"\\x{ord(char):02X}" if ord(char) < 256 else f"\\u{ord(char):04X}"


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))
