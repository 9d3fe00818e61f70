"""Which of some rule files a Prometheus reads, by the patterns in its configuration or by labels."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tocsin.existing.compose import place_in_repository
from tocsin.existing.prometheus import path_of
from tocsin.source.node import plain_data
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tocsin.existing.compose import Mount
    from tocsin.plan.model import Server
    from tocsin.source.node import Node

_NAME_OF_NAMESPACE = "kubernetes.io/metadata.name"


@value_object
class RuleResource:
    """What a server of the operator can find a PrometheusRule by."""

    namespace: str | None
    labels: Mapping[str, str]


@value_object
class RuleSelector:
    """Which PrometheusRules a server of the operator evaluates."""

    namespace: str | None
    """That of the server."""
    labels: Mapping[str, Any] | None
    """Its `ruleSelector`."""
    namespaces: Mapping[str, Any] | None
    """Its `ruleNamespaceSelector`; None for its own namespace."""

    def may_select(self, one: RuleResource) -> bool:
        """Whether it selects a resource, as far as the files tell."""
        if not _meets(self.labels or {}, one.labels):
            return False
        if one.namespace is None:
            return True
        if self.namespaces is None:
            return self.namespace in (None, one.namespace)
        # Nobody knows the labels of a namespace but that with its name.
        return _meets(self.namespaces, {_NAME_OF_NAMESPACE: one.namespace}, {_NAME_OF_NAMESPACE})


def rule_resource(node: Node | None) -> RuleResource:
    """A PrometheusRule."""
    metadata = _mapping(_mapping(_data(node)).get("metadata"))
    labels = {str(name): str(value) for name, value in _mapping(metadata.get("labels")).items()}
    return RuleResource(_text(metadata.get("namespace")), labels)


def rule_selector(node: Node) -> RuleSelector:
    """That of a Prometheus resource."""
    whole = _mapping(_data(node))
    spec = _mapping(whole.get("spec"))
    labels, namespaces = spec.get("ruleSelector"), spec.get("ruleNamespaceSelector")
    return RuleSelector(
        _text(_mapping(whole.get("metadata")).get("namespace")),
        labels if isinstance(labels, dict) else None,
        namespaces if isinstance(namespaces, dict) else None,
    )


def files_matching(
    server: Server, pattern: str, names: Iterable[str], mounts: Iterable[Mount] = ()
) -> set[str]:
    """The files that a pattern of `rule_files` may mean.

    Absolute ones are of the machine it runs on: where nothing says what is mounted there, they mean the files
    whose folders are called alike most, or that are called so wherever they lie.
    """
    if not posixpath.isabs(pattern):
        return _at(path_of(server, pattern), names)
    if places := [*place_in_repository(posixpath.normpath(pattern), mounts)]:
        return {name for place in places for name in _at(place, names)}
    found: set[str] = set()
    for depth in range(1, pattern.count("/") + 1):
        tail = "/".join(pattern.split("/")[-depth:])
        nearer = {name for name in names if name.count("/") >= depth - 1 and _at(tail, [_tail(name, depth)])}
        if not nearer:
            break
        found = nearer
    return found


def _at(pattern: str, names: Iterable[str]) -> set[str]:
    return {name for name in names if pattern.count("/") == name.count("/") and fnmatchcase(name, pattern)}


def _tail(name: str, depth: int) -> str:
    return "/".join(name.split("/")[-depth:])


def _meets(
    selector: Mapping[str, Any], labels: Mapping[str, str], known: Collection[str] | None = None
) -> bool:
    """Whether labels meet a selector; of labels that are not `known`, that they may is enough."""
    for name, value in _mapping(selector.get("matchLabels")).items():
        if (known is None or name in known) and labels.get(name) != str(value):
            return False
    for asked in map(_mapping, _list(selector.get("matchExpressions"))):
        name, operator = str(asked.get("key")), asked.get("operator")
        if known is not None and name not in known:
            continue
        values = [str(value) for value in _list(asked.get("values"))]
        is_in, is_there = labels.get(name) in values, name in labels
        met = {"In": is_in, "NotIn": not is_in, "Exists": is_there, "DoesNotExist": not is_there}
        if not met.get(str(operator), True):
            return False
    return True


def _data(node: Node | None) -> object:
    return None if node is None else plain_data(node)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
