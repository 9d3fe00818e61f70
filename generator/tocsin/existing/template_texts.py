"""Notification templates in ConfigMaps and Secrets, beside a configuration or a resource of the operator."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from tocsin.plan.model import TemplateFile, TemplateGlob
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.detect.kinds import Path
    from tocsin.source.node import Node

SUFFIXES = (".tmpl", ".tpl", ".gotmpl")
"""How files with notification templates are called."""
_DEFINES = regex_on_use(r"\{\{-?\s*define\s")
_OF_NOTIFICATIONS = regex_on_use(
    r"\.(?:Alerts|CommonLabels|CommonAnnotations|GroupLabels|ExternalURL|Labels|Annotations|Status)\b"
)


class TemplateText(NamedTuple):
    """The text of a file with templates, and where it stands."""

    name: str
    path: Path
    text: str

    def planned(self) -> TemplateFile:
        """The file as a plan has it."""
        return TemplateFile(self.text, Place(self.path))


def template_texts(name: str, root: Node | None) -> Iterator[TemplateText]:
    """The files with notification templates in the ConfigMaps and Secrets of a file with this name."""
    several = isinstance(root, SequenceNode)
    nodes = root.items if isinstance(root, SequenceNode) else (root,)
    for number, node in enumerate(nodes):
        if not isinstance(node, MappingNode) or _written(node, "kind") not in ("ConfigMap", "Secret"):
            continue
        sections = ("data", "stringData") if _written(node, "kind") == "ConfigMap" else ("stringData",)
        for section in sections:
            held = node.entries.get(section)
            files = held.value.entries if held is not None and isinstance(held.value, MappingNode) else {}
            for file, entry in files.items():
                text = entry.value.text if isinstance(entry.value, ScalarNode) else ""
                if file.endswith(SUFFIXES) and _DEFINES.search(text) and _OF_NOTIFICATIONS.search(text):
                    yield TemplateText(file, (name, *((number,) if several else ()), section, file), text)


def with_texts(
    globs: Iterable[TemplateGlob], texts: Sequence[TemplateText], beside: Path | None, *, mounted: bool
) -> tuple[TemplateGlob, ...]:
    """The patterns of a configuration with the files that stand beside it in its ConfigMap.

    `beside` is where the configuration stands. Where an Alertmanager of the operator has the others
    `mounted`, they come as well: its configuration has patterns for them that nobody sees.
    """
    own = [one for one in texts if beside is not None and one.path[:-1] == beside[:-1]]
    found: list[TemplateGlob] = []
    for glob in globs:
        pattern = posixpath.basename(glob.pattern)
        files = tuple(one.planned() for one in own if fnmatchcase(one.name, pattern))
        found.append(replace(glob, files=files) if glob.files is None and files else glob)
    if mounted:
        found += [
            TemplateGlob(one.name, Place(one.path), (one.planned(),)) for one in texts if one not in own
        ]
    return tuple(found)


def _written(node: MappingNode, key: str) -> str:
    entry = node.entries.get(key)
    return entry.value.text if entry is not None and isinstance(entry.value, ScalarNode) else ""
