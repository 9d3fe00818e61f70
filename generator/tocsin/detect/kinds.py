"""What a YAML document is, recognised by its content: whatever its file is called."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tocsin.detect import signatures
from tocsin.detect.foreign import (
    GRAFANA_KINDS,
    OF_VICTORIA,
    PART_OF_ROUTING,
    RULES_OF_CHART,
    RULES_OF_OTHERS,
    Unread,
    describe_document,
)
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str | int, ...]


class DocumentKind(StrEnum):
    """The kinds that can be distinguished."""

    SPEC = "a spec of Tocsin"
    RULES = "a rule file"
    ALERTMANAGER = "an Alertmanager configuration"
    PROMETHEUS = "Prometheus' configuration"
    RESOURCE = "an AlertmanagerConfig"
    OPERATOR = "an Alertmanager of the Prometheus operator"
    POLICY = "a team's own rules"
    BASELINE = "accepted findings"
    DASHBOARD = "a Grafana dashboard"
    OTHER = "something else"


class DocumentPart(NamedTuple):
    """A document, or a resource or value in one, and its path in its file."""

    kind: DocumentKind
    node: Node
    path: Path
    resource: str | None
    """The kind of a Kubernetes resource."""
    unread: Unread | None = None
    """What it is, where it is something else."""
    has_settings_beside: bool = False
    """Whether other settings stand beside those of Alertmanager, its global section perhaps among them."""

    @property
    def is_alerting(self) -> bool:
        """Whether it holds alerts or says who is notified, read or not."""
        return self.kind is not DocumentKind.OTHER or (self.unread is not None and self.unread.is_alerting)


CHART_SERVER = "prometheusSpec"
"""The resource that the values of a chart describe under this key, instead of a `spec`."""
_CHARTS_WITH_RULES = frozenset({"kube-prometheus-stack", "prometheus-operator", "victoria-metrics-k8s-stack"})
_OF_FILES = ("ConfigMap", "Secret")
_OF_OPERATOR = {
    "AlertmanagerConfig": DocumentKind.RESOURCE,
    "Alertmanager": DocumentKind.OPERATOR,
    "Prometheus": DocumentKind.PROMETHEUS,
}
_MARKS = (
    (signatures.is_promtool_test, DocumentKind.OTHER),
    (signatures.is_chart_test, DocumentKind.OTHER),
    (signatures.is_grafana_alerting, DocumentKind.OTHER),
    (signatures.is_rule_file, DocumentKind.RULES),
    (signatures.is_policy, DocumentKind.POLICY),
    (lambda node: node.entries.keys() == {"accepted"}, DocumentKind.BASELINE),
    (signatures.is_spec, DocumentKind.SPEC),
    (signatures.is_alertmanager, DocumentKind.ALERTMANAGER),
    (signatures.is_prometheus, DocumentKind.PROMETHEUS),
    (signatures.is_dashboard, DocumentKind.DASHBOARD),
)


def document_parts(node: Node, path: Path) -> Iterator[DocumentPart]:
    """The parts of a document: all of it, the items of a list, or the alerting inside of something else."""
    found = _rules_of_others_once(_own_rules_once(list(_known(node, path))))
    yield from found or (
        DocumentPart(DocumentKind.OTHER, node, path, _resource(node), describe_document(node)),
    )


def _own_rules_once(parts: list[DocumentPart]) -> list[DocumentPart]:
    """The parts, of which one says that a chart has rules of its own, and none where they are turned off."""
    of_chart = [part for part in parts if part.unread is RULES_OF_CHART]
    off = any(_turns_off(part.node) for part in of_chart)
    kept = [] if off else of_chart[-1:]
    return [part for part in parts if part.unread is not RULES_OF_CHART or part in kept]


def _rules_of_others_once(parts: list[DocumentPart]) -> list[DocumentPart]:
    """The parts, of which the first list of rules of another program stands for all of them."""
    first = next((part for part in parts if part.unread is RULES_OF_OTHERS), None)
    return [part for part in parts if part.unread is not RULES_OF_OTHERS or part is first]


def _turns_off(node: Node) -> bool:
    create = signatures.value_at(node, "create") if isinstance(node, MappingNode) else None
    return isinstance(create, ScalarNode) and create.value is False


def _known(node: Node, path: Path) -> Iterator[DocumentPart]:
    if not isinstance(node, MappingNode):
        if not (isinstance(node, SequenceNode) and signatures.is_list_of_groups(node)):
            yield from _inside(node, path)
        return
    entries = node.entries
    if "$schema" in entries and "properties" in entries:
        # A JSON Schema describes the values of a chart, and holds none.
        return
    if "apiVersion" not in entries or "kind" not in entries:
        yield from _plain(node, path)
        return
    name = _resource(node) or ""
    items = signatures.value_at(node, "items")
    if name.endswith("List") and isinstance(items, SequenceNode):
        for number, item in enumerate(items.items):
            yield from document_parts(item, (*path, "items", number))
        return
    if _group(entries.get("apiVersion")) == "monitoring.coreos.com" and name in _OF_OPERATOR:
        yield DocumentPart(_OF_OPERATOR[name], node, path, name)
        return
    if name in GRAFANA_KINDS:
        return
    if name == "VMAlertmanagerConfig":
        yield DocumentPart(DocumentKind.OTHER, node, path, name, OF_VICTORIA)
        return
    if name in _OF_FILES:
        yield from _files(node, path)
        return
    spec = signatures.value_at(node, "spec")
    groups = isinstance(spec, MappingNode) and signatures.is_rule_file(spec)
    if spec is not None and (groups or name == "PrometheusRule") and signatures.is_assertion(spec):
        return
    if spec is not None and (groups or name == "PrometheusRule"):
        # OpenShift's own kind is called like that of Loki's operator, and holds rules of Prometheus.
        of_openshift = _group(entries.get("apiVersion")).endswith("openshift.io")
        yield DocumentPart(
            DocumentKind.RULES, spec, (*path, "spec"), "PrometheusRule" if of_openshift else name
        )
    else:
        yield from _inside(node, path)


def _files(node: MappingNode, path: Path) -> Iterator[DocumentPart]:
    """The files in a ConfigMap or Secret, of which the texts were read."""
    for section in ("data", "stringData", "binaryData"):
        held = signatures.value_at(node, section)
        for name, entry in held.entries.items() if isinstance(held, MappingNode) else ():
            for part in _documents(entry.value, (*path, section, name)):
                if part.kind not in (DocumentKind.SPEC, DocumentKind.POLICY, DocumentKind.BASELINE):
                    yield part


def _documents(node: Node, path: Path) -> Iterator[DocumentPart]:
    """The parts of a file, of which there is one document, or a list of them."""
    if isinstance(node, MappingNode):
        found = list(_known(node, path))
        unread = describe_document(node)
        yield from found or (
            [DocumentPart(DocumentKind.OTHER, node, path, None, unread)] if unread.is_alerting else []
        )
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.items):
            yield from _documents(item, (*path, number))


def _plain(node: MappingNode, path: Path) -> Iterator[DocumentPart]:
    inner = signatures.value_at(node, "dashboard")
    if isinstance(inner, MappingNode) and signatures.is_dashboard(inner):
        # So Grafana's API wraps it.
        yield DocumentPart(DocumentKind.DASHBOARD, inner, (*path, "dashboard"), None)
        return
    kind = next((kind for is_one, kind in _MARKS if is_one(node)), None)
    if kind is None:
        yield from _inside(node, path)
    elif kind is not DocumentKind.OTHER:
        yield DocumentPart(kind, node, path, None)


def _inside(node: Node, path: Path) -> Iterator[DocumentPart]:
    """The alerting in the values of something else, such as those of a chart or of a ConfigMap."""
    if isinstance(node, SequenceNode):
        for number, item in enumerate(node.items):
            yield from _value(item, (*path, number))
    elif isinstance(node, MappingNode):
        managed = signatures.value_at(node, "useManagedConfig")
        for name, entry in node.entries.items():
            if name == "config" and isinstance(managed, ScalarNode) and managed.value is True:
                yield DocumentPart(DocumentKind.OTHER, entry.value, (*path, name), None, OF_VICTORIA)
                continue
            if name == "fallbackConfig" and signatures.notifies_nobody(entry.value):
                # So the chart of Mimir has it for tenants without a configuration.
                continue
            if name == "alertmanagerSpec" and _chooses_resources(entry.value):
                held = MappingNode(node.document, node.start, node.end, {"spec": entry})
                yield DocumentPart(DocumentKind.OPERATOR, held, path, "Alertmanager")
            if name == CHART_SERVER and (server := _server_of_chart(node, entry)) is not None:
                yield DocumentPart(DocumentKind.PROMETHEUS, server, path, CHART_SERVER)
            elif _brings_rules(name, entry.value):
                yield DocumentPart(DocumentKind.OTHER, entry.value, (*path, name), None, RULES_OF_CHART)
            yield from _value(entry.value, (*path, name))


def _chooses_resources(node: Node) -> bool:
    """Whether the values of a chart say which AlertmanagerConfigs its Alertmanager gets, and for whom."""
    held = (
        signatures.value_at(node, key)
        for key in ("alertmanagerConfiguration", "alertmanagerConfigMatcherStrategy")
        if isinstance(node, MappingNode)
    )
    return any(isinstance(one, MappingNode) and {"name", "type"} & one.entries.keys() for one in held)


def _brings_rules(name: str, node: Node) -> bool:
    """Whether an entry is the settings of a chart's own rules, or names a chart that has some."""
    if name == "defaultRules":
        return isinstance(node, MappingNode)
    if name == "chartRef" and isinstance(node, MappingNode):
        node = signatures.value_at(node, "name") or node
    named = node.text if name in ("chart", "chartRef") and isinstance(node, ScalarNode) else ""
    return named.rpartition("/")[2] in _CHARTS_WITH_RULES


