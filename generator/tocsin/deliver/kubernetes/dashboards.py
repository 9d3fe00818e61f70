"""Dashboards as the sidecar of Grafana's chart finds them, or as Grafana's operator takes them."""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING

from tocsin.deliver.kubernetes.objects import MOST_BYTES, check_size, config_map, metadata, object_file
from tocsin.lang.kubernetes.names import object_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Kubernetes, Objects, Plan

_DASHBOARDS = "grafana/dashboards/"
_FILE = "dashboard"
_FOLDER = "grafana_folder"
"""The annotation by which the sidecar puts a dashboard into a folder, where it is told to look for it."""
_MOST_PLAIN = 200 * 1024


def dashboard_objects(plan: Plan, asked: Kubernetes, how: Objects, files: Sequence[File]) -> Iterator[File]:
    """An object for each dashboard."""
    found = [file for file in files if file.path.startswith(_DASHBOARDS)]
    names = object_names(_key(plan, file) for file in found)
    for file in found:
        key = file.path.removeprefix(_DASHBOARDS)
        check_size(len(file.content), MOST_BYTES, f"the dashboard {key}", "divide its group into two")
        name = names[_key(plan, file)]
        if how.form == "operator":
            yield _custom(plan, asked, how, name, file.content)
        else:
            yield _config_map(plan, asked, how, name, key, file.content)


def _key(plan: Plan, file: File) -> tuple[str, ...]:
    """The project, and the dashboard's uid without it."""
    uid = file.path.removeprefix(_DASHBOARDS).removesuffix(".json")
    return plan.project.name, uid.removeprefix(f"{plan.project.name}-")


def _config_map(plan: Plan, asked: Kubernetes, how: Objects, name: str, key: str, content: bytes) -> File:
    # The folder becomes one on a disk, where a slash would make two.
    folder = {_FOLDER: plan.project.folder.replace("/", "-")}
    return config_map(plan, _FILE, metadata(asked, name, how.labels, folder), {key: content.decode()})


def _custom(plan: Plan, asked: Kubernetes, how: Objects, name: str, content: bytes) -> File:
    if len(content) > _MOST_PLAIN:
        # Without a time in it, the same dashboard is always the same text.
        source = {"gzipJson": base64.b64encode(gzip.compress(content, mtime=0)).decode()}
    else:
        source = {"json": content.decode()}
    instances = {"matchLabels": how.labels}
    return object_file(
        plan,
        _FILE,
        "grafana.integreatly.org/v1beta1/GrafanaDashboard",
        metadata(asked, name, {}),
        {"spec": {"instanceSelector": instances, "folder": plan.project.folder, **source}},
    )
