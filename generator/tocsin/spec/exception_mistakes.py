"""What is wrong with exceptions, whatever they say: those that nothing reaches, and those without effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.source.node import MappingNode, Node, SequenceNode, plain_data
from tocsin.spec.exception_tree import (
    EXCEPT,
    OFF,
    WHERE,
    all_routes,
    is_in,
    matching_exceptions,
    project_with_exceptions,
    taken_apart,
    values_of,
    what_holds_instead,
)
from tocsin.spec.exceptions import BRANCHES
from tocsin.spec.node_edits import child_node
from tocsin.spec.placement import evaluator_of, evaluator_span
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.source.document import Span

_OF_THRESHOLDS = frozenset({"for", "keep_firing_for"})


@value_object
class _Part:
    """A part of a spec that may have exceptions, and the parts around it, which may not be there."""

    node: Node
    around: tuple[Node, ...] = ()


@value_object
class _Absence:
    """Why something is not there in an environment."""

    reason: str
    span: Span
    """Where that is written."""
    written: str
    """What is written there."""


def wrong_exceptions(root: MappingNode, projects: Mapping[str | None, Node | None]) -> Iterator[Diagnostic]:
    """Exceptions that apply in no environment, and those that change nothing.

    Of several alerts that are written once, one has to be changed. `projects` are the environments, or None
    where a spec has none, each with the project and what the environment says of it.
    """
    everywhere = tuple(projects)
    there = {name: project_with_exceptions(one, name) for name, one in projects.items()}
    places = {name: None if one is None else evaluator_of(one) for name, one in there.items()}
    written = [(one, everywhere) for one in _parts(root)]
    written += [(_Part(one), (name,)) for name, one in projects.items() if one is not None]
    reached: dict[Span, Diagnostic | None] = {}
    changed: dict[Span, bool] = {}
    for part, there_are in written:
        if not isinstance(part.node, MappingNode) or EXCEPT not in part.node.entries:
            continue
        apart = taken_apart(part.node)
        here = [name for name in there_are if _absence(part, name, places[name]) is None]
        # What is nowhere is told of the thing itself.
        seen = {number for name in here or there_are for number in matching_exceptions(apart.items, name)}
        before = _effective(plain_data(apart.original))
        for number, item in enumerate(apart.items):
            said = what_holds_instead(apart.original, item)
            span = _place(item)
            changed[span] = changed.get(span, False) or said is None or _effective(plain_data(said)) != before
            if number in seen:
                reached[span] = None
            elif reached.get(span, item) is not None:
                reached[span] = _unreached(part, item, span, here, there_are, places)
    for span, unreached in reached.items():
        if unreached is not None:
            yield unreached
        elif not changed[span]:
            message = "this exception changes nothing: what it says holds without it"
            yield Diagnostic("except/no-change", Level.ERROR, message, span, help="remove it")


def _unreached(
    part: _Part,
    item: MappingNode,
    span: Span,
    here: list[str | None],
    there_are: tuple[str | None, ...],
    places: Mapping[str | None, str | None],
) -> Diagnostic:
    """Why an exception is never used: another one comes first, or what it is about is not there."""
    named = [name for name in there_are if is_in(item, name)]
    absence = next((_absence(part, name, places[name]) for name in named), None)
    if absence is None or any(name in here for name in named):
        message = "nothing reaches this exception: one before it matches wherever it does"
        help_ = "remove it, or write it before the other"
        return Diagnostic("except/unreached", Level.ERROR, message, span, help=help_)
    help_ = "name an environment that has it, or remove the exception"
    message = f"nothing reaches this exception: {absence.reason}"
    note = Note(absence.span, absence.written)
    return Diagnostic("except/unreached", Level.ERROR, message, span, related=(note,), help=help_)


def _absence(part: _Part, name: str | None, place: str | None) -> _Absence | None:
    """Why a part is not there in an environment; None where it is there."""
    for one in (*part.around, part.node):
        own = evaluator_of(one)
        if own is not None and place is not None and own != place:
            reason = f"`{name}` has `evaluator: {place}`"
            return _Absence(reason, evaluator_span(one), f"this is evaluated by `{own}`")
    for one in part.around:
        off = _off(one, name)
        if off is not None:
            return _Absence(f"all around it is switched off in `{name}`", _place(off), "here")
    return None


def _off(node: Node, name: str | None) -> MappingNode | None:
    """The exception that switches something off in an environment, where one does."""
    if not isinstance(node, MappingNode) or EXCEPT not in node.entries:
        return None
    _, items = taken_apart(node)
    last = [items[number] for number in matching_exceptions(items, name)][-1:]
    return next((one for one in last if OFF in one.entries and WHERE not in one.entries), None)


def _parts(root: MappingNode) -> Iterator[_Part]:
    """The parts of a spec that may have exceptions, but the project."""
    for group in values_of(child_node(root, "groups")):
        yield _Part(group)
        yield from (_Part(alert, (group,)) for alert in values_of(child_node(group, "alerts")))
    yield from map(_Part, values_of(child_node(root, "slos")))
    routing = child_node(root, "routing")
    waiting: list[tuple[Node, tuple[Node, ...]]] = [] if routing is None else [(routing, ())]
    while waiting:
        node, around = waiting.pop()
        below = child_node(node, "routes")
        routes = below.items if isinstance(below, SequenceNode) else ()
        yield from (_Part(route, around) for route in routes)
        waiting += [(route, (*around, route)) for route in routes]


def _effective(data: Any) -> Any:
    """What a part says, with the times of an alert at each of its thresholds."""
    thresholds = data.get("thresholds")
    if (
        not isinstance(thresholds, dict)
        or not thresholds
        or not all(isinstance(one, dict) for one in thresholds.values())
    ):
        return data
    times = {key: data[key] for key in _OF_THRESHOLDS if data.get(key)}
    at_each = {name: times | one for name, one in thresholds.items()}
    return {key: value for key, value in data.items() if key not in times} | {"thresholds": at_each}


def written_branches(root: MappingNode) -> Iterator[Diagnostic]:
    """Keys that exceptions are made into, which no author can write; those of alerts are told elsewhere."""
    project = child_node(root, "project")
    around = [*(() if project is None else (project,)), *values_of(child_node(root, "groups"))]
    around += [*values_of(child_node(root, "slos")), *all_routes(root)]
    for part in around:
        entry = part.entries.get(BRANCHES) if isinstance(part, MappingNode) else None
        if entry is not None:
            message = f"unknown key `{BRANCHES}`"
            yield Diagnostic("spec/unknown-key", Level.ERROR, message, entry.key.span, help="remove it")


def _place(item: MappingNode) -> Span:
    first = next(iter(item.entries.values()), None)
    return item.span if first is None else first.key.span
