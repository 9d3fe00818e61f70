"""Rules that vmalert evaluates, as checks of a share ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.rules_index import all_words, rules_index
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.types import is_scalar
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.surroundings import Surroundings
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.model import Recording, Rule
    from tocsin.plan.query_flows import QueryFlows

_SETS = frozenset({"and", "or", "unless"})


@rules_index("files that vmalert evaluates", all_words)
def _files(share: Share) -> frozenset[str]:
    return frozenset(str(group.place.path[0]) for group, _ in share.rules if group.is_of_vmalert)


def is_of_vmalert(rule: Rule | Recording, around: Surroundings) -> bool:
    """Whether vmalert evaluates a rule, and VictoriaMetrics answers its query."""
    return around.has(_files, str(rule.place.path[0]))


def broadcasts(node: promql.Node, flows: Flows) -> bool:
    """Whether VictoriaMetrics computes with one series as with a number, where Prometheus pairs labels.

    It does so where no modifier says how to pair, and the series has no labels.

    Source: `adjustBinaryOpTags` of VictoriaMetrics' `app/vmselect/promql/binary_op.go`.
    """
    if not isinstance(node, promql.Binary) or node.op in _SETS or node.matching.how is not None:
        return False
    sides = (node.left, node.right)
    return not any(map(is_scalar, sides)) and not all(flows.of(side).has_labels for side in sides)


def has_broadcast(rule: Rule | Recording, known: QueryFlows) -> bool:
    """Whether VictoriaMetrics keeps the labels of one side in a join of the query of a rule."""
    flows = known.flows(rule.expr) if rule.engine is Engine.PROMETHEUS else None
    return flows is not None and any(broadcasts(node, flows) for node in promql.walk(flows.tree))
