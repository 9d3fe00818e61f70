"""The check of variables of a dashboard in the queries of rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares, join_equal
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share

# `${name}` is what `envsubst` and the like fill in before Prometheus reads a file; `$1` is a group.
_VARIABLE = re.compile(r"\$(?P<name>[A-Za-z_]\w*)|\[\[(?P<old>\w+)\]\]")


@check_shares("query/variable", Level.WARNING)
def variable(share: Share) -> Iterator[Finding]:
    """A query of a rule compares a label with a variable, which only a dashboard fills in.

    Why:
        The query was copied from a panel. In a rule, `$namespace` is a text like any other: no series has
        such a label, and the query returns nothing.

    Fix:
        Write the value, or leave the matcher out and keep the label in the result.

    Bad:
        - alert: Errors
          expr: sum(rate(errors_total{namespace="$namespace"}[5m])) > 1

    Good:
        - alert: Errors
          expr: sum by (namespace) (rate(errors_total[5m])) > 1
    """
    for _, rule in rules_with_groups(share):
        if rule.engine is not Engine.PROMETHEUS or not ("$" in rule.expr or "[[" in rule.expr):
            continue
        found = (
            Finding(
                f"`{name[0]}` is a variable of a dashboard: in a rule nothing fills it in",
                at=expr_piece(rule, one.span),
                help="write the value, or leave the matcher out and group by the label",
                about=rule.place,
            )
            for part in promql_parts(rule.expr)
            for one in (part.matchers if isinstance(part, promql.Selector) else ())
            if (name := _VARIABLE.fullmatch(one.value.strip("^()").removesuffix("$"))) is not None
        )
        yield from join_equal(found)
