"""Keys and items of an Alertmanager configuration that stand at another level than the one they belong to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tocsin.existing.alertmanager.shapes import Either, Many, Named, Record, Scalar
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode, node_at
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.diagnostics.problem import Problem
    from tocsin.existing.alertmanager.shapes import Path, Shape
    from tocsin.source.node import Entry, Node

_ITEMS = {
    "receivers": "a receiver",
    "routes": "a route",
    "inhibit_rules": "an inhibition rule",
    "time_intervals": "a time interval",
    "mute_time_intervals": "a time interval",
}


class _Level(NamedTuple):
    """A mapping with known keys that a place lies in."""

    node: MappingNode
    shape: Record
    path: Path
    """Where it stands, from the configuration."""

    @property
    def is_item(self) -> bool:
        return bool(self.path) and isinstance(self.path[-1], int)

    @property
    def name(self) -> str:
        names = [step for step in self.path if isinstance(step, str)]
        if not names:
            return "the configuration"
        if names[-1] in _ITEMS and self.is_item:
            return _ITEMS[names[-1]]
        if names == ["route"]:
            return "the root route"
        return f"an item of `{names[-1]}`" if self.is_item else f"`{names[-1]}`"


class Moved(NamedTuple):
    """Problems of which those with keys and items at the wrong level say where these belong."""

    problems: list[Problem]
    places: frozenset[Path]
    """Of the values that stand at the wrong level, and those at which they are missing."""
    sections: frozenset[str]
    """The sections of the configuration that stand elsewhere, or not as the list that they are."""
    receivers: frozenset[str]
    """The names of receivers that stand elsewhere."""


def find_moved(node: MappingNode, shape: Record, path: Path, problems: Iterable[Problem]) -> Moved:
    """The problems with the keys of a configuration, without what follows from where they stand."""
    kept: list[Problem] = []
    places: set[Path] = set()
    sections: set[str] = set()
    receivers: set[str] = set()
    for problem in problems:
        where = problem.place.path[len(path) :]
        if any(where[: len(one)] == one for one in (found[len(path) :] for found in places)):
            continue
        levels = list(_levels(node, shape, where))
        at = where[:-1] if problem.place.key else where
        item = node_at(node, at) if at and isinstance(at[-1], int) else None
        outer = [one for one in levels if one.path != at]
        target = _misplaced_item(problem, outer, item)
        if target is not None and isinstance(item, MappingNode):
            kept.append(_as_item(problem, at, target, path))
            places.add((*path, *at))
            name = item.entries.get("name")
            receivers |= {name.value.text} if name and isinstance(name.value, ScalarNode) else set()
        elif problem.id == "alertmanager/rule" and (before := _begun(node, where)) is not None:
            kept.append(replace(problem, help=f"leave its `-` out: {_start_as(before)}"))
        elif problem.id == "alertmanager/key" and levels:
            moved, target_path = _as_key(problem, levels, str(where[-1]))
            kept.append(moved)
            if target_path is not None:
                places.add((*path, *target_path, str(where[-1])))
                sections |= {str(where[-1])} if not target_path else set()
        else:
            kept.append(problem)
            if problem.id == "alertmanager/type" and len(where) == 1:
                sections.add(str(where[0]))
    return Moved(kept, frozenset(places), frozenset(sections), frozenset(receivers))


def without_moved(problems: Iterable[Problem], moved: Moved) -> Iterator[Problem]:
    """What is wrong with the routes, without what is only missing because it stands elsewhere."""
    for problem in problems:
        has_receivers = problem.id == "alertmanager/reference" and problem.place.path[-1:] == ("receiver",)
        is_elsewhere = "receivers" in moved.sections or problem.unknown in moved.receivers
        if not (has_receivers and is_elsewhere) and problem.unknown not in moved.sections:
            yield problem


def _levels(node: Node, shape: Shape, where: Path) -> Iterator[_Level]:
    """The mappings with known keys on the way to a place, the outermost first."""
    here: Path = ()
    for step in (*where, None):
        if isinstance(shape, Either):
            shape = shape.whole
        if isinstance(shape, Record) and isinstance(node, MappingNode):
            yield _Level(node, shape, here)
        if step is None:
            return
        if isinstance(node, MappingNode) and str(step) in node.entries:
            node = node.entries[str(step)].value
            if isinstance(shape, Named):
                shape = shape.item
            elif isinstance(shape, Record) and str(step) in shape.keys:
                shape = shape.keys[str(step)]
            else:
                return
        elif isinstance(node, SequenceNode) and isinstance(step, int) and isinstance(shape, Many):
            node, shape = node.items[step], shape.item
        else:
            return
        here = (*here, step)


def _misplaced_item(problem: Problem, levels: list[_Level], item: Node | None) -> _Level | None:
    """The level of whose kind an item of an inner list is, such as a receiver among integrations."""
    if problem.id not in ("alertmanager/key", "alertmanager/type") or not isinstance(item, MappingNode):
        return None
    keys = item.entries.keys()
    return next(
        (one for one in reversed(levels) if one.is_item and keys and keys <= one.shape.keys.keys()), None
    )


def _as_item(problem: Problem, at: Path, outer: _Level, path: Path) -> Problem:
    list_ = next(step for step in reversed(at) if isinstance(step, str))
    first = _first(outer).key.span
    return replace(
        problem,
        message=f"this is {outer.name} among the `{list_}` of another one",
        place=Place((*path, *at)),
        help=f"indent it as the one in line {first.line}: start its first key in column {first.column}",
        fix=None,
        is_safe=False,
    )


def _begun(node: Node, where: Path) -> Entry | None:
    """The first key of the receiver with which a receiver without a name goes on, by a `-` too many."""
    if where[:1] != ("receivers",) or len(where) != 2 or not isinstance(where[1], int) or where[1] == 0:
        return None
    item, before = node_at(node, where), node_at(node, (where[0], where[1] - 1))
    if isinstance(item, MappingNode) and isinstance(before, MappingNode) and "name" in before.entries:
        goes_on = "name" not in item.entries and item.entries.keys().isdisjoint(before.entries)
        return next(iter(before.entries.values())) if goes_on else None
    return None


def _as_key(problem: Problem, levels: list[_Level], key: str) -> tuple[Problem, Path | None]:
    """The problem with a key, and the path of what it belongs to; None where nothing has such a key."""
    inner = levels[-1]
    moved = inner.node.entries[key]
    for outer in reversed(levels[:-1]):
        if key not in outer.node.entries and _fits(moved.value, outer.shape.keys.get(key)):
            return _told(problem, key, outer.name, inner.name, _start_as(_first(outer))), outer.path
    before = [one for one in inner.node.entries.items() if one[1].key.start < moved.key.start]
    for name, entry in reversed(before):
        below, where = inner.shape.keys.get(name), (*inner.path, name)
        item, kind = entry.value, f"`{name}`"
        if isinstance(below, Many) and isinstance(item, SequenceNode) and item.items:
            below, where, kind = below.item, (*where, len(item.items) - 1), f"an item of `{name}`"
            item = item.items[-1]
        if not isinstance(below, Record) or not _fits(moved.value, below.keys.get(key)):
            continue
        if isinstance(item, MappingNode) and item.entries and key not in item.entries:
            return _told(problem, key, kind, inner.name, _start_as(next(iter(item.entries.values())))), where
        if isinstance(item, ScalarNode) and item.value is None:
            help_ = f"start it in column {entry.key.span.column + 2}"
            return _told(problem, key, kind, inner.name, help_), where
    for name in ("global", "route") if not inner.path else ():
        below = inner.shape.keys.get(name)
        if isinstance(below, Record) and _fits(moved.value, below.keys.get(key)):
            exists = name in inner.node.entries
            help_ = f"write it below `{name}:`" if exists else f"write `{name}:` above it, and indent it"
            return _told(problem, key, f"`{name}`", inner.name, help_), (name,)
    return problem, None


def _fits(value: Node, shape: Shape | None) -> bool:
    """Whether a value is of the kind that belongs at a place."""
    if isinstance(shape, Many):
        return isinstance(value, SequenceNode)
    if isinstance(shape, Record | Named):
        return isinstance(value, MappingNode)
    return shape is not None and isinstance(value, ScalarNode) == isinstance(shape, Scalar)


def _told(problem: Problem, key: str, belongs: str, stands: str, help_: str) -> Problem:
    message = f"`{key}` is a key of {belongs}, and stands in {stands} here"
    return replace(problem, message=message, help=help_, fix=None, is_safe=False)


def _first(level: _Level) -> Entry:
    return next(iter(level.node.entries.values()))


def _start_as(entry: Entry) -> str:
    span = entry.key.span
    return f"start it in column {span.column}, as `{entry.key.text}` in line {span.line}"
