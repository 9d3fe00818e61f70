"""The check of ages that are taken of a time which is still to come, such as the end of a certificate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.query_units import calculated_number, strip_parentheses, threshold
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node
    from tocsin.plan.model import Rule

_END = regex_on_use(
    r"(?!.*(?:last|check|renew))(?:.*_)?(?:expir(?:y|es|ation)|not_?after|valid_until)(?:_.*)?", re.IGNORECASE
)
_IS_OVER = regex_on_use(
    r"\bexpired\b|\bago\b|\boverdue\b|abgelaufen|expirou|expirad[oa]|vencid[oa]|caducad[oa]|\bexpirée?s?\b",
    re.IGNORECASE,
)
_DAY = 86_400
_KEEPING = frozenset({"min", "max", "avg"})


@check_shares("query/expiry-age", Level.WARNING)
def expiry_age(share: Share) -> Iterator[Finding]:
    """The time since an expiry is compared, where the time that is left was meant.

    Why:
        By the name of its metric, the time is one that is still to come: `time()` less that time is negative
        as long as all is well. Below a number of seconds it always is, so that the alert fires at once and
        for ever; above a day, the alert fires long after the certificate has expired.

    Fix:
        Take the time away from the expiry: `cert_expiry - time() < 14 * 86400`.

    Bad:
        - alert: CertificateEnds
          expr: time() - probe_ssl_earliest_cert_expiry < 14 * 86400

    Good:
        - alert: CertificateEnds
          expr: probe_ssl_earliest_cert_expiry - time() < 14 * 86400
    """
    for _, rule in alerting_rules(share):
        tree = promql_tree(rule.expr) if "time()" in rule.expr and rule.engine is Engine.PROMETHEUS else None
        compared = None if tree is None else threshold(tree)
        if compared is None or compared[1] not in ("<", "<=", ">", ">=") or compared[2] <= 0:
            continue
        value, op, limit, number = compared
        since, unit = _since_expiry(value)
        if since is None:
            continue
        is_below = op in ("<", "<=")
        if not is_below and (limit * unit < _DAY or _says_it_is_over(rule)):
            continue
        name = next(one.name for one in promql.walk(since.right) if isinstance(one, promql.Selector))
        yield Finding(
            f"this holds for all that is still valid: `{name}` lies ahead, by its name"
            if is_below
            else f"this holds only long after it has expired: `{name}` lies ahead, by its name",
            at=expr_piece(rule, since.span),
            also=((expr_piece(rule, number.span), "compared with it"),),
            help=_help(rule, since, is_below=is_below),
            about=rule.place,
        )


def _help(rule: Rule, since: promql.Binary, *, is_below: bool) -> str:
    left, right = (rule.expr[slice(*one.span)] for one in (since.left, since.right))
    turned = f"write `{right} {since.op} {left}` for the time that is left"
    return turned if is_below else f"{turned}, and `<` for the comparison"


def _since_expiry(node: Node) -> tuple[promql.Binary | None, float]:
    """The difference of `time()` less an expiry, and the seconds of its unit."""
    node, unit = strip_parentheses(node), 1.0
    while True:
        if isinstance(node, promql.Aggregation) and node.op in _KEEPING:
            node = strip_parentheses(node.expr)
            continue
        divisor = (
            calculated_number(node.right) if isinstance(node, promql.Binary) and node.op == "/" else None
        )
        if not isinstance(node, promql.Binary) or not divisor:
            break
        node, unit = strip_parentheses(node.left), unit * divisor
    if not isinstance(node, promql.Binary) or node.op != "-":
        return None, unit
    now, end = strip_parentheses(node.left), strip_parentheses(node.right)
    while isinstance(end, promql.Aggregation) and end.op in _KEEPING:
        end = strip_parentheses(end.expr)
    is_now = isinstance(now, promql.Call) and now.function == "time"
    is_end = isinstance(end, promql.Selector) and _END.fullmatch(end.name or "") is not None
    return (node, unit) if is_now and is_end else (None, unit)


def _says_it_is_over(rule: Rule) -> bool:
    """Whether the alert is meant for what has expired a while ago."""
    return any(map(_IS_OVER.search, (rule.alert.replace("Expired", " expired "), *rule.annotations.values())))
