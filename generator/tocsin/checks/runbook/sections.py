"""Checks of what a runbook has: sections, steps that can be taken, actions and procedures that are found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check, check_shares
from tocsin.checks.framework.runbook_texts import commands, prose, spec_alerts, steps
from tocsin.diagnostics.model import Level
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Plan

_WAY = regex_on_use(
    r"""https?://|\]\(|`|^[ \t]*+(?:[-*+]|\d++[.)])\s|\d{3}|@\w|\#\w|→|->"""
    r"""|"[^"]{1,200}"|“[^”]{1,200}”|«[^»]{1,200}»""",
    re.MULTILINE,
)
"""What makes a text more than a wish: an address, a command, items, whom to ask, where to click."""


@check_shares("runbook/empty", Level.INFO)
def empty(share: Share) -> Iterator[Finding]:
    """The runbook of an alert of the highest severity has neither a diagnosis nor an action.

    Why:
        Somebody is woken by it, opens the page, and finds nothing to do.

    Fix:
        Write at least one step of a diagnosis or one action, be it whom to call; or name the page where the
        runbook is kept: `runbook: {url: …}`.

    Bad:
        promql: up{job="shop"}
        thresholds: {critical: {equals: 0}}
        runbook: {impact: [Nobody can buy.]}

    Good:
        promql: up{job="shop"}
        thresholds: {critical: {equals: 0}}
        runbook:
          actions: {restart: {title: Restart the shop}}
    """
    highest = next(iter(share.around.severities), None)
    for alert in spec_alerts(share):
        has_steps = alert.runbook.diagnosis or alert.runbook.actions or alert.runbook.url
        if any(rule.severity == highest for rule in alert.rules) and not has_steps:
            yield Finding(
                f"`{alert.name}` is {highest}, and its runbook has nothing to do",
                at=alert.place if alert.place.key else Place(alert.place.path, key=True),
                help="write a step under `runbook: diagnosis:`, or an action under `runbook: actions:`",
                about=alert.place,
            )


@check_shares("runbook/no-action", Level.INFO)
def no_action(share: Share) -> Iterator[Finding]:
    """The runbook of an alert of the highest severity tells how to look, and not what to do then.

    Why:
        Whoever was woken finds the cause and stands there: the page does not say how to fix it, nor whom to
        call.

    Fix:
        Write the ways to fix it under `actions`, be it whom to call, and name them in the findings.

    Bad:
        promql: up{job="shop"}
        thresholds: {critical: {equals: 0}}
        runbook:
          diagnosis: [{title: Look for smoke}]

    Good:
        promql: up{job="shop"}
        thresholds: {critical: {equals: 0}}
        runbook:
          diagnosis: [{title: Look at `kubectl get pods`}]
          actions: {restart: {title: Restart the shop}}
    """
    highest = next(iter(share.around.severities), None)
    for alert in spec_alerts(share):
        runbook = alert.runbook
        acts = runbook.actions or runbook.url
        if runbook.diagnosis and not acts and any(one.severity == highest for one in alert.rules):
            yield Finding(
                f"`{alert.name}` is {highest}, and its runbook says how to look, but not what to do then",
                at=Place((*alert.place.path, "runbook", "diagnosis"), key=True),
                help="write the ways to fix it under `runbook: actions:`",
                about=alert.place,
            )


@check_shares("runbook/vague-step", Level.INFO)
def vague_step(share: Share) -> Iterator[Finding]:
    """A step of a diagnosis says what to look at, and not how.

    Why:
        "Check the database" does not help at three in the morning: where, with which command, and what
        would be wrong?

    Fix:
        Add a `command`, a `promql` or `logql` query, what the step may show (`findings`), or a text with
        a link or a command.

    Bad:
        runbook:
          diagnosis:
            - title: Check the database

    Good:
        runbook:
          diagnosis:
            - title: Check the database
              promql: mysql_global_status_threads_connected
    """
    for written in steps(share):
        step = written.step
        if written.alert is None or step.command or step.promql or step.logql or step.findings:
            continue
        if not _WAY.search(f"{step.title or ''}\n{step.text or ''}"):
            yield Finding(
                "this step says what to look at, and not how",
                at=Place((*written.path, "title" if step.title else "text")),
                help="add a `command`, a query (`promql`, `logql`), `findings`, or a link",
                about=written.about,
            )


@check_shares("runbook/unused-action", Level.INFO)
def unused_action(share: Share) -> Iterator[Finding]:
    """No step of a diagnosis leads to an action, though steps lead to others.

    Why:
        Whoever follows the steps never comes to it: a step is missing, or the action is left over.

    Fix:
        Name the action in what a step may show, or remove it.

    Bad:
        runbook:
          diagnosis:
            - title: Look
              findings: [{see: smoke, action: restart}]
          actions:
            restart: {title: Restart the shop}
            replace: {title: Replace the machine}

    Good:
        runbook:
          diagnosis:
            - title: Look
              findings: [{see: smoke, action: restart}]
          actions:
            restart: {title: Restart the shop}
    """
    for alert in spec_alerts(share):
        runbook = alert.runbook
        named = {finding.action for step in runbook.diagnosis for finding in step.findings} - {None}
        for action in runbook.actions if named else ():
            if action.name not in named:
                yield Finding(
                    f"no step of the diagnosis leads to the action `{action.name}`",
                    at=Place((*alert.place.path, "runbook", "actions", action.name), key=True),
                    about=alert.place,
                )


@check("runbook/unused-procedure", Level.INFO, reads_texts=True)
def unused_procedure(plan: Plan) -> Iterator[Finding]:
    """A procedure does not say when it is for, and no runbook links it.

    Why:
        Its page is in the index among the others, and no reader who needs it is led there.

    Fix:
        Say under `when` what it is for, or link `procedures/NAME.md` where a runbook needs it.

    Bad:
        procedures:
          failover: {title: Move to the second site}

    Good:
        procedures:
          failover: {title: Move to the second site, when: A site is lost.}
    """
    aimless = [procedure for procedure in plan.procedures if not procedure.when]
    texts = (*prose(plan), *commands(plan)) if aimless else ()
    linked = "\n".join(text.text for text in texts)
    for procedure in aimless:
        if not re.search(rf"(?<![\w-]){re.escape(procedure.page.file)}", linked):
            pages = (f"{procedure.name}.md", procedure.page.file)
            if any(f"]({page}" in linked or f"](./{page}" in linked for page in pages):
                continue
            yield Finding(
                f"no runbook links the procedure `{procedure.name}`, and it does not say when it is for",
                at=Place(("procedures", procedure.name), key=True),
                help=f"write `when:`, or a link to `{procedure.page.file}` where it is needed",
            )
