"""Alerting in the texts of a document, as in those of ConfigMaps, Secrets and values of charts."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from tocsin.detect.candidates import may_be_dashboard, may_hold_alerting
from tocsin.detect.kinds import DocumentKind, document_parts
from tocsin.source.base64 import decode_base64, decode_base64_text
from tocsin.source.decode import LARGEST
from tocsin.source.embedded import read_embedded
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.document import Span
    from tocsin.source.yaml_error import YamlError

_MARKS = regex_on_use(
    r"^[ \t{-]*[\"']?(?:groups|route|receivers|apiVersion|scrape_configs|rule_files|alertmanager|serverFiles"
    r"|additionalPrometheusRules\w*)[\"']?[ \t]*:",
    re.MULTILINE,
)
_WORDS = regex_on_use(r"groups|receivers|scrape_configs|Secret")
_OF_DASHBOARDS = regex_on_use(r"schemaVersion|templating|gzipJson|binaryData")
_GZIP = b"\x1f\x8b"
# Values of a chart in a resource, a resource in these, and a configuration in that.
_DEEPEST = 3


@value_object
class Unfolded:
    """A document whose texts were read, what is wrong with them, and the values that nobody may see."""

    node: Node
    faults: tuple[YamlError, ...]
    secrets: tuple[Span, ...]


def may_hold_texts(text: str, *, dashboards: bool) -> bool:
    """Whether a file may hold alerting in its texts: a Secret's are encoded, the others have a key of it.

    `dashboards` says that those of Grafana count as well.
    """
    return _WORDS.search(text) is not None or (dashboards and _OF_DASHBOARDS.search(text) is not None)


def unfold(node: Node, *, dashboards: bool) -> Unfolded:
    """The document with the YAML in its texts in their place, where that is alerting.

    Dashboards of Grafana are the largest texts that ConfigMaps hold: they are read where they are asked for.
    """
    work = _Work(dashboards)
    return Unfolded(work.document(node, _DEEPEST), tuple(work.faults), tuple(work.secrets))


class _Work:
    def __init__(self, dashboards: bool) -> None:
        self._dashboards = dashboards
        self.faults: list[YamlError] = []
        self.secrets: list[Span] = []

    def document(self, node: Node, levels: int) -> Node:
        """The document; one that is alerting as a whole stays as it is."""
        is_whole = all(
            part.kind is not DocumentKind.OTHER and not part.path for part in document_parts(node, ())
        )
        return node if is_whole else self._node(node, levels)

    def _node(self, node: Node, levels: int) -> Node:
        if isinstance(node, ScalarNode):
            return self._text(node, None, levels) or node
        if isinstance(node, SequenceNode):
            items = tuple(self._node(item, levels) for item in node.items)
            if all(new is old for new, old in zip(items, node.items, strict=True)):
                return node
            return SequenceNode(node.document, node.start, node.end, items)
        if _is_secret(node):
            node = self._secret(node, levels)
        if self._dashboards:
            node = self._packed(node, levels)
        entries = {name: Entry(key, self._node(value, levels)) for name, (key, value) in node.entries.items()}
        if all(entries[name].value is old.value for name, old in node.entries.items()):
            return node
        return MappingNode(node.document, node.start, node.end, entries)

    def _secret(self, node: MappingNode, levels: int) -> MappingNode:
        """The Secret with the alerting in its data; none of its data may be shown."""
        key, data = node.entries["data"]
        assert isinstance(data, MappingNode)
        entries: dict[str, Entry] = {}
        for name, (name_key, value) in data.entries.items():
            entries[name] = Entry(name_key, value)
            if isinstance(value, ScalarNode) and value.text:
                self.secrets.append(value.span)
                text = decode_base64_text(value.text)
                found = None if text is None else self._text(value, text, levels)
                entries[name] = Entry(name_key, found or value)
        inner = MappingNode(data.document, data.start, data.end, entries)
        return MappingNode(node.document, node.start, node.end, {**node.entries, "data": Entry(key, inner)})

    def _packed(self, node: MappingNode, levels: int) -> MappingNode:
        """The mapping with the dashboards that are packed in it: `gzipJson`, or files below `binaryData`.

        Sources: `spec.gzipJson` of a GrafanaDashboard (grafana.integreatly.org/v1beta1) is gzip in base64,
        a ConfigMap's `binaryData` base64 of whatever the file holds.
        """
        changed: dict[str, Entry] = {}
        packed = node.entries.get("gzipJson")
        if packed is not None:
            changed["gzipJson"] = self._unpacked(packed, levels)
        binary = node.entries.get("binaryData")
        if binary is not None and isinstance(binary.value, MappingNode):
            data = binary.value
            files = {name: self._unpacked(one, levels) for name, one in data.entries.items()}
            changed["binaryData"] = Entry(binary.key, MappingNode(data.document, data.start, data.end, files))
        if not changed:
            return node
        return MappingNode(node.document, node.start, node.end, {**node.entries, **changed})

    def _unpacked(self, entry: Entry, levels: int) -> Entry:
        node = entry.value
        text = _unzipped(node.text) if isinstance(node, ScalarNode) else None
        if text is None or not isinstance(node, ScalarNode) or not may_be_dashboard(text):
            return entry
        return Entry(entry.key, self._text(node, text, levels) or node)

    def _text(self, node: ScalarNode, encoded: str | None, levels: int) -> Node | None:
        """What the text of a scalar holds, if that is alerting; `encoded` is the text that it stands for."""
        text = node.text if encoded is None else encoded
        is_json = may_be_dashboard(text)
        if not levels or not (self._dashboards if is_json else _MARKS.search(text)):
            return None
        stream = read_embedded(node, encoded, is_json=is_json)
        found = [self.document(one, levels - 1) for one in stream.nodes]
        one = found[0] if len(found) == 1 else None
        whole = one or SequenceNode(node.document, node.start, node.end, tuple(found))
        is_alerting = bool(found) and any(part.is_alerting for part in document_parts(whole, ()))
        if is_alerting or is_json or may_hold_alerting(text.encode()):
            self.faults += stream.faults
        return whole if is_alerting else None


def _is_secret(node: MappingNode) -> bool:
    kind, data = node.entries.get("kind"), node.entries.get("data")
    is_secret = kind is not None and isinstance(kind.value, ScalarNode) and kind.value.text == "Secret"
    return is_secret and data is not None and isinstance(data.value, MappingNode)


def _unzipped(text: str) -> str | None:
    """The text that is encoded, and perhaps compressed; None for what is neither, or far too large."""
    packed = decode_base64(text)
    if packed is None:
        return None
    try:
        if packed.startswith(_GZIP):
            unpacking = zlib.decompressobj(wbits=31)
            packed = unpacking.decompress(packed, LARGEST)
            if not unpacking.eof:
                return None
        return packed.decode("utf-8")
    except (UnicodeDecodeError, zlib.error):
        return None
