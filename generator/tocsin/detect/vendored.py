"""Files that a package manager copied into a repository, by what it wrote down beside them."""

from __future__ import annotations

from posixpath import dirname, normpath
from typing import TYPE_CHECKING

from tocsin.detect.signatures import items_at, value_at
from tocsin.source.node import MappingNode, ScalarNode
from tocsin.source.origin import Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.source.node import Node

NAMES_OF_CHARTS = ("Chart.yaml", "requirements.yaml")
"""Where Helm 3 and Helm 2 name the charts that a chart depends on."""
NAMES_OF_VENDIR = ("vendir.yml", "vendir.yaml")


def chart_name(node: Node | None) -> str | None:
    """The name of the chart that a `Chart.yaml` describes."""
    return _text(node, "name") or None


def copied_charts(node: Node | None) -> Iterator[tuple[str, Origin]]:
    """The charts that `helm dependency update` puts below `charts/`, by the name of the folder.

    One of the same repository, with `file://` or without an address, is not among them.
    """
    for one in items_at(node, "dependencies") if isinstance(node, MappingNode) else ():
        name, address = _text(one, "name"), _text(one, "repository")
        if name and address and not address.startswith("file:"):
            yield name, Origin(OriginKind.VENDORED, f"from the chart {name} of {address}")


def copied_by_vendir(node: Node | None, folder: str) -> Iterator[tuple[str, Origin]]:
    """The folders into which vendir copies, by a `vendir.yml` in a folder; not what it leaves alone there."""
    for one in items_at(node, "directories") if isinstance(node, MappingNode) else ():
        for content in items_at(one, "contents") if isinstance(one, MappingNode) else ():
            has_source = isinstance(content, MappingNode) and any(
                key not in ("path", "manual", "directory") for key in content.entries
            )
            if has_source and (path := _text(one, "path")):
                target = normpath(f"{folder}/{path}/{_text(content, 'path')}")
                yield target, Origin(OriginKind.VENDORED, "copied by vendir")


def chart_around(name: str) -> Iterator[tuple[str, str]]:
    """The folders of charts that a file may be in a copied part of, each with the name of that part."""
    folder = dirname(name)
    while folder:
        above, _, part = folder.rpartition("/")
        if above == "charts" or above.endswith("/charts"):
            yield dirname(above), part
        folder = above


def _text(node: Node | None, key: str) -> str:
    value = value_at(node, key) if isinstance(node, MappingNode) else None
    return value.text if isinstance(value, ScalarNode) else ""
