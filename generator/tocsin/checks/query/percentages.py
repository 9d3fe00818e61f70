"""What to write where a ratio is compared with a number of per cent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.query_units import calculated_number, strip_parentheses, threshold
from tocsin.lang.promql import ast as promql

if TYPE_CHECKING:
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.promql.flow import Flows
    from tocsin.source.place import Place

_IN_PER_CENT = (
    "the query is a ratio from 0 to 1, and `unit: percent` counts up to 100: write `unit: ratio`, and the "
    "threshold with its sign, such as `{limit:g}%`"
)


@answered_once
def units_by_place(share: Share) -> dict[Place, str]:
    """The unit of each alert of a share of a spec, by the place of its rules."""
    return {alert.place: alert.unit.name for alert in share.alerts}


def ratio_help(limit: float, unit: str | None) -> str:
    """What to write instead of a number of per cent; `unit` is that of an alert of a spec."""
    if unit == "percent":
        return _IN_PER_CENT.format(limit=limit)
    if unit == "ratio":
        return f"write the threshold with its sign: `{limit:g}%`"
    return f"write {limit / 100:g}, or multiply by 100 if the texts print per cent"


def per_cent_of_ratio(condition: promql.Node, flows: Flows) -> float | None:
    """The limit of a comparison that looks like per cent, where what is compared is never above 1."""
    compared = threshold(condition)
    if compared is None or not 5 <= compared[2] <= 100:
        return None
    measured = compared[0]
    assert isinstance(measured, promql.Node)
    value = flows.of(measured).value
    # What is 0 or 1, such as `up`, is no ratio, and neither is what can be below 0.
    is_ratio = value.low >= 0 and compared[2] / 100 <= value.high <= 1 and not value.integral
    return compared[2] if is_ratio else None


def multiplied_whole(condition: promql.Node) -> bool:
    """Whether the whole was multiplied by 100 in place of the part, as in `a / (b * 100) > 5`."""
    compared = threshold(condition)
    quotient = None if compared is None else strip_parentheses(compared[0])
    if not isinstance(quotient, promql.Binary) or quotient.op != "/":
        return False
    divisor = strip_parentheses(quotient.right)
    if isinstance(divisor, promql.Aggregation):
        divisor = strip_parentheses(divisor.expr)
    return (
        isinstance(divisor, promql.Binary)
        and divisor.op == "*"
        and 100 in (calculated_number(divisor.left), calculated_number(divisor.right))
    )


def multiplied_inside(condition: promql.Node) -> bool:
    """Whether a ratio is taken from 1 after it was multiplied by 100, as in `(1 - a / b * 100) > 80`."""
    compared = threshold(condition)
    left = None if compared is None else strip_parentheses(compared[0])
    if not isinstance(left, promql.Binary) or left.op != "-":
        return False
    whole, part = strip_parentheses(left.left), strip_parentheses(left.right)
    if not isinstance(part, promql.Binary) or part.op != "*":
        return False
    factors = (strip_parentheses(part.left), strip_parentheses(part.right))
    return calculated_number(whole) == 1 and 100 in map(calculated_number, factors)
