"""What is wrong right after an edit, before the whole project is checked again.

It is read and checked with what `tocsin check` does, in a spec of which most alerts count as unread: what
depends on these is left to the check of the whole, which follows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.checking import find_in_each, find_problems
from tocsin.checks.framework.run import runnable
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.existing.input import read_input
from tocsin.existing.markdown import Markdown
from tocsin.existing.templates import Templates
from tocsin.lsp.analysis import shown_findings
from tocsin.lsp.edit import find_edit
from tocsin.lsp.focus import focus
from tocsin.source.document import Span
from tocsin.value_object import value_object
from tocsin.workspace.inputs import Inputs
from tocsin.workspace.load import Planned, plan_each

if TYPE_CHECKING:
    from tocsin.diagnostics import Diagnostic
    from tocsin.lsp.check_result import Analysis
    from tocsin.lsp.edit import Edit
    from tocsin.lsp.focus import Focus
    from tocsin.lsp.projects import Project
    from tocsin.source.document import Document

_LARGEST = 100_000
"""Letters around an edit that are checked at once; more would take longer than a tenth of a second."""


@value_object
class EditFindings:
    """What was found right after an edit, and which earlier findings still hold."""

    findings: tuple[Diagnostic, ...]
    still_hold: tuple[Diagnostic, ...]


def check_edit(analysis: Analysis, project: Project, document: Document) -> EditFindings | None:
    """What is wrong around an edit of a document that the analysis has read.

    None where it has not, and where too much changed for an answer before that of the whole.
    """
    around = analysis.surroundings
    before = around.files.get(document.name)
    if before is None:
        return None
    edit = find_edit(before.document.text, document.text)
    if edit is None:
        return EditFindings((), tuple(one for one in analysis.findings if _is_in(one, document.name)))
    near = focus(document, before.sound)
    if len(near.document.text) > _LARGEST:
        return None
    file = read_input(near.document, named=before.named, dashboards=before.has_dashboards)
    inputs = Inputs(
        files=(*around.others(document.name), file),
        is_spec=around.is_spec,
        policies=(),
        undecodable=(),
        templates=Templates(),
        markdown=Markdown(),
        not_read=(),
    )
    made = plan_each(inputs, around.missing)
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
            or any(_is_elsewhere(note.span, document.name, edit, near) for note in one.related)
        )

    return EditFindings(
        tuple(
            _in_whole(one, near, document)
            for one in shown_findings(found, project)
            if _is_in(one, document.name)
        ),
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


def _is_in(one: Diagnostic, name: str) -> bool:
    return one.span is not None and one.span.document.name == name


def _is_elsewhere(span: Span, name: str, edit: Edit, near: Focus) -> bool:
    """Whether a second place of a finding is in another file, or in a part of this one that was left out."""
    if span.document.name != name:
        return True
    carried = edit.carry(span.start, span.end)
    return carried is not None and near.leaves_out(*carried)
