"""What a YAML document is, told by its content: whatever its file is called."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str | int, ...]


class Kind(StrEnum):
    """What can be told apart."""

    SPEC = "a spec of Tocsin"
    RULES = "a rule file"
    ALERTMANAGER = "an Alertmanager configuration"
    PROMETHEUS = "Prometheus' configuration"
    RESOURCE = "an AlertmanagerConfig"
    OPERATOR = "an Alertmanager of the Prometheus operator"
    POLICY = "a team's own rules"
    DASHBOARD = "a Grafana dashboard"
    OTHER = "something else"


class Part(NamedTuple):
    """A document, or a resource of one, and its path in its file."""

    kind: Kind
    node: Node
    path: Path
    resource: str | None
    """The kind of a Kubernetes resource."""


_OF_SPEC = frozenset({"project", "severities", "routing", "procedures", "escalation", "policy"})
_OF_PROMETHEUS = frozenset({"scrape_configs", "scrape_config_files", "rule_files", "alerting"})
_IN_GLOBAL = frozenset({"scrape_interval", "evaluation_interval", "external_labels"})
_OF_OPERATOR = {
    "AlertmanagerConfig": Kind.RESOURCE,
    "Alertmanager": Kind.OPERATOR,
    "Prometheus": Kind.PROMETHEUS,
}
_OF_ALERTMANAGER = frozenset({"route", "receivers", "inhibit_rules", "mute_time_intervals"})


def parts(node: Node, path: Path) -> Iterator[Part]:
    """The parts of a document: one, or the items of a Kubernetes list."""
    if not isinstance(node, MappingNode):
        yield Part(Kind.OTHER, node, path, None)
        return
    entries = node.entries
    if "apiVersion" not in entries or "kind" not in entries:
        inner = entries["dashboard"].value if "dashboard" in entries else None
        if isinstance(inner, MappingNode) and _is_dashboard(inner):
            # So Grafana's API wraps it.
            yield Part(Kind.DASHBOARD, inner, (*path, "dashboard"), None)
            return
        yield Part(_kind(node), node, path, None)
        return
    kind = entries["kind"].value
    name = kind.text if isinstance(kind, ScalarNode) else ""
    items = entries["items"].value if "items" in entries else None
    if name.endswith("List") and isinstance(items, SequenceNode):
        for number, item in enumerate(items.items):
            yield from parts(item, (*path, "items", number))
        return
    if _group(entries.get("apiVersion")) == "monitoring.coreos.com" and name in _OF_OPERATOR:
        yield Part(_OF_OPERATOR[name], node, path, name)
        return
    spec = entries["spec"].value if "spec" in entries else None
    groups = isinstance(spec, MappingNode) and "groups" in spec.entries
    if spec is not None and (groups or name == "PrometheusRule"):
        yield Part(Kind.RULES, spec, (*path, "spec"), name)
    else:
        yield Part(Kind.OTHER, node, path, name)


def _group(version: Entry | None) -> str:
    """The API group of a resource."""
    node = None if version is None else version.value
    return node.text.partition("/")[0] if isinstance(node, ScalarNode) else ""


def _kind(node: MappingNode) -> Kind:
    entries = node.entries
    groups = entries["groups"].value if "groups" in entries else None
    receivers = entries["receivers"].value if "receivers" in entries else None
    if isinstance(groups, SequenceNode) or (
        groups is not None and len(entries) == 1 and isinstance(groups, ScalarNode)
    ):
        return Kind.RULES
    if entries.keys() == {"policy"}:
        return Kind.POLICY
    if isinstance(groups, MappingNode) or isinstance(receivers, MappingNode) or _OF_SPEC & entries.keys():
        return Kind.SPEC
    slos = entries["slos"].value if "slos" in entries else None
    # Others have a key of this name as well, beside keys that a spec does not have.
    if isinstance(slos, MappingNode) and entries.keys() <= {"slos", "teams", "recordings"}:
        return Kind.SPEC
    if _OF_ALERTMANAGER & entries.keys():
        return Kind.ALERTMANAGER
    general = entries["global"].value if "global" in entries else None
    if _OF_PROMETHEUS & entries.keys() or (
        isinstance(general, MappingNode) and _IN_GLOBAL & general.entries.keys()
    ):
        return Kind.PROMETHEUS
    return Kind.DASHBOARD if _is_dashboard(node) else Kind.OTHER


def _is_dashboard(node: MappingNode) -> bool:
    keys = node.entries.keys()
    return bool(keys & {"panels", "rows"}) and bool(keys & {"schemaVersion", "templating"})
