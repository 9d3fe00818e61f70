"""The tree of nodes, built from the parser's events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tocsin.source.document import Span
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from tocsin.source.resolve import COLLECTION_TAGS, UnreadableError, resolve_scalar, resolve_tagged
from tocsin.source.yaml_error import YamlError
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.source.document import Document

DEEPEST = 64
_MOST_ALIASED = 100_000
# libyaml and the pure Python parser call a plain scalar differently.
_STYLES: dict[str | None, Style] = {
    **{"": "plain", None: "plain"},
    **{"'": "single", '"': "double", "|": "literal", ">": "folded"},
}
_NODES = frozenset({yaml.ScalarEvent, yaml.AliasEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent})
_PROPERTIES = regex_on_use(r"(?:(?:!<[^>\s]*>|[!&][^\s,\[\]{}]*)(?:\s|(?<=\s)#[^\r\n]*)*)+")
_SURROGATE = regex_on_use("[\ud800-\udfff]")


class Abandoned(Exception):
    """The rest of the text is not read; a value that is still open is lost."""


class Tree:
    """Reads a parser's events; afterwards `roots` are the documents' nodes and `faults` what was wrong."""

    def __init__(self, document: Document, shift: int, *, several: bool) -> None:
        self.roots: list[Node] = []
        self.faults: list[YamlError] = []
        self.at = 0
        self._document = document
        self._shift = shift
        self._several = several
        self._next: Callable[[], Any] = lambda: None
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._open_anchors: list[str] = []
        self._aliased = 0
        # How many collections are open, how many were at most, and how many nodes there were so far.
        self._depth = 0
        self._deepest = 0
        self._count = 0
        # Where the last node ends; of an alias, not what it stands for.
        self._end = 0

    def read(self, next_event: Callable[[], Any]) -> None:
        """Read all events; None comes after the last one."""
        self._next = next_event
        documents = 0
        while (event := next_event()) is not None:
            kind = type(event)
            if kind in _NODES:
                self.roots.append(self._node(event))
            elif kind is yaml.DocumentStartEvent:
                self.at = event.start_mark.index + self._shift
                documents += 1
                self._anchors.clear()
                if documents > 1 and not self._several:
                    # Everything before is whole: keep it, and read no further.
                    end = event.end_mark.index + self._shift
                    self._fault("a file holds one YAML document, and here a second one begins", self.at, end)
                    raise Abandoned

    def _fault(
        self,
        message: str,
        start: int,
        end: int,
        help: str | None = None,
        related: tuple[tuple[Span, str], ...] = (),
        *,
        is_taken: bool = False,
    ) -> None:
        self.faults.append(YamlError(message, Span(self._document, start, end), related, help, is_taken))

    def _content(self, event: Any, start: int, end: int) -> int:
        """Where the value begins behind its anchor and tag."""
        if event.anchor is None and event.tag is None:
            return start
        found = _PROPERTIES.match(self._document.text, start)
        return start if found is None else min(found.end(), end)

    def _node(self, event: Any) -> Node:
        """The node that begins with the event."""
        kind = type(event)
        self.at = start = event.start_mark.index + self._shift
        if kind is yaml.ScalarEvent:
            self._end = end = event.end_mark.index + self._shift
            self._count += 1
            text = event.value
            if event.anchor is not None or event.tag is not None or not text.isascii():
                return self._unusual_scalar(event, start, end)
            style = _STYLES[event.style]
            if style == "plain":
                try:
                    return ScalarNode(self._document, start, end, style, text, resolve_scalar(text))
                except UnreadableError:
                    return self._unusual_scalar(event, start, end)
            return ScalarNode(self._document, start, end, style, text, text)
        if kind is yaml.AliasEvent:
            return self._alias(event.anchor, start, event.end_mark.index + self._shift)
        return self._collection(event, start, mapping=kind is yaml.MappingStartEvent)

    def _unusual_scalar(self, event: Any, start: int, end: int) -> ScalarNode:
        """A scalar with an anchor, a tag, letters beyond ASCII, or a value that cannot be read."""
        text = event.value
        style = _STYLES[event.style]
        start = self._content(event, start, end)
        try:
            if event.tag is not None:
                value = resolve_tagged(text, event.tag)
            else:
                value = resolve_scalar(text) if style == "plain" else text
        except UnreadableError as error:
            self._fault(str(error), self.at, end, "write the value without the tag, or in quotes")
            value = text
        if not text.isascii() and _SURROGATE.search(text):
            self._fault("half of a surrogate pair is not a character", start, end)
            value = text = _SURROGATE.sub("\ufffd", text)
        node = ScalarNode(self._document, start, end, style, text, value)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, 1, 0
        return node

    def _collection(self, event: Any, start: int, *, mapping: bool) -> Node:
        anchor = event.anchor
        if self._depth >= DEEPEST:
            self._too_deep(start, event.end_mark.index + self._shift)
        if event.tag is not None and event.tag not in (COLLECTION_TAGS["map" if mapping else "seq"], "!"):
            end = event.end_mark.index + self._shift
            self._fault(f"the tag `{event.tag}` has no meaning here", start, end, "take the tag away")
        if anchor is not None:
            self._anchors.pop(anchor, None)
            self._open_anchors.append(anchor)
        start = self._content(event, start, len(self._document.text))
        self._depth = depth = self._depth + 1
        above, self._deepest = self._deepest, depth
        before = self._count
        self._count += 1
        # A block ends where its last value does: the next thing may be many comments further on.
        self._end = start
        node: Node
        if mapping:
            entries, ends = self._entries()
            node = MappingNode(self._document, start, start, entries)
        else:
            items, ends = self._items()
            node = SequenceNode(self._document, start, start, items)
        if event.flow_style:
            self._end = ends.end_mark.index + self._shift
        node.end = self._end
        self._depth = depth - 1
        if anchor is not None:
            self._open_anchors.pop()
            self._anchors[anchor] = node, self._count - before, self._deepest - depth + 1
        if above > self._deepest:
            self._deepest = above
        return node

    def _items(self) -> tuple[tuple[Node, ...], Any]:
        """The items of a list, and the event that ends it."""
        items: list[Node] = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._node(event))
        return tuple(items), event

    def _entries(self) -> tuple[dict[str, Entry], Any]:
        """The entries of a mapping, and the event that ends it."""
        entries: dict[str, Entry] = {}
        merges: list[Entry] = []
        # Where the `-` of an item is missing, all its keys are given twice: the first of them tells it.
        begins_item = False
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = self._node(event)
            if not isinstance(key, ScalarNode):
                self._no_key(key)
                self._node(self._next())
                continue
            value = self._node(self._next())
            name = key.text
            if name == "<<" and key.style == "plain":
                if merges:
                    advice = "give one `<<` a list: `<<: [*a, *b]`"
                    self._twice(key, merges[0].key, advice, is_taken=True)
                merges.append(Entry(key, value))
            elif name in entries:
                first = next(iter(entries))
                begins_item |= name == first and self._stands_behind_dash(entries[first].key)
                if not begins_item:
                    self._twice(key, entries[name].key, "merge the two, or rename one")
                elif name == first:
                    advice = f"write `- {_short(name)}` where a new item of the list begins, or rename one"
                    self._twice(key, entries[name].key, advice)
            else:
                entries[name] = Entry(key, value)
        for merge in merges:
            self._merge(entries, merge)
        return entries, event

    def _too_deep(self, start: int, end: int) -> None:
        self._fault(f"values are nested more than {DEEPEST} deep", start, end)
        raise Abandoned

    def _alias(self, name: str, start: int, end: int) -> Node:
        if name in self._open_anchors and name not in self._anchors:
            self._fault(f"`*{name}` stands inside of what it refers to", start, end)
            raise Abandoned
        self._end = end
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
            self._count += 1
            return ScalarNode(self._document, start, end, "plain", "", None)
        node, size, height = self._anchors[name]
        self._aliased += size
        if self._aliased > _MOST_ALIASED:
            self._fault(f"the aliases stand for more than {_MOST_ALIASED:,} values", start, end)
            raise Abandoned
        if self._depth + height > DEEPEST:
            self._too_deep(start, end)
        self._count += size
        self._deepest = max(self._deepest, self._depth + height)
        return node

    def _no_key(self, node: Node) -> None:
        braced = self._document.text[max(node.start - 1, 0) : node.start + 1] == "{{"
        self._fault(
            "a key is a word, not a mapping or a list",
            node.start,
            node.end,
            "put the value in quotes: a plain value that starts with `{` is a mapping" if braced else None,
        )

    def _stands_behind_dash(self, key: ScalarNode) -> bool:
        before = self._document.text[max(key.start - 80, 0) : key.start].rstrip(" ")
        return before.endswith("-") and before[:-1].rstrip(" -")[-1:] in ("", "\n")

    def _twice(self, key: ScalarNode, first: ScalarNode, advice: str, *, is_taken: bool = False) -> None:
        self._fault(
            f"the key `{_short(key.text)}` is given twice",
            key.start,
            key.end,
            advice,
            ((Span(self._document, first.start, first.end), "first defined here"),),
            is_taken=is_taken,
        )

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
