"""Routes, inhibitions and time intervals as values of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.importing.sourced import Sourced
from tocsin.lang.alertmanager.matchers import parse_matcher
from tocsin.lang.errors import LangError
from tocsin.lang.period_words import weekdays_meant
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.text.yaml import OnOneLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Inhibition, Route, TimeInterval
    from tocsin.source.node import Node
    from tocsin.source.place import Place, Sources

_MATCHERS = ("matchers", "match", "match_re")


def root_value(route: Route, sources: Sources) -> dict[str, Any]:
    """The root of the tree, as the beginning of `routing`."""
    found: dict[str, Any] = {"catch_all": _named(route.receiver, route, "receiver", sources)}
    # Without labels, Alertmanager puts all alerts of a route into one group; a spec would group by name.
    found["group_by"] = _list(route.group_by or (), route, "group_by", sources)
    found |= _timing(route, sources)
    found |= _labels(route, sources)
    if route.routes:
        found["routes"] = [_sourced(one, sources) for one in route.routes]
    return found


def inhibition_values(inhibitions: Sequence[Inhibition], sources: Sources) -> list[object]:
    """The inhibitions in their order."""
    made: list[object] = []
    for one in inhibitions:
        node = sources.node(one.place.path)
        value: dict[str, Any] = {}
        if one.name is not None:
            value["name"] = one.name
        value["source"] = _matchers(one.source, one.source_written, sources)
        value["target"] = _matchers(one.target, one.target_written, sources)
        if one.equal:
            entry = node.entries.get("equal") if isinstance(node, MappingNode) else None
            equal = OnOneLine(list(one.equal))
            value["equal"] = equal if entry is None else Sourced(equal, entry.key, entry.value)
        made.append(value if node is None else Sourced(value, None, node))
    return made


def interval_values(intervals: Sequence[TimeInterval], sources: Sources) -> dict[str, Any]:
    """The time intervals by name."""
    found: dict[str, Any] = {}
    for one in intervals:
        path = () if one.place is None else one.place.path
        node = sources.node(path[:-1])
        key = sources.node(path)
        entry = node.entries.get("time_intervals") if isinstance(node, MappingNode) else None
        periods = [_for_any_release(period) for period in one.periods]
        value = periods if entry is None else _with_places(periods, entry.value)
        found[one.name] = Sourced(value, key, node) if isinstance(key, ScalarNode) and node else value
    return found


def _for_any_release(period: Mapping[str, Any]) -> dict[str, Any]:
    """A period as every release reads it: a range of weekdays beyond Saturday is two."""
    written = dict(period)
    if isinstance(days := written.get("weekdays"), list):
        written["weekdays"] = [part for day in days for part in weekdays_meant(str(day)) or (day,)]
    return written


def _sourced(route: Route, sources: Sources) -> object:
    node = sources.node(route.place.path)
    value: dict[str, Any] = {}
    if route.matchers:
        value["matchers"] = _matchers(route.matchers, route.written, sources)
    if route.receiver is not None:
        value["receiver"] = _named(route.receiver, route, "receiver", sources)
    if route.group_by is not None:
        value["group_by"] = _list(route.group_by, route, "group_by", sources)
    value |= _timing(route, sources)
    if route.continues:
        value["continue"] = _named(True, route, "continue", sources)
    for key in ("mute_time_intervals", "active_time_intervals"):
        if names := getattr(route, key):
            value[key] = _list(names, route, key, sources)
    value |= _labels(route, sources)
    if route.routes:
        value["routes"] = [_sourced(one, sources) for one in route.routes]
    return value if node is None else Sourced(value, None, node)


def _timing(route: Route, sources: Sources) -> dict[str, Any]:
    return {
        key: _named(said, route, key, sources)
        for key in ("group_wait", "group_interval", "repeat_interval")
        if (said := getattr(route.timing, key)) is not None
    }


def _labels(route: Route, sources: Sources) -> dict[str, Any]:
    node = sources.node((*route.place.path, "labels"))
    labels = dict(route.labels)
    value = labels if node is None else _with_places(labels, node)
    return {"labels": _named(value, route, "labels", sources)} if labels else {}


def _named(value: object, route: Route, key: str, sources: Sources) -> object:
    """The value with the place of its key, if it is written."""
    node = sources.node(route.place.path)
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return value if entry is None else Sourced(value, entry.key, entry.value)


def _list(names: Sequence[str], route: Route, key: str, sources: Sources) -> object:
    return _named(OnOneLine(list(names)), route, key, sources)


def _matchers(matchers: Sequence[Matcher], written: Sequence[Place], sources: Sources) -> list[object]:
    """The matchers as written, where each is an item of its own with the same meaning."""
    found: list[object] = []
    for number, matcher in enumerate(matchers):
        place = written[number] if number < len(written) else None
        node = None if place is None else sources.node(place.path)
        alone = written.count(place) == 1 if place is not None else False
        text = matcher.text()
        if alone and isinstance(node, ScalarNode) and _is_same(node.text, matcher):
            text = node.text
        found.append(text if node is None else Sourced(text, None, node))
    return found


def _is_same(text: str, matcher: Matcher) -> bool:
    try:
        return parse_matcher(text) == matcher
    except LangError:
        return False


def _with_places(value: Any, node: Node) -> Any:
    """Data with the places of the node that it was read from."""
    if isinstance(value, dict) and isinstance(node, MappingNode):
        return {
            key: Sourced(_with_places(inner, node.entries[key].value), *node.entries[key])
            if key in node.entries
            else inner
            for key, inner in value.items()
        }
    if isinstance(value, list) and isinstance(node, SequenceNode) and len(value) == len(node.items):
        return [
            Sourced(_with_places(inner, item), None, item)
            for inner, item in zip(value, node.items, strict=True)
        ]
    return value
