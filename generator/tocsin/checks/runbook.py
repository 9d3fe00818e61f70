"""Checks of the runbooks of a spec against its alerts."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from tocsin.checks.alerts import recording
from tocsin.checks.base import Finding, check
from tocsin.checks.facts import promql_tree
from tocsin.checks.sent import sent
from tocsin.checks.unmet import unknown_names, unmet
from tocsin.diagnostics.model import Level
from tocsin.lang.errors import LangError
from tocsin.lang.matchers import parse_matcher
from tocsin.lang.promql.ast import Selector, walk
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Alert, Plan, Step

_SILENCE = re.compile(r"\bamtool\b[^\n|;&]*?\bsilence\s+add\b(?P<rest>(?:[^\n\\|;&]|\\\n)*)")
_ARGUMENT = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
_TAKES_VALUE = frozenset({"-d", "-c", "-a", "--duration", "--comment", "--author", "--start", "--end"})
_PAGE = re.compile(r"\]\((?:\./)?(?P<file>[^)\s#:]+\.md)(?:#[^)\s]*)?\)")
_NEAR = 0.9


@check("runbook/empty", Level.INFO)
def empty(plan: Plan) -> Iterator[Finding]:
    """The runbook of an alert of the highest severity has neither a diagnosis nor an action.

    Why:
        Somebody is woken by it, opens the page, and finds nothing to do.

    Fix:
        Write at least one step of a diagnosis or one action, be it whom to call.

    Bad:
        groups:
          web:
            title: Web
            alerts:
              Down:
                summary: the shop is down
                description: nobody can buy
                promql: up{job="shop"}
                thresholds: {critical: {equals: 0}}

    Good:
        groups:
          web:
            title: Web
            alerts:
              Down:
                summary: the shop is down
                description: nobody can buy
                promql: up{job="shop"}
                thresholds: {critical: {equals: 0}}
                runbook:
                  actions: {restart: {title: Restart the shop}}
    """
    highest = plan.severities[0].name if plan.severities else None
    for alert in _alerts(plan):
        if any(rule.severity == highest for rule in alert.rules) and not (
            alert.runbook.diagnosis or alert.runbook.actions
        ):
            yield Finding(
                f"`{alert.name}` is {highest}, and its runbook has nothing to do",
                at=alert.place if alert.place.key else Place(alert.place.path, key=True),
                help="write a step under `runbook: diagnosis:`, or an action under `runbook: actions:`",
                about=alert.place,
            )


@check("runbook/unused-action", Level.INFO)
def unused_action(plan: Plan) -> Iterator[Finding]:
    """No step of a diagnosis leads to an action, though steps lead to others.

    Why:
        Whoever follows the steps never comes to it: a step is missing, or the action is left over.

    Fix:
        Name the action in what a step may show, or take it away.

    Bad:
        groups:
          web:
            title: Web
            alerts:
              Down:
                summary: the shop is down
                description: nobody can buy
                promql: up{job="shop"}
                thresholds: {critical: {equals: 0}}
                runbook:
                  diagnosis:
                    - title: Look
                      findings: [{see: smoke, action: restart}]
                  actions:
                    restart: {title: Restart the shop}
                    replace: {title: Replace the machine}

    Good:
        groups:
          web:
            title: Web
            alerts:
              Down:
                summary: the shop is down
                description: nobody can buy
                promql: up{job="shop"}
                thresholds: {critical: {equals: 0}}
                runbook:
                  diagnosis:
                    - title: Look
                      findings: [{see: smoke, action: restart}]
                  actions:
                    restart: {title: Restart the shop}
    """
    for alert in _alerts(plan):
        runbook = alert.runbook
        named = {finding.action for step in runbook.diagnosis for finding in step.findings} - {None}
        for action in runbook.actions if named else ():
            if action.name not in named:
                yield Finding(
                    f"no step of the diagnosis leads to the action `{action.name}`",
                    at=Place((*alert.place.path, "runbook", "actions", action.name), key=True),
                    about=alert.place,
                )


@check("runbook/metric", Level.WARNING)
def metric(plan: Plan) -> Iterator[Finding]:
    """A query in a runbook asks for a metric that is nearly one of its alert, and that no rule knows.

    Why:
        The metric was renamed in the alert and not in the runbook, or is misspelt there. At night the
        query shows an empty graph, as if all were well.

    Fix:
        Write the metric's name as the alert has it.

    Bad:
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum(rate(http_requests_failed_total[5m]))
                thresholds: {warning: {above: 1}}
                runbook:
                  diagnosis:
                    - title: Where
                      promql: rate(http_request_failed_total[5m])

    Good:
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum(rate(http_requests_failed_total[5m]))
                thresholds: {warning: {above: 1}}
                runbook:
                  diagnosis:
                    - title: Where
                      promql: rate(http_requests_failed_total[5m])
    """
    everywhere = {name for alert in sent(plan) for name in _metrics(alert.rule.expr)}
    everywhere |= {name for _, rule in recording(plan) for name in (rule.record, *_metrics(rule.expr))}
    for alert in _alerts(plan):
        own = {name for rule in alert.rules for name in _metrics(rule.expr)}
        for number, step in enumerate(alert.runbook.diagnosis):
            for name in sorted(_metrics(step.promql or "") - everywhere):
                near = difflib.get_close_matches(name, sorted(own), 1, _NEAR)
                if near and _base(near[0]) != _base(name):
                    yield Finding(
                        f"no rule knows the metric `{name}`",
                        at=Place((*alert.place.path, "runbook", "diagnosis", number, "promql")),
                        help=f"the alert asks for `{near[0]}`",
                        about=alert.place,
                    )


@check("runbook/silence", Level.WARNING)
def silence(plan: Plan) -> Iterator[Finding]:
    """A command in a runbook silences alerts that no rule makes.

    Why:
        `amtool` takes any matchers. The silence is there, and the pager rings on.

    Fix:
        Write the name and the labels as the rules have them.

    Bad:
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum(rate(errors_total[5m]))
                thresholds: {warning: {above: 1}}
                runbook:
                  actions:
                    quiet:
                      title: Silence it
                      commands:
                        - language: bash
                          code: amtool silence add alertname=Error

    Good:
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum(rate(errors_total[5m]))
                thresholds: {warning: {above: 1}}
                runbook:
                  actions:
                    quiet:
                      title: Silence it
                      commands:
                        - language: bash
                          code: amtool silence add alertname=Errors
    """
    alerts = sent(plan)
    known = frozenset(alert.rule.alert for alert in alerts)
    for place, about, code in _commands(plan) if alerts else ():
        for matchers in _silences(code):
            for _, name, near in unknown_names(known, matchers):
                yield Finding(
                    f"this silences `{name}`, which no rule has",
                    at=place,
                    help=f"did you mean `{near}`?" if near else None,
                    about=about,
                )
            reason = unmet(alerts, matchers)
            if reason is not None:
                yield Finding(
                    f"this silences nothing: {reason.message}", at=place, help=reason.help, about=about
                )


@check("runbook/link", Level.WARNING)
def link(plan: Plan) -> Iterator[Finding]:
    """A text of a runbook links a page that is not generated.

    Why:
        The page was renamed with its alert or its procedure. The link leads nowhere.

    Fix:
        Write the name of the page: that of the alert, or `procedures/` and that of the procedure.

    Bad:
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum(rate(errors_total[5m]))
                thresholds: {warning: {above: 1}}
                runbook:
                  impact: ["as in [the other one](Error.md)"]

    Good:
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum(rate(errors_total[5m]))
                thresholds: {warning: {above: 1}}
                runbook:
                  impact: ["as in [this one](Errors.md)"]
    """
    pages = {"README.md", *(alert.runbook.page.file for alert in _alerts(plan))}
    pages |= {procedure.page.file for procedure in plan.procedures}
    for alert in _alerts(plan):
        for path, text in _texts(alert):
            for found in _PAGE.finditer(text):
                file = found["file"]
                if file not in pages and "/" not in file.removeprefix("procedures/"):
                    near = difflib.get_close_matches(file, sorted(pages), 1, 0.8)
                    yield Finding(
                        f"there is no page `{file}`",
                        at=Place((*alert.place.path, "runbook", *path), found.span("file")),
                        help=f"did you mean `{near[0]}`?" if near else None,
                        about=alert.place,
                    )


def _alerts(plan: Plan) -> Iterator[Alert]:
    for group in plan.groups:
        yield from group.alerts


def _metrics(expr: str) -> set[str]:
    tree = promql_tree(expr) if expr else None
    if tree is None:
        return set()
    return {node.name for node in walk(tree) if isinstance(node, Selector) and node.name}


def _base(name: str) -> str:
    """The name without what a histogram or a summary adds to it."""
    return re.sub("_(bucket|count|sum|total|created)$", "", name)


def _commands(plan: Plan) -> Iterator[tuple[Place, Place, str]]:
    """Every command of a runbook or a procedure: its place, what it is about, and the text."""
    for alert in _alerts(plan):
        path = (*alert.place.path, "runbook")
        yield from _of_steps(alert.runbook.diagnosis, (*path, "diagnosis"), alert.place)
        for action in alert.runbook.actions:
            for number, command in enumerate(action.commands):
                here = (*path, "actions", action.name, "commands", number, "code")
                yield Place(here), alert.place, command.code
    for procedure in plan.procedures:
        start = ("procedures", procedure.name)
        yield from _of_steps(procedure.steps, (*start, "steps"), Place(start))


def _of_steps(
    steps: tuple[Step, ...], path: tuple[str | int, ...], about: Place
) -> Iterator[tuple[Place, Place, str]]:
    for number, step in enumerate(steps):
        if step.command is not None:
            yield Place((*path, number, "command", "code")), about, step.command.code


def _silences(code: str) -> Iterator[tuple[Matcher, ...]]:
    """The matchers of each `amtool silence add`; one that a shell or a person has to fill in is left out."""
    for found in _SILENCE.finditer(code):
        matchers: list[Matcher] = []
        arguments = iter(_ARGUMENT.findall(found["rest"].replace("\\\n", " ")))
        for argument in arguments:
            if argument.startswith("-"):
                if argument in _TAKES_VALUE:
                    next(arguments, None)
                continue
            text = argument.strip("'") if argument.startswith("'") else argument
            if re.search(r"[$<>`]|\.\.\.|…", text):
                matchers = []
                break
            if not re.search("[=~]", text):
                text = f"alertname={text}"
            try:
                matchers.append(parse_matcher(text))
            except LangError:
                matchers = []
                break
        if matchers:
            yield tuple(matchers)


def _texts(alert: Alert) -> Iterator[tuple[tuple[str | int, ...], str]]:
    runbook = alert.runbook
    for key, texts in (
        ("impact", runbook.impact),
        ("success", runbook.success),
        ("prevention", runbook.prevention),
        ("after_incident", runbook.after_incident),
    ):
        yield from (((key, number), text) for number, text in enumerate(texts))
    for number, step in enumerate(runbook.diagnosis):
        if step.text:
            yield ("diagnosis", number, "text"), step.text
    for action in runbook.actions:
        if action.text:
            yield ("actions", action.name, "text"), action.text
