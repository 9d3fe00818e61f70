"""What all pages share: the words, the look-up of alerts, and the templates, which can run nothing."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from tocsin.lang.label_placeholders import placeholders, shown_command
from tocsin.lang.promql.layout import lay_out_promql
from tocsin.plan.parts import outline_of, shown_parts
from tocsin.plan.query_flows import query_flows
from tocsin.plan.severities import shown_severities
from tocsin.routing.alert_labels import AlertLabels
from tocsin.targets.runbooks import markdown
from tocsin.translations import TEXTS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from tocsin.plan.model import Alert, Plan
    from tocsin.plan.slo import Slo

_BLANKS = re.compile(r"\n{3,}")


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    # Checks look at pages, and most of them write none.
    from tocsin.targets.runbooks.sandbox import page_environment

    environment = page_environment()
    environment.filters.update(
        address=markdown.link_target,
        cell=markdown.table_cell,
        code=markdown.inline_code,
        fence=_code_block,
        labels=_placeholder_list,
        shown=shown_command,
        indented=markdown.indent_text,
        plain=markdown.escape_text,
        prose=markdown.close_markdown,
        readable=markdown.readable_annotation,
    )
    return environment


@value_object
class LinkedAlert:
    """What a link to the page of an alert says: its name, and the file of the page."""

    alertname: str
    file: str


@value_object
class Beside:
    """What pages say of other alerts than their own, and of rule groups."""

    linked: Mapping[str, LinkedAlert]
    dependents: Mapping[str, tuple[str, ...]]
    """By alert, those that it keeps quiet."""
    evaluating: Mapping[str, str]
    """By alert, the name of its rule group."""

    @staticmethod
    def of(plan: Plan) -> Beside:
        """All that there is in a whole plan."""
        alerts = [alert for part in shown_parts(plan) for alert in part.facts.alerts]
        dependents: dict[str, list[str]] = {}
        for alert in alerts:
            for cause in alert.causes:
                dependents.setdefault(cause, []).append(alert.name)
        return Beside(
            {alert.name: LinkedAlert(alert.alertname, alert.page) for alert in alerts},
            {name: tuple(found) for name, found in dependents.items()},
            {alert.name: alert.evaluated_by for alert in alerts if alert.evaluated_by is not None},
        )


class Pages:
    """A plan as the pages see it."""

    def __init__(self, plan: Plan, beside: Beside | None = None) -> None:
        """`beside` says more than the plan itself where that is only a piece of one."""
        self.plan = plan
        self.words = TEXTS[plan.project.language].runbooks
        self.slo_words = TEXTS[plan.project.language].slos
        self.promised: dict[str, list[Slo]] = {}
        for slo in plan.slos:
            for name in slo.alerts:
                self.promised.setdefault(name, []).append(slo)
        self.severities = shown_severities(plan, self.words.no_severity)
        self.teams = {team.name: team for team in plan.teams}
        self.receivers = {receiver.name: receiver for receiver in plan.receivers}
        self.beside = Beside.of(plan) if beside is None else beside

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """A page; blank lines are single, and it ends with one newline."""
        text = _environment().get_template(template).render(words=self.words, plan=self.plan, **values)
        return _outside_fences(text).strip("\n") + "\n"

    def severity(self, name: str) -> str:
        """A severity as people read it."""
        severity = self.severities[name]
        return markdown.escape_text(f"{severity.icon} {severity.title}".strip())

    def identifying(self, alert: Alert) -> list[str]:
        """The labels by which an alert's instances differ: not those with one value in all of them."""
        flows = query_flows(self.plan)
        fixed = [AlertLabels(rule, flows, self.plan.server).fixed for rule in alert.rules]
        return [label for label in alert.per if not all(label in one for one in fixed)]

    @cached_property
    def alerts(self) -> dict[str, Alert]:
        """All alerts by name, without their texts."""
        return {alert.name: alert for group in outline_of(self.plan).groups for alert in group.alerts}

    @cached_property
    def slo_anchors(self) -> dict[str, str]:
        """The anchor of each objective on the page of all of them."""
        return _slo_anchors(self.plan, self.slo_words.title)

    def icons(self, alert: Alert) -> str:
        """The icons of an alert's severities, the most urgent first."""
        severities = dict.fromkeys(rule.severity for rule in alert.rules)
        return markdown.escape_text("".join(self.severities[name].icon for name in severities))

    def team(self, name: str | None) -> str:
        """A team's title."""
        return "" if name is None else markdown.escape_text(self.teams[name].title)

    def receiver(self, name: str) -> str:
        """A receiver by its title and name."""
        title = self.receivers[name].title
        return (
            f"{markdown.escape_text(title)} ({markdown.inline_code(name)})"
            if title
            else markdown.inline_code(name)
        )

    def link(self, name: str, start: str) -> str:
        """A link to the page of another alert."""
        alert = self.beside.linked[name]
        page = markdown.relative_link(alert.file, start)
        return f"[{markdown.escape_text(alert.alertname)}]({page})"


def _slo_anchors(plan: Plan, title: str) -> dict[str, str]:
    anchors = markdown.Anchors()
    anchors.take(title)
    return {slo.name: anchors.take(markdown.escape_text(slo.title)) for slo in plan.slos}


def _placeholder_list(command: str) -> str:
    """The placeholders of a command as inline code."""
    names = dict.fromkeys(label for label, _ in placeholders(command))
    return ", ".join(markdown.inline_code(f"<{name}>") for name in names)


def _code_block(text: str, language: str) -> str:
    return markdown.code_block(language, lay_out_promql(text) if language == "promql" else text)


def _outside_fences(text: str) -> str:
    """The page with single blank lines, those inside blocks of code left alone."""
    parts = re.split(r"(?ms)^( *)(`{3,})([^\n`]*)\n(.*?)^\1\2$", text)
    out = []
    for number in range(0, len(parts), 5):
        out.append(_BLANKS.sub("\n\n", parts[number]))
        if number + 4 < len(parts):
            space, ticks, language, body = parts[number + 1 : number + 5]
            out.append(f"{space}{ticks}{language}\n{body}{space}{ticks}")
    return "".join(out)
