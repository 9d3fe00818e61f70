"""Checks of alerts that say nothing to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.diagnostics.model import Level
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share


@check_shares("alert/no-text", Level.WARNING)
def no_text(share: Share) -> Iterator[Finding]:
    """An alert of a spec has no summary, or no description.

    Why:
        Whoever is notified sees a name and labels, and has to find out what they mean for users.

    Fix:
        Write in `summary:` what is wrong, in one line, and in `description:` what a person should know at
        once, such as the value and what is affected.

    Bad:
        groups:
          web:
            title: Web
            alerts:
              Errors:
                expr: errors > 5
                severity: warning

    Good:
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: Errors in {{ $labels.job }}
                description: "{{ $value }} errors, more than 5."
                expr: errors > 5
                severity: warning
    """
    for alert in share.alerts:
        missing = [
            name
            for name, text in (("summary", alert.summary), ("description", alert.description))
            if not text
        ]
        if missing:
            yield Finding(
                f"`{alert.name}` has no {' and no '.join(missing)}",
                at=Place(alert.place.path, key=True),
                help=f"write {' and '.join(f'`{name}: …`' for name in missing)}",
                about=alert.place,
            )
