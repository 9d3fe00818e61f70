"""The list of all objects, for `kubectl apply -k`, Argo CD and Flux."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.deliver.kubernetes.objects import FOLDER
from tocsin.files import text_file
from tocsin.targets.heading import generated_heading
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.files import File
    from tocsin.plan.model import Plan


def kustomization(plan: Plan, objects: Iterable[File]) -> File:
    """The kustomization of the files of objects."""
    value = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [file.path.removeprefix(f"{FOLDER}/") for file in objects],
    }
    return text_file(f"{FOLDER}/kustomization.yaml", yaml_text(value, heading=generated_heading(plan)))
