"""One object as a file: what all objects have, and how much of it a cluster takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.deliver.errors import DeliveryError
from tocsin.files import File, text_file
from tocsin.targets.heading import generated_heading
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Kubernetes, Plan

FOLDER = "kubernetes"
MOST_BYTES = 1024 * 1024
"""Of the data of a ConfigMap or Secret (kubernetes.io/docs/concepts/configuration/configmap)."""
MOST_BYTES_APPLIED = 262_144
"""Of all annotations of an object: client-side `kubectl apply` keeps the whole object in one."""
_MANAGER = {"app.kubernetes.io/managed-by": "tocsin"}


def metadata(
    asked: Kubernetes,
    name: str,
    labels: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The metadata of an object; its own labels win over those of every object."""
    value: dict[str, Any] = {
        "name": name,
        "namespace": asked.namespace,
        "labels": {**_MANAGER, **asked.labels, **labels},
    }
    if annotations:
        value["annotations"] = annotations
    return value


def object_file(
    plan: Plan, what: str, type_: str, metadata: Mapping[str, Any], content: Mapping[str, Any], note: str = ""
) -> File:
    """The file of an object, called by what it holds and its name.

    `type_` is its API version and kind, such as `apps/v1/Deployment`, `content` all but the three keys of
    every object, and `note` further lines of the heading.
    """
    version, _, kind = type_.rpartition("/")
    value = {"apiVersion": version, "kind": kind, "metadata": metadata, **content}
    head = f"{generated_heading(plan)}\n{note}" if note else generated_heading(plan)
    return text_file(f"{FOLDER}/{what}-{metadata['name']}.yaml", yaml_text(value, heading=head))


def config_map(plan: Plan, what: str, metadata: Mapping[str, Any], data: Mapping[str, str]) -> File:
    """The file of a ConfigMap."""
    return object_file(plan, what, "v1/ConfigMap", metadata, {"data": data})


def check_size(size: int, most: int, what: str, advice: str) -> None:
    """Raise DeliveryError where something is larger, in bytes, than a cluster takes."""
    if size > most:
        raise DeliveryError(f"{what} has {size:,} bytes, and Kubernetes takes {most:,}: {advice}")
