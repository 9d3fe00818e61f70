"""Kinds of documents that are not read, with their names and the reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tocsin.detect import signatures
from tocsin.detect.candidates import may_be_dashboard
from tocsin.detect.slo_formats import slo_format
from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Callable


class Unread(NamedTuple):
    """What a document is, and why it is not read; `is_alerting` says that alerts in it go unread."""

    what: str
    why: str
    is_alerting: bool = False


_WORD = re.compile(r"[A-Za-z][A-Za-z0-9.-]{0,62}")
_BY_KEYS = "a YAML file"
_NOTHING = "it holds no rules and no Alertmanager configuration"
_DASHBOARDS = "beside other files they are read where the file is named"
_PROMTOOL = Unread("unit tests of promtool", "`promtool test rules` runs them")
_CHART_TEST = Unread("unit tests of a Helm chart", "`helm unittest` runs them")
_GRAFANA_RULES = Unread(
    "Grafana-managed alert rules", "Grafana evaluates them itself, and Prometheus never sees them", True
)
_GRAFANA_ROUTES = Unread(
    "notification settings of Grafana", "they are for alerts that Grafana evaluates itself", True
)
_BARE_GROUPS = Unread(
    "a list of rule groups", "Prometheus reads rule groups only below the key `groups:`", True
)
_BARE_RULES = Unread("a list of rules", "Prometheus reads rules only in groups, below `groups:`", True)
RULES_OF_OTHERS = Unread(
    "rules in a file of another program",
    "that program writes them into groups, in which Prometheus reads them: check what it writes",
    True,
)
"""Such as the variables of an Ansible role, or an operations file of BOSH."""
RULES_OF_CHART = Unread("the chart's own rules", "they stand in the chart: `helm template` shows them", True)
PART_OF_ROUTING = Unread(
    "a part of an Alertmanager configuration",
    "only with the chart's own part is it whole: `helm template` shows it",
    True,
)
OF_VICTORIA = Unread(
    "an Alertmanager configuration for the operator of VictoriaMetrics",
    "it names Secrets where Alertmanager has values",
    True,
)
_IMPORTED = "it holds no rules yet: `tocsin import` makes a spec of it"
_RESOURCES = {
    "GrafanaAlertRuleGroup": _GRAFANA_RULES,
    "GrafanaContactPoint": _GRAFANA_ROUTES,
    "GrafanaNotificationPolicy": _GRAFANA_ROUTES,
    "GrafanaMuteTiming": _GRAFANA_ROUTES,
}
GRAFANA_KINDS = frozenset(_RESOURCES)
"""Resources of Grafana's operator, whose routes are no Alertmanager's."""
_FILES_OF_KUSTOMIZE = {"Kustomization": "a Kustomization", "Component": "a component of Kustomize"}


_OF_GRAFANA = (
    ("data sources of Grafana", re.compile(r"^[\"']?datasources[\"']?[ \t]*:", re.MULTILINE)),
    ("providers of Grafana's dashboards", re.compile(r"^[\"']?providers[\"']?[ \t]*:", re.MULTILINE)),
)
"""What Grafana is provisioned with besides dashboards and its own alerting, by its key."""


def describe_document(node: Node) -> Unread:
    """What a document is that holds no alerting that is read."""
    if isinstance(node, SequenceNode):
        if signatures.is_list_of_rules(node):
            return _BARE_RULES
        return _BARE_GROUPS if signatures.is_list_of_groups(node) else Unread("a list", _NOTHING)
    if not isinstance(node, MappingNode):
        return Unread("plain text", _NOTHING)
    if signatures.is_promtool_test(node):
        return _PROMTOOL
    if signatures.is_chart_test(node):
        return _CHART_TEST
    if signatures.is_grafana_alerting(node):
        with_rules = "groups" in node.entries or "rules" in node.entries
        return _GRAFANA_RULES if with_rules else _GRAFANA_ROUTES
    if (format_ := slo_format(node)) is not None:
        return Unread(format_.value, _IMPORTED, True)
    version, kind = _text(node, "apiVersion"), _text(node, "kind")
    if version and kind:
        return (_of_config_map(node) if kind == "ConfigMap" else None) or _of_resource(kind)
    for what, is_one in _FORMATS:
        if is_one(node):
            return what
    keys = ", ".join(f"`{key}`" for key in list(node.entries)[:3] if _WORD.fullmatch(key))
    return Unread(f"{_BY_KEYS} with the keys {keys}" if keys else _BY_KEYS, _NOTHING)


def is_unknown(node: MappingNode) -> bool:
    """Whether nothing is known of a document but its keys."""
    return describe_document(node).what.startswith(_BY_KEYS)


def _of_config_map(node: MappingNode) -> Unread | None:
    """What of Grafana's the texts in a ConfigMap hold, if they are all of one kind."""
    data = signatures.value_at(node, "data")
    values = [one.value for one in data.entries.values()] if isinstance(data, MappingNode) else []
    texts = [one.text for one in values if isinstance(one, ScalarNode)]
    if texts and all(may_be_dashboard(text) for text in texts):
        return Unread("dashboards of Grafana in a ConfigMap", _DASHBOARDS)
    for what, key in _OF_GRAFANA:
        if texts and all("apiVersion" in text and key.search(text) for text in texts):
            return Unread(f"{what} in a ConfigMap", _NOTHING)
    return None


