"""In which further forms the outputs are written."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model.rules import Engine
    from tocsin.source.place import Place

ON_NAMESPACE = "OnNamespace"
"""The operator adds a matcher of the resource's namespace to its first route."""


@value_object
class Objects:
    """How one kind of output becomes objects of Kubernetes."""

    form: str
    """The way in which they are found: `secret`, `config`, `sidecar`, `operator` or `none`."""
    labels: Mapping[str, str]
    name: str | None = None
    """Of the object, where there is one and its name is not ours to choose."""
    matcher_strategy: str = ON_NAMESPACE
    """How the Alertmanager resource takes an `AlertmanagerConfig`: the operator's word."""


@value_object
class Kubernetes:
    """The objects for a cluster; what is None is not among them."""

    namespace: str
    labels: Mapping[str, str]
    """Of every object."""
    rule_labels: Mapping[str, str]
    alertmanager: Objects | None
    dashboards: Objects | None
    loki: Objects | None
    rule_names: Mapping[str, str] = field(default_factory=dict)
    """Names of objects with rules, by their rule files; the others are named after these."""


@value_object
class Ruler:
    """The rules that a ruler takes over its API, in namespaces of its own."""

    engine: Engine
    """Prometheus for Mimir, whose rules are the same."""
    tenant: str | None
    """None where each rule group has its own, or none is needed."""
    namespace: str
    rules_per_group: int
    """How many rules it takes in a group; 0 is no limit."""
    groups: int
    """How many groups it takes of a tenant; 0 is no limit."""
    place: Place
