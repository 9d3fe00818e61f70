"""What the authors wrote into runbooks and procedures, as the checks walk over it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.plan_slice import Share
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.plan.model import Alert, Plan, Step

    Path = tuple[str | int, ...]


@value_object
class RunbookText:
    """A text and its place; `about` is the alert or the procedure that it belongs to."""

    text: str
    place: Place
    about: Place

    def piece(self, span: tuple[int, int]) -> Place:
        """The place of a part of it."""
        return replace(self.place, piece=span)


@value_object
class WrittenStep:
    """A step, the path where it stands, and the alert whose diagnosis it is; procedures have none."""

    step: Step
    path: Path
    alert: Alert | None
    about: Place


def spec_alerts(of: Plan | Share) -> Iterator[Alert]:
    """The alerts of a spec, or of a share of it."""
    if isinstance(of, Share):
        yield from of.alerts
        return
    for group in of.groups:
        yield from group.alerts


# Half a dozen checks read all runbooks.
@answered_once
def steps(of: Plan | Share) -> tuple[WrittenStep, ...]:
    """Every step of a diagnosis or a procedure."""
    return tuple(_steps_of(of))


@answered_once
def commands(of: Plan | Share) -> tuple[RunbookText, ...]:
    """Every command of a runbook or a procedure."""
    return tuple(_commands_of(of))


@answered_once
def prose(of: Plan | Share) -> tuple[RunbookText, ...]:
    """Every Markdown text of a runbook, a procedure or the escalation, which is in the last share."""
    return tuple(_prose_of(of))


def _steps_of(of: Plan | Share) -> Iterator[WrittenStep]:
    for alert in spec_alerts(of):
        path: Path = (*alert.place.path, "runbook", "diagnosis")
        for number, step in enumerate(alert.runbook.diagnosis):
            yield WrittenStep(step, (*path, number), alert, alert.place)
    for procedure in of.procedures:
        about = Place(("procedures", procedure.name))
        for number, step in enumerate(procedure.steps):
            yield WrittenStep(step, (*about.path, "steps", number), None, about)


def _commands_of(of: Plan | Share) -> Iterator[RunbookText]:
    for written in steps(of):
        if written.step.command is not None:
            path = (*written.path, "command", "code")
            yield RunbookText(written.step.command.code, Place(path), written.about)
    for alert in spec_alerts(of):
        for action in alert.runbook.actions:
            for number, command in enumerate(action.commands):
                path = (*alert.place.path, "runbook", "actions", action.name, "commands", number, "code")
                yield RunbookText(command.code, Place(path), alert.place)


def _prose_of(of: Plan | Share) -> Iterator[RunbookText]:
    for alert in spec_alerts(of):
        yield from _of_alert(alert)
    for procedure in of.procedures:
        about = Place(("procedures", procedure.name))
        yield from _said(about, ("when",), procedure.when)
        yield from _said(about, ("text",), procedure.text)
        if procedure.template is not None:
            yield from _said(about, ("template", "code"), procedure.template.code)
    for written in steps(of):
        yield from _said(written.about, written.path[len(written.about.path) :], written.step.title, "title")
        yield from _said(written.about, written.path[len(written.about.path) :], written.step.text, "text")
        for number, finding in enumerate(written.step.findings):
            here = (*written.path[len(written.about.path) :], "findings", number)
            yield from _said(written.about, here, finding.see, "see")
            yield from _said(written.about, here, finding.means, "means")
    if isinstance(of, Share) and not of.is_last:
        return
    escalation = (of.around.whole_plan() if isinstance(of, Share) else of).escalation
    about = Place(("escalation",))
    for number, level in enumerate(escalation.levels):
        yield from _list(about, ("levels", number, "when"), level.when)
    yield from _list(about, ("channels",), escalation.channels)
    for number, link in enumerate(escalation.links):
        yield from _said(about, ("links", number, "url"), link.url)


def _of_alert(alert: Alert) -> Iterator[RunbookText]:
    runbook = alert.runbook
    yield from _said(alert.place, ("missing_data",), alert.missing_data)
    yield from _said(alert.place, ("runbook", "description"), runbook.description)
    for key, texts in (
        ("impact", runbook.impact),
        ("success", runbook.success),
        ("prevention", runbook.prevention),
        ("after_incident", runbook.after_incident),
    ):
        yield from _list(alert.place, ("runbook", key), texts)
    for action in runbook.actions:
        yield from _said(alert.place, ("runbook", "actions", action.name, "text"), action.text)


def _said(about: Place, path: Path, text: str | None, *key: str) -> Iterator[RunbookText]:
    if text:
        yield RunbookText(text, Place((*about.path, *path, *key)), about)


def _list(about: Place, path: Path, texts: Iterable[str]) -> Iterator[RunbookText]:
    for number, text in enumerate(texts):
        yield from _said(about, (*path, number), text)
