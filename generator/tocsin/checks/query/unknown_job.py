"""The check of jobs that a query asks for, against those that Prometheus' configuration scrapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.query.nodes_by_kind import parts_of
from tocsin.diagnostics.model import Level
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.text.suggest import edit_distance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.checks.framework.plan_slice import Share

_SHORTEST = 5
"""Shorter names differ by a letter without being slips."""


@check_shares("query/unknown-job", Level.WARNING)
def unknown_job(share: Share) -> Iterator[Finding]:
    """A query asks for a job that Prometheus' configuration does not scrape, but for one with a similar name.

    Why:
        Prometheus sets the label `job` to the name of the job. After the job was renamed, what asks for the
        old name finds nothing, and the alert never fires. A name that is like none of the configuration's
        jobs may come from elsewhere, and is left alone. So are all names where relabelling, `honor_labels`
        or a label of the targets sets `job`.

    Fix:
        Write the name as it stands under `scrape_configs`.

    Bad:
        scrape_configs: [{job_name: payment}]
        ---
        - alert: Down
          expr: up{job="payments"} == 0

    Good:
        scrape_configs: [{job_name: payment}]
        ---
        - alert: Down
          expr: up{job="payment"} == 0
    """
    server = share.around.server
    if server is None or server.has_other_jobs:
        return
    for rule, matcher in parts_of(share).matchers:
        if rule.engine is not Engine.PROMETHEUS or matcher.name != "job" or matcher.op != "=":
            continue
        near = None if matcher.value in server.jobs else _similar(matcher.value, server.jobs)
        if near is not None:
            yield Finding(
                f"no job of Prometheus' configuration is called `{matcher.value}`",
                at=expr_piece(rule, matcher.span),
                help=f"did you mean `{near}`?",
                about=rule.place,
            )


def _similar(name: str, jobs: Iterable[str]) -> str | None:
    """The one job whose name differs by a letter that is no digit."""
    found = [
        one
        for one in jobs
        if min(len(name), len(one)) >= _SHORTEST
        and not any(letter.isdigit() for letter in {*name} ^ {*one})
        and edit_distance(name.lower(), one.lower(), 1) is not None
    ]
    return found[0] if len(found) == 1 else None
