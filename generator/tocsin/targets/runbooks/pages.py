"""What all pages share: the words, the look-up of alerts, and the templates, which can run nothing."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from tocsin.lang.label_placeholders import placeholders, shown_command
from tocsin.lang.promql.layout import lay_out_promql
from tocsin.plan.evaluation import evaluating_groups
from tocsin.plan.model import Engine
from tocsin.plan.severities import shown_severities
from tocsin.routing.alert_labels import alert_labels
from tocsin.targets.runbooks import markdown
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from tocsin.plan.model import Alert, Plan
    from tocsin.plan.slo import Slo
    from tocsin.routing.alert_labels import AlertLabels

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


class Pages:
    """A plan as the pages see it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.words = TEXTS[plan.project.language].runbooks
        self.slo_words = TEXTS[plan.project.language].slos
        self.slo_anchors = _slo_anchors(plan, self.slo_words.title)
        self.promised: dict[str, list[Slo]] = {}
        for slo in plan.slos:
            for name in slo.alerts:
                self.promised.setdefault(name, []).append(slo)
        self.severities = shown_severities(plan, self.words.no_severity)
        self.teams = {team.name: team for team in plan.teams}
        self.receivers = {receiver.name: receiver for receiver in plan.receivers}
        self.alerts = {alert.name: alert for group in plan.groups for alert in group.alerts}
        self.evaluating = {
            name: group for engine in Engine for name, group in evaluating_groups(plan, engine).items()
        }
        self.dependents: dict[str, list[str]] = {}
        for alert in self.alerts.values():
            for dependency in alert.depends_on:
                self.dependents.setdefault(dependency.alert, []).append(alert.name)

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
        fixed = [self._labels[id(rule)].fixed for rule in alert.rules]
        return [label for label in alert.per if not all(label in one for one in fixed)]

    @cached_property
    def _labels(self) -> dict[int, AlertLabels]:
        return {id(one.rule): one for one in alert_labels(self.plan)}

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
        alert = self.alerts[name]
        page = markdown.relative_link(alert.runbook.page.file, start)
        return f"[{markdown.escape_text(alert.alertname)}]({page})"


def _slo_anchors(plan: Plan, title: str) -> dict[str, str]:
    """The anchor of each objective on the page of all of them."""
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
