"""Checks of the named templates that notifications call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.notification_texts import (
    defined_templates,
    executed_templates,
    is_default,
    is_generated,
    receiver_and_file_texts,
    with_aside,
)
from tocsin.diagnostics.model import Level
from tocsin.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan
    from tocsin.source.place import Place


@check("notification/unknown-template", Level.ERROR)
def unknown_template(plan: Plan) -> Iterator[Finding]:
    """A named template is called, and no file of the configuration defines it.

    Why:
        Alertmanager loads the configuration all the same. The notification fails when an alert fires.

    Fix:
        Write the name as it is defined, or name the file that defines it under `templates:`. The
        templates of an AlertmanagerConfig belong to its Alertmanager: without that one's configuration
        among the files, nothing is reported.

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
                title: '{{ define "title" }}!{{ end }}{{ template "title" . }}'
    """
    if not _knows_all(plan):
        return
    known = {one.defined.name for one in defined_templates(plan)}
    for text in executed_templates(plan):
        for call in text.reads.calls:
            if call.name in known or call.name in text.own or is_default(call.name):
                continue
            if is_generated(plan, call.name):
                continue
            where = "`notifications.templates`" if plan.project.name else "`templates:`"
            none = "the spec" if plan.project.name else "the configuration"
            missing = "no file does" if plan.templates else f"{none} has no `templates`"
            yield Finding(
                f"nothing defines the template `{call.name}`: {missing}",
                at=text.piece(call.span),
                help=did_you_mean(call.name, known | set(text.own))
                or f"name the file that defines it under {where}",
                about=text.about,
            )


@check("notification/duplicate-template", Level.WARNING)
def duplicate_template(plan: Plan) -> Iterator[Finding]:
    """A named template is defined twice, and only the last definition counts.

    Why:
        Alertmanager loads the files in the order of their names, and says nothing. Whoever changes the
        first definition sees no effect.

    Fix:
        Take one of them away, or give it another name.

    Bad:
        {{ define "title" }}{{ .CommonLabels.alertname }}{{ end }}
        {{ define "title" }}{{ .Receiver }}{{ end }}

    Good:
        {{ define "title" }}{{ .CommonLabels.alertname }}{{ end }}
        {{ define "subject" }}{{ .Receiver }}{{ end }}
    """
    first: dict[str, Place] = {}
    for one in defined_templates(plan):
        place = first.setdefault(one.defined.name, one.place)
        if place != one.place:
            yield Finding(
                f"the template `{one.defined.name}` is defined twice: the last one counts",
                at=one.place,
                also=((place, "defined here, too"),),
                help="remove one of them, or rename it",
            )


@check("notification/unused-template", Level.INFO)
def unused_template(plan: Plan) -> Iterator[Finding]:
    """A named template is defined, and nothing calls it.

    Why:
        It is left over, or the receiver that should call it sends Alertmanager's default text.

    Fix:
        Call it in the receiver, or remove it.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                channel: "#all"
        ---
        {{ define "title" }}{{ .CommonLabels.alertname }}{{ end }}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: '{{ template "title" . }}'
        ---
        {{ define "title" }}{{ .CommonLabels.alertname }}{{ end }}
    """
    if plan.route is None or not _knows_all(plan):
        return
    called = {
        call.name for one in with_aside(plan) for text in executed_templates(one) for call in text.reads.calls
    }
    for one in defined_templates(plan):
        name = one.defined.name
        # What is generated for every receiver is nobody's to tidy up.
        if name not in called and not is_default(name) and not one.generated:
            yield Finding(f"nothing calls the template `{name}`", at=one.place)


def _knows_all(plan: Plan) -> bool:
    """Whether every file with templates was found and can be parsed."""
    if plan.templates_are_elsewhere:
        return False
    broken = any(text.refused is not None and not text.receiver for text in receiver_and_file_texts(plan))
    return not broken and all(glob.files is not None for glob in plan.templates)
