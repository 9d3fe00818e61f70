"""Checks of the form of notification templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.base import Finding, check
from tocsin.checks.notification.texts import executed, written
from tocsin.diagnostics.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan


@check("notification/syntax", Level.ERROR)
def syntax(plan: Plan) -> Iterator[Finding]:
    """A template of notifications cannot be parsed, so that they fail.

    Why:
        Alertmanager loads the configuration all the same. The template is parsed when an alert fires: the
        notification fails, and nobody is told. With a broken file of templates it does not even start.

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
    for text in written(plan):
        if text.refused is not None:
            what = "this template" if text.receiver else "this file with templates, and does not start"
            yield Finding(
                f"Alertmanager cannot read {what}: {text.refused.reason}",
                at=text.piece(text.refused.span),
                help=text.refused.help,
                about=text.about,
            )


@check("notification/field", Level.ERROR)
def field(plan: Plan) -> Iterator[Finding]:
    """A template of notifications reads a field that is not there, so that they fail.

    Why:
        A notification is about a group: `.CommonLabels`, `.GroupLabels`, `.Alerts`. Only one of the
        alerts has `.Labels` and `.Annotations`. Any other field breaks the template off.

    Fix:
        Read fields of an alert inside of `{{ range .Alerts }}`, and those of the group as `$.Receiver`.

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
    for text in executed(plan):
        for wrong in text.reads.fields:
            message = f"a notification has no field `{wrong.name}`: its alerts have it"
            help_: str | None = "read it inside of `{{ range .Alerts }}`, or of `.CommonLabels`"
            if wrong.of_alert:
                message = f"an alert has no field `{wrong.name}`: the notification has it"
                help_ = f"write `$.{wrong.name}`"
            yield Finding(message, at=text.piece(wrong.span), help=help_, about=text.about)
