"""Thresholds as people write them, such as `500ms`, `90%` or `10GiB`, as numbers in the unit of the query."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tocsin.lang.durations import duration_meant, format_duration
from tocsin.lang.errors import LangError
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import suggest
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal[
    "time", "size", "bits", "size rate", "share", "count", "rate", "temperature", "boolean", "none"
]


@value_object
class Unit:
    """What a query's value is measured in, and Grafana's name for it."""

    name: str
    grafana: str
    kind: Kind
    integer: bool = False


UNITS: dict[str, Unit] = {
    unit.name: unit
    for unit in (
        Unit("seconds", "s", "time"),
        Unit("milliseconds", "ms", "time"),
        Unit("bytes", "bytes", "size"),
        Unit("bits", "bits", "bits"),
        Unit("bytes_per_second", "binBps", "size rate"),
        Unit("ratio", "percentunit", "share"),
        Unit("percent", "percent", "share"),
        Unit("count", "short", "count", integer=True),
        Unit("per_second", "cps", "rate"),
        Unit("requests_per_second", "reqps", "rate"),
        Unit("celsius", "celsius", "temperature"),
        Unit("boolean", "bool_yes_no", "boolean", integer=True),
        Unit("none", "none", "none"),
    )
}

_TIME = {
    "ns": Decimal("1e-9"),
    "us": Decimal("1e-6"),
    "µs": Decimal("1e-6"),
    "μs": Decimal("1e-6"),
    "ms": Decimal("1e-3"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86_400),
    "w": Decimal(7 * 86_400),
    "y": Decimal(365 * 86_400),
}
_PREFIXES = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5, "e": 6}
_SIZE = {f"{p}b": Decimal(1000) ** n for p, n in _PREFIXES.items()} | {
    f"{p}ib": Decimal(1024) ** n for p, n in _PREFIXES.items() if p
}
_BITS = {f"{p}bit{s}": Decimal(1000) ** n for p, n in _PREFIXES.items() for s in ("", "s")}
_COUNT = {"k": Decimal(10) ** 3, "K": Decimal(10) ** 3, "M": Decimal(10) ** 6, "G": Decimal(10) ** 9}
_RATES = {"/s", "ps", "rps", "req/s", "reqps", "ops", "ops/s"}
_CELSIUS = {"°C", "C", "ºC", "℃"}
_WORDS = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}

_PLAIN = regex_on_use(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SUFFIXED = regex_on_use(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))\s*([^\s0-9.+-][^\s0-9]*)")
_COMPOUND = regex_on_use(r"(?:[0-9]+(?:ns|us|µs|μs|ms|[ywdhms])){2,}")
_COMPOUND_PART = regex_on_use(r"(?<![0-9])([0-9]++)(ns|us|µs|μs|ms|[ywdhms])")

_PERCENT_WORDS = regex_on_use(r"percent|per cent|prozent|pct|por cento|％", re.IGNORECASE)
_BYTE = regex_on_use(r"b(?=$|/)| ?bytes?(?=$|/)", re.IGNORECASE)

_CALLED: dict[Kind, str] = {
    "time": "a duration",
    "size": "a size in bytes",
    "bits": "a size in bits",
    "size rate": "a rate of bytes",
    "share": "a percentage",
    "count": "a count",
    "rate": "a rate",
    "temperature": "a temperature",
    "boolean": "a yes or no",
}
_EXAMPLES: dict[Kind, str] = {
    "time": "`500ms` or `2.5s`",
    "size": "`512MiB` or `10GB`",
    "bits": "`100Mbit`",
    "size rate": "`10MiB/s`",
    "share": "`90%`",
    "count": "`5` or `10k`",
    "rate": "`5` or `5/s`",
    "temperature": "`60°C`",
    "boolean": "`1` or `0`",
    "none": "a plain number such as `5`",
}


def parse_quantity(text: str, unit: str) -> float:
    """The number that a threshold such as `500ms` means in a unit such as `seconds`."""
    target = UNITS.get(unit)
    if target is None:
        raise LangError(f"`{unit}` is not a unit", (0, len(text)), suggest(unit, list(UNITS)))
    stripped = text.strip()
    value = _in_unit(stripped, target)
    if value is not None:
        return _finite(value, text)
    read = _read(stripped)
    if read is None:
        raise _nonsense(text, target)
    # Without a unit, `5m` is five minutes rather than five million.
    meant = None if target.kind == "none" else _meant(stripped, target)
    advice = f"write `{meant}`" if meant else f"write {_EXAMPLES[target.kind]}"
    if target.kind == "none":
        measured = next(one.name for one in UNITS.values() if one.kind == read[1])
        advice = f"write `unit: {measured}` beside it if that is what the query returns, or a plain number"
    reason = f"`{stripped}` is {_CALLED[read[1]]}, but the unit is {target.name}"
    raise LangError(reason, (0, len(text)), advice, meant)


def _in_unit(text: str, target: Unit) -> float | None:
    """The number that a text means in a unit; None where it cannot be read, or is of another kind."""
    if _PLAIN.fullmatch(text):
        return float(text)
    read = _read(text)
    if read is None:
        return None
    value, kind = read
    if kind not in (target.kind, "count" if target.kind in ("none", "rate") else target.kind):
        return None
    if target.name == "milliseconds":
        value *= 1000
    elif target.name == "percent":
        value *= 100
    return float(value)


def _read(text: str) -> tuple[Decimal, Kind] | None:
    """The value of a number with a suffix, in its kind's base: seconds, bytes, bits or a share of one."""
    if text.lower() in _WORDS:
        return Decimal(_WORDS[text.lower()]), "boolean"
    if _COMPOUND.fullmatch(text):
        parts = [(Decimal(number), _TIME[suffix]) for number, suffix in _COMPOUND_PART.findall(text)]
        sizes = [size for _, size in parts]
        if sizes != sorted(set(sizes), reverse=True):
            return None
        return sum((number * size for number, size in parts), Decimal(0)), "time"
    match = _SUFFIXED.fullmatch(text)
    if match is None:
        return None
    number, suffix = Decimal(match[1]), match[2]
    lower = suffix.lower()
    if suffix in _TIME:
        return number * _TIME[suffix], "time"
    if suffix == "%":
        return number / 100, "share"
    if suffix in _COUNT:
        return number * _COUNT[suffix], "count"
    if suffix in _CELSIUS:
        return number, "temperature"
    if lower in _RATES:
        return number, "rate"
    # A small b would be a bit to some and a byte to others.
    if lower in _SIZE and suffix.endswith("B"):
        return number * _SIZE[lower], "size"
    if lower in _BITS:
        return number * _BITS[lower], "bits"
    if lower.endswith("/s") and lower[:-2] in _SIZE and suffix[:-2].endswith("B"):
        return number * _SIZE[lower[:-2]], "size rate"
    return None


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise LangError(f"`{text.strip()}` is too large", (0, len(text)))
    return value


