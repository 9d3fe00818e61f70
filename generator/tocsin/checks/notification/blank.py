"""The check of templates that print nothing, as they are given other data than they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.notification_texts import defined_templates, executed_templates, with_aside
from tocsin.diagnostics.model import Level
from tocsin.lang.gotemplate.notification_data import body_reads
from tocsin.lang.gotemplate.notification_types import GoType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.lang.gotemplate.notification_data import Defined
    from tocsin.plan.model import Plan


@check("notification/blank", Level.WARNING)
def blank(plan: Plan) -> Iterator[Finding]:
    """A template of notifications is called without its data, or asks a set of labels for it.

    Why:
        `{{ template "x" }}` without a dot gives the template nothing, and all that it reads is blank. Inside
        of `{{ with .GroupLabels }}` the dot is a set of labels: `.Receiver` is a label of that name, which
        there is not. Neither is an error, so the message is sent with holes in it.

    Fix:
        Call it with the dot: `{{ template "x" . }}`. The notification itself is `$`: `{{ $.Receiver }}`.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: '{{ define "t" }}{{ .Status }}{{ end }}{{ template "t" }}'

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: '{{ define "t" }}{{ .Status }}{{ end }}{{ template "t" . }}'
    """
    for one in with_aside(plan):
        yield from _blanks(one)


def _blanks(plan: Plan) -> Iterator[Finding]:
    of_files = {one.defined.name: one.defined for one in defined_templates(plan)}
    for text in executed_templates(plan):
        named = {**of_files, **text.own}
        # What is given nothing itself is told where it is called.
        for call in text.reads.calls if text.data is not GoType.NOTHING else ():
            if call.data is GoType.NOTHING and _reads_data(call.name, named):
                yield Finding(
                    f"the template `{call.name}` is given no data: what it reads is blank",
                    at=text.piece(call.span),
                    help=f'write `{{{{ template "{call.name}" . }}}}`',
                    about=text.about,
                )
        for use in text.reads.strays:
            yield Finding(
                f"a set of labels has no `{use.name}`: this is blank",
                at=text.piece(use.span),
                help=f"write `$.{use.name}`, which is of the notification",
                about=text.about,
            )


def _reads_data(name: str, named: Mapping[str, Defined], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a named template, or one that it passes its data to, reads what it is given."""
    if name not in named or name in seen:
        return False
    # A number has no fields: what breaks off with one reads its data.
    reads = body_reads(named[name].body, GoType.INT)
    return bool(reads.faults) or any(
        call.data is GoType.INT and _reads_data(call.name, named, seen | {name}) for call in reads.calls
    )
