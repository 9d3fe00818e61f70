"""Texts with places: a document, the nodes read from its YAML, and the way from a node back to its line."""

from tocsin.source.document import Document, Span
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, plain_data
from tocsin.source.place import Place, Sources
from tocsin.source.scalar_map import source_piece
from tocsin.source.yaml import Reading, Stream, YamlError, read_stream, read_yaml

__all__ = [
    "Document",
    "Entry",
    "MappingNode",
    "Node",
    "Place",
    "Reading",
    "ScalarNode",
    "SequenceNode",
    "Sources",
    "Span",
    "Stream",
    "YamlError",
    "plain_data",
    "read_stream",
    "read_yaml",
    "source_piece",
]
