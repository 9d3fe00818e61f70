"""The check of whole numbers in `le` and `quantile`, which Prometheus 3 stores with a point."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.query_flows import query_flows
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share

_WHOLE = re.compile(r"0|[1-9][0-9]{0,15}")


@check_shares("query/integer-bucket", Level.WARNING)
def integer_bucket(share: Share) -> Iterator[Finding]:
    """A matcher asks for `le="1"`, which Prometheus 3 stores as `le="1.0"`.

    Why:
        When it scrapes, Prometheus 3 writes the `le` of histograms and the `quantile` of summaries as
        numbers with a point, whatever the exporter wrote (its migration guide tells so). `le="1"` then
        finds nothing that was scraped since the upgrade, and the alert never fires.

    Fix:
        Write `le=~"1|1.0"`, which finds both, or `le="1.0"` once no older server is left.

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
    recorded = query_flows(share.plan).recordings
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
                    value, operator = matcher.value, "=~" if matcher.op in ("=", "=~") else "!~"
                    both = f'{wanted}{operator}"{value}|{value}.0"'
                    yield Finding(
                        f'Prometheus 3 stores `{wanted}="{value}"` as `{wanted}="{value}.0"`',
                        at=expr_piece(rule, matcher.span),
                        help=f"write `{both}`, which finds both",
                        about=rule.place,
                        fix=both,
                        is_safe=True,
                    )
