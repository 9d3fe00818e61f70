"""Checks of the form of notification templates."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.notification_texts import receiver_and_file_texts, with_aside
from tocsin.checks.notification.calls import faults_at_causes
from tocsin.diagnostics.model import Level
from tocsin.lang.gotemplate.notification_types import GoType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.notification.calls import Judged
    from tocsin.lang.gotemplate.notification_data import Call
    from tocsin.plan.model import Plan


@check("notification/syntax", Level.ERROR, of_one_text=True)
def syntax(plan: Plan) -> Iterator[Finding]:
    """A template of notifications cannot be parsed, so that they fail.

    Why:
        Alertmanager loads the configuration all the same. The template is parsed when an alert fires: the
        notification fails, and no one is notified. With a broken file of templates it does not even start.

    Fix:
        Close what is open, and call only functions that Alertmanager has.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .CommonLabels.alertname | upper }}"

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .CommonLabels.alertname | toUpper }}"
    """
    for text in chain.from_iterable(map(receiver_and_file_texts, with_aside(plan))):
        if text.refused is not None:
            what = "this template" if text.receiver else "this file with templates, and does not start"
            yield Finding(
                f"Alertmanager cannot read {what}: {text.refused.reason}",
                at=text.piece(text.refused.span),
                help=text.refused.help,
                about=text.about,
            )


@check("notification/field", Level.ERROR, of_one_text=True)
def field(plan: Plan) -> Iterator[Finding]:
    """A template of notifications uses data that is not there or of another type, so that they fail.

    Why:
        Alertmanager executes a template when an alert fires, and breaks it off there: the notification is
        not sent, or its text ends at that place. `amtool check-config` says nothing. The data has fixed
        types: a notification has `.Status`, `.Receiver`, `.ExternalURL`, `.GroupLabels`, `.CommonLabels`,
        `.CommonAnnotations` and `.Alerts`; each of its alerts has `.Status`, `.Labels`, `.Annotations`,
        `.StartsAt`, `.EndsAt`, `.GeneratorURL` and `.Fingerprint`. What a named template reads depends on
        what its call gives it: `{{ template "x" }}` without a dot gives it nothing.

    Fix:
        Read fields of an alert inside of `{{ range .Alerts }}`, and those of the group as `$.Receiver`.
        Call a named template with the data that it reads. Put the value of an alert into an annotation
        of its rule: Alertmanager does not know it.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .Labels.alertname }}"

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ range .Alerts }}{{ .Labels.alertname }} {{ end }}"
    """
    for one in with_aside(plan):
        yield from _wrong_data(faults_at_causes(one))


def _wrong_data(found: Judged) -> Iterator[Finding]:
    for text in found.texts:
        for fault in text.reads.faults:
            yield Finding(fault.message, at=text.piece(fault.span), help=fault.help, about=text.about)
    for wrong in found.calls:
        call = wrong.call
        given = "no data" if call.data is GoType.NOTHING else call.data.value
        yield Finding(
            f"the template `{call.name}` is given {given}, and breaks off: {wrong.fault.message}",
            at=wrong.text.piece(call.span),
            help=_help_with(call, wrong.suited),
            about=wrong.text.about,
        )


def _help_with(call: Call, suited: GoType) -> str:
    """How a template is called with the data that it reads."""
    if suited is call.dot and suited is not GoType.DATA:
        return f'give it the data that it reads: `{{{{ template "{call.name}" . }}}}`'
    if suited is GoType.ALERT:
        alerts = ".Alerts" if call.dot is GoType.DATA else "$.Alerts"
        called = f'{{{{ range {alerts} }}}}{{{{ template "{call.name}" . }}}}{{{{ end }}}}'
        return f"it reads one alert: write `{called}`"
    if suited is GoType.ALERTS:
        alerts = ".Alerts" if call.dot is GoType.DATA else "$.Alerts"
        return f'it reads the alerts: write `{{{{ template "{call.name}" {alerts} }}}}`'
    dot = "." if call.dot is GoType.DATA else "$"
    return (
        f'give it the data that it reads, the whole notification as `{{{{ template "{call.name}" {dot} }}}}`'
    )