def _server_of_chart(node: MappingNode, entry: Entry) -> MappingNode | None:
    """What the values of a chart say of the server, without what they leave to the chart."""
    if not isinstance(entry.value, MappingNode):
        return None
    said = {
        name: one
        for name, one in entry.value.entries.items()
        if (one.value.text if isinstance(one.value, ScalarNode) else one.value.end > one.value.start)
    }
    if not {"externalLabels", "evaluationInterval"} & said.keys():
        return None
    spec = MappingNode(node.document, entry.value.start, entry.value.end, said)
    return MappingNode(node.document, node.start, node.end, {CHART_SERVER: Entry(entry.key, spec)})


def _value(node: Node, path: Path) -> Iterator[DocumentPart]:
    if not isinstance(node, MappingNode) or _is_test(node):
        if isinstance(node, SequenceNode) and signatures.is_list_of_rules(node):
            yield DocumentPart(DocumentKind.OTHER, node, path, None, RULES_OF_OTHERS)
        elif isinstance(node, SequenceNode):
            yield from _inside(node, path)
        return
    if {"apiVersion", "kind"} <= node.entries.keys():
        # Without any of these it is a reference to a resource.
        if {"spec", "data", "stringData", "items", "metadata"} & node.entries.keys():
            yield from _known(node, path)
        return
    if signatures.is_grafana_alerting(node):
        yield DocumentPart(DocumentKind.OTHER, node, path, None, describe_document(node))
    elif signatures.holds_routes(node) and _is_part_of_values(node):
        yield DocumentPart(DocumentKind.OTHER, node, path, None, PART_OF_ROUTING)
    elif signatures.holds_routes(node):
        kept = _configuration(node, path)
        beside = node.entries.keys() - kept.entries.keys() - {"enabled"}
        is_partial = bool(beside) and "global" not in kept.entries
        yield DocumentPart(DocumentKind.ALERTMANAGER, kept, path, None, has_settings_beside=is_partial)
    elif signatures.is_part_of_alertmanager(node):
        yield DocumentPart(DocumentKind.OTHER, node, path, None, PART_OF_ROUTING)
    elif signatures.is_dashboard(node):
        yield DocumentPart(DocumentKind.DASHBOARD, node, path, None)
    elif "scrape_configs" in node.entries and signatures.is_prometheus(node):
        if _is_of_collector(path):
            return
        yield DocumentPart(DocumentKind.PROMETHEUS, node, path, None)
    else:
        if signatures.holds_rules(node):
            groups = MappingNode(node.document, node.start, node.end, {"groups": node.entries["groups"]})
            yield DocumentPart(DocumentKind.RULES, groups, path, None)
        yield from _inside(_without(node, "groups"), path)


