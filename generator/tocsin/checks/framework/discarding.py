"""Receivers that are there to notify nobody, by their names."""

from __future__ import annotations

import re

from tocsin.text.regex_on_use import regex_on_use

_DISCARDING = regex_on_use(
    r"(?:.*[-_/. ])?(?:null|none|nil|nobody|no-?op|no-?one|void|drop(?:ped)?|discard(?:ed)?|ignored?"
    r"|silen(?:t|ced?)|muted?|black-?hole|dev-?null|sink-?hole|trash|empty)(?:[-_/. ].*)?",
    re.IGNORECASE,
)


def discards(name: str) -> bool:
    """Whether the name of a receiver says that nobody is notified."""
    return _DISCARDING.fullmatch(name) is not None