def _of_resource(kind: str) -> Unread:
    if kind in _RESOURCES:
        return _RESOURCES[kind]
    if not _WORD.fullmatch(kind):
        return Unread("a Kubernetes resource", _NOTHING)
    return Unread(_FILES_OF_KUSTOMIZE.get(kind) or f"a Kubernetes {kind}", _NOTHING)


def _has(*keys: str) -> Callable[[MappingNode], bool]:
    return lambda node: set(keys) <= node.entries.keys()


def _is_compose(node: MappingNode) -> bool:
    services = signatures.value_at(node, "services")
    return isinstance(services, MappingNode) and any(
        isinstance(one.value, MappingNode) and bool({"image", "build"} & one.value.entries.keys())
        for one in services.entries.values()
    )


def _is_chart_values(node: MappingNode) -> bool:
    keys = node.entries.keys()
    return bool(keys & {"nameOverride", "fullnameOverride", "defaultRules", "serverFiles"}) or (
        "image" in keys and bool(keys & {"replicaCount", "resources", "tolerations"})
    )


_FORMATS: tuple[tuple[Unread, Callable[[MappingNode], bool]], ...] = (
    (Unread("a Compose file", _NOTHING), _is_compose),
    (Unread("a workflow of GitHub", _NOTHING), _has("on", "jobs")),
    # Kustomize takes its file without `apiVersion` and `kind` as well.
    (Unread(_FILES_OF_KUSTOMIZE["Kustomization"], _NOTHING), _has("configMapGenerator")),
    (Unread(_FILES_OF_KUSTOMIZE["Kustomization"], _NOTHING), _has("secretGenerator")),
    (Unread("a chart's description", _NOTHING), _has("apiVersion", "name", "version")),
    (Unread("values of a Helm chart", _NOTHING), _is_chart_values),
    (Unread("a configuration of promtail", _NOTHING), _has("scrape_configs", "positions")),
    (Unread("a configuration of an OpenTelemetry Collector", _NOTHING), _has("receivers", "exporters")),
    (Unread("data sources of Grafana", _NOTHING), _has("apiVersion", "datasources")),
    (Unread("providers of Grafana's dashboards", _NOTHING), _has("apiVersion", "providers")),
)


def _text(node: MappingNode, key: str) -> str:
    value = signatures.value_at(node, key)
    return value.text if isinstance(value, ScalarNode) else ""
