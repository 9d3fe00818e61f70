"""The tree of nodes, built from the parser's events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.source.document import Span
from tocsin.source.fault import Fault
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from tocsin.source.resolve import COLLECTION_TAGS, UnreadableError, resolve, resolve_tagged

if TYPE_CHECKING:
    from tocsin.source.document import Document

_DEEPEST = 64
_MOST_ALIASED = 100_000
_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_PROPERTIES = re.compile(r"(?:(?:!<[^>\s]*>|[!&][^\s,\[\]{}]*)(?:\s|(?<=\s)#[^\r\n]*)*)+")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Abandoned(Exception):
    """The rest of the text is not read; a value that is still open is lost."""


class _Frame:
    """A mapping or list that is still open."""

    __slots__ = (
        "anchor",
        "end",
        "entries",
        "flow",
        "height",
        "items",
        "key",
        "lost",
        "merge",
        "size",
        "start",
    )

    def __init__(self, start: int, anchor: str | None, *, mapping: bool, flow: bool) -> None:
        self.start = start
        self.end = start
        self.anchor = anchor
        self.flow = flow
        self.entries: dict[str, Entry] | None = {} if mapping else None
        self.items: list[Node] = []
        self.key: ScalarNode | None = None
        self.lost = False
        self.merge: Entry | None = None
        self.size = 1
        self.height = 1


class Tree:
    """Takes events one by one; afterwards `roots` are the documents' nodes and `faults` what was wrong."""

    def __init__(self, document: Document, shift: int, *, several: bool) -> None:
        self.roots: list[Node] = []
        self.faults: list[Fault] = []
        self.at = 0
        self._document = document
        self._shift = shift
        self._several = several
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._aliased = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        """Add what one event says."""
        kind = type(event)
        self.at = start = event.start_mark.index + self._shift
        end = event.end_mark.index + self._shift
        if kind is yaml.ScalarEvent:
            self._scalar(event, start, end)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event, start, end, mapping=kind is yaml.MappingStartEvent)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close(end)
        elif kind is yaml.AliasEvent:
            self._alias(event.anchor, start, end)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            self._anchors.clear()
            if self._documents > 1 and not self._several:
                # Everything before is whole: keep it, and read no further.
                self._fault("a file holds one YAML document, and here a second one begins", start, end)
                raise Abandoned

    def _fault(
        self,
        message: str,
        start: int,
        end: int,
        help: str | None = None,
        related: tuple[tuple[Span, str], ...] = (),
    ) -> None:
        self.faults.append(Fault(message, Span(self._document, start, end), related, help))

    def _content(self, event: Any, start: int, end: int) -> int:
        """Where the value begins behind its anchor and tag."""
        if event.anchor is None and event.tag is None:
            return start
        found = _PROPERTIES.match(self._document.text, start)
        return start if found is None else min(found.end(), end)

    def _scalar(self, event: Any, start: int, end: int) -> None:
        text = event.value
        style = _STYLES.get(event.style, "plain")
        start = self._content(event, start, end)
        try:
            if event.tag is not None:
                value = resolve_tagged(text, event.tag)
            else:
                value = resolve(text) if style == "plain" else text
        except UnreadableError as error:
            self._fault(str(error), self.at, end, "write the value without the tag, or in quotes")
            value = text
        if not text.isascii() and _SURROGATE.search(text):
            self._fault("half of a surrogate pair is no character", start, end)
            value = text = _SURROGATE.sub("\ufffd", text)
        node = ScalarNode(self._document, start, end, style, text, value)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, 1, 0
        self._add(node, end, 1, 0)

    def _open(self, event: Any, start: int, end: int, *, mapping: bool) -> None:
        if len(self._stack) >= _DEEPEST:
            self._too_deep(start, end)
        if event.tag is not None and event.tag not in (COLLECTION_TAGS["map" if mapping else "seq"], "!"):
            self._fault(f"the tag `{event.tag}` has no meaning here", start, end, "take the tag away")
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)
        limit = len(self._document.text)
        start = self._content(event, start, limit)
        self._stack.append(_Frame(start, event.anchor, mapping=mapping, flow=bool(event.flow_style)))

    def _too_deep(self, start: int, end: int) -> None:
        self._fault(f"values are nested more than {_DEEPEST} deep", start, end)
        raise Abandoned

    def _close(self, end: int) -> None:
        frame = self._stack.pop()
        # A block ends where the next thing begins, which may be many comments further on.
        frame.end = end if frame.flow else frame.end
        node: Node
        if frame.entries is None:
            node = SequenceNode(self._document, frame.start, frame.end, tuple(frame.items))
        else:
            if frame.merge is not None:
                self._merge(frame.entries, frame.merge)
            node = MappingNode(self._document, frame.start, frame.end, frame.entries)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = node, frame.size, frame.height
        self._add(node, frame.end, frame.size, frame.height)

    def _alias(self, name: str, start: int, end: int) -> None:
        if any(frame.anchor == name for frame in self._stack) and name not in self._anchors:
            self._fault(f"`*{name}` stands inside of what it refers to", start, end)
            raise Abandoned
        if name not in self._anchors:
            known = ", ".join(f"`&{anchor}`" for anchor in self._anchors if len(anchor) < 40)
            self._fault(
                f"there is no `&{name}` before this alias",
                start,
                end,
                f"the anchors are {known}"
                if 0 < len(known) < 200
                else "a text that starts with `*` needs quotes",
            )
            self._add(ScalarNode(self._document, start, end, "plain", "", None), end, 1, 0)
            return
        node, size, height = self._anchors[name]
        self._aliased += size
        if self._aliased > _MOST_ALIASED:
            self._fault(f"the aliases stand for more than {_MOST_ALIASED:,} values", start, end)
            raise Abandoned
        if len(self._stack) + height > _DEEPEST:
            self._too_deep(start, end)
        self._add(node, end, size, height)

    def _add(self, node: Node, end: int, size: int, height: int) -> None:
        if not self._stack:
            self.roots.append(node)
            return
        frame = self._stack[-1]
        frame.end = end
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        if frame.entries is None:
            frame.items.append(node)
        elif frame.lost:
            frame.lost = False
        elif frame.key is None:
            self._key(frame, node)
        else:
            self._entry(frame, frame.entries, frame.key, node)
            frame.key = None

    def _key(self, frame: _Frame, node: Node) -> None:
        if isinstance(node, ScalarNode):
            frame.key = node
            return
        frame.lost = True
        braced = self._document.text[max(node.start - 1, 0) : node.start + 1] == "{{"
        self._fault(
            "a key is a word, not a mapping or a list",
            node.start,
            node.end,
            "put the value in quotes: a plain value that starts with `{` is a mapping" if braced else None,
        )

    def _entry(self, frame: _Frame, entries: dict[str, Entry], key: ScalarNode, value: Node) -> None:
        merges = key.text == "<<" and key.style == "plain"
        earlier = frame.merge if merges else entries.get(key.text)
        if earlier is not None:
            first = Span(self._document, earlier.key.start, earlier.key.end)
            self._fault(
                f"the key `{_short(key.text)}` is given twice",
                key.start,
                key.end,
                "merge the two, or rename one" if not merges else "give one `<<` a list: `<<: [*a, *b]`",
                ((first, "first defined here"),),
            )
        elif merges:
            frame.merge = Entry(key, value)
        else:
            entries[key.text] = Entry(key, value)

    def _merge(self, entries: dict[str, Entry], merge: Entry) -> None:
        value = merge.value
        parts = value.items if isinstance(value, SequenceNode) else (value,)
        for part in parts:
            if not isinstance(part, MappingNode):
                key = merge.key
                self._fault("`<<` takes a mapping, or a list of mappings", key.start, key.end)
                continue
            for name, entry in part.entries.items():
                entries.setdefault(name, entry)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
