"""Checks of matchers of inhibitions that are read otherwise than they were meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.alert_names import asked_by_other_label, labels_for_alertname
from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.matcher_patterns import misread_finding
from tocsin.checks.inhibit.sides import at_equal, sides, written_inhibitions
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.misread_matchers import why_misread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan


@check("inhibit/pattern", Level.WARNING)
def pattern(plan: Plan) -> Iterator[Finding]:
    """A matcher of an inhibition is read otherwise than it looks: a pattern under `=`, or a list.

    Why:
        `=` compares letter by letter, a comma parts nothing, and `*` is a sign like others: the matcher
        takes no alert, and the inhibition never acts.

    Fix:
        Write `=~` with the names between `|`, and `.*` for any rest of a name.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: ['severity="critical"']
            target_matchers: ['severity="warning|info"']
            equal: [namespace]

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: ['severity="critical"']
            target_matchers: ['severity=~"warning|info"']
            equal: [namespace]
    """
    for rule in written_inhibitions(plan):
        for _, matchers, places in sides(rule):
            for matcher, place in zip(matchers, places, strict=True):
                found = why_misread(matcher)
                if found is not None:
                    yield misread_finding(found, place, rule.place)


@check("inhibit/alertname", Level.WARNING)
def alertname(plan: Plan) -> Iterator[Finding]:
    """An inhibition asks for the name of an alert by a label that is not `alertname`.

    Why:
        The name of a rule stands in the label `alertname`. No rule sets the label that the matcher asks
        for, so the inhibition never acts. A label that both sides lack counts as equal: with `equal: [alert]`
        every alert silences every other one.

    Fix:
        Write `alertname`.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alert="HostDown"]
            target_matchers: [severity="warning"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="HostDown"]
            target_matchers: [severity="warning"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}
    """
    for rule in written_inhibitions(plan):
        for _, matchers, places in sides(rule):
            for number, found in asked_by_other_label(plan, matchers):
                yield misread_finding(found, places[number], rule.place)
        for label in labels_for_alertname(plan, rule.equal):
            yield Finding(
                f"`{label}` in `equal` is a label that no alert has: the name of an alert is in `alertname`",
                at=at_equal(rule, label),
                help="write `alertname`",
                about=rule.place,
            )
