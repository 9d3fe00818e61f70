"""The route tree and the inhibitions, with the old names of their fields beside the new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.existing.alertmanager.shapes import (
    DURATION,
    NONZERO,
    REGEX,
    TEXT,
    TRUTH,
    Many,
    Named,
    Record,
    Scalar,
    label_keys,
    shape_under_names,
    unquoted_null,
    written_text,
)
from tocsin.lang.alertmanager.matcher_lines import read_matchers
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.errors import LangError
from tocsin.plan.model import Inhibition, Route, Timing
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place
from tocsin.text.suggest import did_you_mean, is_misspelling, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tocsin.existing.alertmanager.shapes import Path, Shape
    from tocsin.source.node import Node


def _line(node: ScalarNode) -> LangError | None:
    try:
        read_matchers(node.text)
    except LangError as error:
        return error
    return None


def _regexes(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    for key, entry in node.entries.items():
        if isinstance(entry.value, ScalarNode) and entry.value.value is None:
            yield f"the regular expression of `{key}` is missing", key


def _groups(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    labels = _texts(node, "group_by")
    if "" in labels:
        yield "a label in `group_by` has no name", "group_by"
    twice = sorted({label for label in labels if label != "..." and labels.count(label) > 1})
    if "..." in labels and any(label != "..." for label in labels):
        yield "`...` means all labels and excludes others", "group_by"
    elif twice:
        yield f"`{twice[0]}` is written twice in `group_by`", "group_by"


def _labels(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if any(name == "" for name, _ in _pairs(node, "labels")):
        yield "a label in `labels` has no name", "labels"


def _equal(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if "" in _texts(node, "equal"):
        yield "a label in `equal` has no name", "equal"


_LINES = Many(Scalar(_line))
_ROUTE_KEYS: dict[str, Shape] = {
    "receiver": TEXT,
    "group_by": Many(TEXT),
    "match": Named(TEXT),
    "match_re": Named(REGEX),
    "matchers": _LINES,
    **shape_under_names(Many(TEXT), "mute_time_intervals active_time_intervals"),
    "continue": TRUTH,
    "group_wait": DURATION,
    "group_interval": NONZERO,
    "repeat_interval": NONZERO,
    "labels": Named(TEXT),
}
ROUTE = Record(_ROUTE_KEYS, (_groups, _labels))
_ROUTE_KEYS["routes"] = Many(ROUTE)
INHIBITIONS = Many(
    Record(
        {
            "name": TEXT,
            **shape_under_names(Named(TEXT), "source_match target_match"),
            **shape_under_names(Named(REGEX), "source_match_re target_match_re"),
            **shape_under_names(_LINES, "source_matchers target_matchers"),
            "equal": Many(TEXT),
        },
        (_equal,),
    )
)


def read_route(node: MappingNode, path: Path) -> Route:
    """The route of a sound mapping, with those below it."""
    entry = node.entries.get("routes")
    below = entry.value.items if entry and isinstance(entry.value, SequenceNode) else ()
    matchers, written = _matchers(node, path, "match", "match_re", "matchers")
    return Route(
        matchers=matchers,
        receiver=written_text(node, "receiver"),
        group_by=tuple(_texts(node, "group_by")) if _is_list(node, "group_by") else None,
        timing=Timing(
            written_text(node, "group_wait"),
            written_text(node, "group_interval"),
            written_text(node, "repeat_interval"),
        ),
        continues=(written_text(node, "continue") or "").lower() in ("true", "yes", "on", "y"),
        mute_time_intervals=tuple(_texts(node, "mute_time_intervals")),
        active_time_intervals=tuple(_texts(node, "active_time_intervals")),
        labels=dict(_pairs(node, "labels")),
        routes=tuple(
            read_route(child, (*path, "routes", number))
            for number, child in enumerate(below)
            if isinstance(child, MappingNode)
        ),
        place=Place(path),
        written=written,
    )


def read_inhibitions(node: Node, path: Path) -> tuple[Inhibition, ...]:
    """The inhibitions of a sound list; a null is one without any condition."""
    found: list[Inhibition] = []
    for number, item in enumerate(node.items if isinstance(node, SequenceNode) else ()):
        rule = item if isinstance(item, MappingNode) else MappingNode(item.document, item.start, item.end, {})
        here = (*path, number)
        source, source_written = _matchers(rule, here, "source_match", "source_match_re", "source_matchers")
        target, target_written = _matchers(rule, here, "target_match", "target_match_re", "target_matchers")
        equal = tuple(dict.fromkeys(_texts(rule, "equal")))
        name = written_text(rule, "name")
        said = rule.entries.get("equal")
        is_everywhere = said is not None and isinstance(said.value, SequenceNode) and not said.value.items
        found.append(
            Inhibition(
                source, target, equal, Place(here), source_written, target_written, name, is_everywhere
            )
        )
    return tuple(found)


def old_label_names(node: Node, path: Path) -> Iterator[Problem]:
    """Keys of the old matchers that are no label names, and regular expressions that are null."""
    if isinstance(node, SequenceNode):
        for number, item in enumerate(node.items):
            yield from old_label_names(item, (*path, number))
    elif isinstance(node, MappingNode):
        for key, entry in node.entries.items():
            here = (*path, key)
            if key.endswith(("match", "match_re")) and isinstance(entry.value, MappingNode):
                found = [*label_keys(entry.value), *(_regexes(entry.value) if key.endswith("_re") else ())]
                for message, at in found:
                    yield Problem("alertmanager/rule", message, Place((*here, at or ""), key=True))
            elif key == "routes":
                yield from old_label_names(entry.value, here)


def root_faults(root: MappingNode, path: Path) -> Iterator[Problem]:
    """What the root of the tree may not have, and has to."""
    if (null := unquoted_null(root, "receiver")) is not None:
        yield Problem(
            "alertmanager/root",
            f"the root route names no receiver: `{null}` without quotes is nothing",
            Place((*path, "receiver")),
            help=f'write `"{null}"`',
            fix=null,
            is_safe=True,
        )
    elif written_text(root, "receiver") is None:
        yield Problem(
            "alertmanager/root",
            "the root route names no receiver",
            Place(path, key=True),
            label="needed here",
        )
    for key in ("match", "match_re", "matchers"):
        entry = root.entries.get(key)
        if entry is not None and (
            (isinstance(entry.value, MappingNode) and entry.value.entries)
            or (key == "matchers" and _matchers(root, path, "match", "match_re", "matchers")[0])
        ):
            message = "the root route takes every alert: it cannot have matchers"
            yield Problem("alertmanager/root", message, Place((*path, key), key=True))
    for key in ("mute_time_intervals", "active_time_intervals"):
        if _texts(root, key):
            message = "the root route cannot have time intervals: put them on routes below it"
            yield Problem("alertmanager/root", message, Place((*path, key), key=True))
    if (written_text(root, "continue") or "").lower() in ("true", "yes", "on", "y"):
        message = "the root route has no siblings to continue with"
        yield Problem("alertmanager/root", message, Place((*path, "continue"), key=True))


def dangling_references(
    node: Node, path: Path, receivers: Collection[str], intervals: Collection[str]
) -> Iterator[Problem]:
    """Receivers and time intervals that routes name and nobody defines."""
    if not isinstance(node, MappingNode):
        yield Problem("alertmanager/type", "a route is missing here", Place(path), help="remove it")
        return
    name = written_text(node, "receiver")
    if name is not None and name not in receivers:
        yield _unknown("receiver", name, Place((*path, "receiver")), receivers)
    for key in ("active_time_intervals", "mute_time_intervals"):
        for number, text in enumerate(_texts(node, key)):
            if text not in intervals:
                yield _unknown("time interval", text, Place((*path, key, number)), intervals)
    entry = node.entries.get("routes")
    for number, child in enumerate(
        entry.value.items if entry and isinstance(entry.value, SequenceNode) else ()
    ):
        yield from dangling_references(child, (*path, "routes", number), receivers, intervals)


def _unknown(kind: str, name: str, place: Place, known: Collection[str]) -> Problem:
    meant = nearest(name, known)
    return Problem(
        "alertmanager/reference",
        f"there is no {kind} `{name}`",
        place,
        help=did_you_mean(name, known),
        fix=meant,
        is_safe=meant is not None and is_misspelling(name, meant, known),
        unknown=name,
    )


def _matchers(
    node: MappingNode, path: Path, equal: str, regex: str, lines: str
) -> tuple[tuple[Matcher, ...], tuple[Place, ...]]:
    """The matchers of a sound mapping, and where each is written."""
    found = [(Matcher(name, "=", value), Place((*path, equal, name))) for name, value in _pairs(node, equal)]
    found += [
        (Matcher(name, "=~", value), Place((*path, regex, name))) for name, value in _pairs(node, regex)
    ]
    for number, line in enumerate(_texts(node, lines)):
        try:
            found += [(matcher, Place((*path, lines, number))) for matcher in read_matchers(line)]
        except LangError:
            continue
    return tuple(matcher for matcher, _ in found), tuple(place for _, place in found)


def _pairs(node: MappingNode, key: str) -> list[tuple[str, str]]:
    entry = node.entries.get(key)
    if entry is None or not isinstance(entry.value, MappingNode):
        return []
    values = ((name, one.value) for name, one in entry.value.entries.items())
    return [
        (name, "" if value.value is None else value.text)
        for name, value in values
        if isinstance(value, ScalarNode)
    ]


def _texts(node: MappingNode, key: str) -> list[str]:
    entry = node.entries.get(key)
    items = entry.value.items if entry is not None and isinstance(entry.value, SequenceNode) else ()
    return [("" if item.value is None else item.text) for item in items if isinstance(item, ScalarNode)]


def _is_list(node: MappingNode, key: str) -> bool:
    entry = node.entries.get(key)
    return entry is not None and isinstance(entry.value, SequenceNode)
