"""The check of the quantile that a text names, against that of the query."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.query_units import written_number
from tocsin.checks.framework.rules import written_annotations
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece, text_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.query_flows import QueryFlows

_SAID = regex_on_use(
    # `P1` to `P5` are priorities.
    r"(?<![\w.-])p(?P<short>50|75|90|95|98|99|999)(?![\w.])"
    r"|(?<![\w.])(?P<long>[0-9]{2}(?:\.[0-9]+)?)(?:st|nd|rd|th|e|º|\.)?[ -]"
    r"(?:per ?[cz]entile?|quantile|centile)"
    r"|\b(?:per ?[cz]entile?|quantile)\s(?P<behind>[0-9]{2}(?:[.,][0-9]+)?)(?![\w%])"
    r"|\b(?P<middle>median[ae]?|médiane)\b",
    re.IGNORECASE,
)
_WORDS = ("p5", "p7", "p9", "cent", "zent", "quant", "med", "méd")
"""One of these is in each text that names a quantile."""
_QUANTILES = frozenset({"histogram_quantile", "quantile_over_time"})


@check_shares("alert/quantile-mismatch", Level.WARNING)
def quantile_mismatch(share: Share) -> Iterator[Finding]:
    """A text names another quantile than the query computes.

    Why:
        The rule was copied from another one, and either its query or its text was changed. Whoever is
        paged for "p99 latency" looks at another graph than the one that the alert stands for.

    Fix:
        Name the quantile of the query: 0.95 is p95, the 95th percentile.

    Bad:
        - alert: Slow
          expr: latency_seconds{quantile="0.95"} > 1
          annotations: {summary: "p99 latency is above 1s"}

    Good:
        - alert: Slow
          expr: latency_seconds{quantile="0.95"} > 1
          annotations: {summary: "p95 latency is above 1s"}
    """
    known = share.around.flows
    for rule, texts in written_annotations(share):
        if rule.engine is not Engine.PROMETHEUS:
            continue
        named = [(name, found) for name, text in texts for found in _named(text)]
        if not named:
            continue
        parts = promql_parts(rule.expr)
        computed = [one for part in parts if (one := _quantile(part)) is not None]
        computed += [one for part in parts for one in _recorded(part, known)]
        # What a label says is not seen here.
        if len({value for value, _ in computed}) != 1:
            continue
        value, span = computed[0]
        if any(abs(_value(found) - value) < 1e-9 for _, found in named):
            continue
        for name, found in named:
            yield Finding(
                f"the text names the quantile {_value(found):g}, and the query computes {value:g}",
                at=text_piece(rule.written.annotations[name], found.span()),
                also=((expr_piece(rule, span), "the quantile"),),
                help="name the same one in both",
                about=rule.place,
            )


@lru_cache(maxsize=4096)
def _named(text: str) -> tuple[re.Match[str], ...]:
    """The quantiles that a text names."""
    lower = text.lower()
    return tuple(_SAID.finditer(text)) if any(word in lower for word in _WORDS) else ()


def _value(found: re.Match[str]) -> float:
    if found["middle"]:
        return 0.5
    if found["long"] or found["behind"]:
        return float((found["long"] or found["behind"]).replace(",", ".")) / 100
    return float(f"0.{found['short']}")


def _recorded(node: promql.Node, known: QueryFlows) -> Iterator[tuple[float, tuple[int, int]]]:
    """The quantiles that the rules of a recorded metric compute, at the place where it is read."""
    if isinstance(node, promql.Selector) and node.name is not None and node.name in known.recordings:
        for recorded in known.recordings.rules(node.name):
            for part in promql_parts(recorded.expr):
                found = _quantile(part)
                if found is not None:
                    yield found[0], node.span


def _quantile(node: promql.Node) -> tuple[float, tuple[int, int]] | None:
    """The quantile that a part of a query computes or selects, and its place."""
    match node:
        case promql.Call() if node.function in _QUANTILES:
            asked = written_number(node.arguments[0])
            return None if asked is None else (asked, node.arguments[0].span)
        case promql.Aggregation(op="quantile") if node.param is not None:
            asked = written_number(node.param)
            return None if asked is None else (asked, node.param.span)
        case promql.Selector():
            for one in node.matchers:
                if (
                    one.name == "quantile"
                    and one.op == "="
                    and re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", one.value)
                ):
                    return float(one.value), one.span
    return None
