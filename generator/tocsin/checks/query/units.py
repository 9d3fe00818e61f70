"""A threshold in another unit than the query, as far as names of metrics tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.query_units import is_per_cent, threshold
from tocsin.checks.framework.rules import alerting_rules
from tocsin.checks.query.always import is_always_met
from tocsin.checks.query.percentages import units_by_place
from tocsin.checks.query.threshold_units import only_metric, unit_mismatch
from tocsin.diagnostics.model import Level
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node
    from tocsin.plan.model import Rule
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.source.place import Place


@check_shares("query/unit", Level.WARNING)
def unit(share: Share) -> Iterator[Finding]:
    """A threshold is in another unit than the query, by the names of the metrics.

    Why:
        A ratio never reaches 80, per cent are nearly always above 0.8, and a request that may take 500
        seconds was meant to take 500 milliseconds. The alert never fires, or always.

    Fix:
        Write the threshold in the unit of the query: 0.8 for a ratio, 0.5 for 500 ms in seconds.

    Bad:
        - alert: Full
          expr: cache_used_bytes / cache_max_bytes > 80

    Good:
        - alert: Full
          expr: cache_used_bytes / cache_max_bytes > 0.8
    """
    known = share.around.flows
    units = units_by_place(share)
    in_per_cent: set[Place] = set()
    for _, rule in alerting_rules(share):
        node = promql_tree(rule.expr) if rule.engine is Engine.PROMETHEUS else None
        compared = None if node is None else threshold(node)
        if compared is None:
            continue
        value, op, limit, at = compared
        recorded = _recorded(value, known)
        # What a rule records in per cent is per cent, whatever its name says.
        by_name = None if recorded is not None and is_per_cent(recorded) else value
        judged = (part for part in (by_name, recorded) if part is not None)
        mismatches = (unit_mismatch(part, op, limit, units.get(rule.place)) for part in judged)
        found = next((one for one in mismatches if one is not None), None)
        flows = None if found is None else known.flows(rule.expr, conventions=True)
        # The severities of one alert share the unit, which is the cause.
        if rule.place in in_per_cent:
            continue
        if found is None or flows is None or flows.result.empty is not None:
            continue
        if found.measured == "this is per cent" and _says_per_cent(rule, limit):
            continue
        # `query/always` reports it with the same advice.
        if not is_always_met(rule, flows, known):
            if units.get(rule.place) == "percent" and limit > 1:
                in_per_cent.add(rule.place)
            yield Finding(
                found.message,
                at=expr_piece(rule, at.span),
                also=((expr_piece(rule, value.span), found.measured),),
                help=found.help,
                about=rule.place,
            )


def _recorded(value: Node, known: QueryFlows) -> Node | None:
    """What the one recording rule evaluates whose metric is compared; None where it is no such metric."""
    name = only_metric(value)
    rules = known.recordings.rules(name) if name is not None and name in known.recordings else ()
    return promql_tree(rules[0].expr) if len(rules) == 1 and rules[0].infer is None else None


def _says_per_cent(rule: Rule, limit: float) -> bool:
    """Whether a text of the rule has the threshold with a sign of per cent, so that it is meant."""
    said = re.compile(rf"(?<![\d.,]){re.escape(f'{limit:g}')}\s?(?:%|per ?cent)")
    return any(said.search(text.replace(",", ".")) for text in rule.annotations.values())
