"""The check of whole numbers in `le` and `quantile`, which Prometheus 3 stores with a point."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.lang.releases import release
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share

_STORES_POINTS = "3.0"
_WHOLE = re.compile(r"0|[1-9][0-9]{0,15}")


@check_shares("query/integer-bucket", Level.WARNING)
def integer_bucket(share: Share) -> Iterator[Finding]:
    """A matcher asks for `le="1"`, which Prometheus 3 stores as `le="1.0"`.

    Why:
        When it scrapes, Prometheus 3 writes the `le` of histograms and the `quantile` of summaries as
        numbers with a point, whatever the exporter wrote (its migration guide tells so). `le="1"` then
        finds nothing that was scraped since the upgrade, and the alert never fires.

    Fix:
        Write `le=~"1|1.0"`, which finds both, or `le="1.0"` once no older server is left. For a target
        before 3.0 (`--target prometheus=2.53`) nothing is reported.

    Bad:
        - alert: Slow
          expr: |
            rate(latency_seconds_bucket{le="1"}[5m])
              / on (instance, job) rate(latency_seconds_count[5m]) < 0.9

    Good:
        - alert: Slow
          expr: |
            rate(latency_seconds_bucket{le="1.0"}[5m])
              / on (instance, job) rate(latency_seconds_count[5m]) < 0.9
    """
    target = share.around.targets.prometheus
    if target is not None and release(target) < release(_STORES_POINTS):
        return
    recorded = share.around.flows.recordings
    for _, rule in rules_with_groups(share):
        for part in promql_parts(rule.expr) if rule.engine is Engine.PROMETHEUS else ():
            if not isinstance(part, promql.Selector) or part.name is None:
                continue
            # A recording rule keeps the labels that were stored when it ran, but of what, is not known.
            if ":" in part.name or part.name in recorded:
                continue
            wanted = "le" if part.name.endswith("_bucket") else "quantile"
            for matcher in part.matchers:
                if matcher.name == wanted and _WHOLE.fullmatch(matcher.value):
                    value, is_equal = matcher.value, matcher.op in ("=", "=~")
                    written = f'{wanted}{"=~" if is_equal else "!~"}"{value}|{value}.0"'
                    if target is not None:
                        written = f'{wanted}{"=" if is_equal else "!="}"{value}.0"'
                    yield Finding(
                        f'Prometheus 3 stores `{wanted}="{value}"` as `{wanted}="{value}.0"`',
                        at=expr_piece(rule, matcher.span),
                        help=f"write `{written}`" if target else f"write `{written}`, which finds both",
                        about=rule.place,
                        fix=written,
                        is_safe=True,
                    )
