"""The functions of templates that not every supported release of Prometheus and Alertmanager has.

They are those that `template/template.go` of each release has for the first time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.releases import release
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.lang.gotemplate.ast import Span

PROMETHEUS: Mapping[str, str] = {"now": "3.6", "toDuration": "3.6", "urlQueryEscape": "3.8"}
"""The release that brought each function of the templates of rules, where that is newer than 2.53."""
ALERTMANAGER: Mapping[str, str] = {
    **dict.fromkeys(("safeUrl", "toJson", "urlUnescape"), "0.30"),
    **dict.fromkeys(("append", "dict", "list"), "0.32"),
    "now": "0.33",
    **dict.fromkeys(("base64decode", "base64encode", "mustToDate", "routeLabels", "toDate"), "0.34"),
    "addDuration": "0.35",
}
"""The release that brought each function of the templates of notifications, where newer than 0.28."""
NOTIFICATION_FIELDS: Mapping[str, str] = {"NotificationReason": "0.32", "RouteLabels": "0.34"}
"""The release that brought each field of a notification, where newer than 0.28."""

_ACTION = regex_on_use(r"\{\{(?!-?\s*/\*)(?:(?!\{\{).)*?\}\}", re.DOTALL)
_WORD = regex_on_use(r"\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|(?P<word>(?<![\w.$])[a-zA-Z_]\w*)")


_FIELD = regex_on_use(r"\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|(?<![\w.)])\$?\.(?P<field>[A-Z]\w*)")


def newer_fields(text: str, version: str) -> Iterator[tuple[str, Span, str]]:
    """The fields of a notification that a version does not have, as `newer_functions` has functions."""
    yield from _newer(text, NOTIFICATION_FIELDS, version, _FIELD, "field")


def newer_functions(text: str, since: Mapping[str, str], version: str) -> Iterator[tuple[str, Span, str]]:
    """The functions in a template that a version does not have, with their places and what brought them.

    The template has to be one that can be parsed: then a word in an action, outside of strings, that is no
    field, no variable and no keyword is a function.
    """
    yield from _newer(text, since, version, _WORD, "word")


def _newer(
    text: str, since: Mapping[str, str], version: str, words: re.Pattern[str], part: str
) -> Iterator[tuple[str, Span, str]]:
    newer = {name for name, brought in since.items() if release(brought) > release(version)}
    if not newer or not any(name in text for name in newer):
        return
    for action in _ACTION.finditer(text):
        for found in words.finditer(text, *action.span()):
            if found[part] in newer:
                yield found[part], found.span(part), since[found[part]]
