"""Checks of the templates in the fields of receivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tocsin.checks.base import Finding, check
from tocsin.checks.route.nodes import nodes
from tocsin.checks.sent import sent
from tocsin.diagnostics.model import Level
from tocsin.lang.errors import LangError
from tocsin.lang.flow.label_values import MISSING
from tocsin.lang.gotemplate.notification_data import Reads, Source, reads
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, Receiver, Route


@check("notification/syntax", Level.ERROR)
def syntax(plan: Plan) -> Iterator[Finding]:
    """A template in a receiver cannot be parsed, so that its notifications fail.

    Why:
        Alertmanager loads the configuration all the same. The template is parsed when an alert fires: the
        notification fails, and nobody is told.

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
    for text in _templates(plan):
        if text.refused is not None:
            yield Finding(
                f"Alertmanager cannot read this template: {text.refused.reason}",
                at=text.piece(text.refused.span),
                help=text.refused.help,
                about=text.receiver,
            )


@check("notification/field", Level.ERROR)
def field(plan: Plan) -> Iterator[Finding]:
    """A template in a receiver reads a field that is not there, so that its notifications fail.

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
    for text in _templates(plan):
        for wrong in text.reads.fields if text.reads else ():
            message = f"a notification has no field `{wrong.name}`: its alerts have it"
            help_: str | None = "read it inside of `{{ range .Alerts }}`, or of `.CommonLabels`"
            if wrong.of_alert:
                message = f"an alert has no field `{wrong.name}`: the notification has it"
                help_ = f"write `$.{wrong.name}`"
            yield Finding(message, at=text.piece(wrong.span), help=help_, about=text.receiver)


@check("notification/unknown-template", Level.ERROR)
def unknown_template(plan: Plan) -> Iterator[Finding]:
    """A receiver calls a named template, though the configuration loads no file with templates.

    Why:
        Alertmanager loads the configuration all the same. The notification fails when an alert fires.

    Fix:
        Name the file that defines it under `templates:`.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: '{{ template "title" . }}'

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: '{{ template "title" . }}'
        templates: [/etc/alertmanager/templates/*.tmpl]
    """
    for text in _templates(plan):
        for name, span in text.reads.templates if text.reads and not plan.templates else ():
            if ".default." not in name and not name.startswith("__"):
                yield Finding(
                    f"no template `{name}` is defined: the configuration has no `templates`",
                    at=text.piece(span),
                    help="name the file that defines it under `templates:`",
                    about=text.receiver,
                )


@check("notification/group-label", Level.WARNING)
def group_label(plan: Plan) -> Iterator[Finding]:
    """A template prints a group label that no route to its receiver groups by.

    Why:
        `.GroupLabels` has the labels of `group_by` and no others. The text has a hole where the label
        should stand, in every notification.

    Fix:
        Read it of `.CommonLabels`, or add the label to `group_by`.

    Bad:
        route: {receiver: all, group_by: [team]}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .GroupLabels.alertname }}"

    Good:
        route: {receiver: all, group_by: [alertname, team]}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .GroupLabels.alertname }}"
    """
    grouped = _grouped(plan)
    for text in _templates(plan):
        labels = grouped.get(text.name)
        for use in text.reads.uses if text.reads and labels is not None else ():
            assert labels is not None
            if use.source is Source.GROUP_LABELS and use.name not in labels and "..." not in labels:
                yield Finding(
                    f"no route to `{text.name}` groups by `{use.name}`: this prints nothing",
                    at=text.piece(use.span),
                    help=f"read `.CommonLabels.{use.name}`, or add it to `group_by`",
                    about=text.receiver,
                )


@check("notification/annotation", Level.WARNING)
def annotation(plan: Plan) -> Iterator[Finding]:
    """A template prints an annotation that no rule has.

    Why:
        The text has a hole where it should stand, in every notification: the name is misspelt, or the
        rules call it otherwise.

    Fix:
        Write the name as the rules have it.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .CommonAnnotations.sumary }}"
        ---
        - alert: Down
          expr: up == 0
          annotations: {summary: it is down}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .CommonAnnotations.summary }}"
        ---
        - alert: Down
          expr: up == 0
          annotations: {summary: it is down}
    """
    names = {name for alert in sent(plan) for name in alert.rule.annotations}
    for text in _templates(plan) if sent(plan) else ():
        for use in text.reads.uses if text.reads else ():
            if use.source is Source.ANNOTATIONS and use.name not in names:
                yield Finding(
                    f"no rule has an annotation `{use.name}`: this prints nothing",
                    at=text.piece(use.span),
                    about=text.receiver,
                )


@check("notification/label", Level.WARNING)
def label(plan: Plan) -> Iterator[Finding]:
    """A template prints a label that no alert of the rules can have.

    Why:
        The text has a hole where it should stand, in every notification: the name is misspelt, or every
        query drops the label.

    Fix:
        Write the name as the rules have it, or keep the label in the queries.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                text: "{{ range .Alerts }}{{ .Labels.instance }}{{ end }}"
        ---
        - alert: Down
          expr: sum by (job) (up) == 0

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                text: "{{ range .Alerts }}{{ .Labels.job }}{{ end }}"
        ---
        - alert: Down
          expr: sum by (job) (up) == 0
    """
    alerts = sent(plan)
    for text in _templates(plan) if alerts else ():
        for use in text.reads.uses if text.reads else ():
            if use.source not in (Source.LABELS, Source.COMMON_LABELS):
                continue
            if all(alert.texts(use.name) == MISSING for alert in alerts):
                yield Finding(
                    f"no alert of these rules can have the label `{use.name}`: this prints nothing",
                    at=text.piece(use.span),
                    about=text.receiver,
                )


@dataclass(frozen=True, slots=True)
class _Template:
    name: str
    receiver: Place
    place: Place
    reads: Reads | None
    refused: LangError | None

    def piece(self, span: tuple[int, int]) -> Place:
        return Place(self.place.path, span)


def _templates(plan: Plan) -> Iterator[_Template]:
    """The texts with a template that somebody wrote into a plain configuration."""
    for receiver in plan.receivers:
        if receiver.place is None or receiver.place.key:
            continue
        for place, text in _texts(receiver, receiver.place.path[:-1]):
            try:
                found, refused = reads(text), None
            except LangError as error:
                found, refused = None, error
            yield _Template(receiver.name, receiver.place, place, found, refused)


def _texts(receiver: Receiver, path: tuple[str | int, ...]) -> Iterator[tuple[Place, str]]:
    for kind, entries in receiver.channels:
        waiting: list[tuple[tuple[str | int, ...], Any]] = [
            ((*path, kind, number), entry) for number, entry in enumerate(entries)
        ]
        while waiting:
            here, value = waiting.pop()
            if isinstance(value, dict):
                waiting += [((*here, key), one) for key, one in value.items() if key != "http_config"]
            elif isinstance(value, list):
                waiting += [((*here, number), one) for number, one in enumerate(value)]
            elif isinstance(value, str) and "{{" in value:
                yield Place(here), value


def _grouped(plan: Plan) -> dict[str, set[str]]:
    """By receiver: the labels that some route to it groups by."""
    found: dict[str, set[str]] = {}
    if plan.route is None:
        return found
    for path in ((plan.route,), *((*node.above, node.route) for node in nodes(plan.route))):
        receiver, labels = _inherited(path)
        found.setdefault(receiver, set()).update(labels)
    return found


def _inherited(path: tuple[Route, ...]) -> tuple[str, tuple[str, ...]]:
    receiver = ""
    labels: tuple[str, ...] = ()
    for route in path:
        receiver = route.receiver or receiver
        labels = labels if route.group_by is None else route.group_by
    return receiver, labels
