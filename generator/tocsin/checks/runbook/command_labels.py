"""Checks of the labels that commands of a runbook use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.runbook_texts import commands, spec_alerts
from tocsin.diagnostics.model import Level
from tocsin.lang.label_placeholders import placeholders
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share


@check_shares("runbook/command-label", Level.WARNING)
def command_label(share: Share) -> Iterator[Finding]:
    """A command of a runbook uses a label that the query of its alert cannot return.

    Why:
        The place is filled in from the result of the query. A label that is not there leaves `<namespace>`
        in the message, and the person who is woken has to find out what to write.

    Fix:
        Keep the label in the query, as by adding it to `by (…)`, or write what the command needs.

    Bad:
        promql: sum(rate(errors_total[5m]))
        runbook:
          diagnosis:
            - command:
                language: bash
                code: kubectl -n {{ $labels.namespace }} get pods

    Good:
        promql: sum by (namespace) (rate(errors_total[5m]))
        runbook:
          diagnosis:
            - command:
                language: bash
                code: kubectl -n {{ $labels.namespace }} get pods
    """
    used = [text for text in commands(share) if "{{" in text.text]
    if not used:
        return
    known = share.around.flows
    alerts = {alert.place.path: alert for alert in spec_alerts(share)}
    for text in used:
        alert = alerts.get(text.about.path)
        flow = None if alert is None else known.result(alert.rules[0])
        if flow is None or flow.empty is not None:
            continue
        kept = [name for name, fact in flow.labels.items() if not fact.is_impossible]
        for label, span in placeholders(text.text):
            if not flow.label(label).is_impossible:
                continue
            meant = nearest(label, kept)
            yield Finding(
                f"the command uses the label `{label}`, which the query cannot return",
                at=text.piece(span),
                help=f"did you mean `{meant}`?"
                if meant
                else "keep the label in the query, or write what the command needs",
                about=text.about,
            )
