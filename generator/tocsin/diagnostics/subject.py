"""What a finding is about, by names that stay when files are moved and lines change."""

from __future__ import annotations

from itertools import pairwise
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.source.document import Span
    from tocsin.source.node import Node
    from tocsin.source.place import Path, Sources


@value_object
class Subject:
    """An alert, receiver, route, panel, …, or the file where no smaller one has a name."""

    kind: str
    """Its key in rule files, `alert` or `record`; or `route`, `inhibition`, `panel`, `file`, …"""
    name: str
    within: str = ""
    """The group, dashboard or route above that it stands in; of a file, its folder."""
    file: str = ""
    """The file that it is written in, as findings name it."""


def subject_of_file(name: str) -> Subject:
    """A file as a whole."""
    return Subject("file", basename(name), dirname(name), name)


def subject_at(path: Path, sources: Sources) -> Subject | None:
    """The smallest named part that holds a place; None where nothing was read."""
    steps = list(sources.nodes_along(path))
    if not steps:
        return None
    first, node = steps[0]
    if first in _SECTIONS and not _is_file(str(first), node):
        return _in_spec(steps)
    # The comments of a file stand under a key of their own.
    return _in_file(str(first).removesuffix("#"), [("", node), *steps[1:]])


def subject_in(span: Span, sources: Sources) -> Subject:
    """The same for a place that is known by its lines only."""
    path = () if sources.root is None else _path_at(sources.root, span, _MERGED_LEVELS)
    return (subject_at(path, sources) if path else None) or subject_of_file(span.document.name)


_SECTIONS = (
    *("project", "severities", "teams", "receivers", "routing", "groups", "recordings", "slos"),
    *("procedures", "escalation", "policy", "environments"),
)
"""The top-level keys of a spec."""
_MERGED_LEVELS = 2
"""Down to these, mappings of a spec come from several files."""
_NAMED_SECTIONS = {
    "receivers": "receiver",
    "teams": "team",
    "severities": "severity",
    "slos": "slo",
    "procedures": "procedure",
}
"""Sections of a spec with names as keys, and the kind of what these name."""
_NAMED_ITEMS = {
    "groups": ("group", ("name",)),
    "receivers": ("receiver", ("name",)),
    "time_intervals": ("time_interval", ("name",)),
    "mute_time_intervals": ("time_interval", ("name",)),
    "muteTimeIntervals": ("time_interval", ("name",)),
    "panels": ("panel", ("title", "id")),
    "list": ("variable", ("name",)),
}
"""The kind of the items of a list in files, and the keys that may name one, by the key of the list."""
_INHIBITIONS = ("inhibit_rules", "inhibitRules")


def _is_file(name: str, node: Node) -> bool:
    return node.document.name == name


def _in_spec(steps: list[tuple[str | int, Node]]) -> Subject:
    files = [node.document.name for _, node in steps]
    match [step for step, _ in steps]:
        case ["groups", group, "alerts", alert, *_]:
            return Subject("alert", str(alert), str(group), files[3])
        case ["recordings", group, "rules", int(), *_]:
            return Subject("record", _text(steps[3][1], "record"), str(group), files[3])
        case ["groups" | "recordings", group, *_]:
            return Subject("group", str(group), "", files[1])
        case ["routing", "time_intervals", name, *_]:
            return Subject("time_interval", str(name), "", files[2])
        case ["routing", "routes", *_] if routes := list(_routes_of_spec(steps)):
            return routes[-1]
        case [section, name, *_] if section in _NAMED_SECTIONS:
            return Subject(_NAMED_SECTIONS[section], str(name), "", files[1])
        case [section, *_]:
            return Subject("section", str(section), "", files[-1])
    raise AssertionError("a path has a first step")


def _routes_of_spec(steps: list[tuple[str | int, Node]]) -> Iterator[Subject]:
    """The routes on the way down; what stands between the root and the first ones is not one."""
    way = _Way("the root")
    for (above, _), (step, node) in pairwise(steps):
        if above == "routes" and isinstance(step, int):
            yield way.route(node, node.document.name)


