"""Numbers, durations and sizes as Loki reads them: the notations of Go and of Prometheus, mixed."""

from __future__ import annotations

import math
import re

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.text.regex_on_use import regex_on_use

_DECIMAL = regex_on_use(r"(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")
_HEXADECIMAL = regex_on_use(r"0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+")
_START = regex_on_use(r"0(?P<letter>[xXoObB])?|[0-9]|\.")
_EXPONENT = regex_on_use(r"(?P<mark>[eEpP])[+-]?(?P<digits>[0-9_]*)")
_STRAY_UNDERSCORE = regex_on_use(r"(?<![0-9a-fA-F])_|_(?![0-9a-fA-F])")
_GO_PART = regex_on_use(r"([0-9]*)(?:(\.)([0-9]*))?(ns|us|µs|μs|ms|[smh])")
_GO_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_LONGEST_NS = 2**63
_SIZE = regex_on_use(r"([0-9.]+)(.*)")
_LARGEST_SIZE = 2**64
_SIZES = {
    letter + ending: base**power
    for power, letter in enumerate("kmgtpe", 1)
    for base, endings in ((1000, ("", "b")), (1024, ("i", "ib")))
    for ending in endings
} | {"": 1, "b": 1}


def number_end(text: str, at: int) -> int:
    """Where the number ends that starts here, as Go's text/scanner finds it; LangError for a wrong one."""
    start = _START.match(text, at)
    if start is None:
        raise LangError("a number is expected", (at, at))
    letter = (start["letter"] or "").lower()
    # Loki's scanner leaves the `b` of `0b1` unread and then misses a digit.
    if letter == "b":
        raise _wrong(text, at, start.end(), "binary numbers are unknown to LogQL")
    whole, end = _digits(text, start.end() if letter else at, letter)
    floating = False
    if text[end : end + 1] == "." and start.group() != ".":
        floating = True
        fraction, end = _digits(text, end + 1, letter)
        whole += fraction
    elif start.group() == ".":
        floating = True
        whole, end = _digits(text, at + 1, "")
    if floating and letter == "o":
        raise _wrong(text, at, end, "an octal number has no fraction")
    if not whole.strip("_"):
        raise _wrong(text, at, end, "digits are missing")
    exponent = _EXPONENT.match(text, end)
    power = exponent is not None and exponent["mark"] in "pP"
    if exponent is not None and (letter == "x" if power else letter != "x"):
        if not exponent["digits"].strip("_") or letter == "o":
            raise _wrong(text, at, exponent.end(), "the exponent has no digits")
        end = exponent.end()
    elif letter == "x" and floating:
        raise _wrong(text, at, end, "a hexadecimal fraction needs an exponent such as `p0`")
    octal = letter == "o" or (not letter and not floating and text[at] == "0")
    if octal and exponent is None and re.search("[89]", text[at:end]):
        help = f"write it without the leading zero: `{text[at:end].lstrip('0_')}`"
        raise _wrong(text, at, end, "a zero in front makes it octal", help)
    # The letter of a base counts as a digit before an underscore.
    body = re.sub(r"^0[xo]", "00", text[at:end], flags=re.IGNORECASE)
    if not letter:
        body = re.sub("[eE]", ".", body)
    if _STRAY_UNDERSCORE.search(re.sub("[pP]", ".", body)):
        raise _wrong(text, at, end, "`_` is only allowed between digits")
    return end


def number(text: str) -> float | None:
    """The value of a number's text as Go's ParseFloat reads it; None if it cannot be read or is too large."""
    if "_" in text:
        text = text.replace("_", "")
    if _DECIMAL.fullmatch(text):
        value = float(text)
        return value if math.isfinite(value) else None
    if _HEXADECIMAL.fullmatch(text):
        try:
            return float.fromhex(text)
        except OverflowError:
            return None
    return None


def duration(text: str) -> float | None:
    """The seconds of a duration in Prometheus' notation or else in Go's; None if it is neither."""
    try:
        return parse_duration(text) / 1000
    except LangError:
        return _go_duration(text)


def size(text: str) -> int | None:
    """The bytes of a size such as `5MB`, where 1 kB is 1000 bytes and 1 KiB 1024; None if it is none."""
    match = _SIZE.fullmatch(text)
    value = number(match[1]) if match else None
    if match is None or value is None or match[2].lower() not in _SIZES:
        return None
    product = value * _SIZES[match[2].lower()]
    return int(product) if product < _LARGEST_SIZE else None


def _go_duration(text: str) -> float | None:
    negative = text.startswith("-")
    body = text[1:] if text[:1] in ("-", "+") else text
    if body == "0":
        return 0.0
    total = 0
    at = 0
    while at < len(body):
        match = _GO_PART.match(body, at)
        if match is None or not (match[1] or match[3]) or len(match[1]) > 20:
            return None
        unit = _GO_UNITS[match[4]]
        total += int(match[1] or 0) * unit
        if match[3]:
            total += int(float(f"0.{match[3]}") * unit)
        at = match.end()
    if not body or total > (_LONGEST_NS if negative else _LONGEST_NS - 1):
        return None
    return (-total if negative else total) / 1e9


def _digits(text: str, at: int, letter: str) -> tuple[str, int]:
    allowed = "0123456789_abcdefABCDEF" if letter == "x" else "0123456789_"
    end = at
    while end < len(text) and text[end] in allowed:
        end += 1
    return text[at:end], end


def _wrong(text: str, at: int, end: int, why: str, help: str | None = None) -> LangError:
    return LangError(f"`{text[at:end]}` is not a valid number: {why}", (at, end), help)
