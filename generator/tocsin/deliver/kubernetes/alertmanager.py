"""Alertmanager's configuration and templates in the Secret from which the Prometheus operator takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.deliver.kubernetes.objects import MOST_BYTES, check_size, metadata, object_file
from tocsin.targets.alertmanager.configuration import configuration, template_patterns
from tocsin.targets.heading import generated_heading
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.files import File
    from tocsin.plan.model import Kubernetes, Objects, Plan

_TEMPLATES = "alertmanager/templates/"
_MOUNTED = "/etc/alertmanager/config"
"""Where the operator mounts the Secret (its documentation, `developer/alerting`)."""
_KEY = "alertmanager.yaml"


def alertmanager_secret(plan: Plan, asked: Kubernetes, how: Objects, files: Sequence[File]) -> File:
    """The Secret; the files of passwords and tokens are only named in it, as in the configuration."""
    assert how.name is not None
    value = configuration(plan)
    if patterns := template_patterns(plan, _MOUNTED):
        value["templates"] = patterns
    data = {_KEY: yaml_text(value, heading=generated_heading(plan))}
    data |= {
        file.path.removeprefix(_TEMPLATES): file.content.decode()
        for file in files
        if file.path.startswith(_TEMPLATES)
    }
    size = sum(len(text.encode()) for text in data.values())
    check_size(size, MOST_BYTES, f"the Secret {how.name}", "divide the spec, or leave `alertmanager:` out")
    head = metadata(asked, how.name, how.labels)
    return object_file(plan, "secret", "v1/Secret", head, {"type": "Opaque", "stringData": data})
