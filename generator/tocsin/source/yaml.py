"""YAML text to nodes and faults: the core schema of YAML 1.2, merge keys, limits, no exceptions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.source.decode import LARGEST
from tocsin.source.document import Document, Span
from tocsin.source.syntax import syntax_fault
from tocsin.source.tree import Abandoned, Tree
from tocsin.source.yaml_error import YamlError
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.node import Node

__all__ = ["Reading", "Stream", "YamlError", "read_stream", "read_yaml"]

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONFLICT = re.compile(r"^<{7} .*$", re.MULTILINE)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@value_object
class Reading:
    """What a text says, as far as it could be read, and what is wrong with it; an empty text has no node."""

    node: Node | None
    faults: tuple[YamlError, ...]


@value_object
class Stream:
    """The YAML documents of a text, as far as it could be read, and what is wrong with it."""

    nodes: tuple[Node, ...]
    faults: tuple[YamlError, ...]
    broken: bool
    """Whether the text ends in something that is no YAML, so that nodes behind it are missing."""


def read_yaml(document: Document) -> Reading:
    """Read the one YAML document of a text."""
    stream = _read(document, several=False)
    return Reading(stream.nodes[0] if stream.nodes and not stream.broken else None, stream.faults)


def read_stream(document: Document) -> Stream:
    """Read the YAML documents of a text, however many there are."""
    return _read(document, several=True)


def _read(document: Document, *, several: bool) -> Stream:
    text = document.text
    if fault := why_refused(document):
        return Stream((), (fault,), True)
    # libyaml eats a byte order mark without counting it.
    shift = 1 if text.startswith("\ufeff") else 0
    tree = Tree(document, shift, several=several)
    try:
        tree.read(LOADER(text[shift:]).get_event)
    except Abandoned:
        return Stream(tuple(tree.roots), tuple(tree.faults), False)
    except yaml.YAMLError as error:
        broken = syntax_fault(document, error, shift)
        # `{{ $value }} is high` is a strange key first and a syntax error next: the first says it better.
        told = bool(tree.faults) and tree.faults[-1].span.line == broken.span.line
        return Stream(tuple(tree.roots), (*tree.faults, *(() if told else (broken,))), True)
    except Exception as error:
        # The pure Python parser lets ValueError, IndexError and others through for some broken texts.
        span = Span(document, tree.at, min(tree.at + 1, len(text)))
        fault = YamlError(f"this cannot be read as YAML: {error or type(error).__name__}", span)
        return Stream(tuple(tree.roots), (*tree.faults, fault), True)
    return Stream(tuple(tree.roots), tuple(tree.faults), False)


def why_refused(document: Document) -> YamlError | None:
    """Why the text is not read at all, if it is not."""
    return _too_large(document) or _forbidden(document) or _conflict(document)


def _too_large(document: Document) -> YamlError | None:
    text = document.text
    if len(text) * 4 <= LARGEST or len(text.encode("utf-8", "surrogatepass")) <= LARGEST:
        return None
    return YamlError(
        f"the file is larger than {LARGEST // 1024 // 1024} MiB", Span(document, 0, 0), help="split it"
    )


def _forbidden(document: Document) -> YamlError | None:
    found = _FORBIDDEN.search(document.text)
    if found is None:
        return None
    return YamlError(
        f"the character U+{ord(found[0]):04X} is not allowed in YAML",
        Span(document, *found.span()),
        help='take it away, or write it as an escape in double quotes: "\\x07"',
    )


def _conflict(document: Document) -> YamlError | None:
    """The marks that git leaves where two changes meet; nothing in YAML begins a line like that."""
    found = _CONFLICT.search(document.text)
    if found is None or "\n=======" not in document.text:
        return None
    return YamlError(
        "this is a merge conflict that nobody has resolved",
        Span(document, found.start(), found.end()),
        help="keep what is right of the two sides, and take the lines with `<<<<<<<`, `=======` and "
        "`>>>>>>>` away",
    )
