"""Which files of a folder may hold alerting, whatever they are called: asked of their first bytes."""

from __future__ import annotations

import re

from tocsin.text.regex_on_use import regex_on_use

FIRST_BYTES = 64 * 1024
"""How much of a file is looked at."""
_WORDS = (("groups", "alert|record", "expr"), ("route", "receivers"), ("groups", "alerts", "summary"))
KEYS = tuple(
    tuple(f"(^[ \t{{]*|[{{,][ \t]*)(-[ \t]+)?[\"']?({key})[\"']?[ \t]*:" for key in keys) for keys in _WORDS
)
"""Regular expressions for rules, for routes with receivers, and for alerts in a spec, also on one line.

Python and POSIX read them alike.
"""
_KEYS = tuple(tuple(regex_on_use(key.encode(), re.MULTILINE) for key in keys) for keys in KEYS)
_PLAIN = tuple(tuple(tuple(key.encode().split(b"|")) for key in keys) for keys in _WORDS)
_MENTIONS = regex_on_use(
    r"(?:^[ \t{-]*|[{,][ \t]*)[\"']?(?:groups|alert|record|expr|route|receivers?)[\"']?[ \t]*:",
    re.MULTILINE,
)
_COPY = regex_on_use(r"(?:\.(?:bak|backup|old|orig|rej|save|swp|tmp|disabled)|~)$", re.IGNORECASE)


def may_hold_alerting(start: bytes) -> bool:
    """Whether the first bytes of a file have the keys of rules, of a route with receivers, or of a spec."""
    if b"\0" in start:
        return False
    # To look for the words takes a hundredth of the time, and most files have none of them.
    return any(
        all(any(word in start for word in words) for words in plain)
        and all(key.search(start) for key in keys)
        for plain, keys in zip(_PLAIN, _KEYS, strict=True)
    )


def may_be_dashboard(text: str) -> bool:
    """Whether a text is an object of JSON that has the words of a Grafana dashboard."""
    return (
        text[:FIRST_BYTES].lstrip().startswith("{")
        and ('"panels"' in text or '"rows"' in text)
        and ('"schemaVersion"' in text or '"templating"' in text)
    )


def mentions_alerting(text: str) -> bool:
    """Whether a text, which may be broken, has a key that rules or routes have."""
    return _MENTIONS.search(text) is not None


def is_copy(name: str) -> bool:
    """Whether a file's name says that it is a copy that somebody put aside."""
    return _COPY.search(name) is not None


def original_name(name: str) -> str:
    """The name of the file that a copy was made of."""
    return _COPY.sub("", name)
