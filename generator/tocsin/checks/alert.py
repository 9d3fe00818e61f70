"""Checks of an alerting rule as a whole: its condition, and what its texts say of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.alerts import alerting
from tocsin.checks.base import Finding, check_shares
from tocsin.checks.measures import bare, fraction, is_comparison, number, parts, threshold, tree
from tocsin.checks.query_trees import promql_tree
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.lang.tokens import COMPARISONS
from tocsin.plan.model import Engine
from tocsin.plan.pieces import expr_piece, text_piece
from tocsin.plan.query_flows import query_flows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.measures import Node
    from tocsin.checks.shares import Share
    from tocsin.plan.model import Rule
    from tocsin.plan.query_flows import QueryFlows

_CHOOSING = frozenset({"absent", "absent_over_time", "vector"})
_SAID = re.compile(
    # Looking ahead first spares all the words where none of them can begin.
    r"(?=[<>abeghlmou])"
    r"(?:[<>]=?|\b(?:above|over|more than|greater than|higher than|exceeds?|exceeded|below|under|less than"
    r"|lower than|acima de|mais de|maior que|abaixo de|menos de|menor que))\s*"
    r"(?P<number>[0-9]+(?:[.,][0-9]+)?)\s?(?P<unit>%|[A-Za-zµ]+)?(?![0-9.,:])",
    re.IGNORECASE,
)
_MAY_SAY = re.compile(r"[<>=ernsdw]\s*[0-9]", re.IGNORECASE)
"""How the words and signs end before a number."""
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "segundo", "segundos"), 1.0),
    **dict.fromkeys(("ms", "milliseconds"), 0.001),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuto", "minutos"), 60.0),
    **dict.fromkeys(("h", "hour", "hours", "hora", "horas"), 3600.0),
    **dict.fromkeys(("d", "day", "days", "dia", "dias"), 86400.0),
}
_FACTORS = (1.0, 100.0, 60.0, 3600.0, 86400.0, 1e3, 1e6, 1e9, 1e12, 1024.0, 1024.0**2, 1024.0**3, 8.0)


@check_shares("alert/no-condition", Level.WARNING)
def no_condition(share: Share) -> Iterator[Finding]:
    """An alert has no condition: it fires for whatever the query returns, be it 0.

    Why:
        Every series that a query returns is an alert. A query that measures something returns its series
        on good days too, so the alert fires as long as there are any.

    Fix:
        Compare with a number. `> 0` changes nothing where the query returns nothing on a good day, and
        says so.

    Bad:
        - alert: Errors
          expr: rate(errors_total[5m])

    Good:
        - alert: Errors
          expr: rate(errors_total[5m]) > 0
    """
    known = query_flows(share.plan)
    for _, rule in alerting(share):
        node = promql_tree(rule.expr) if rule.engine is Engine.PROMETHEUS else None
        # That a series is there can be a condition: `kube_pod_status_reason{reason="Evicted"}`.
        if node is None or fraction(node) is None or _may_choose(node, known):
            continue
        flow = known.result(rule, conventions=True)
        if flow is not None and flow.empty is None and not flow.always:
            yield Finding(
                f"`{rule.alert}` compares nothing: it fires for every series, whatever its value",
                at=rule.written.expr,
                help="add a comparison, such as `> 0`",
                about=rule.place,
            )


@check_shares("alert/bool", Level.ERROR)
def returns_bool(share: Share) -> Iterator[Finding]:
    """An alert's condition is a comparison with `bool`, which also returns what does not hold.

    Why:
        With `bool` a comparison returns 1 or 0 for each series instead of leaving out those for which it
        does not hold. Each of them is an alert, whether 1 or 0.

    Fix:
        Leave `bool` out.

    Bad:
        - alert: Full
          expr: disk_used_ratio > bool 0.9

    Good:
        - alert: Full
          expr: disk_used_ratio > 0.9
    """
    for _, rule in alerting(share):
        node = tree(rule)
        top = None if node is None else bare(node)
        if not isinstance(top, promql.Binary | logql.Binary) or not top.returns_bool:
            continue
        if top.op in COMPARISONS and not any(map(is_comparison, parts(top))):
            yield Finding(
                f"`{rule.alert}` fires for every series: `bool` returns 0 instead of nothing",
                at=expr_piece(rule, top.op_span),
                help="leave `bool` out",
                about=rule.place,
            )


@check_shares("alert/told-threshold", Level.WARNING)
def told_threshold(share: Share) -> Iterator[Finding]:
    """A text tells another threshold than the query has.

    Why:
        Somebody moved the threshold and not the text, or the other way round. Whoever is paged believes
        the text.

    Fix:
        Write the number of the query into the text; in a spec, let the text say `{{ $value }}` only.

    Bad:
        - alert: Full
          expr: disk_used_percent > 85
          annotations: {summary: "The disk is full (> 90%)"}

    Good:
        - alert: Full
          expr: disk_used_percent > 90
          annotations: {summary: "The disk is full (> 90%)"}
    """
    for _, rule in alerting(share):
        node: Node | None = None
        for name, text in rule.annotations.items():
            said = _told_numbers(text) if name in rule.written.annotations else ()
            if len(said) != 1 or "{{" in said[0][0]:
                continue
            node = tree(rule) if node is None else node
            compared = None if node is None else threshold(node)
            if node is None or compared is None or compared[1] not in (">", ">=", "<", "<="):
                continue
            if _is_meant(said[0], rule, node):
                continue
            yield Finding(
                f"the text tells {said[0]['number']}{said[0]['unit'] or ''}, and the query compares with "
                f"{compared[2]:g}",
                at=text_piece(rule.written.annotations[name], said[0].span()),
                also=((expr_piece(rule, compared[3].span), "the threshold"),),
                help="write the same number in both",
                about=rule.place,
            )


# The severities of an alert share their texts.
@lru_cache(maxsize=65536)
def _told_numbers(text: str) -> tuple[re.Match[str], ...]:
    """The numbers that a text tells as limits."""
    return tuple(_SAID.finditer(text)) if _MAY_SAY.search(text) else ()


def _may_choose(node: promql.Node, known: QueryFlows) -> bool:
    """Whether anything in the query, or in the name of a metric, may leave series out by a condition."""
    for part in promql.walk(node):
        match part:
            case promql.Binary() if part.op in ("and", "unless") or is_comparison(part):
                return True
            case promql.Call() if part.function in _CHOOSING:
                return True
            case promql.Selector():
                name = part.name
                if name is None or name.startswith("ALERTS"):
                    return True
                if ":" in name or name in known.recordings:
                    return True
    return False


def _is_meant(said: re.Match[str], rule: Rule, node: Node) -> bool:
    """Whether the number can be one of the rule, in whatever unit, or a time of it that is over by then."""
    value = float(said["number"].replace(",", "."))
    unit = (said["unit"] or "").lower()
    if value == 0:
        return True
    numbers = [abs(one) for part in parts(node) if (one := number(part)) is not None]
    numbers += [one * other for one in numbers for other in numbers]
    if unit in _UNITS:
        times = _times(rule, node)
        # What has lasted for an hour has also lasted for more than ten minutes.
        if any(time >= value * _UNITS[unit] for time in times):
            return True
    elif unit != "%":
        numbers += _times(rule, node)
    told = {value, value * _UNITS.get(unit, 1.0), 100 - value, value / 100, 1 - value / 100}
    return any(
        abs(one * factor - wanted) <= 1e-6 * max(wanted, 1e-9) or abs(one / factor - wanted) <= 1e-6 * wanted
        for one in numbers
        for factor in _FACTORS
        for wanted in told
        if wanted > 0
    )


def _times(rule: Rule, node: Node) -> list[float]:
    """The durations of the query and the `for`, in seconds."""
    found = [parse_duration(rule.for_) / 1000]
    for part in parts(node):
        if isinstance(part, promql.Range | promql.Subquery) and part.range.seconds is not None:
            found.append(part.range.seconds)
        elif (
            isinstance(part, promql.Selector) and part.offset is not None and part.offset.seconds is not None
        ):
            found.append(abs(part.offset.seconds))
        elif isinstance(part, logql.RangeAggregation):
            found.append(part.range.range.seconds)
    return found
