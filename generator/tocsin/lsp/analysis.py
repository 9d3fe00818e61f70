"""What is wrong with a project: all of it, or first of what was just edited.

Both read and check with what `tocsin check` does. The first answer to an edit comes from a spec of which most
alerts count as unread: what depends on these is left to the check of the whole, which follows.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.baseline import NAME
from tocsin.baseline.compare import compare
from tocsin.baseline.file import read_baseline
from tocsin.baseline.present import Present
from tocsin.checking import PolicyError, find_in_each, find_problems, policy_beside, read_policy
from tocsin.checks.framework.run import runnable
from tocsin.detect.kinds import DocumentKind
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.diagnostics.incomplete import AREAS, Incomplete
from tocsin.errors import CommandError
from tocsin.existing.files import read_input
from tocsin.existing.markdown import Markdown
from tocsin.existing.templates import Templates
from tocsin.lsp.edit import find_edit
from tocsin.lsp.focus import focus
from tocsin.routing.render.explanation import alert_names
from tocsin.source.decode import decode_file, read_file
from tocsin.source.document import Document, Span
from tocsin.source.node import MappingNode
from tocsin.value_object import value_object
from tocsin.workspace.inputs import Inputs, read_inputs
from tocsin.workspace.load import Planned, plan_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.diagnostics import Diagnostic
    from tocsin.existing.files import Input
    from tocsin.lsp.edit import Edit
    from tocsin.lsp.focus import Focus
    from tocsin.lsp.projects import Project
    from tocsin.plan.model import Policy
    from tocsin.workspace.load import Unplannable
    from tocsin.workspace.reader import FileReader

_LARGEST = 100_000
"""Letters around an edit that are checked at once; more would take longer than a tenth of a second."""
_LEVELS = ("info", "warning", "error")


@value_object
class Analysis:
    """What the whole project was found to be; `planned` is None where nothing could be made of it.

    Of a spec with environments it is that of the first one; the findings are those of all.
    """

    inputs: Inputs
    planned: Planned | None
    findings: tuple[Diagnostic, ...]
    documents: Mapping[str, Document]
    """The documents that were read, by name."""

    sound: Mapping[str, Input]
    """The newest version of each file that could be read as YAML."""

    def __repr__(self) -> str:
        """Short: asyncio prints what a failed callback was given, and all that it reaches has no end."""
        return f"Analysis({len(self.findings)} findings)"

    def input_of(self, name: str) -> Input | None:
        """A file as it was read."""
        return next((file for file in self.inputs.files if file.document.name == name), None)


def analyze(project: Project, reader: FileReader, before: Analysis | None = None) -> Analysis:
    """Check the whole project, of which an earlier analysis may be there.

    CommandError and OSError as `tocsin check`.
    """
    inputs = read_inputs(project.paths, reader)
    read = [file.document for file in inputs.files]
    made = plan_each(inputs)
    plans = [one for one in made if isinstance(one, Planned)]
    read += plans[0].documents if plans else ()
    kept = tuple(_shown(_check(made, plans, project), project))
    sound = {file.document.name: file for file in inputs.files if not file.stream.broken}
    return Analysis(
        inputs,
        plans[0] if plans else None,
        kept,
        {one.name: one for one in read},
        sound if before is None else {**before.sound, **sound},
    )


@value_object
class EditFindings:
    """What was found right after an edit, and which earlier findings still hold."""

    findings: tuple[Diagnostic, ...]
    still_hold: tuple[Diagnostic, ...]


def check_edit(analysis: Analysis, project: Project, document: Document) -> EditFindings | None:
    """What is wrong around an edit of a document that the analysis has read.

    None where it has not, and where too much changed for an answer before that of the whole.
    """
    before = analysis.input_of(document.name)
    if before is None:
        return None
    edit = find_edit(before.document.text, document.text)
    if edit is None:
        return EditFindings((), tuple(one for one in analysis.findings if _is_in(one, document.name)))
    near = focus(document, analysis.sound.get(document.name))
    if len(near.document.text) > _LARGEST:
        return None
    with_dashboards = any(part.kind is DocumentKind.DASHBOARD for part in before.parts())
    file = read_input(near.document, named=before.named, dashboards=with_dashboards)
    is_spec = analysis.inputs.is_spec
    others = [] if not is_spec else [_without_groups(one) for one in analysis.inputs.files if one != before]
    missing = _alerts_left_out(analysis) if is_spec else Incomplete(AREAS)
    inputs = replace(
        analysis.inputs,
        files=(*(one for one in others if one is not None), file),
        policies=(),
        undecodable=(),
        templates=Templates(),
        markdown=Markdown(),
        not_read=(),
    )
    made = plan_each(inputs, missing)
    selection = project.selection
    plans = [one for one in made if isinstance(one, Planned)]
    ran = {check.id for check in runnable(selection.checks, plans[0].unread)} if plans else set()
    found = find_in_each(made, lambda one: find_problems(one, selection))
    if file.stream.faults:
        # What cannot be read says nothing of the rest.
        ran = set()
    ran_again = ran if file.stream.faults else ran | MESSAGES.keys()

    def holds(one: Diagnostic) -> bool:
        carried = None if one.span is None else edit.carry(one.span.start, one.span.end)
        if carried is None:
            return False
        return (
            near.leaves_out(*carried)
            or one.id not in ran_again
            or any(_is_elsewhere(note.span, document.name, edit) for note in one.related)
        )

    return EditFindings(
        tuple(_in_whole(one, near, document) for one in _shown(found, project) if _is_in(one, document.name)),
        tuple(one for one in analysis.findings if _is_in(one, document.name) and holds(one)),
    )


def _in_whole(one: Diagnostic, near: Focus, document: Document) -> Diagnostic:
    """A finding about the surroundings of an edit, with the places in the whole document."""

    def moved(span: Span) -> Span:
        if span.document.name != document.name:
            return span
        return Span(document, *near.in_whole(span.start, span.end))

    def is_masked(span: Span) -> bool:
        text = span.document.text
        return span.document.name == document.name and text != near.document.text

    return replace(
        one,
        span=None if one.span is None else moved(one.span),
        related=tuple(replace(note, span=moved(note.span)) for note in one.related),
        fix=None
        if one.fix is None or is_masked(one.fix.span)
        else replace(one.fix, span=moved(one.fix.span)),
        more=tuple(map(moved, one.more)),
    )


def _alerts_left_out(analysis: Analysis) -> Incomplete:
    """All alerts, as something of which only the names were read, so that others may refer to them."""
    if analysis.planned is None:
        return Incomplete(("alerts",), (), ("groups",))
    names = "".join(f"{name}:\n" for name in alert_names(analysis.planned.plan))
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


def _is_in(one: Diagnostic, name: str) -> bool:
    return one.span is not None and one.span.document.name == name


def _is_elsewhere(span: Span, name: str, edit: Edit) -> bool:
    """Whether a second place of a finding is in another file, or nothing changed there."""
    return span.document.name != name or not edit.touches(span.start, span.end)


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
    present = Present([(one.plan, one.sources) for one in plans], names, str(path.parent))
    return [one for one in compare(entries, found, present).findings if one.accepted is None]


def _policy(made: Planned, project: Project) -> Policy | None:
    """The policy of the settings, or the one beside plain files; none where it is not valid."""
    try:
        named = project.settings.policy
        return policy_beside(made) if named is None else read_policy(Path(named))
    except (PolicyError, CommandError, OSError):
        return None


def _shown(found: Iterable[Diagnostic], project: Project) -> list[Diagnostic]:
    least = _LEVELS.index(project.settings.level or "info")
    return [one for one in found if _LEVELS.index(one.level.value) >= least]
