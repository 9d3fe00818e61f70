"""The parts of files that say who is notified: Alertmanager's configuration and what is added to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.detect.file_names import is_sample_name
from tocsin.detect.kinds import DocumentKind
from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.existing.alertmanager import UNKNOWN, AlertmanagerParts, adopt_alertmanager
from tocsin.existing.operator import Converted, Strategy, convert_resource, merge_configuration, strategy_of
from tocsin.source.document import Span
from tocsin.source.node import Entry, MappingNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.detect.kinds import DocumentPart, Path
    from tocsin.existing.alertmanager import Unknown
    from tocsin.existing.node_reader import Reader
    from tocsin.source.node import Node


@dataclass(slots=True)
class Routing:
    """What was read so far, in the order of the files."""

    _configurations: list[tuple[MappingNode, Path]] = field(default_factory=list)
    _samples: list[tuple[MappingNode, Path]] = field(default_factory=list)
    """Forms to copy, which count where there is nothing else."""
    _resources: list[Converted] = field(default_factory=list)
    _strategy: Strategy | None = None

    def read(self, part: DocumentPart, node: MappingNode, whole: Node, reader: Reader) -> Node:
        """Take over a part of a file, and give back the file with the part as it was read."""
        if part.kind is DocumentKind.ALERTMANAGER:
            is_sample = is_sample_name(str(part.path[0]))
            (self._samples if is_sample else self._configurations).append((node, part.path))
        elif part.kind is DocumentKind.OPERATOR:
            self._strategy = self._strategy or strategy_of(node)
        elif part.kind is DocumentKind.RESOURCE:
            resource = convert_resource(node, (*part.path, "spec"), reader)
            self._resources.append(resource)
            if "spec" in node.entries:
                return _replaced(whole, (*part.path[1:], "spec"), resource.node)
        return whole

    def parts(self) -> AlertmanagerParts | None:
        """All of it as one configuration; None where there is none."""
        base: AlertmanagerParts | None = None
        settings: MappingNode | Unknown = UNKNOWN
        if not self._configurations:
            self._configurations, self._samples = self._samples, []
        if self._configurations:
            base = adopt_alertmanager(*self._configurations[0])
            settings = _settings(self._configurations[0][0])
        if not self._resources:
            return base
        return merge_configuration(base, settings, self._resources, self._strategy or Strategy())

    def is_of_resources(self) -> bool:
        """Whether all of it are resources, so that nobody knows the configuration that they are added to."""
        return bool(self._resources) and not self._configurations and not self._samples

    def superfluous(self) -> Iterator[Diagnostic]:
        """Every configuration but the first one."""
        for node, _ in self._configurations[1:]:
            first = self._configurations[0][0]
            yield Diagnostic(
                "file/second-route",
                Level.INFO,
                "this is a second Alertmanager configuration: alerts are followed through the first one only",
                Span(node.document, node.start, node.start),
                related=(Note(Span(first.document, first.start, first.start), "the first one"),),
                help="check each with the rules that it is for",
            )

    def aside(self) -> tuple[AlertmanagerParts, ...]:
        """Every configuration but the first one, each by itself; `parts` comes first."""
        return tuple(adopt_alertmanager(*one) for one in self._configurations[1:])

    def hidden(self) -> Iterator[Span]:
        """Texts that stand where only a reference to a secret may: nobody may see them."""
        for resource in self._resources:
            yield from resource.secrets


def _settings(node: MappingNode) -> MappingNode:
    entry = node.entries.get("global")
    if entry is not None and isinstance(entry.value, MappingNode):
        return entry.value
    return MappingNode(node.document, node.start, node.end, {})


def _replaced(node: Node, path: Path, new: Node) -> Node:
    """The tree with another node at the path."""
    if not path:
        return new
    step, *rest = path
    if isinstance(node, MappingNode) and str(step) in node.entries:
        key, below = node.entries[str(step)]
        entry = Entry(key, _replaced(below, tuple(rest), new))
        return MappingNode(node.document, node.start, node.end, {**node.entries, str(step): entry})
    if isinstance(node, SequenceNode) and isinstance(step, int):
        items = tuple(
            _replaced(item, tuple(rest), new) if number == step else item
            for number, item in enumerate(node.items)
        )
        return SequenceNode(node.document, node.start, node.end, items)
    return node
