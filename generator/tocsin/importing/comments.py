"""The comments of a YAML file, by the key or value that they belong to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tocsin.detect.slo_formats import may_hold_slos
from tocsin.importing.comment_secrets import without_secrets
from tocsin.importing.sourced import Sourced
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.text.yaml import Commented, OnOneLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.source.document import Document
    from tocsin.source.node import Node

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)
_BLOCK = frozenset({"literal", "folded"})


class Comments:
    """Comments above a key or value, and behind it on its line; each is handed out once.

    What they tell of secrets is hidden.
    """

    def __init__(self, document: Document, nodes: Iterable[Node]) -> None:
        text = document.text
        places = sorted({place for node in nodes for place in _places(node)})
        starts = [place[0] for place in places]
        self._above: dict[int, list[str]] = {}
        self._behind: dict[int, str] = {}
        self._last: list[str] = []
        for found in _COMMENT.finditer(text) if "#" in text else ():
            at = found.start()
            if _is_inside(places, starts, at):
                continue
            line = text.rfind("\n", 0, at) + 1
            said = without_secrets(found[0][1:].removeprefix(" ").rstrip())
            if text[line:at].strip(" \t-"):
                first = bisect_left(starts, line)
                if first < len(starts) and starts[first] < at:
                    self._behind[starts[first]] = said
                    continue
            following = bisect_left(starts, at)
            above = self._above.setdefault(starts[following], []) if following < len(starts) else self._last
            above.append(said)
        self._places = sorted({*self._above, *self._behind})

    def take(self, at: int) -> tuple[tuple[str, ...], str]:
        """The comments above what begins there, and behind it."""
        return tuple(self._above.pop(at, ())), self._behind.pop(at, "")

    def take_above(self, at: int) -> tuple[str, ...]:
        """The comments above what begins there."""
        return tuple(self._above.pop(at, ()))

    def take_inside(self, start: int, end: int) -> tuple[str, ...]:
        """The comments of all that begins there and before the end."""
        found: list[str] = []
        for at in self._places[bisect_left(self._places, start) : bisect_left(self._places, end)]:
            above, behind = self.take(at)
            found += [*above, *([behind] if behind else [])]
        return tuple(found)

    def take_last(self) -> tuple[str, ...]:
        """The comments behind everything else."""
        last, self._last = self._last, []
        return tuple(last)


def with_comments(value: object, comments: Comments) -> object:
    """The value without its sources, and with the comments that stand at them."""
    above: tuple[str, ...] = ()
    behind = ""
    if isinstance(value, Sourced):
        for node in (value.key, value.node):
            if node is not None:
                more, last = comments.take(node.start)
                above, behind = (*above, *more), behind or last
        value = value.value
    if isinstance(value, Mapping):
        value = {key: with_comments(one, comments) for key, one in value.items()}
    elif isinstance(value, tuple | list):
        value = [with_comments(one, comments) for one in value]
    elif isinstance(value, OnOneLine):
        inner = with_comments(value.value, comments)
        value = inner if _holds_comments(inner) else OnOneLine(inner)
    return Commented(value, above, behind) if above or behind else value


def _holds_comments(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_comments, value.values()))
    if isinstance(value, tuple | list):
        return any(map(_holds_comments, value))
    return isinstance(value, Commented)


def _places(node: Node) -> Iterator[tuple[int, int]]:
    """Where each scalar starts, and where the text ends in which `#` starts no comment."""
    if isinstance(node, ScalarNode) and may_hold_slos(node.text):
        # YAML in a string has comments of its own.
        return
    if isinstance(node, ScalarNode) and node.style in _BLOCK:
        # A comment may stand behind the header of a block.
        body = node.document.text.find("\n", node.start)
        yield node.start, node.start + 1
        yield (node.end if body < 0 else body), node.end
    elif isinstance(node, ScalarNode):
        yield node.start, node.end
    elif isinstance(node, MappingNode):
        for entry in node.entries.values():
            yield from _places(entry.key)
            yield from _places(entry.value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _places(item)


def _is_inside(places: list[tuple[int, int]], starts: list[int], at: int) -> bool:
    before = bisect_right(starts, at) - 1
    return before >= 0 and places[before][0] <= at < places[before][1]
