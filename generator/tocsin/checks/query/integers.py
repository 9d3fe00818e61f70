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
_LIST = re.compile(r"(?:[\w.+|-]|\[[.+]\]|\\[.+])+")
"""A regular expression that is a list of values, with `[.]` and `[+]` as ways to write a point and a plus."""


@check_shares("query/integer-bucket", Level.WARNING, of_one_text=True)
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
                values = _whole_numbers(matcher) if matcher.name == wanted else ()
                if values:
                    value, is_equal = values[0], matcher.op in ("=", "=~")
                    written = f'{wanted}{"=~" if is_equal else "!~"}"{_with_points(matcher.value, values)}"'
                    if target is not None:
                        op = matcher.op if matcher.value != value else "=" if is_equal else "!="
                        changed = _with_points(matcher.value, values, keeps_whole=False)
                        written = f'{wanted}{op}"{changed}"'
                    yield Finding(
                        f'Prometheus 3 stores `{wanted}="{value}"` as `{wanted}="{value}.0"`',
                        at=expr_piece(rule, matcher.span),
                        help=f"write `{written}`" if target else f"write `{written}`, which finds both",
                        about=rule.place,
                        fix=written,
                        is_safe=True,
                    )


def _whole_numbers(matcher: promql.LabelMatcher) -> tuple[str, ...]:
    """The whole numbers that a matcher asks for, alone or in a list, without those with a point."""
    if matcher.op in ("=", "!="):
        return (matcher.value,) if _WHOLE.fullmatch(matcher.value) else ()
    if not _LIST.fullmatch(matcher.value):
        return ()
    listed = [one.replace("[.]", ".").replace("\\.", ".") for one in matcher.value.split("|")]
    return tuple(one for one in listed if _WHOLE.fullmatch(one) and f"{one}.0" not in listed)


def _with_points(written: str, values: tuple[str, ...], *, keeps_whole: bool = True) -> str:
    """A list of values with the form with a point behind each of these, or in its place."""
    changed = {one: f"{one}|{one}.0" if keeps_whole else f"{one}.0" for one in values}
    return "|".join(changed.get(one, one) for one in written.split("|")).replace("\\", "\\\\")
