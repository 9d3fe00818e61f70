"""What files say about who is notified, as the parts of a spec."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from tocsin.detect.kinds import DocumentKind
from tocsin.diagnostics.model import Level
from tocsin.existing.files import read_existing
from tocsin.importing.alertmanager.routes import inhibition_values, interval_values, root_value
from tocsin.importing.alertmanager.secret_files import SecretFiles
from tocsin.importing.alertmanager.unreadable_templates import unreadable_templates
from tocsin.importing.alertmanager.values import Settings, receiver_labels
from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced
from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.lang.alertmanager.sections import SECTIONS
from tocsin.lang.alertmanager.settings import SETTINGS
from tocsin.lang.alertmanager.texts import GENERATED_TEMPLATES
from tocsin.plan.model import Receiver
from tocsin.source.document import Span
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.detect.kinds import DocumentPart
    from tocsin.existing.input import Input
    from tocsin.existing.templates import Templates
    from tocsin.importing.notes import Notes
    from tocsin.plan.model import Plan
    from tocsin.source.node import Node
    from tocsin.source.place import Sources

KINDS = frozenset({DocumentKind.ALERTMANAGER, DocumentKind.RESOURCE, DocumentKind.OPERATOR})
NOBODY = "nobody"
"""Who is notified of what no resource takes, where only resources are there."""

_CORRECT = "correct it and import again"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_. -]+")


@value_object
class ImportedRouting:
    """The configuration as it was read, and what it is in a spec."""

    inputs: tuple[Input, ...]
    plan: Plan
    sources: Sources
    node: MappingNode | None
    """The configuration itself; None where there are only resources."""
    settings: Sourced | None
    sections: dict[str, Sourced]
    """Those about Alertmanager itself."""
    receivers: dict[str, object]
    routing: dict[str, Any]
    templates: dict[str, str]
    """The texts of the files with templates, by the names that they get."""
    loaded: tuple[tuple[str, str], ...]
    """The names and texts of these files as Alertmanager loads them."""
    template_files: tuple[object, ...]
    """The patterns of those that were not found."""
    files: SecretFiles
    alone: frozenset[str]
    """The names of the files that hold nothing else."""

    @property
    def name(self) -> str:
        """The file that it is called by."""
        return self.inputs[0].document.name

    def span(self) -> Span:
        """Where it begins."""
        return (
            self.sources.locate(self.plan.route.place)
            if self.plan.route
            else Span(self.inputs[0].document, 0, 0)
        )


def read_routing(inputs: Sequence[Input], templates: Templates, notes: Notes) -> ImportedRouting | None:
    """The configuration in the files; None where there is none, or one that cannot be a part of a spec."""
    chosen = tuple(_routing_only(inputs))
    parts = [part for file in chosen for part in file.parts()]
    if not any(part.kind is not DocumentKind.OPERATOR for part in parts):
        return None
    found = read_existing(chosen, templates=templates)
    wrong = [
        RefusedError(one.message, one.span or Span(chosen[0].document, 0, 0), one.help or _CORRECT)
        for one in found.diagnostics
        if one.level is Level.ERROR
    ]
    wrong = wrong or list(unreadable_templates(found.plan, found.sources))
    names = {file.document.name for file in chosen}
    for error in wrong:
        name = error.span.document.name
        notes.refuse(name if name in names else chosen[0].document.name, error)
    if wrong or found.plan.route is None:
        return None
    configurations = [part.node for part in parts if part.kind is DocumentKind.ALERTMANAGER]
    for other in configurations[1:]:
        reason = "a spec is for one Alertmanager, and this is a second configuration"
        error = RefusedError(reason, other.span, "import each into a folder of its own")
        notes.refuse(other.document.name, error)
    node = next((one for one in configurations if isinstance(one, MappingNode)), None)
    try:
        made = _imported(chosen, found.plan, found.sources, node, notes)
    except RefusedError as error:
        notes.refuse(error.span.document.name, error)
        return None
    others = {
        part.path[0]
        for file in inputs
        for part in file.parts()
        if part.kind is DocumentKind.RULES or _is_of_values(part)
    }
    return replace(made, alone=frozenset({one.document.name for one in chosen} - others))


def _is_of_values(part: DocumentPart) -> bool:
    """Whether it stands in values of a chart, most of which are about something else."""
    return part.resource is None and any(isinstance(step, str) for step in part.path[1:])


def _routing_only(inputs: Sequence[Input]) -> Iterator[Input]:
    for file in inputs:
        parts = tuple(part for part in file.parts() if part.kind in KINDS)
        if parts:
            yield replace(file, named=False, found=parts)


def _imported(
    inputs: tuple[Input, ...], plan: Plan, sources: Sources, node: MappingNode | None, notes: Notes
) -> ImportedRouting:
    root = plan.route
    assert root is not None, "it was asked before"
    files = SecretFiles()
    if root.receiver is None:
        root = replace(root, receiver=NOBODY)
        plan = replace(plan, route=root, receivers=(*plan.receivers, Receiver(NOBODY, None, ())))
        notes.changed(
            f"nobody knows who is notified of what no AlertmanagerConfig takes: here it is `{NOBODY}`",
            sources.locate(root.place),
            "import the configuration that the Alertmanager has, together with its resources",
        )
    settings = None
    section = None if node is None else node.entries.get("global")
    if section is not None and isinstance(section.value, MappingNode):
        value = Settings("global", files).record(section.value, SETTINGS)
        settings = Sourced(value, section.key, section.value)
    sections: dict[str, Sourced] = {}
    for name, (record, _) in SECTIONS.items():
        section = None if node is None else node.entries.get(name)
        if section is not None and isinstance(section.value, MappingNode):
            value = Settings(name, files).record(section.value, record)
            sections[name] = Sourced(value, section.key, section.value)
    for _ in range(2):
        # The address of one receiver may be the secret of another one behind it.
        receivers = {one.name: _receiver(one, sources, files) for one in plan.receivers}
    routing = root_value(root, sources)
    if plan.time_intervals:
        intervals = interval_values(plan.time_intervals, sources)
        routing["time_intervals"] = _under("time_intervals", intervals, node)
    if plan.inhibitions:
        written = inhibition_values(plan.inhibitions, sources)
        routing["inhibitions"] = _under("inhibit_rules", written, node)
    routing["derive_inhibitions"] = False
    templates, loaded, elsewhere = _templates(plan, sources, notes)
    return ImportedRouting(
        inputs,
        plan,
        sources,
        node,
        settings,
        sections,
        receivers,
        routing,
        templates,
        loaded,
        elsewhere,
        files,
        frozenset(),
    )


def _under(key: str, value: object, node: MappingNode | None) -> object:
    """The value with the place of a key at the top."""
    entry = None if node is None else node.entries.get(key)
    return value if entry is None else Sourced(value, entry.key, entry.value)


def _receiver(receiver: Receiver, sources: Sources, files: SecretFiles) -> object:
    path = () if receiver.place is None else receiver.place.path[:-1]
    node = sources.node(path) if path else None
    if not isinstance(node, MappingNode):
        return {}
    made: dict[str, object] = {}
    settings = Settings(receiver.name, files)
    for key, entry in node.entries.items():
        if key == "name" or _is_empty(entry.value):
            continue
        if key == "labels" and isinstance(entry.value, MappingNode):
            labels = {
                name: Sourced(one.text, entry.value.entries[name].key, one)
                for name, one in receiver_labels(entry.value).items()
            }
            if labels:
                made["labels"] = Sourced(labels, entry.key, entry.value)
            continue
        if key not in BY_LIST or not isinstance(entry.value, SequenceNode):
            help_ = "take it out, and add it to what is generated where it is deployed"
            raise RefusedError(f"a receiver of a spec has no `{key}`", entry.key.span, help_)
        items = [
            Sourced(settings.record(item, BY_LIST[key].record), None, item)
            for item in entry.value.items
            if isinstance(item, MappingNode)
        ]
        made[key.removesuffix("_configs")] = Sourced(items, entry.key, entry.value)
    name = node.entries.get("name")
    return made if name is None or not isinstance(name.value, ScalarNode) else Sourced(made, name.value, node)


def _is_empty(node: Node) -> bool:
    if isinstance(node, ScalarNode):
        return node.value is None
    return not (node.items if isinstance(node, SequenceNode) else node.entries)


def _templates(
    plan: Plan, sources: Sources, notes: Notes
) -> tuple[dict[str, str], tuple[tuple[str, str], ...], tuple[object, ...]]:
    found: dict[str, str] = {}
    loaded: list[tuple[str, str]] = []
    elsewhere: list[object] = []
    seen: set[str] = set()
    for glob in plan.templates:
        node = sources.node(glob.place.path)
        if glob.files is None:
            elsewhere.append(glob.pattern if node is None else Sourced(glob.pattern, None, node))
            continue
        for file in glob.files:
            name = str(file.place.path[0])
            if glob.place == file.place:
                help_ = "name it under `templates:` if it is to be loaded"
                notes.left_out(f"`{name}`, which no pattern names", sources.locate(file.place), help_)
            elif name not in seen:
                seen.add(name)
                base = PurePath(name).name
                loaded.append((base, file.text))
                found[_free_name(base, found)] = file.text
    return found, tuple(loaded), tuple(elsewhere)


def _free_name(name: str, taken: dict[str, str]) -> str:
    plain = _NOT_IN_NAMES.sub("-", name).lstrip(" .")
    stem, dot, suffix = plain.rpartition(".")
    used = {one.lower() for one in (*taken, GENERATED_TEMPLATES)}
    count = 1
    while plain.lower() in used:
        count += 1
        plain = f"{stem}-{count}{dot}{suffix}"
    return plain