def _in_file(file: str, steps: Iterable[tuple[str | int, Node]]) -> Subject:
    found = subject_of_file(file)
    key = group = dashboard = ""
    way = _Way()
    for step, node in steps:
        if isinstance(step, str):
            key = step
        named = _NAMED_ITEMS.get(key)
        if isinstance(node, MappingNode) and not dashboard and "panels" in node.entries:
            dashboard = _text(node, "uid") or _text(node, "title")
            found = Subject("dashboard", dashboard, "", file)
        elif not isinstance(node, MappingNode):
            continue
        elif key == "rules" and isinstance(step, int):
            kind = "record" if "record" in node.entries else "alert"
            name = _text(node, kind)
            found = Subject(kind, name, group, file) if name else found
        elif key == "route" or (key == "routes" and isinstance(step, int)):
            found = way.route(node, file)
        elif key in _INHIBITIONS and isinstance(step, int):
            found = Subject("inhibition", _inhibition(node), "", file)
        elif named is not None and isinstance(step, int):
            kind, keys = named
            name = next(filter(None, (_text(node, one) for one in keys)), "")
            within = dashboard if kind in ("panel", "variable") else ""
            # The periods of a time interval stand under the key that its list has as well.
            found = Subject(kind, name, within, file) if name else found
            group = name if kind == "group" else group
    return found


class _Way:
    """The routes from the root down to one, each called by what it asks for."""

    def __init__(self, *above: str) -> None:
        self._above = list(above)

    def route(self, node: Node, file: str) -> Subject:
        """The next route on the way down."""
        asked = ", ".join(_matchers(node, _OF_ROUTE))
        name = asked or ("every alert" if self._above else "the root")
        within = " / ".join(self._above[1:])
        self._above.append(name)
        return Subject("route", name, within, file)


_OF_ROUTE = ("severity", "team", "matchers", "match", "match_re")
_OF_SOURCE = ("source_matchers", "source_match", "source_match_re", "sourceMatch")
_OF_TARGET = ("target_matchers", "target_match", "target_match_re", "targetMatch")


def _matchers(node: Node, keys: Iterable[str]) -> Iterator[str]:
    """The matchers under some keys, as they are written."""
    for key in keys:
        value = node.entries[key].value if isinstance(node, MappingNode) and key in node.entries else None
        if isinstance(value, MappingNode):
            op = "=~" if key.endswith("_re") else "="
            yield from (f"{name}{op}{_text(value, name)}" for name in value.entries)
        elif value is not None:
            label = f"{key}=" if key in ("severity", "team") else ""
            items = value.items if isinstance(value, SequenceNode) else (value,)
            yield from (label + item.text for item in items if isinstance(item, ScalarNode))


def _inhibition(node: MappingNode) -> str:
    return f"{', '.join(_matchers(node, _OF_SOURCE))} → {', '.join(_matchers(node, _OF_TARGET))}"


def _text(node: Node, key: str) -> str:
    value = node.entries[key].value if isinstance(node, MappingNode) and key in node.entries else None
    return value.text if isinstance(value, ScalarNode) else ""


def _path_at(node: Node, span: Span, merged: int) -> Path:
    """The path of the smallest value around a place; `merged` levels may be of several files."""
    children: Iterable[tuple[str | int, Node, Node]] = ()
    if isinstance(node, MappingNode):
        children = [(name, entry.key, entry.value) for name, entry in node.entries.items()]
    elif isinstance(node, SequenceNode):
        children = [(number, item, item) for number, item in enumerate(node.items)]
    for step, key, value in children:
        if _holds(key, value, span):
            return (step, *_path_at(value, span, merged - 1))
    for step, _, value in children if merged else ():
        if inner := _path_at(value, span, merged - 1):
            return (step, *inner)
    return ()


def _holds(key: Node, value: Node, span: Span) -> bool:
    name = span.document.name
    if key.document.name != name or value.document.name != name:
        return False
    return min(key.start, value.start) <= span.start <= max(key.end, value.end)
