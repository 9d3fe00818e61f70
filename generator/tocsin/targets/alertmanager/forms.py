"""How texts are written in each markup that notifications have, as pieces of Go templates.

A value may hold anything; no value makes a link, a mention or HTML, and nothing ends the code it stands in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.texts import Form
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable

_SPACE = re.compile(r"\s+")
_IN_MARKDOWN = re.compile(r"[\\\[\]<]")
_MENTION = re.compile(r"(?<![\w.])@(?=\S)")

_ONE_LINE = ' | reReplaceAll "\\\\s+" " "'
# https://docs.slack.dev/messaging/formatting-message-text/#escaping
_SLACK = ' | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;"'
# No link, no HTML, and nobody who is mentioned: emphasis may stay.
_MARKDOWN = (
    ' | reReplaceAll "([\\\\\\\\\\\\[\\\\]<])" "\\\\$1"'
    ' | reReplaceAll "(^|[^\\\\w.])@(\\\\S)" "${1}@\\u200b${2}"'
)
# Quotes of code have no escape: in a value they become an apostrophe.
_CODE = ' | reReplaceAll "`" "\'"'
# What a program would run leads nowhere.
_NO_PROGRAM = ' | reReplaceAll "(?i)^(javascript|vbscript|data):" "${1}%3A"'
_URL = ' | reReplaceAll "<" "%3C" | reReplaceAll ">" "%3E" | reReplaceAll "\\\\s" "%20"'


@value_object
class Markup:
    """One markup: what follows a value in a pipeline, and what stands around it."""

    prose: str
    """Follows a text that keeps its lines."""
    code: str
    """Follows a text of several lines inside a block of code."""
    url: str
    bold: str
    """Around emphasized words."""
    quote: str
    """Around code in a line."""
    block: str
    """Go's format of a block of code."""
    item: str
    """Before each fact about an alert."""
    link: str
    """Go's format of a link: its address, then its name."""
    between: str
    """Between links."""
    escape: Callable[[str], str]
    """Escapes a title of the spec, for which no pipeline is needed."""

    @property
    def line(self) -> str:
        """Follows a text of one line."""
        return _ONE_LINE + self.prose


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", text)


def _slack(text: str) -> str:
    return _one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _markdown(text: str) -> str:
    """The text without a link, HTML or a mention: in Mattermost and Discord an `@` calls people."""
    return _MENTION.sub("@\u200b", _IN_MARKDOWN.sub(r"\\\g<0>", _one_line(text)))


MARKUPS = {
    Form.PLAIN: Markup("", "", "", "", "", "%s", "", "%[2]s: %[1]s", "\n", str),
    Form.SLACK: Markup(
        prose=_SLACK,
        code=_CODE + _SLACK,
        url=' | reReplaceAll "&" "&amp;"' + _URL + ' | reReplaceAll "[|]" "%7C"' + _NO_PROGRAM,
        bold="*",
        quote="`",
        block="```\n%s\n```",
        item="",
        link="<%[1]s|%[2]s>",
        between=" · ",
        escape=_slack,
    ),
    Form.MARKDOWN: Markup(
        prose=_MARKDOWN,
        code=_CODE,
        url=_URL + ' | reReplaceAll "[(]" "%28" | reReplaceAll "[)]" "%29"' + _NO_PROGRAM,
        bold="**",
        quote="`",
        block="```\n%s\n```",
        item="- ",
        link="[%[2]s](%[1]s)",
        between=" · ",
        escape=_markdown,
    ),
}