def _is_part_of_values(node: MappingNode) -> bool:
    """Whether values have a root route without a receiver, which they leave to what they are merged with."""
    route = signatures.value_at(node, "route")
    return isinstance(route, MappingNode) and "receiver" not in route.entries


def _is_of_collector(path: Path) -> bool:
    """Whether a path is that of what a collector of OpenTelemetry scrapes, which evaluates no rules."""
    return (
        path[-1:] == ("config",) and path[-3:-2] == ("receivers",) and str(path[-2]).startswith("prometheus")
    )


def _is_test(node: MappingNode) -> bool:
    return signatures.is_promtool_test(node) or signatures.is_chart_test(node)


def _configuration(node: MappingNode, path: Path) -> MappingNode:
    """Alertmanager's configuration in something else, without settings that stand beside its keys.

    Charts have a switch there. What is called a configuration or a file has no others.
    """
    node = _without(node, "enabled")
    name = str(path[-1]).lower()
    if "config" in name or name.endswith((".yml", ".yaml", ".tmpl", ".tpl")):
        return node
    known = signatures.ALERTMANAGER_KEYS
    kept = {key: one for key, one in node.entries.items() if key in known or nearest(key, known) is not None}
    return MappingNode(node.document, node.start, node.end, kept)


def _without(node: MappingNode, key: str) -> MappingNode:
    if key not in node.entries:
        return node
    entries = {name: entry for name, entry in node.entries.items() if name != key}
    return MappingNode(node.document, node.start, node.end, entries)


def _resource(node: Node) -> str | None:
    kind = signatures.value_at(node, "kind") if isinstance(node, MappingNode) else None
    if kind is None or not isinstance(node, MappingNode) or "apiVersion" not in node.entries:
        return None
    return kind.text if isinstance(kind, ScalarNode) else ""


def _group(version: Entry | None) -> str:
    """The API group of a resource."""
    node = None if version is None else version.value
    return node.text.partition("/")[0] if isinstance(node, ScalarNode) else ""
