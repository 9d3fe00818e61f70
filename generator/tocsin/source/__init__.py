"""Texts with places: a document, the nodes read from its YAML, and the way from a node back to its line."""

from tocsin.source.document import Document, Span
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, plain
from tocsin.source.place import Place, Sources
from tocsin.source.scalar_map import piece
from tocsin.source.yaml import Fault, Reading, Stream, read_stream, read_yaml

__all__ = [
    "Document",
    "Entry",
    "Fault",
    "MappingNode",
    "Node",
    "Place",
    "Reading",
    "ScalarNode",
    "SequenceNode",
    "Sources",
    "Span",
    "Stream",
    "piece",
    "plain",
    "read_stream",
    "read_yaml",
]