def _nonsense(text: str, unit: Unit) -> LangError:
    shown = text.strip()
    if not shown:
        return LangError("the quantity is empty", (0, len(text)), f"write {_EXAMPLES[unit.kind]}")
    thousands = re.fullmatch(r"([0-9]{1,3}),([0-9]{3})(.*)", shown)
    if thousands is not None:
        advice = f"write `{''.join(thousands.groups())}`, or with a point, if the comma begins a fraction"
        return LangError(f"`{shown}` is not a quantity", (0, len(text)), advice)
    meant = _meant(shown, unit)
    advice = f"write `{meant}`" if meant else f"write {_EXAMPLES[unit.kind]}"
    return LangError(f"`{shown}` is not a quantity", (0, len(text)), advice, meant)


def _meant(text: str, unit: Unit) -> str | None:
    """The quantity of the unit that is written with a comma, with words, or as other tools write it."""
    for candidate in _candidates(text):
        value = _in_unit(candidate, unit)
        if value is not None and math.isfinite(value):
            return candidate
    return None


def _candidates(text: str) -> Iterator[str]:
    """What may be meant by a text: other ways to write it."""
    bare = re.sub(r"^(?:[<>]=?|[=!]=)\s*", "", text)
    point = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", bare)
    joined = re.sub(r"(?<=[0-9])[_ '](?=[0-9])", "", point)
    found = re.fullmatch(r"([+-]?[0-9.]+)\s*(.*)", joined)
    if joined != text and _is_read(joined):
        yield joined
    if found is None:
        return
    number, suffix = found[1], found[2]
    duration = duration_meant(joined)
    if duration is not None and duration != text and _is_read(duration):
        yield duration
    for written in (_PERCENT_WORDS.sub("%", suffix), f"{suffix}B", suffix.upper(), _BYTE.sub("B", suffix)):
        if f"{number}{written}" != text and _is_read(f"{number}{written}"):
            yield f"{number}{written}"


def _is_read(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None or _read(text) is not None


def format_quantity(value: float, unit: str) -> str:
    """The value as people write it in its unit, such as `800 ms`, `2 %` or `10 GiB`."""
    kind, number = UNITS[unit].kind, Decimal(repr(value))
    if not math.isfinite(value):
        return str(value)
    if kind == "time":
        return _time_text(number / 1000 if unit == "milliseconds" else number)
    if kind == "share":
        return f"{_plain(number * 100 if unit == 'ratio' else number)} %"
    if kind in ("size", "size rate"):
        return _size_text(number) + ("/s" if kind == "size rate" else "")
    suffix = {
        "bits": " bit",
        "celsius": " °C",
        "per_second": "/s",
        "requests_per_second": " req/s",
    }.get(unit, "")
    return f"{_plain(number)}{suffix}"


def _time_text(seconds: Decimal) -> str:
    whole = seconds == seconds.to_integral_value()
    if whole and 60 <= seconds <= 10**12:
        return format_duration(int(seconds) * 1000)
    for suffix, size in (("s", Decimal(1)), ("ms", _TIME["ms"]), ("µs", _TIME["us"])):
        if abs(seconds) >= size or seconds == 0:
            return f"{_plain(seconds / size)} {suffix}"
    return f"{_plain(seconds / _TIME['ns'])} ns"


def _size_text(number: Decimal) -> str:
    """The shortest exact text of at most two decimals; of equal ones the binary unit."""
    texts = [f"{_plain(number)} B"]
    for base, prefixes in ((1000, "kMGTPE"), (1024, "KMGTPE")):
        for power, prefix in enumerate(prefixes, 1):
            amount = number / Decimal(base) ** power
            if abs(amount) >= 1 and amount == round(amount, 2):
                texts.append(f"{_plain(amount)} {prefix}{'i' if base == 1024 else ''}B")
    return min(reversed(texts), key=lambda text: len(text.replace("i", "")))


def _plain(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return text if len(text) <= 20 else f"{number.normalize():g}"
