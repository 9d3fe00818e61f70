"""Notification templates in ConfigMaps, Secrets and values of charts, beside what they are for."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from tocsin.detect.kinds import DocumentKind
from tocsin.plan.model import TemplateFile, TemplateGlob
from tocsin.source.base64 import decode_base64_text
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode, node_at
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.detect.kinds import Path
    from tocsin.existing.input import Input

_OF_CHART = "templateFiles"
"""Beside `config` in the values of kube-prometheus-stack."""
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
    is_encoded: bool = False
    """Whether it stands there in base64, so that its parts have no places."""

    def planned(self) -> TemplateFile:
        """The file as a plan has it."""
        return TemplateFile(self.text, Place(self.path))

    def is_beside(self, configuration: Path) -> bool:
        """Whether it stands beside a configuration: in its resource, or in the values of its chart."""
        beside = configuration[:-1]
        return bool(beside) and self.path[:-1] in (beside, (*beside, _OF_CHART))

    def is_of_notifications(self) -> bool:
        """Whether it defines a template that reads what Alertmanager gives to a notification."""
        found = _DEFINES.search(self.text) is not None
        return found and _OF_NOTIFICATIONS.search(self.text) is not None


def template_texts(file: Input) -> Iterator[TemplateText]:
    """The files with templates in the ConfigMaps and Secrets of a file, and in the values of a chart."""
    name, root = file.document.name, file.root()
    several = isinstance(root, SequenceNode)
    for number, node in enumerate(root.items if isinstance(root, SequenceNode) else (root,)):
        kind = _written(node, "kind") if isinstance(node, MappingNode) else ""
        if isinstance(node, MappingNode) and kind in ("ConfigMap", "Secret"):
            for section in ("data", "stringData"):
                path = (name, *((number,) if several else ()), section)
                encoded = (kind, section) == ("Secret", "data")
                yield from _files_in(node, section, path, encoded=encoded)
    for part in file.parts():
        if part.kind is DocumentKind.ALERTMANAGER and root is not None and len(part.path) > 1:
            values = node_at(root, part.path[1:-1])
            if isinstance(values, MappingNode):
                yield from _files_in(values, _OF_CHART, (*part.path[:-1], _OF_CHART), encoded=False)


def _files_in(above: MappingNode, key: str, path: Path, *, encoded: bool) -> Iterator[TemplateText]:
    """The files with templates under a key, by their names."""
    held = above.entries.get(key)
    for file, entry in held.value.entries.items() if held and isinstance(held.value, MappingNode) else ():
        if file.endswith(SUFFIXES) and isinstance(entry.value, ScalarNode):
            text = decode_base64_text(entry.value.text) if encoded else entry.value.text
            if text is not None:
                yield TemplateText(file, (*path, file), text, encoded)


def with_texts(
    globs: Iterable[TemplateGlob], texts: Sequence[TemplateText], beside: Path | None, *, mounted: bool
) -> tuple[TemplateGlob, ...]:
    """The patterns of a configuration with the files that stand beside it in its ConfigMap or chart.

    `beside` is where the configuration stands. Where an Alertmanager of the operator has the others
    `mounted`, they come as well: its configuration has patterns for them that nobody sees. So they do beside
    the values of a chart, whose own pattern holds where they have none.
    """
    own = [one for one in texts if beside is not None and one.is_beside(beside)]
    found: list[TemplateGlob] = []
    for glob in globs:
        pattern = posixpath.basename(glob.pattern)
        files = tuple(one.planned() for one in own if fnmatchcase(one.name, pattern))
        found.append(replace(glob, files=files) if glob.files is None and files else glob)
    unseen = [one for one in texts if one not in own] if mounted else []
    if not found:
        unseen += [one for one in own if _OF_CHART in one.path and one.name.endswith(".tmpl")]
    return (*found, *(TemplateGlob(one.name, Place(one.path), (one.planned(),)) for one in unseen))


def _written(node: MappingNode, key: str) -> str:
    entry = node.entries.get(key)
    return entry.value.text if entry is not None and isinstance(entry.value, ScalarNode) else ""
