"""What a person does when an alert fires, and the general procedures around it."""

from __future__ import annotations

from pydantic import Field

from tocsin.spec.base import Duration, LogQuery, Model, PageAddress, PromQL, RouteName, Slug, Text
from tocsin.spec.integrations.values import Url
from tocsin.spec.routing import ResponseTargets


class Command(Model):
    """Something to run or to write, in a language."""

    language: Slug = Field(description="Language of the block, such as `bash` or `sql`.")
    code: Text = Field(
        description="The text itself. `{{ $labels.NAME }}` stands for a label of the alert: a page shows "
        "`<NAME>`, and notifications show the first such command of the diagnosis filled in."
    )


class Observation(Model):
    """What a step may show, and what follows."""

    see: Text = Field(description="What one sees, as Markdown.")
    means: Text | None = Field(None, description="What it means, as Markdown.")
    action: Slug | None = Field(None, description="The action of this runbook that follows.")


class Step(Model):
    """One step of the diagnosis."""

    title: Text | None = Field(None, description="The step in a few words.")
    text: Text | None = Field(None, description="More about it, as Markdown.")
    command: Command | None = Field(None, description="What to run.")
    promql: PromQL | None = Field(None, description="A query for Prometheus.")
    logql: LogQuery | None = Field(None, description="A query for Loki.")
    findings: list[Observation] = Field(default_factory=list, description="What it may show.")


class Action(Model):
    """One way to mend; steps refer to it by its key."""

    title: Text = Field(description="The action in a few words.")
    text: Text | None = Field(None, description="More about it, as Markdown.")
    commands: list[Command] = Field(default_factory=list, description="What to run, in order.")


class Runbook(Model):
    """The page of one alert, apart from what the spec knows already."""

    url: Url | None = Field(
        None,
        description="Runbook that is kept elsewhere, such as a page of a wiki: the alert links to it instead "
        "of the generated page, which links to it as well.",
    )
    description: Text | None = Field(None, description="What has happened; the summary when absent.")
    impact: list[Text] = Field(default_factory=list, description="Who feels it and how.")
    diagnosis: list[Step] = Field(default_factory=list, description="How to find the cause, in order.")
    actions: dict[Slug, Action] = Field(default_factory=dict, description="Ways to fix it, in order.")
    respond: ResponseTargets | None = Field(None, description="Response targets of this alert.")
    success: list[Text] = Field(default_factory=list, description="What shows that it is over.")
    prevention: list[Text] = Field(default_factory=list, description="What keeps it from coming back.")
    after_incident: list[Text] = Field(default_factory=list, description="What to do afterwards.")


class Procedure(Model):
    """A general procedure with a page of its own."""

    title: Text = Field(description="Heading of the page.")
    order: int = Field(0, description="Place in the index; equal ones go by name.")
    when: Text | None = Field(None, description="When to use it, as Markdown.")
    text: Text | None = Field(None, description="The procedure, as Markdown.")
    steps: list[Step] = Field(default_factory=list, description="Its steps, in order.")
    template: Command | None = Field(None, description="A text to copy, for example of a post-mortem.")


class EscalationLevel(Model):
    """Who takes over, and when."""

    title: Text = Field(description="Who this level is.")
    after: dict[Slug, Duration] = Field(
        default_factory=dict,
        description="By severity, how long an alert fires without a solution before it comes to this level; "
        "`0s` from the start. The runbook of each alert shows those of its severities.",
    )
    when: list[Text] = Field(
        default_factory=list, description="What else brings an incident to this level, as Markdown."
    )
    receiver: RouteName | None = Field(None, description="Receiver that reaches this level.")


class Link(Model):
    """A page worth knowing."""

    title: Text = Field(description="What it is.")
    url: PageAddress = Field(description="Where it is.")
    note: Text | None = Field(None, description="What to choose or look for there.")


class Escalation(Model):
    """The levels, from the first to the last, and how people talk meanwhile."""

    levels: list[EscalationLevel] = Field(default_factory=list, description="Levels, the first one first.")
    channels: list[Text] = Field(default_factory=list, description="Where people talk, as Markdown.")
    links: list[Link] = Field(default_factory=list, description="Pages worth knowing.")
