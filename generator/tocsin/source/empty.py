"""Values that were left out: a key with nothing after it, or only a comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tocsin.source.document import Span
from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str | int, ...]

# A word that follows `#` at once, as the name of a channel does; a comment has a space there.
_HASH_VALUE = re.compile(r"(?:[ \t]*+:)?[ \t]++(?=#[^\s#])")
# The whole comment, or all before a second one, is one word: then it is known where the value ends.
_ONE_WORD = re.compile(r"#[\w.-]++(?=[ \t]*+(?:[\r\n]|$|(?<=[ \t])#))")
# What stands behind such a key may be secret, so no message repeats it.
_SECRET_KEY = re.compile(r"pass|secret|token|key|credential", re.IGNORECASE)


class EmptyValue(NamedTuple):
    """Where the value should be: its path, its node, and its key unless it is an item of a list."""

    path: Path
    node: ScalarNode
    key: ScalarNode | None

    @property
    def span(self) -> Span:
        """The key, or the place of the item."""
        return self.node.span if self.key is None else self.key.span

    @property
    def message(self) -> str:
        """What is wrong."""
        subject = "this item of the list" if self.key is None else f"`{self.key.text}`"
        return f"{subject} has no value"

    @property
    def is_comment(self) -> bool:
        """Whether a word behind `#` stands where the value should be, which makes it a comment."""
        return self._comment_start() is not None

    @property
    def comment_value(self) -> Span | None:
        """The comment that was meant as the value; None where it may end anywhere, or may be secret."""
        start = self._comment_start()
        is_secret = self.key is not None and _SECRET_KEY.search(self.key.text) is not None
        found = None if start is None or is_secret else _ONE_WORD.match(self.node.document.text, start)
        return None if found is None else Span(self.node.document, *found.span())

    @property
    def quoted(self) -> str:
        """How a value that starts with `#` is written."""
        span = self.comment_value
        value = "#…" if span is None else span.document.text[span.start : span.end]
        return f'{"-" if self.key is None else f"{self.key.text}:"} "{value}"'

    def _comment_start(self) -> int | None:
        """Where the word behind `#` starts, with the `#`."""
        text, at = self.node.document.text, self.node.start
        # Of an item, the parser gives the place of whatever comes next.
        behind = text.rfind("-", 0, at + 1) + 1 if self.key is None else self.key.end
        found = _HASH_VALUE.match(text, behind)
        return None if found is None else found.end()


COMMENT = "`#` after a space starts a comment"
"""The message for a value that YAML reads as a comment."""


def empty_values(node: Node, path: Path = (), key: ScalarNode | None = None) -> Iterator[EmptyValue]:
    """The empty values inside a node; `null` and `~` are written on purpose."""
    if isinstance(node, MappingNode):
        for name, entry in node.entries.items():
            yield from empty_values(entry.value, (*path, name), entry.key)
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.items):
            yield from empty_values(item, (*path, number))
    elif path and node.value is None and node.start == node.end:
        yield EmptyValue(path, node, key)
