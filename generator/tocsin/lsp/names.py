"""The names that a project defines, and where others refer to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.plan.model import Recording, Rule
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.source.document import Span
    from tocsin.source.node import Node
    from tocsin.workspace.load import Planned

    Path = tuple[str | int, ...]

_OF_KEYS = {
    "team": "team",
    "severity": "severity",
    "receiver": "receiver",
    "receivers": "receiver",
    "catch_all": "receiver",
    "related": "alert",
    "depends_on": "alert",
    "after": "alert",
    "alerts": "alert",
    "alert": "alert",
    "inhibited_by": "alert",
    "mute_time_intervals": "time interval",
    "active_time_intervals": "time interval",
    "muteTimeIntervals": "time interval",
    "activeTimeIntervals": "time interval",
    "muted_by": "time interval",
    "action": "action",
    "alertname": "alert",
    "record": "recording rule",
}
"""What the values of keys name, and the items of lists below these."""
_SECTIONS = {
    "severities": "severity",
    "teams": "team",
    "receivers": "receiver",
    "groups": "group",
    "slos": "SLO",
    "procedures": "procedure",
    "thresholds": "severity",
    "time_intervals": "time interval",
    "actions": "action",
    "runbooks": "severity",
}
"""What the keys below a key name."""
QUERIES = ("promql", "expr", "logql", "good", "total", "bad", "buckets", "query")
"""Keys whose values are queries."""
_MATCHER = re.compile(r"(?<!\w)(\w{1,200})\s{0,20}(?:=~|!~|!=|=)\s{0,20}\"?([\w.:|-]{0,200})")


@value_object
class Reference:
    """A name of some kind; `scope` is the runbook of an action."""

    kind: str
    name: str
    scope: Path = ()


@value_object
class Names:
    """Where the names of each kind are defined."""

    places: dict[str, dict[str, Place]]

    def of(self, kind: str) -> dict[str, Place]:
        """The names of a kind."""
        return self.places.get(kind, {})


def defined_names(planned: Planned) -> Names:
    """All names that the plan of a project defines."""
    plan = planned.plan
    intervals = {
        one.name: one.place or _key("routing", "time_intervals", one.name) for one in plan.time_intervals
    }
    alerts = {
        alert.name: Place(alert.place.path, key=True) for group in plan.groups for alert in group.alerts
    }
    recordings: dict[str, Place] = {}
    for group in plan.rule_groups:
        for rule in group.rules:
            if isinstance(rule, Recording):
                recordings.setdefault(rule.record, rule.written.name)
            elif isinstance(rule, Rule):
                alerts.setdefault(rule.alert, rule.written.name)
    return Names(
        {
            "alert": alerts,
            "recording rule": recordings,
            "team": {one.name: _key("teams", one.name) for one in plan.teams},
            "severity": {one.name: _key("severities", one.name) for one in plan.severities},
            "receiver": {one.name: one.place for one in plan.receivers if one.place is not None},
            "time interval": intervals,
            "procedure": {one.name: _key("procedures", one.name) for one in plan.procedures},
            "SLO": {one.name: _key("slos", one.name) for one in plan.slos},
            "group": {one.name: _key("groups", one.name) for one in plan.groups},
        }
    )


def _key(*path: str) -> Place:
    return Place(path, key=True)


def kind_at(path: Path, *, on_key: bool) -> str | None:
    """What a key or a value at a path names; None where it names nothing."""
    keys = [part for part in path if isinstance(part, str)]
    if on_key:
        above = path[-2] if len(path) > 1 else None
        if above == "alerts" and "groups" in path:
            return "alert"
        return _SECTIONS.get(above) if isinstance(above, str) and not _is_listed(path) else None
    if not keys or (keys[-1] == "name" and len(path) > 2):
        return _SECTIONS.get(keys[-2]) if len(keys) > 1 else None
    if len(path) > 1 and path[-2] == "receivers" and "teams" in path:
        return "receiver"
    return _OF_KEYS.get(keys[-1])


def _is_listed(path: Path) -> bool:
    """Whether a key stands in an item of a list, such as `name` in `receivers[0]`."""
    return len(path) > 1 and isinstance(path[-2], int)


def reference_at(path: Path, text: str, at: int, *, on_key: bool) -> Reference | None:
    """The name that a value, or a key, at a path refers to; `at` is a place in its text."""
    keys = [part for part in path if isinstance(part, str)]
    if not on_key and keys and keys[-1] in ("matchers", "source_matchers", "target_matchers"):
        for found in _MATCHER.finditer(text):
            if found.start() <= at <= found.end() and found[1] in _OF_KEYS:
                return Reference(_OF_KEYS[found[1]], found[2])
        return None
    if not on_key and keys and keys[-1] in QUERIES:
        word = next((one for one in re.finditer(r"[\w:]+", text) if one.start() <= at <= one.end()), None)
        return None if word is None else Reference("recording rule", word[0])
    kind = kind_at(path, on_key=on_key)
    if kind is None:
        return None
    name = text.strip().strip("\"'")
    scope = path[: path.index("runbook") + 1] if kind == "action" and "runbook" in path else ()
    return Reference(kind, name, scope)


def locate(reference: Reference, planned: Planned, names: Names) -> Span | None:
    """Where a name is defined; None where it is not."""
    if reference.kind == "action":
        place: Place | None = _key(*map(str, reference.scope), "actions", reference.name)
        if place is None or planned.sources.node(place.path) is None:
            return None
    else:
        place = names.of(reference.kind).get(reference.name)
    try:
        return None if place is None else planned.sources.locate(place)
    except LookupError:
        return None


def find_references(reference: Reference, plans: Iterable[Planned]) -> Iterator[Span]:
    """All places at which a name is used or defined, each once; not those inside of queries and matchers."""
    roots = (one.sources.root for one in plans)
    yield from dict.fromkeys(
        span for root in roots if root is not None for span in _uses(root, (), reference)
    )


def _uses(node: Node, path: Path, wanted: Reference) -> Iterator[Span]:
    if isinstance(node, MappingNode):
        for name, entry in node.entries.items():
            inner = (*path, name)
            if (
                name == wanted.name
                and kind_at(inner, on_key=True) == wanted.kind
                and _in_scope(inner, wanted)
            ):
                yield entry.key.span
            yield from _uses(entry.value, inner, wanted)
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.items):
            yield from _uses(item, (*path, number), wanted)
    elif (
        isinstance(node, ScalarNode)
        and node.text == wanted.name
        and kind_at(path, on_key=False) == wanted.kind
        and _in_scope(path, wanted)
    ):
        yield node.span


def _in_scope(path: Path, wanted: Reference) -> bool:
    return path[: len(wanted.scope)] == wanted.scope
