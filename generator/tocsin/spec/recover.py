"""Reading on where something is wrong: the spec that is left, and what of it is not as its author meant it.

A misspelt key or value is taken for the one that the message suggests. What cannot be read is left out, with
whatever cannot be read without it; of an alert the names that it refers to are kept.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from tocsin.diagnostics.incomplete import AREAS, Incomplete
from tocsin.source.node import MappingNode, ScalarNode, plain_data
from tocsin.source.place import Sources
from tocsin.spec.mistakes.shape import real_path
from tocsin.spec.model import Spec
from tocsin.spec.node_edits import (
    Edit,
    Fill,
    Remove,
    Rename,
    Replace,
    child_node,
    edit_tree,
    node_at,
    scalar_after,
    scalar_beside,
)
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.diagnostics.fix import Fix
    from tocsin.diagnostics.incomplete import Area
    from tocsin.source.document import Span
    from tocsin.source.node import Node

Path = tuple[str | int, ...]

_MOST_ROUNDS = 12
_AREAS: Mapping[str, tuple[Area, ...]] = {
    "project": ("project", "routing"),
    **dict.fromkeys(("severities", "teams", "receivers", "routing"), ("routing",)),
    "groups": ("alerts",),
    "recordings": ("recordings",),
    "slos": ("slos",),
    "procedures": ("procedures",),
    "escalation": ("escalation",),
    "policy": ("policy",),
    "deliver": (),
    "environments": (),
}
_SECTION = re.compile(rf"^[ \t]*+({'|'.join(_AREAS)})[ \t]*+:", re.MULTILINE)
_KEPT = frozenset({"team", "related", "depends_on", "labels", "annotations", "runbook", "allow"})
"""The keys of an alert that mean the same without its query."""
_UNREAD = "unread"


class Mistake(NamedTuple):
    """Something in a spec that cannot be read as it stands, and what was probably meant, if anything."""

    path: Path
    kind: str
    """As the validator calls it."""
    meant: str | None = None
    """The name in its place; for the validator's `extra_forbidden`, the key."""
    fix: Fix | None = None
    """The edit that makes it right."""


@value_object
class Recovered:
    """What could be read of a spec: its tree, in which every place is one of the spec, and what is unread."""

    spec: Spec
    root: MappingNode
    unread: Incomplete


def recover_spec(
    root: MappingNode, mistakes: Iterable[Mistake], empty: Iterable[Path] = ()
) -> Recovered | None:
    """What can be read of a spec with these mistakes; None when it does not come to an end."""
    edits: dict[Path, Edit] = {path: Remove() for path in empty}
    unread = Incomplete.of(unread_at(root, path) for path in edits)
    repair = _Repair(root)
    # Keys that are misspelt first: then nothing is missing where one of them is meant.
    for mistake in sorted(mistakes, key=lambda one: one.kind != "extra_forbidden"):
        repair.add(mistake)
    repair.edits.update(edits)
    unread += repair.unread()
    for _ in range(_MOST_ROUNDS):
        if repair.gave_up:
            return None
        changed = edit_tree(repair.root, repair.edits)
        assert isinstance(changed, MappingNode)
        data = plain_data(changed)
        try:
            return Recovered(Spec.model_validate(data), changed, unread)
        except ValidationError as error:
            repair = _Repair(changed, repair.hollow)
            for detail in error.errors(include_url=False, include_input=False, include_context=False):
                path, _ = real_path(detail["loc"], data, missing=detail["type"] == "missing")
                repair.add(Mistake(path, detail["type"]))
            unread += repair.unread()
    return None


def unread_at(root: MappingNode, path: Path) -> Incomplete:
    """What is unread when a value cannot be read: the smallest named part of the spec that holds it."""
    scope = _scope(path)
    return Incomplete(_AREAS.get(str(path[0]), AREAS) if path else AREAS, [Sources(root).extent(scope)])


def unread_section(name: str | None, span: Span) -> Incomplete:
    """What is unread where a part of a section is not sound YAML; without a name, it may be any section."""
    if name is None or name not in _AREAS:
        return Incomplete(AREAS, [span], unparsed=[span])
    # Where a section begins may be what cannot be read.
    begun = _SECTION.findall(span.document.text, span.start, span.end)
    areas = (area for section in (name, *begun) for area in _AREAS[section])
    return Incomplete(areas, [span], unparsed=[span])


def unread_in(root: MappingNode, span: Span) -> Incomplete:
    """The same for a place in the tree of a file."""
    path: Path = ()
    node: Node = root
    while isinstance(node, MappingNode):
        inside = [
            (name, entry.value)
            for name, entry in node.entries.items()
            if entry.key.document is span.document and entry.key.start <= span.start
        ]
        if not inside:
            break
        name, node = max(inside, key=lambda pair: pair[1].start)
        path = (*path, name)
    return unread_at(root, path)


