"""In which further forms the outputs are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping


@value_object
class Objects:
    """How one kind of output becomes objects of Kubernetes."""

    form: str
    """The way in which they are found: `secret`, `sidecar`, `operator` or `none`."""
    labels: Mapping[str, str]
    name: str | None = None
    """Of the object, where there is one and its name is not ours to choose."""


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
