"""Checks of the escalation: each level can be reached."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.route_nodes import routes_below
from tocsin.diagnostics.model import Level
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

_CONTACT = re.compile(r"[\w.+-]@\w|https?://|\]\(|(?<!\w)[#@][\w-]{2}|\+?\d[\d ()/-]{5,}\d")
"""A mail address, a page, a channel or a telephone number."""


@check("runbook/unreachable-level", Level.INFO)
def unreachable_level(plan: Plan) -> Iterator[Finding]:
    """A level of the escalation has neither a receiver nor an address.

    Why:
        Whoever needs the next level knows its name, and not how to reach it.

    Fix:
        Name the `receiver` that reaches it, or write a channel, an address or a number into its texts.

    Bad:
        escalation:
          levels:
            - {title: The engineer on call, receiver: all}
            - {title: The head of the team, when: [after 30 minutes]}

    Good:
        escalation:
          levels:
            - {title: The engineer on call, receiver: all}
            - {title: The head of the team, when: [ask in `#incident`]}
    """
    for number, level in enumerate(plan.escalation.levels):
        if level.receiver is None and not _CONTACT.search("\n".join((level.title, *level.when))):
            yield Finding(
                f"nothing says how to reach `{level.title}`",
                at=Place(("escalation", "levels", number, "title")),
                help="name the `receiver`, or write a channel, an address or a number",
            )


@check("runbook/untold-level", Level.WARNING)
def untold_level(plan: Plan) -> Iterator[Finding]:
    """A level of the escalation names a receiver that no route leads to.

    Why:
        The runbooks say that the receiver reaches this level. Alertmanager never sends it anything.

    Fix:
        Write the missing route, or name a receiver that is notified.

    Bad:
        receivers:
          all: {webhook: [{url: "http://hooks.example/all"}]}
          head: {webhook: [{url: "http://hooks.example/head"}]}
        routing: {catch_all: all}
        escalation:
          levels: [{title: The head of the team, receiver: head}]

    Good:
        receivers:
          all: {webhook: [{url: "http://hooks.example/all"}]}
        routing: {catch_all: all}
        escalation:
          levels: [{title: The head of the team, receiver: all}]
    """
    if plan.route is None:
        return
    told = {plan.route.receiver, *(node.route.receiver for node in routes_below(plan.route))}
    for number, level in enumerate(plan.escalation.levels):
        if level.receiver is not None and level.receiver not in told:
            yield Finding(
                f"no route leads to `{level.receiver}`: `{level.title}` is never notified",
                at=Place(("escalation", "levels", number, "receiver")),
                help="write the missing route, or name a receiver that is notified",
            )