def _scope(path: Path) -> Path:
    if path[:1] == ("groups",) and len(path) > 3 and path[2] == "alerts":
        return path[:4]
    if path[:1] == ("recordings",) and len(path) > 3 and path[2] == "rules":
        return path[:4]
    if path[:1] in (("receivers",), ("severities",), ("teams",), ("slos",), ("procedures",)):
        return path[:2]
    if path[:2] == ("routing", "time_intervals"):
        return path[:3]
    if path[:2] in (("routing", "routes"), ("routing", "tests")):
        pairs = zip(path[1::2], path[2::2], strict=False)
        nested = takewhile(lambda pair: pair[0] in ("routes", "tests") and isinstance(pair[1], int), pairs)
        return path[: 1 + 2 * len(list(nested))]
    return path


class _Repair:
    """The edits of one round."""

    def __init__(self, root: MappingNode, hollow: frozenset[Path] = frozenset()) -> None:
        self.root = root
        self.edits: dict[Path, Edit] = {}
        self._unread: list[Incomplete] = []
        self.hollow = hollow
        """Alerts of which only the references are left."""
        self.gave_up = False

    def unread(self) -> Incomplete:
        """What cannot be read with these edits."""
        return Incomplete.of(self._unread)

    def add(self, mistake: Mistake) -> None:
        """Change the tree so that the mistake is not there any more."""
        path, meant = mistake.path, mistake.meant
        node = node_at(self.root, path)
        right = None if node is None or mistake.fix is None else scalar_after(node, mistake.fix)
        if meant is not None and mistake.kind == "extra_forbidden":
            self.edits[path] = Rename(meant)
        elif right is not None:
            self.edits[path] = Replace(right)
        elif meant is not None and isinstance(node, ScalarNode):
            self.edits[path] = Replace(scalar_beside(node, meant))
        elif mistake.kind == "missing":
            if not self._is_renamed(path):
                self._leave_out(path[:-1], path[-1])
        else:
            self._leave_out(path, alone=mistake.kind.startswith("reference/"))

    def _is_renamed(self, path: Path) -> bool:
        return any(
            isinstance(edit, Rename) and edit.name == path[-1] and at[:-1] == path[:-1]
            for at, edit in self.edits.items()
        )

    def _leave_out(self, path: Path, missing: str | int | None = None, *, alone: bool = False) -> None:
        """Leave a value out; `alone` says that what is around it means the same without it."""
        if not path:
            self._fill_section(missing)
            return
        unread = unread_at(self.root, path)
        self._unread.append(Incomplete(unread.areas) if alone else unread)
        if len(path) == 4 and path[0] == "groups" and path[2] == "alerts" and path not in self.hollow:
            self._hollow_out(path)
        else:
            self.edits[path] = Remove()

    def _fill_section(self, name: str | int | None) -> None:
        known = _SECTIONS.get(str(name))
        if known is None:
            self.gave_up = True
            return
        before = self.edits.get(())
        entries = before.entries if isinstance(before, Fill) else ()
        self.edits[()] = Fill((*entries, (str(name), _section(self.root, known))))
        self._unread.append(Incomplete(_AREAS[str(name)], (), [str(name)]))

    def _hollow_out(self, path: Path) -> None:
        alert, severities = node_at(self.root, path), child_node(self.root, "severities")
        # An alert has to have a severity.
        if (
            not isinstance(alert, MappingNode)
            or not isinstance(severities, MappingNode)
            or not severities.entries
        ):
            self.edits[path] = Remove()
            return
        self.hollow |= {path}
        for name in alert.entries.keys() - _KEPT:
            self.edits[(*path, name)] = Remove()
        self.edits[path] = Fill(
            (
                *((key, scalar_beside(alert, _UNREAD)) for key in ("summary", "description")),
                ("expr", scalar_beside(alert, "vector(1)")),
                ("severity", _severity_of(alert, severities)),
            )
        )


def _severity_of(alert: MappingNode, severities: MappingNode) -> ScalarNode:
    """The alert's own severity, the first of its thresholds, or any."""
    own, thresholds = child_node(alert, "severity"), child_node(alert, "thresholds")
    if isinstance(own, ScalarNode) and isinstance(own.value, str):
        return own
    if isinstance(thresholds, MappingNode) and thresholds.entries:
        return next(iter(thresholds.entries.values())).key
    return scalar_beside(alert, next(iter(severities.entries)))


_SECTIONS: Mapping[str, Mapping[str, Any]] = {
    "project": {"name": _UNREAD, "title": _UNREAD},
    "severities": {},
    "receivers": {},
    "routing": {"catch_all": _UNREAD},
}
"""What stands for a section that a spec has to have."""


def _section(root: MappingNode, values: Mapping[str, Any]) -> MappingNode:
    empty = MappingNode(root.document, root.start, root.start, {})
    filled = edit_tree(
        empty, {(): Fill(tuple((name, scalar_beside(empty, text)) for name, text in values.items()))}
    )
    assert isinstance(filled, MappingNode)
    return filled
