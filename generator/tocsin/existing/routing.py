"""The parts of files that say who is notified: Alertmanager's configuration and what is added to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import PurePath
from typing import TYPE_CHECKING

from tocsin.detect.file_names import (
    holds_ansible_variables,
    is_beside_what_runs,
    is_sample_name,
    is_template_name,
)
from tocsin.detect.kinds import DocumentKind
from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.existing.alertmanager import BESIDE, UNKNOWN, AlertmanagerParts, adopt_alertmanager
from tocsin.existing.operator import Converted, Strategy, convert_resource, merge_configuration, strategy_of
from tocsin.source.document import Span
from tocsin.source.node import Entry, MappingNode, SequenceNode, plain_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.detect.kinds import DocumentPart, Path
    from tocsin.existing.alertmanager import Unknown
    from tocsin.existing.node_reader import Reader
    from tocsin.source.node import Node

    _Configuration = tuple[MappingNode, Path, Unknown | None]
    """What it holds, where, and who knows its global section; None where it does itself."""


@dataclass(slots=True)
class Routing:
    """What was read so far, in the order of the files."""

    _configurations: list[_Configuration] = field(default_factory=list)
    _samples: list[_Configuration] = field(default_factory=list)
    """Forms to copy, which count where there is nothing else."""
    _resources: list[Converted] = field(default_factory=list)
    _strategy: Strategy | None = None

    def read(self, part: DocumentPart, node: MappingNode, whole: Node, reader: Reader) -> Node:
        """Take over a part of a file, and give back the file with the part as it was read."""
        if part.kind is DocumentKind.ALERTMANAGER:
            is_sample = is_sample_name(str(part.path[0]))
            settings = BESIDE if part.has_settings_beside else None
            (self._samples if is_sample else self._configurations).append((node, part.path, settings))
        elif part.kind is DocumentKind.OPERATOR:
            self._strategy = self._strategy or strategy_of(node)
        elif part.kind is DocumentKind.RESOURCE:
            resource = convert_resource(node, (*part.path, "spec"), reader)
            self._resources.append(resource)
            if "spec" in node.entries:
                return _replaced(whole, (*part.path[1:], "spec"), resource.node)
        return whole

    def parts(self, rule_files: Sequence[str] = ()) -> AlertmanagerParts | None:
        """All of it as one configuration, that for these rule files first; None where there is none."""
        base: AlertmanagerParts | None = None
        settings: MappingNode | Unknown = UNKNOWN
        if not self._configurations:
            self._configurations, self._samples = self._samples, []
        if self._configurations:
            followed = _nearest(self._configurations, rule_files)
            self._configurations = [followed, *(one for one in self._configurations if one is not followed)]
            base = _adopted(self._configurations[0])
            settings = _settings(self._configurations[0])
        if not self._resources:
            return base
        return merge_configuration(base, settings, self._resources, self._strategy or Strategy())

    def is_of_resources(self) -> bool:
        """Whether all of it are resources, so that nobody knows the configuration that they are added to."""
        return bool(self._resources) and not self._configurations and not self._samples

    def has_templates_elsewhere(self) -> bool:
        """Whether others may name the files with templates: an Alertmanager, or the chart of these values.

        The values of a chart are laid over its own, which name `/etc/alertmanager/config/*.tmpl`.
        """
        if not self._configurations:
            return self.is_of_resources()
        node, path, _ = self._configurations[0]
        return len(path) > 1 and path[-1] == "config" and "templates" not in node.entries

    def followed_path(self) -> Path | None:
        """Where the configuration stands that is followed; `parts` comes first."""
        return self._configurations[0][1] if self._configurations else None

    def superfluous(self) -> Iterator[Diagnostic]:
        """Every configuration but the one that is followed, its copies and examples; `parts` comes first."""
        for node, path, _ in self._others():
            first, followed, _ = self._configurations[0]
            # That no alert is followed through an example goes without saying.
            if _is_beside(path) and not _is_beside(followed):
                continue
            if _is_made_into(path, followed):
                continue
            yield Diagnostic(
                "file/second-route",
                Level.INFO,
                "this is another Alertmanager configuration than the one that alerts are followed through",
                Span(node.document, node.start, node.start),
                related=(Note(Span(first.document, first.start, first.start), "the one that is followed"),),
                help="check each with the rules that it is for",
            )

    def may_notify_elsewhere(self, rule_files: Sequence[str]) -> bool:
        """Whether some other Alertmanager may notify people of the same alerts; `parts` comes first.

        There is a second one, or the one that is followed is an example or a test and the rules are not.
        """
        if any(not _is_beside(path) for _, path, _ in self._others()):
            return True
        is_example = any(_is_beside(path) for _, path, _ in self._configurations[:1])
        return is_example and not all(map(is_beside_what_runs, rule_files))

    def _others(self) -> list[_Configuration]:
        """The configurations but the one that is followed, and its copies."""
        held = [plain_data(node) for node, _, _ in self._configurations[:1]]
        return [one for one in self._configurations[1:] if plain_data(one[0]) not in held]

    def aside(self) -> tuple[AlertmanagerParts, ...]:
        """Every configuration but the one that is followed, each by itself; `parts` comes first."""
        return tuple(map(_adopted, self._configurations[1:]))

    def hidden(self) -> Iterator[Span]:
        """Texts that stand where only a reference to a secret may: nobody may see them."""
        for resource in self._resources:
            yield from resource.secrets


def _is_made_into(path: Path, followed: Path) -> bool:
    """Whether one configuration becomes the other: its template, or the default of a variable of Ansible."""
    name, other = str(path[0]), str(followed[0])
    if is_template_name(name) and PurePath(name).with_suffix("") == PurePath(other):
        return True
    of_ansible = holds_ansible_variables(name) and holds_ansible_variables(other)
    return of_ansible and "defaults" in PurePath(name).parts and path[1:] == followed[1:]


def _is_beside(path: Path) -> bool:
    return is_beside_what_runs(str(path[0]))


def _nearest(configurations: Sequence[_Configuration], rule_files: Sequence[str]) -> _Configuration:
    """The one that shares most of its folders with the most rule files, before examples and tests.

    Among equals, the first.
    """
    if len(configurations) == 1:
        return configurations[0]
    names = [str(path[0]) for _, path, _ in configurations]
    near = [0] * len(names)
    for rule_file in rule_files:
        shared = [shared_folders(rule_file, one) for one in names]
        near = [count + (one == max(shared)) for count, one in zip(near, shared, strict=True)]
    ranks = [(not _is_beside(path), near[index]) for index, (_, path, _) in enumerate(configurations)]
    return configurations[ranks.index(max(ranks))]


def shared_folders(one: str, other: str) -> int:
    """How many folders two files have in common, from the root."""
    pairs = zip(PurePath(one).parts[:-1], PurePath(other).parts[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _adopted(one: _Configuration) -> AlertmanagerParts:
    node, path, settings = one
    return adopt_alertmanager(node, path, settings=settings)


def _settings(one: _Configuration) -> MappingNode | Unknown:
    node, _, settings = one
    if settings is not None:
        return settings
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
