"""What a ConfigMap or a resource of Grafana's operator says about the dashboard in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.detect.kinds import Path

_ESCAPED = regex_on_use(r"\$\$\{[A-Za-z_]")
_BRACED = regex_on_use(r"(?<!\$)\$\{([A-Za-z_]\w*)")
_OF_OPERATOR = ("folder", "folderRef", "folderUID", "instanceSelector")


class Delivery(NamedTuple):
    """How a dashboard gets to Grafana."""

    folder: str = ""
    """What says in which folder of which Grafana it is, as words to compare; empty for a file by itself."""
    filled_in: frozenset[str] = frozenset()
    """The variables that something else fills in before Grafana sees them."""
    is_elsewhere: bool = False
    """Whether another resource takes the dashboard from here, and may fill in what an export asks for."""


def delivery_of(root: Node, path: Path) -> Delivery:
    """How the dashboard at a path below the root of a file gets to Grafana.

    Sources: the sidecar of Grafana's chart chooses ConfigMaps by a label, and takes the folder from an
    annotation that can have any name. `GrafanaDashboard` of grafana.integreatly.org/v1beta1 has
    `configMapRef` and `datasources[].inputName`. Flux, where it fills in `${NAME}`, makes `${NAME}` of
    `$${NAME}`: what stands beside the latter is for Flux.
    """
    around = [node for node in _nodes(root, path) if {"apiVersion", "kind"} <= node.entries.keys()]
    if not around:
        return Delivery()
    resource = around[-1]
    meta, spec = _at(resource, "metadata"), _at(resource, "spec")
    sources = _at(spec, "datasources")
    inputs = (_at(one, "inputName") for one in (sources.items if isinstance(sources, SequenceNode) else ()))
    filled_in = {one.text for one in inputs if isinstance(one, ScalarNode)}
    text = resource.document.text
    if _ESCAPED.search(text):
        filled_in.update(_BRACED.findall(text))
    labels = [(key, value) for key, value in _texts(_at(meta, "labels")) if _chooses_grafana(key)]
    if _written(_at(resource, "kind")) == "ConfigMap" and not labels:
        return Delivery(f"by {path}", frozenset(filled_in), is_elsewhere=True)
    said = [f"{key}: {value}" for key, value in (*labels, *_texts(_at(meta, "annotations")))]
    said += [_written(_at(meta, "namespace")), *(_written(_at(spec, key)) for key in _OF_OPERATOR)]
    return Delivery(f"by {' '.join(said)}", frozenset(filled_in))


def _nodes(root: Node, path: Path) -> Iterator[MappingNode]:
    """The mappings on the way to what stands at a path, whose first step is the name of the file."""
    node: Node | None = root
    for step in path[1:]:
        if isinstance(node, MappingNode):
            yield node
            node = _at(node, str(step))
        else:
            node = node.items[step] if isinstance(node, SequenceNode) and isinstance(step, int) else None


def _chooses_grafana(label: str) -> bool:
    return "grafana" in label.lower() or "dashboard" in label.lower()


def _texts(node: Node | None) -> list[tuple[str, str]]:
    entries = node.entries if isinstance(node, MappingNode) else {}
    return sorted((key, one.value.text) for key, one in entries.items() if isinstance(one.value, ScalarNode))


def _written(node: Node | None) -> str:
    return "" if node is None else "".join(node.document.text[node.start : node.end].split())


def _at(node: Node | None, key: str) -> Node | None:
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return None if entry is None else entry.value
