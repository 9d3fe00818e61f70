"""A check of the comparisons of a notification's status."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.notification_texts import executed_templates, with_aside
from tocsin.diagnostics.model import Level
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

_STATUSES = ("firing", "resolved")


@check("notification/status", Level.ERROR)
def status(plan: Plan) -> Iterator[Finding]:
    """A template compares a status with a string that no status is.

    Why:
        The status of a notification, and of each of its alerts, is `firing` or `resolved`, in lower case.
        `eq` with anything else is never true, and `ne` always: the other branch is sent every time.

    Fix:
        Write `firing` or `resolved`.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: '{{ if eq .Status "Firing" }}bad{{ else }}good{{ end }}'

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: '{{ if eq .Status "firing" }}bad{{ else }}good{{ end }}'
    """
    for text in chain.from_iterable(map(executed_templates, with_aside(plan))):
        for one in text.reads.statuses:
            if one.value in _STATUSES:
                continue
            outcome = "never true" if one.is_equal else "always true"
            meant = nearest(one.value, _STATUSES)
            yield Finding(
                f"no status is `{one.value}`: this comparison is {outcome}",
                at=text.piece(one.span),
                help="compare with `firing` or `resolved`" if meant is None else f'write `"{meant}"`',
                about=text.about,
                fix=meant,
                instead_of=one.value,
                is_safe=meant is not None and meant == one.value.lower(),
            )
