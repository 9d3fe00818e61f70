"""The check of labels that a text reads and only one side of an `or` has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.annotation_templates import templates
from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import is_comparison, is_number, metric_names, strip_parentheses
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.promql.flow import Flows

_ASKING = frozenset({"absent", "absent_over_time", "vector", "scalar"})


@check_shares("label/one-side", Level.WARNING)
def one_side(share: Share) -> Iterator[Finding]:
    """A text uses a label that one side of the query's `or` has lost.

    Why:
        An alert has the labels of the side that it comes from. Where one side is grouped by fewer labels,
        its alerts print nothing for the others: the person who is woken reads "disk on is full".

    Fix:
        Group both sides by the same labels, or write a rule for each side. `{{ if $labels.disk }}` prints
        a label only where it is there.

    Bad:
        - alert: Full
          expr: |
            sum by (host, disk) (disk_used_ratio) > 0.9
              or sum by (host) (pool_used_ratio) > 0.9
          annotations: {summary: "{{ $labels.disk }} on {{ $labels.host }} is full"}

    Good:
        - alert: Full
          expr: |
            sum by (host, disk) (disk_used_ratio) > 0.9
              or sum by (host, disk) (pool_used_ratio) > 0.9
          annotations: {summary: "{{ $labels.disk }} on {{ $labels.host }} is full"}
    """
    known = share.around.flows
    for rule, texts in templates(share):
        if rule.engine is not Engine.PROMETHEUS or " or" not in rule.expr.replace("\n", " "):
            continue
        flows = known.flows(rule.expr)
        sides = [] if flows is None or flows.result.empty is not None else _sides(flows.tree)
        if flows is None or len(sides) < 2:
            continue
        told: set[str] = set()
        for text in texts:
            for use in text.reads.labels:
                if use.asked or use.name in told or flows.result.label(use.name).is_impossible:
                    continue
                lost = [
                    side
                    for side in sides
                    if flows.of(side).empty is None and flows.of(side).label(use.name).is_impossible
                ]
                if not lost or len(lost) == len(sides):
                    continue
                if any(map(_asks, lost)):
                    asking = _without_matcher(lost, sides, use.name, flows)
                    if asking is not None:
                        told.add(use.name)
                        call, value = asking
                        yield Finding(
                            f"{text.said} uses `$labels.{use.name}`, which `{call.function}` has from "
                            "matchers only",
                            at=text.piece(use.span),
                            also=((expr_piece(rule, call.span), "there is no such matcher here"),),
                            help=f'give `{call.function}` the matcher `{use.name}="{value}"` as well',
                            about=rule.place,
                        )
                    continue
                told.add(use.name)
                why = flows.of(lost[0]).label(use.name).why
                at = lost[0].span if why.span == (0, 0) else why.span
                yield Finding(
                    f"{text.said} uses `$labels.{use.name}`, which one side of the `or` does not have",
                    at=text.piece(use.span),
                    also=((expr_piece(rule, at), f"this side has lost `{use.name}`"),),
                    help=f"keep `{use.name}` on both sides, or write a rule for each of them",
                    about=rule.place,
                )


def _without_matcher(
    lost: list[promql.Node], sides: list[promql.Node], label: str, flows: Flows
) -> tuple[promql.Call, str] | None:
    """The `absent` that lacks a label which all the other sides have from one and the same matcher."""
    kept = [flows.of(side).label(label).values for side in sides if side not in lost]
    values = frozenset().union(*(one or () for one in kept))
    inner = strip_parentheses(lost[0])
    is_asking = isinstance(inner, promql.Call) and inner.function in ("absent", "absent_over_time")
    if len(lost) != 1 or not is_asking or None in kept or len(values) != 1 or "" in values:
        return None
    assert isinstance(inner, promql.Call)
    return inner, next(iter(values))


def _sides(node: promql.Node) -> list[promql.Node]:
    """The parts between the operators `or` that a result may come from; one alone where there is no `or`."""
    found: list[promql.Node] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        inner = strip_parentheses(one)
        if not isinstance(inner, promql.Binary):
            found.append(one)
        elif inner.op == "or":
            waiting += [inner.right, inner.left]
        elif (inner.op in ("and", "unless") and _has_or(inner.left)) or (
            is_comparison(inner) and is_number(inner.right) and _has_or(inner.left)
        ):
            waiting.append(inner.left)
        else:
            found.append(one)
    return found


def _has_or(node: promql.Node) -> bool:
    inner = strip_parentheses(node)
    return isinstance(inner, promql.Binary) and (
        inner.op == "or" or (inner.op in ("and", "unless") and _has_or(inner.left))
    )


def _asks(side: promql.Node) -> bool:
    """Whether a side says that something is missing, of which there are no labels to tell."""
    calls = [one for one in promql.walk(side) if isinstance(one, promql.Call)]
    return not metric_names(side) or any(call.function in _ASKING for call in calls)
