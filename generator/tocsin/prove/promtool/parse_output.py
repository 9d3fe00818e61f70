"""Alerts as promtool prints them where a test expected others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.strings import unquote_string

if TYPE_CHECKING:
    from tocsin.prove.promtool.case import Alerts

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PAIR = re.compile(rf"((?:[^\s,={{}}\"]+)|{_QUOTED})=({_QUOTED})")
_MOMENT = re.compile(r"^ *alertname: .*, time: (\S+?),? *$", re.MULTILINE)
_ALERT = re.compile(r"Labels:(\{.*\})\n\s*Annotations:(\{.*\})")
_GOT = re.compile(r"^ *got:\[", re.MULTILINE)
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "d": 86400.0, "w": 604800.0, "y": 31536000.0}


def parse_firing_alerts(text: str) -> dict[int, Alerts]:
    """The alerts that fired, by the moment (in seconds) of each expectation that was not met."""
    found: dict[int, Alerts] = {}
    heads = list(_MOMENT.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=False):
        part = text[head.end() : following.start() if following else len(text)]
        got = _GOT.search(part)
        if got is not None:
            alerts = _ALERT.findall(part[got.end() :])
            found[_seconds(head[1])] = tuple((_pairs(a, alertname=False), _pairs(b)) for a, b in alerts)
    return found


def _pairs(text: str, *, alertname: bool = True) -> tuple[tuple[str, str], ...]:
    pairs = [(_name(name), unquote_string(value)) for name, value in _PAIR.findall(text)]
    return tuple((name, value) for name, value in pairs if alertname or name != "alertname")


def _name(text: str) -> str:
    return unquote_string(text) if text.startswith('"') else text


def _seconds(text: str) -> int:
    parts = re.findall(r"([0-9.]+)(ms|[hmsdwy])", text)
    return round(sum(float(number) * _SECONDS[unit] for number, unit in parts))
