"""The plan's runbooks, procedures and levels of escalation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import ReadOnUse, value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model.project import ResponseTargets


@value_object
class PageRef:
    """A generated runbook page: its file inside the runbooks folder, and its address when published.

    Of an alert whose runbook is kept elsewhere, the address is that of the other page.
    """

    file: str
    url: str | None


@value_object
class Command:
    """Something to run or to write, in a language."""

    language: str
    code: str


@value_object
class Observation:
    """What a step may show; `action` is the key of an action of the same runbook."""

    see: str
    means: str | None
    action: str | None


@value_object
class Step:
    """One step of a diagnosis or a procedure."""

    title: str | None
    text: str | None
    command: Command | None
    promql: str | None
    logql: str | None
    findings: tuple[Observation, ...]


@value_object
class Action:
    """One way to mend."""

    name: str
    number: int
    title: str
    text: str | None
    commands: tuple[Command, ...]


@value_object
class Runbook(ReadOnUse):
    """What a person does when the alert fires; empty parts were not written by anybody."""

    page: PageRef
    url: str | None
    """Where the runbook itself is kept, if not on the generated page; then alerts link to it."""
    description: str | None
    impact: tuple[str, ...]
    diagnosis: tuple[Step, ...]
    actions: tuple[Action, ...]
    respond: ResponseTargets
    success: tuple[str, ...]
    prevention: tuple[str, ...]
    after_incident: tuple[str, ...]


@value_object
class Procedure:
    """A general procedure with a page of its own."""

    name: str
    title: str
    page: PageRef
    when: str | None
    text: str | None
    steps: tuple[Step, ...]
    template: Command | None


@value_object
class EscalationLevel:
    """Who takes over, and when."""

    title: str
    after: Mapping[str, str]
    """By severity, how long an alert fires without a solution before it comes here; zero from the start."""
    when: tuple[str, ...]
    receiver: str | None


@value_object
class Link:
    """A page worth knowing."""

    title: str
    url: str
    note: str | None


@value_object
class Escalation:
    """The levels, the first one first, and how people talk meanwhile."""

    levels: tuple[EscalationLevel, ...]
    channels: tuple[str, ...]
    links: tuple[Link, ...]
