"""Which documents define service level objectives in a format of another tool."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tocsin.detect.signatures import value_at
from tocsin.source.embedded import read_embedded
from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS = regex_on_use(
    r"^[ \t{-]*[\"']?(?:version[\"']?[ \t]*:[ \t]*[\"']?prometheus/v1"
    r"|apiVersion[\"']?[ \t]*:[ \t]*[\"']?(?:openslo|sloth\.slok\.dev/|pyrra\.dev/))",
    re.MULTILINE,
)


class SloFormat(StrEnum):
    """The kinds that can be distinguished."""

    SLOTH = "an SLO of Sloth"
    SLOTH_RESOURCE = "an SLO of Sloth in a Kubernetes resource"
    SLOTH_WINDOWS = "alert windows of Sloth"
    PYRRA = "an SLO of Pyrra"
    OPENSLO = "an object of OpenSLO"


class SloDocument(NamedTuple):
    """A document, or a resource in one, that is an SLO or belongs to one."""

    format: SloFormat
    node: MappingNode


_RESOURCES = {
    ("sloth.slok.dev", "PrometheusServiceLevel"): SloFormat.SLOTH_RESOURCE,
    ("sloth.slok.dev", "AlertWindows"): SloFormat.SLOTH_WINDOWS,
    ("pyrra.dev", "ServiceLevelObjective"): SloFormat.PYRRA,
}


def slo_format(node: Node) -> SloFormat | None:
    """The format of the SLO that a document is; None where it is none."""
    if not isinstance(node, MappingNode):
        return None
    if _text(node, "version") == "prometheus/v1" and "slos" in node.entries:
        return SloFormat.SLOTH
    group = _text(node, "apiVersion").partition("/")[0]
    if group in ("openslo", "openslo.com"):
        return SloFormat.OPENSLO
    return _RESOURCES.get((group, _text(node, "kind")))


def slo_documents(node: Node) -> Iterator[SloDocument]:
    """The SLOs in a document: itself, the items of lists, and those in the values of something else."""
    found = slo_format(node)
    if isinstance(node, MappingNode):
        if found is not None:
            yield SloDocument(found, node)
            return
        for entry in node.entries.values():
            yield from slo_documents(entry.value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from slo_documents(item)
    elif may_hold_slos(node.text):
        for inner in read_embedded(node).nodes:
            if not isinstance(inner, ScalarNode):
                yield from slo_documents(inner)


def may_hold_slos(text: str) -> bool:
    """Whether a text has a line with which an SLO of one of the formats begins."""
    return _MARKS.search(text) is not None


def _text(node: MappingNode, key: str) -> str:
    value = value_at(node, key)
    return value.text if isinstance(value, ScalarNode) else ""
