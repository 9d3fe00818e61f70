"""Whether a spec makes a configuration that notifies as the imported one; where not, both places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.compare import compare
from tocsin.diff.effective_settings import END, START
from tocsin.existing.files import read_existing
from tocsin.existing.input import read_input
from tocsin.importing.alertmanager.canonical import (
    canonical_channels,
    canonical_section,
    canonical_settings,
)
from tocsin.lang.alertmanager.sections import SECTIONS
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.notification_data import definitions
from tocsin.routing.intervals import minutes_in_interval, numeric_periods
from tocsin.routing.tree import matching_nodes
from tocsin.source.document import Document, Span
from tocsin.source.node import MappingNode
from tocsin.source.place import Place
from tocsin.targets import alertmanager
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tocsin.existing.files import Adopted
    from tocsin.importing.alertmanager.read import ImportedRouting
    from tocsin.plan.model import Plan, Receiver, Route, TimeInterval
    from tocsin.source.node import Node
    from tocsin.source.place import Sources

    Loaded = Sequence[tuple[str, str]]

_FOLDER = "alertmanager"


@value_object
class Difference:
    """Something in which the two configurations differ, or may differ."""

    message: str
    original: Span
    generated: Span


def routing_differences(imported: ImportedRouting, plan: Plan) -> Iterator[Difference]:
    """All in which what the plan of a spec makes differs from what was imported; nothing where it is equal.

    Routes and inhibitions are compared by all labels that an alert can have, everything else by what it says.
    What cannot be decided counts as a difference.
    """
    files = {file.path: file.content.decode() for file in alertmanager.emit(plan)}
    document = Document(f"output/{_FOLDER}/alertmanager.yaml", files[f"{_FOLDER}/alertmanager.yaml"])
    made = read_existing([read_input(document, named=True)])
    assert made.plan.route is not None, "a configuration that was generated can be read"
    whole = Span(document, 0, 0)
    yield from _between_routes(imported, made)
    yield from _between_inhibitions(imported, made)
    yield from _between_intervals(imported, made, whole)
    yield from _between_settings(imported, made, whole)
    yield from _between_receivers(imported, made, whole)
    yield from _between_templates(imported, made, files, whole)


def _between_routes(imported: ImportedRouting, made: Adopted) -> Iterator[Difference]:
    old, new = imported.plan, made.plan
    assert old.route is not None, "it was asked before"
    assert new.route is not None, "it was asked before"
    roots = imported.sources.locate(old.route.place), made.sources.locate(new.route.place)
    # Each direction lists what it finds first: a class that one leaves out, the other one has.
    for before, after, turned in ((old, new, False), (new, old, True)):
        changes = compare(before, after)
        for one in changes.routing:
            labels = ", ".join(f'{name}="{value}"' for name, value in sorted(one.witness.items()))
            message = f"an alert with {labels or 'no labels'} is routed otherwise"
            yield Difference(
                message,
                _decided(old.route, one.witness, imported.sources),
                _decided(new.route, one.witness, made.sources),
            )
        if not changes.complete or changes.undecided:
            yield Difference(
                "it is not decided whether the routes do the same: there are too many ways", *roots
            )
        if turned or changes.routing:
            return


def _decided(root: Route, labels: Mapping[str, str], sources: Sources) -> Span:
    """The first route that an alert stops at."""
    found = matching_nodes(root, labels)
    return sources.locate(found[0].route.place if found else root.place)


def _between_inhibitions(imported: ImportedRouting, made: Adopted) -> Iterator[Difference]:
    changes = compare(imported.plan, made.plan)
    top = made.sources.locate(made.plan.route.place if made.plan.route else Place(()))
    for one in changes.inhibitions:
        undecided = "" if one.example is not None else ", or that is not decided"
        if one.kind == "removed":
            message = f"this inhibition has an effect that none of the generated ones has{undecided}"
            yield Difference(message, imported.sources.locate(one.rule.place), top)
        else:
            message = f"a generated inhibition has an effect that none of the imported ones has{undecided}"
            yield Difference(message, imported.span(), made.sources.locate(one.rule.place))


def _between_intervals(imported: ImportedRouting, made: Adopted, whole: Span) -> Iterator[Difference]:
    others = {one.name: one for one in made.plan.time_intervals}
    for one in imported.plan.time_intervals:
        here = imported.sources.locate(one.place or Place(()))
        other = others.pop(one.name, None)
        if other is None:
            yield Difference(f"the time interval `{one.name}` is missing", here, whole)
        elif not _is_same_time(one, other):
            there = made.sources.locate(other.place or Place(()))
            yield Difference(f"the time interval `{one.name}` differs", here, there)
    for name in others:
        yield Difference(f"there is a further time interval `{name}`", imported.span(), whole)


def _is_same_time(one: TimeInterval, other: TimeInterval) -> bool:
    """Whether two intervals have the same minutes, in all the years in which they could differ."""
    left, right = numeric_periods(one), numeric_periods(other)
    return frozenset(left) == frozenset(right) or (
        minutes_in_interval(left, START, END) == minutes_in_interval(right, START, END)
    )


def _between_settings(imported: ImportedRouting, made: Adopted, whole: Span) -> Iterator[Difference]:
    old = None if imported.node is None else _below(imported.node, "global")
    new = _below(made.sources.node((whole.document.name,)), "global")
    before = canonical_settings(old, imported.files.file_at)
    after = canonical_settings(new, lambda _: None)
    for key in _unequal(before, after):
        here = _place(old, key) or imported.span()
        yield Difference(f"the global section differs in `{key}`", here, _place(new, key) or whole)
    for name, (record, _) in SECTIONS.items():
        old = None if imported.node is None else _below(imported.node, name)
        new = _below(made.sources.node((whole.document.name,)), name)
        before = canonical_section(old, record, imported.files.file_at)
        for key in _unequal(before, canonical_section(new, record, lambda _: None)):
            here = _place(old, key) or imported.span()
            yield Difference(f"`{name}` differs in `{key}`", here, _place(new, key) or whole)


def _between_receivers(imported: ImportedRouting, made: Adopted, whole: Span) -> Iterator[Difference]:
    others = {one.name: one for one in made.plan.receivers}
    for one in imported.plan.receivers:
        here = imported.span() if one.place is None else imported.sources.locate(one.place)
        other = others.pop(one.name, None)
        if other is None:
            yield Difference(f"the receiver `{one.name}` is missing", here, whole)
            continue
        there = whole if other.place is None else made.sources.locate(other.place)
        old = dict(canonical_channels(_node(one, imported.sources), imported.files.file_at))
        new = dict(canonical_channels(_node(other, made.sources), lambda _: None))
        for key in {**old, **new}:
            items, others_items = old.get(key, []), new.get(key, [])
            if len(items) != len(others_items):
                yield Difference(f"the receiver `{one.name}` differs in the number of `{key}`", here, there)
            for left, right in zip(items, others_items, strict=False):
                if left.value != right.value:
                    names = ", ".join(f"`{name}`" for name in _unequal(left.value, right.value))
                    message = f"the receiver `{one.name}` differs in {names} of `{key}`"
                    yield Difference(message, left.node.span, right.node.span)
    for name in others:
        yield Difference(f"there is a further receiver `{name}`", imported.span(), whole)


def _between_templates(
    imported: ImportedRouting, made: Adopted, files: Mapping[str, str], whole: Span
) -> Iterator[Difference]:
    folder = f"{_FOLDER}/templates/"
    written = sorted(
        (path.removeprefix(folder), text) for path, text in files.items() if path.startswith(folder)
    )
    elsewhere = [glob.pattern for glob in imported.plan.templates if glob.files is None]
    patterns = [glob.pattern for glob in made.plan.templates if not glob.pattern.startswith("templates/")]
    if elsewhere != patterns:
        yield Difference("the patterns of templates differ", imported.span(), whole)
    if sorted(text for _, text in imported.loaded) != sorted(text for _, text in written):
        yield Difference("the templates differ", imported.span(), whole)
    elif _meanings(imported.loaded) != _meanings(written):
        yield Difference(
            "it is not decided whether the templates mean the same: some are defined twice, or called by the "
            "name of their file, and the order of the files or a name would change",
            imported.span(),
            whole,
        )


def _meanings(files: Iterable[tuple[str, str]]) -> dict[str, str] | None:
    """What each name stands for in the end; None where a file cannot be read, or is called by its name."""
    found: dict[str, str] = {}
    texts = [text for _, text in files]
    for name, text in files:
        if any(f'template "{name}"' in one for one in texts):
            found[name] = text
        try:
            found |= {one.name: text[slice(*one.span)] + repr(one.body) for one in definitions(text)}
        except LangError:
            found[text] = ""
    return found


def _unequal(old: object, new: object) -> list[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        return [name for name in {**old, **new} if old.get(name, ...) != new.get(name, ...)]
    return [] if old == new else ["the value"]


def _node(receiver: Receiver, sources: Sources) -> Node | None:
    return None if receiver.place is None else sources.node(receiver.place.path[:-1])


def _below(node: Node | None, key: str) -> Node | None:
    return node.entries[key].value if isinstance(node, MappingNode) and key in node.entries else None


def _place(node: Node | None, key: str) -> Span | None:
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return None if entry is None else entry.key.span
