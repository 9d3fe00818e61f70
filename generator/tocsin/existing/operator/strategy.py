"""How an `Alertmanager` resource adds the AlertmanagerConfigs of teams to its configuration."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from tocsin.source.node import MappingNode, ScalarNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.node import Node


class MatcherStrategy(StrEnum):
    """Whose alerts a resource is for."""

    ON_NAMESPACE = "OnNamespace"
    EXCEPT_ITS_OWN = "OnNamespaceExceptForAlertmanagerNamespace"
    ALL = "None"


@value_object
class Strategy:
    """The strategy, the namespace of the Alertmanager, and the resource that is its whole configuration."""

    matching: MatcherStrategy = MatcherStrategy.ON_NAMESPACE
    namespace: str | None = None
    whole: str | None = None

    def is_for_all(self, namespace: str | None) -> bool:
        """Whether a resource of the namespace is for alerts of every namespace."""
        own = namespace is not None and namespace == self.namespace
        return self.matching is MatcherStrategy.ALL or (
            self.matching is MatcherStrategy.EXCEPT_ITS_OWN and own
        )


def strategy_of(resource: MappingNode) -> Strategy:
    """The strategy of an `Alertmanager` resource; the operator's default where it names no known one."""
    kind = text_at(resource, "spec", "alertmanagerConfigMatcherStrategy", "type")
    return Strategy(
        matching=next((one for one in MatcherStrategy if one == kind), MatcherStrategy.ON_NAMESPACE),
        namespace=text_at(resource, "metadata", "namespace"),
        whole=text_at(resource, "spec", "alertmanagerConfiguration", "name"),
    )


def text_at(node: Node, *keys: str) -> str | None:
    """The text at a path of keys; None where there is none."""
    for key in keys:
        if not isinstance(node, MappingNode) or key not in node.entries:
            return None
        node = node.entries[key].value
    return node.text if isinstance(node, ScalarNode) and node.value is not None else None
