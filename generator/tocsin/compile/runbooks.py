"""Runbook pages and procedures: the author's text, with references settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.label_placeholders import placeholders
from tocsin.plan import model
from tocsin.plan.links import page_url
from tocsin.plan.names import procedure_file
from tocsin.spec.routing import ResponseTargets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.plan.model import PageRef, Runbook, Urls
    from tocsin.spec import runbook as written
    from tocsin.spec.model import Spec


def runbook(spec: Spec, text: written.Runbook, severity: str, page: PageRef) -> Runbook:
    """An alert's page; response targets that it does not give are those of its most urgent severity."""
    urgent = spec.severities.get(severity)
    general = ResponseTargets() if urgent is None else urgent.respond
    own = text.respond
    return model.Runbook(
        page=page,
        url=text.url,
        description=text.description,
        impact=tuple(text.impact),
        diagnosis=_steps(text.diagnosis),
        actions=tuple(
            model.Action(name, number, action.title, action.text, tuple(map(_command, action.commands)))
            for number, (name, action) in enumerate(text.actions.items(), 1)
        ),
        respond=response_targets(general if own is None else own),
        success=tuple(text.success),
        prevention=tuple(text.prevention),
        after_incident=tuple(text.after_incident),
    )


def procedures(spec: Spec, urls: Urls) -> tuple[model.Procedure, ...]:
    """The general procedures in the order of the index."""
    ordered = sorted(spec.procedures.items(), key=lambda item: (item[1].order, item[0]))
    return tuple(
        model.Procedure(
            name=name,
            title=procedure.title,
            page=model.PageRef(procedure_file(name), page_url(urls, procedure_file(name))),
            when=procedure.when,
            text=procedure.text,
            steps=_steps(procedure.steps),
            template=None if procedure.template is None else _command(procedure.template),
        )
        for name, procedure in ordered
    )


def escalation(spec: Spec) -> model.Escalation:
    """The levels, channels and links."""
    text = spec.escalation
    return model.Escalation(
        tuple(
            model.EscalationLevel(at.title, dict(at.after), tuple(at.when), at.receiver) for at in text.levels
        ),
        tuple(text.channels),
        tuple(model.Link(link.title, link.url, link.note) for link in text.links),
    )


def labelled_command(text: written.Runbook) -> str | None:
    """The first command of the diagnosis that uses labels of the alert: what notifications show filled in."""
    commands = (step.command.code for step in text.diagnosis if step.command is not None)
    return next((code for code in commands if any(placeholders(code))), None)


def response_targets(said: ResponseTargets) -> model.ResponseTargets:
    """Response targets as the plan keeps them."""
    return model.ResponseTargets(said.detect_to_act, said.act_to_resolve, said.mttr)


def _steps(steps: Iterable[written.Step]) -> tuple[model.Step, ...]:
    return tuple(
        model.Step(
            step.title,
            step.text,
            None if step.command is None else _command(step.command),
            step.promql,
            step.logql,
            tuple(model.Observation(found.see, found.means, found.action) for found in step.findings),
        )
        for step in steps
    )


def _command(command: written.Command) -> model.Command:
    return model.Command(command.language, command.code)
