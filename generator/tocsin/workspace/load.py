"""From paths to a plan, or to all that keeps the files from becoming one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.diagnostics.incomplete import COMPLETE, Incomplete
from tocsin.errors import CommandError
from tocsin.plan.parts import shows_alerts
from tocsin.text.suggest import list_known
from tocsin.value_object import value_object
from tocsin.workspace.sound_spec import load_sound_spec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.plan.model import Plan, Targets
    from tocsin.source.document import Document, Span
    from tocsin.source.place import Sources
    from tocsin.spec.exception_ends import ExceptionEnd
    from tocsin.spec.load import Loaded
    from tocsin.workspace.files_read import FilesRead
    from tocsin.workspace.inputs import Inputs
    from tocsin.workspace.origins import Origins
    from tocsin.workspace.sound_environments import SoundEnvironments


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
    environment: str | None = None
    """Which of the `environments` of a spec it is the plan of; None where the spec has none."""
    environments: tuple[str, ...] = ()
    """All of them, as they are written."""
    exception_ends: tuple[ExceptionEnd, ...] = ()
    """The last days of the exceptions that are meant to end, those of all environments."""
    doubts: tuple[Diagnostic, ...] = ()
    """What is doubtful in a spec in whichever environment, and keeps nothing from being generated."""
    estate: str | None = None
    """Which of several estates it is the plan of."""
    origins: Origins | None = None
    """Where plain files come from; None of a spec, which is written by hand."""
    estates: tuple[Planned, ...] = ()
    """Of plain files of several estates, the plan of each; one file may be in several of them."""

    def with_targets(self, known: Callable[[Targets], Targets]) -> Planned:
        """The same for other releases of the programs, made of those that it is for."""
        estates = tuple(one.with_targets(known) for one in self.estates)
        return replace(self, plan=replace(self.plan, targets=known(self.plan.targets)), estates=estates)

    @property
    def each_estate(self) -> tuple[Planned, ...]:
        """What holds by itself: the plan of each estate, or this one where there are not several."""
        return self.estates or (self,)

    @property
    def name(self) -> str | None:
        """What tells it from others of the same files: its environment or its estate."""
        return self.environment or self.estate

    @property
    def has_alerts(self) -> bool:
        """Whether the spec has any alert in this environment."""
        return shows_alerts(self.plan)


@value_object
class Unplannable:
    """A spec of which nothing is left that a plan can be made of, and why."""

    diagnostics: tuple[Diagnostic, ...]
    environment: str | None = None


def load(paths: Iterable[Path], environment: str | None = None) -> Planned | Unplannable:
    """The plan of a spec, or of files that a team already has; of the folder `spec` where none is named.

    Of plain files a plan can always be made, and of a spec with faults mostly one of what is left of it.
    Of a spec with environments it is that of the named one, or of the first. CommandError when there is
    nothing to read, or no such environment; OSError when a file cannot be read.
    """
    return next(_load(paths, lambda names: (_known(environment, names),)))


def load_environments(paths: Iterable[Path]) -> Iterator[Planned | Unplannable]:
    """The same for every environment of a spec, one after the other; a single plan where there are none."""
    return _load(paths, lambda names: names or (None,))


def load_other_environments(paths: Iterable[Path], environment: str) -> Iterator[Planned | Unplannable]:
    """The same for every environment of a spec but one."""
    return _load(paths, lambda names: tuple(name for name in names if name != environment))


_Choice = Callable[[tuple[str, ...]], tuple[str | None, ...]]
"""Which of the environments of a spec are wanted."""


def _load(paths: Iterable[Path], choose: _Choice) -> Iterator[Planned | Unplannable]:
    from tocsin.workspace.inputs import read_inputs

    paths = tuple(paths) or (Path("spec"),)
    if not paths[0].exists():
        raise CommandError("there is no folder `spec` here: name the folder of a spec, or files and folders")
    if all(path.is_dir() for path in paths) and (made := load_sound_spec(paths)) is not None:
        choose(())
        return iter((Planned(made.plan, made.sources, made.documents, (), (), (), True),))
    if all(path.is_dir() for path in paths) and (left := _load_known(paths)) is not None:
        choose(())
        return iter((left,))
    return _plan_inputs(read_inputs(paths), COMPLETE, choose)


def _load_known(paths: tuple[Path, ...]) -> Planned | None:
    """What is left of a spec with mistakes, most of which an earlier run has found sound."""
    from tocsin.result_store import open_result_store
    from tocsin.workspace.spec_files import known_spec_files

    store = open_result_store()
    files = None if store is None else known_spec_files(paths, store)
    if store is None or files is None:
        return None
    # Whoever checks plain files needs nothing of a spec.
    from tocsin.workspace.spec_with_mistakes import load_spec_with_mistakes

    left = load_spec_with_mistakes(files, store)
    if left is None:
        return None
    return Planned(
        left.plan,
        left.sources,
        left.documents,
        left.diagnostics,
        (),
        left.secrets,
        is_spec=True,
        unread=left.unread,
        is_whole=False,
    )


def plan_each(
    inputs: Inputs, missing: Incomplete = COMPLETE, environment: str | None = None
) -> tuple[Planned | Unplannable, ...]:
    """The same for files that were read, and for the named environment only where one is.

    `missing` is what belongs to the files and is not among them.
    """
    if environment is not None:
        return tuple(_plan_inputs(inputs, missing, lambda names: (_known(environment, names),)))
    return tuple(_plan_inputs(inputs, missing, lambda names: names or (None,)))


def _plan_inputs(inputs: Inputs, missing: Incomplete, choose: _Choice) -> Iterator[Planned | Unplannable]:
    if inputs.is_spec:
        return _load_spec(inputs, missing, choose)
    choose(())
    return iter((_load_existing(inputs, missing),))


def _known(wanted: str | None, names: tuple[str, ...]) -> str | None:
    """The environment that is wanted, or the first; CommandError where there is no such one."""
    if wanted is None or wanted in names:
        return wanted or next(iter(names), None)
    if not names:
        raise CommandError(
            f"there is no environment `{wanted}` here: only a spec with `environments:` has some"
        )
    raise CommandError(f"there is no environment `{wanted}` in the spec; {list_known(names)}")


def _load_existing(inputs: Inputs, missing: Incomplete) -> Planned:
    from tocsin.existing.estates import divide
    from tocsin.workspace.origins import Origins

    whole = _read_existing(inputs, missing)
    estates = tuple(
        replace(_read_existing(inputs.only(one.files), missing), estate=one.name)
        for one in divide(inputs.files)
    )
    return replace(whole, estates=estates, origins=Origins(inputs.files))


def _read_existing(inputs: Inputs, missing: Incomplete) -> Planned:
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
        files_read=inputs.files_read(found.unrendered),
    )


def _load_spec(inputs: Inputs, missing: Incomplete, choose: _Choice) -> Iterator[Planned | Unplannable]:
    from tocsin.spec.environment_tree import environment_names
    from tocsin.spec.load import load_readings
    from tocsin.workspace.sound_environments import SoundEnvironments

    loaded = load_readings(inputs.readings(), inputs.undecodable, missing)
    root = loaded.sources.root
    names = () if root is None else environment_names(root)
    chosen = choose(names)
    if loaded.spec is None:
        # What is wrong is so everywhere, and told once.
        chosen = chosen[:1]
    sound = SoundEnvironments(loaded)
    return (_plan_environment(inputs, loaded, sound, one, names) for one in chosen)


def _plan_environment(
    inputs: Inputs, whole: Loaded, sound: SoundEnvironments, name: str | None, names: tuple[str, ...]
) -> Planned | Unplannable:
    from tocsin.compile.cluster_alerts import with_alerts_of_clusters
    from tocsin.compile.partial import build_loaded
    from tocsin.spec.exception_ends import exception_ends
    from tocsin.spec.exception_values import patterns_as_values
    from tocsin.spec.load_environment import load_environment

    built = sound.plan(name)
    if built is None:
        built = build_loaded(load_environment(whole, name))
    if built.plan is None:
        return Unplannable(built.diagnostics, name)
    root = whole.sources.root
    return Planned(
        built.plan if whole.spec is None else with_alerts_of_clusters(built.plan, whole.spec, built.sources),
        built.sources,
        whole.documents,
        built.diagnostics,
        (),
        whole.secrets,
        is_spec=True,
        unread=built.unread,
        is_whole=not built.diagnostics,
        files_read=inputs.files_read() if inputs.not_read else None,
        environment=name,
        environments=names,
        exception_ends=() if root is None else tuple(exception_ends(root)),
        doubts=() if root is None else tuple(patterns_as_values(root)),
    )
