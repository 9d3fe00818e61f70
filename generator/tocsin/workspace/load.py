"""From paths to a plan, or to all that keeps the files from becoming one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.diagnostics.incomplete import COMPLETE, Incomplete
from tocsin.errors import CommandError
from tocsin.value_object import value_object
from tocsin.workspace.sound_spec import load_sound_spec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.plan.model import Plan
    from tocsin.source.document import Document, Span
    from tocsin.source.place import Sources
    from tocsin.workspace.files_read import FilesRead
    from tocsin.workspace.inputs import Inputs


@value_object
class Planned:
    """The plan, the files it was made of, and what was found wrong with them on the way."""

    plan: Plan
    sources: Sources
    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]
    policies: tuple[Document, ...]
    """Files with a team's own rules that stood beside plain files."""
    secrets: tuple[Span, ...]
    """Values in the files that nobody may see."""
    is_spec: bool
    """Whether it is the plan of a spec: then it is whole, unless `unread` says something else."""
    unread: Incomplete = COMPLETE
    """What of the files could not be read; targets need a plan of which nothing is unread."""
    is_whole: bool = True
    """Whether nothing keeps the spec from being generated; plain files never are."""
    files_read: FilesRead | None = None
    """Of plain files: how many were read, and which were not; of a spec, only where some were not."""


@value_object
class Unplannable:
    """A spec of which nothing is left that a plan can be made of, and why."""

    diagnostics: tuple[Diagnostic, ...]


def load(paths: Iterable[Path]) -> Planned | Unplannable:
    """The plan of a spec, or of files that a team already has; of the folder `spec` where none is named.

    Of plain files a plan can always be made, and of a spec with faults mostly one of what is left of it.
    CommandError when there is nothing to read, OSError when a file cannot be read.
    """
    from tocsin.workspace.inputs import read_inputs

    paths = tuple(paths) or (Path("spec"),)
    if not paths[0].exists():
        raise CommandError("there is no folder `spec` here: name the folder of a spec, or files and folders")
    if all(path.is_dir() for path in paths) and (made := load_sound_spec(paths)) is not None:
        return Planned(made.plan, made.sources, made.documents, (), (), (), True)
    return plan_inputs(read_inputs(paths))


def plan_inputs(inputs: Inputs, missing: Incomplete = COMPLETE) -> Planned | Unplannable:
    """The same for files that were read; `missing` is what belongs to them and is not among them."""
    return _load_spec(inputs, missing) if inputs.is_spec else _load_existing(inputs, missing)


def _load_existing(inputs: Inputs, missing: Incomplete) -> Planned:
    from tocsin.existing.files import read_existing

    found = read_existing(
        inputs.files, inputs.undecodable, inputs.templates, inputs.markdown, inputs.not_read
    )
    documents = (
        *(file.document for file in inputs.files),
        *inputs.templates.documents(),
        *inputs.markdown.documents(),
    )
    return Planned(
        found.plan,
        found.sources,
        documents,
        found.diagnostics,
        inputs.policies,
        found.secrets,
        is_spec=False,
        unread=found.unread + missing,
        files_read=inputs.files_read(),
    )


def _load_spec(inputs: Inputs, missing: Incomplete) -> Planned | Unplannable:
    from tocsin.compile.partial import build_loaded
    from tocsin.spec.load import load_readings

    loaded = load_readings(inputs.readings(), inputs.undecodable, missing)
    built = build_loaded(loaded)
    if built.plan is None:
        return Unplannable(built.diagnostics)
    return Planned(
        built.plan,
        built.sources,
        loaded.documents,
        built.diagnostics,
        (),
        loaded.secrets,
        is_spec=True,
        unread=built.unread,
        is_whole=not built.diagnostics,
        files_read=inputs.files_read() if inputs.not_read else None,
    )
