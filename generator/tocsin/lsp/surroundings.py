"""What an edit of a file is checked with: the rest of its project, without the alerts of other files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.diagnostics.incomplete import AREAS, Incomplete
from tocsin.lsp.sections import SoundText, sound_text
from tocsin.routing.render.explanation import alert_names
from tocsin.source.document import Document, Span
from tocsin.source.node import MappingNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.existing.input import Input
    from tocsin.plan.model import Plan
    from tocsin.workspace.inputs import Inputs


@value_object
class FileRead:
    """A file as it was read."""

    document: Document
    named: bool
    """Whether somebody asked for just this one."""
    has_dashboards: bool
    sound: SoundText | None
    """The newest version of it that could be read as YAML."""
    without_groups: Input | None
    """What of a part of a spec is no group; None where there is nothing else."""


@value_object
class Surroundings:
    """The files of a project, as far as the check of an edit reads them."""

    is_spec: bool
    files: Mapping[str, FileRead]
    """By their names."""
    missing: Incomplete
    """What belongs to the project and is not read with an edit."""

    def others(self, name: str) -> Iterator[Input]:
        """What is read of all files of a spec but one."""
        for other, file in self.files.items():
            if other != name and file.without_groups is not None:
                yield file.without_groups


def surroundings(inputs: Inputs, sound: Mapping[str, Input], plan: Plan | None) -> Surroundings:
    """Those in the files that were read, of which `sound` are the newest that could be read as YAML."""
    return Surroundings(
        inputs.is_spec,
        {file.document.name: _file_read(file, sound, is_spec=inputs.is_spec) for file in inputs.files},
        _alerts_left_out(plan) if inputs.is_spec else Incomplete(AREAS),
    )


def _file_read(file: Input, sound: Mapping[str, Input], *, is_spec: bool) -> FileRead:
    known = sound.get(file.document.name)
    return FileRead(
        file.document,
        file.named,
        any(part.kind is DocumentKind.DASHBOARD for part in file.parts()),
        None if known is None else sound_text(known),
        _without_groups(file) if is_spec else None,
    )


def _alerts_left_out(plan: Plan | None) -> Incomplete:
    """All alerts, as something of which only the names were read, so that others may refer to them."""
    if plan is None:
        return Incomplete(("alerts",), (), ("groups",))
    names = "".join(f"{name}:\n" for name in alert_names(plan))
    return Incomplete(("alerts",), (Span(Document("", names), 0, len(names)),))


def _without_groups(file: Input) -> Input | None:
    """A file of a spec without its alerts; None where it holds nothing else."""
    nodes = []
    for node in file.stream.nodes:
        if isinstance(node, MappingNode):
            entries = {name: entry for name, entry in node.entries.items() if name != "groups"}
            if entries:
                nodes.append(MappingNode(node.document, node.start, node.end, entries))
    return replace(file, stream=replace(file.stream, nodes=tuple(nodes)), found=None) if nodes else None
