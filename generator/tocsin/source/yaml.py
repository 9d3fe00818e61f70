"""YAML text to nodes and faults: the core schema of YAML 1.2, merge keys, limits, no exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.parse import parse
from tocsin.source.refusals import too_large, why_refused
from tocsin.source.sound_parts import UnreadPart, sound_parts
from tocsin.source.yaml_error import YamlError
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.document import Document
    from tocsin.source.node import Node

__all__ = ["Reading", "Stream", "UnreadPart", "YamlError", "read_stream", "read_yaml"]


@value_object
class Reading:
    """What a text says, as far as it could be read, and what is wrong with it; an empty text has no node."""

    node: Node | None
    faults: tuple[YamlError, ...]
    unread: tuple[UnreadPart, ...] = ()
    """The parts that are not in the node, as their YAML is at fault."""


@value_object
class Stream:
    """The YAML documents of a text, as far as it could be read, and what is wrong with it."""

    nodes: tuple[Node, ...]
    faults: tuple[YamlError, ...]
    broken: bool
    """Whether something in the text is not YAML, so that nodes are missing."""
    unread: tuple[UnreadPart, ...] = ()
    """What is missing in a broken text, where the rest of it was read."""

    def reading(self) -> Reading:
        """The one document of the text; nothing of one in which any part may be missing."""
        whole = bool(self.nodes) and (not self.broken or bool(self.unread))
        return Reading(self.nodes[0] if whole else None, self.faults, self.unread)


def read_yaml(document: Document, *, in_parts: bool = False) -> Reading:
    """Read the one YAML document of a text; `in_parts` as for `read_stream`."""
    return _read(document, several=False, in_parts=in_parts).reading()


def read_stream(document: Document, *, in_parts: bool = False) -> Stream:
    """Read the YAML documents of a text, however many there are.

    With `in_parts`, what stands apart from a syntax error is read all the same.
    """
    return _read(document, several=True, in_parts=in_parts)


def _read(document: Document, *, several: bool, in_parts: bool) -> Stream:
    text = document.text
    # libyaml eats a byte order mark without counting it.
    shift = 1 if text.startswith("\ufeff") else 0
    refused = why_refused(document)
    if refused is None:
        found = parse(document, text[shift:], shift, several=several)
        whole = Stream(found.nodes, found.faults, found.broken)
    else:
        whole = Stream((), (refused,), True)
    if not whole.broken or not in_parts or too_large(document):
        return whole
    parts = sound_parts(document, shift)
    if parts is None:
        return whole
    found = parse(document, parts.text[shift:], shift, several=several)
    return whole if found.broken else Stream(found.nodes, (*parts.faults, *found.faults), True, parts.unread)
