"""The parser at work on a text, or on a part of one: its nodes, its faults, and no exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tocsin.source.document import Span
from tocsin.source.syntax import syntax_fault
from tocsin.source.tree import Abandoned, Tree
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.document import Document
    from tocsin.source.node import Node

from tocsin.source.yaml_error import YamlError

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@value_object
class Parsed:
    """The nodes of the documents, what is wrong with them, and whether the parser gave up before the end."""

    nodes: tuple[Node, ...]
    faults: tuple[YamlError, ...]
    broken: bool


def parse(document: Document, text: str, shift: int, *, several: bool) -> Parsed:
    """The nodes of a text that stands in a document; `shift` is where it begins there."""
    tree = Tree(document, shift, several=several)
    try:
        tree.read(LOADER(text).get_event)
    except Abandoned:
        return Parsed(tuple(tree.roots), tuple(tree.faults), False)
    except yaml.YAMLError as error:
        broken = syntax_fault(document, error, shift)
        # `{{ $value }} is high` is a strange key first and a syntax error next: the first says it better.
        told = bool(tree.faults) and tree.faults[-1].span.line == broken.span.line
        return Parsed(tuple(tree.roots), (*tree.faults, *(() if told else (broken,))), True)
    except Exception as error:
        # The pure Python parser lets ValueError, IndexError and others through for some broken texts.
        span = Span(document, tree.at, min(tree.at + 1, len(document.text)))
        fault = YamlError(f"this cannot be read as YAML: {error or type(error).__name__}", span)
        return Parsed(tuple(tree.roots), (*tree.faults, fault), True)
    return Parsed(tuple(tree.roots), tuple(tree.faults), False)


def is_yaml(text: str) -> bool:
    """Whether the parser comes to the end of a text."""
    try:
        parser = LOADER(text)
        while parser.get_event() is not None:
            pass
    except Exception:
        return False
    return True
