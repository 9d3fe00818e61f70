"""The check of counters whose height is compared: once above a number, they stay there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts, promql_tree
from tocsin.checks.framework.query_units import is_comparison, strip_parentheses, threshold
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share

# What is counted as it happens; `…_bytes_total` or `…_replicas_total` are sizes in many exporters.
_HAPPENS = regex_on_use(
    r"(?:error|err|fail|failure|timeout|drop|dropped|dead_?letter|dead_lettered|refused|oom|crash|restart|reject|rejected|exception|panic|evict|evicted"
    r"|eviction|lost|kill|abort|aborted|conflict|denied|retry|retrie|missed|throttled)s?_total$"
    r"|(?:request|response|querie|count)s?_total$"
    r"|(?:failed|dropped|discarded|rejected|refused|aborted|evicted|throttled|lost|killed)_[a-z]+s_total$"
)
_COUNTS = regex_on_use(
    r"node_(?:vmstat_(?:oom_kill|pgmajfault|pgfault|pswp(?:in|out))|netstat_\w+_\w*(?:Errors|Drops|Overflows))"
    r"|(?:cnpg_)?pg_stat_database_(?:deadlocks|conflicts|xact_rollback|temp_files)"
    r"|(?:container|process|node|windows)_cpu_(?:usage_)?seconds_total"
    r"|(?:node|container)_network_(?:receive|transmit)_(?:bytes|packets)_total|nginx_ingress_controller_requests|http_server_requests_seconds_count"
    r"|mysql_global_status_(?:aborted_(?:clients|connects)|slow_queries|connection_errors_total)"
)
"""Counters of well-known exporters that are not called so, as they hand on the numbers of a kernel."""
_ADDING = frozenset({"sum", "max", "min", "avg"})


@check_shares("query/raw-counter", Level.WARNING)
def raw_counter(share: Share) -> Iterator[Finding]:
    """The height of a counter is compared, so that the alert never resolves.

    Why:
        A counter, by its name, only grows. Once `errors_total` is above 0, it stays there until the
        process starts anew: the alert fires for an error of last month, and not for a new one.

    Fix:
        Ask how much it grew: `increase(errors_total[15m]) > 0`.

    Bad:
        - alert: Errors
          expr: sum by (job) (upload_errors_total) > 0

    Good:
        - alert: Errors
          expr: sum by (job) (increase(upload_errors_total[15m])) > 0
    """
    for _, rule in alerting_rules(share):
        tree = promql_tree(rule.expr) if rule.engine is Engine.PROMETHEUS else None
        if tree is None or not is_comparison(strip_parentheses(tree)):
            continue
        compared = threshold(tree)
        if compared is None or compared[1] not in (">", ">=", "!=") or compared[2] < 0:
            continue
        counter = strip_parentheses(compared[0])
        while isinstance(counter, promql.Aggregation) and counter.op in _ADDING:
            counter = strip_parentheses(counter.expr)
        if not isinstance(counter, promql.Selector) or counter.name is None or ":" in counter.name:
            continue
        selectors = [one for one in promql_parts(rule.expr) if isinstance(one, promql.Selector)]
        if len(selectors) == 1 and (_HAPPENS.search(counter.name) or _COUNTS.fullmatch(counter.name)):
            yield Finding(
                f"`{counter.name}` only grows, by its name: once above {compared[2]:g}, it stays there, and "
                "the alert does not resolve",
                at=expr_piece(rule, counter.span),
                help="compare how much it grew: `increase(…[15m])`",
                about=rule.place,
            )
