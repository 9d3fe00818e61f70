"""What is wrong with the whole of a project: what `tocsin check` finds in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.baseline import NAME
from tocsin.baseline.compare import compare
from tocsin.baseline.file import read_baseline
from tocsin.baseline.present import Present
from tocsin.checking import PolicyError, find_in_each, find_problems, policy_beside, read_policy
from tocsin.errors import CommandError
from tocsin.lsp.check_result import Analysis, ReadProject
from tocsin.lsp.packed import Packed
from tocsin.lsp.surroundings import surroundings
from tocsin.source.decode import decode_file, read_file
from tocsin.source.document import Document
from tocsin.workspace.inputs import read_inputs
from tocsin.workspace.load import Planned, plan_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.diagnostics import Diagnostic
    from tocsin.existing.input import Input
    from tocsin.lsp.projects import Project
    from tocsin.plan.model import Policy
    from tocsin.workspace.load import Unplannable
    from tocsin.workspace.reader import FileReader

_LEVELS = ("info", "warning", "error")


def analyze(project: Project, reader: FileReader, sound: dict[str, Input]) -> Analysis:
    """Check the whole project.

    `sound` has the newest version of each file that could be read as YAML so far, and gets those of this
    time. CommandError and OSError as `tocsin check`.
    """
    inputs = read_inputs(project.paths, reader)
    read = [file.document for file in inputs.files]
    made = plan_each(inputs)
    plans = tuple(one for one in made if isinstance(one, Planned))
    read += plans[0].documents if plans else ()
    each = tuple(one for planned in plans for one in planned.each_estate)
    found = tuple(shown_findings(_check(made, plans, project), project))
    sound.update((file.document.name, file) for file in inputs.files if not file.stream.broken)
    return Analysis(
        found,
        {one.name: one for one in read},
        surroundings(inputs, sound, plans[0].plan if plans else None),
        bool(plans),
        Packed.of(ReadProject(each, sound)),
    )


def shown_findings(found: Iterable[Diagnostic], project: Project) -> list[Diagnostic]:
    """The findings of the levels that the settings of a project ask for."""
    least = _LEVELS.index(project.settings.level or "info")
    return [one for one in found if _LEVELS.index(one.level.value) >= least]


def _check(
    made: Iterable[Planned | Unplannable], plans: Sequence[Planned], project: Project
) -> Sequence[Diagnostic]:
    found = find_in_each(made, lambda one: find_problems(one, project.selection, _policy(one, project)))
    if not plans:
        return found
    path = project.settings.baseline or project.paths[0].parent / NAME
    if not path.exists():
        return found
    document = decode_file(path.as_posix(), read_file(path))
    entries = read_baseline(document).entries if isinstance(document, Document) else ()
    names = (one.name for one in plans[0].documents)
    each = [(one.plan, one.sources) for planned in plans for one in planned.each_estate]
    present = Present(each, names, str(path.parent))
    return [one for one in compare(entries, found, present).findings if one.accepted is None]


def _policy(made: Planned, project: Project) -> Policy | None:
    """The policy of the settings, or the one beside plain files; none where it is not valid."""
    try:
        named = project.settings.policy
        return policy_beside(made) if named is None else read_policy(Path(named))
    except (PolicyError, CommandError, OSError):
        return None
