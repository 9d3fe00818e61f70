"""An Alertmanager configuration that somebody wrote by hand, read into the plan's values.

Its verdict is that of Alertmanager 0.35: no problem here means that it loads, and the other way round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.detect.file_names import is_template_name
from tocsin.detect.template import is_rendered_by_ansible
from tocsin.diagnostics.problem import Problem
from tocsin.existing.alertmanager.advice import scalar_at, worth_knowing
from tocsin.existing.alertmanager.defaults import missing_settings
from tocsin.existing.alertmanager.integrations import INTEGRATIONS, record_shape
from tocsin.existing.alertmanager.intervals import INTERVALS, duplicate_names, read_intervals
from tocsin.existing.alertmanager.misplaced import find_moved, without_moved
from tocsin.existing.alertmanager.routes import (
    INHIBITIONS,
    ROUTE,
    dangling_references,
    old_label_names,
    read_inhibitions,
    read_route,
    root_faults,
)
from tocsin.existing.alertmanager.shapes import (
    TEXT,
    Many,
    Named,
    Record,
    faults,
    secrets,
    shape_under_names,
    unquoted_null,
    written_text,
)
from tocsin.existing.alertmanager.variables import (
    filled_in_later,
    is_filled_in_later,
    is_of_other_template,
    is_of_pipeline,
    left_as_text,
)
from tocsin.lang.alertmanager.sections import SECTIONS
from tocsin.lang.alertmanager.settings import SETTINGS
from tocsin.plan.model import Receiver
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode, plain_data
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import nearest
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tocsin.existing.alertmanager.shapes import Path
    from tocsin.plan.model import Inhibition, Route, TimeInterval
    from tocsin.source.node import Node

_VALUES_FROM = regex_on_use(r"(?m)^[ \t]*valuesFrom[ \t]*:")
"""Where a HelmRelease takes more values from Secrets and ConfigMaps, which are not here."""
TOP_LEVEL_KEYS = frozenset(
    [
        "global",
        "route",
        "inhibit_rules",
        "receivers",
        "templates",
        "mute_time_intervals",
        "time_intervals",
        *SECTIONS,
    ]
)
"""The keys of a whole configuration: what has `route` and `receivers` among them is one."""


@value_object
class AlertmanagerParts:
    """What a configuration holds, as far as it could be read, and what is wrong with it."""

    route: Route | None
    receivers: tuple[Receiver, ...]
    inhibitions: tuple[Inhibition, ...]
    time_intervals: tuple[TimeInterval, ...]
    defaults: Mapping[str, Any]
    """Alertmanager's global section."""
    sections: Mapping[str, Mapping[str, Any]]
    """Its sections about itself, such as `tracing`."""
    templates: tuple[tuple[str, Place], ...]
    """The patterns of the files with notification templates."""
    secrets: tuple[Place, ...]
    """Values that nobody may see: whoever shows lines of the file hides these."""
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    """What Alertmanager takes, and a reader should still know."""


class Unknown:
    """Something that nobody showed to Tocsin."""


UNKNOWN = Unknown()
BESIDE = Unknown()
"""The global section of a whole configuration whose settings another program has in keys of its own."""


def _receiver_name(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if (null := unquoted_null(node, "name")) is not None:
        yield f'`{null}` without quotes is nothing: write `name: "{null}"`', "name"
    elif written_text(node, "name") is None:
        yield "the receiver has no `name`", None
    labels = node.entries.get("labels")
    if labels is not None and isinstance(labels.value, MappingNode):
        other = labels.value.entries.get("name")
        if other is not None and written_text(labels.value, "name") != written_text(node, "name"):
            yield "the label `name` of a receiver has to be its name", "labels"


_RECEIVER = Record(
    {
        "name": TEXT,
        "labels": Named(TEXT),
        **{kind: Many(shape) for kind, shape in INTEGRATIONS.items()},
    },
    (_receiver_name,),
)
CONFIGURATION = Record(
    {
        "global": record_shape(SETTINGS),
        "route": ROUTE,
        "inhibit_rules": INHIBITIONS,
        "receivers": Many(_RECEIVER),
        "templates": Many(TEXT),
        **shape_under_names(INTERVALS, "mute_time_intervals time_intervals"),
        **{name: record_shape(record) for name, (record, _) in SECTIONS.items()},
    }
)
"""What a whole configuration may hold."""


def adopt_alertmanager(
    node: MappingNode, path: Path = (), *, is_root: bool = True, settings: MappingNode | Unknown | None = None
) -> AlertmanagerParts:
    """Read the configuration at a node; places begin with `path`, where the node stands among its sources.

    One that is no root hangs below another. `settings` is the global section that holds for it if it stands
    somewhere else, or `UNKNOWN`.
    """
    is_whole = settings is None or settings is BESIDE
    if settings is None:
        settings = _mapping(node, "global") or _misspelt_settings(node)
    moved = find_moved(node, CONFIGURATION, path, faults(node, CONFIGURATION, path))
    wrong = moved.places.union(problem.place.path for problem in moved.problems)
    route = _mapping(node, "route")
    receivers = _sequence(node, "receivers")
    problems = [
        *moved.problems,
        *_twice(receivers, path),
        *_lacking(receivers, settings, path, wrong),
        *_old_labels(node, path),
        *duplicate_names([(list_, (*path, key)) for key, list_ in _interval_lists(node)]),
        *without_moved(_of_tree(node, route, receivers, path, is_root=is_root), moved),
    ]
    hidden = tuple(secrets(node, CONFIGURATION, path))
    return AlertmanagerParts(
        route=None if route is None else read_route(route, (*path, "route")),
        receivers=tuple(_receiver(item, (*path, "receivers", n)) for n, item in enumerate(receivers)),
        inhibitions=_inhibitions(node, path),
        time_intervals=tuple(
            interval
            for key, list_ in _interval_lists(node)
            for interval in read_intervals(list_, (*path, key))
        ),
        defaults=_plain_mapping(_mapping(node, "global")),
        sections={
            name: _plain_mapping(section)
            for name in SECTIONS
            if (section := _mapping(node, name)) is not None
        },
        templates=tuple(
            (item.text, Place((*path, "templates", number)))
            for number, item in enumerate(_sequence(node, "templates"))
            if isinstance(item, ScalarNode)
        ),
        secrets=hidden,
        problems=tuple(dict.fromkeys(_or_filled_in_later(problems, node, path))),
        notes=(
            *(worth_knowing(node, path, hidden) if is_whole else ()),
            *(_variables(node, path, problems) if is_whole and not _is_filled_in(path) else ()),
        ),
    )


def _misspelt_settings(node: MappingNode) -> MappingNode | None:
    """The section that was meant as the global one by its key, which nobody knows: its settings are there."""
    unknown = (key for key in node.entries if key not in CONFIGURATION.keys)
    meant = (key for key in unknown if nearest(key, CONFIGURATION.keys) == "global")
    return next(filter(None, (_mapping(node, key) for key in meant)), None)


def _is_of_values(path: Path) -> bool:
    """Whether a configuration is a part of values, which a chart and its tools fill in."""
    return len(path) > 1 and not {"data", "stringData"} & set(path)


def _is_filled_in(path: Path) -> bool:
    """Whether a configuration stands where other programs replace the variables, by the path."""
    return _is_of_values(path) or (bool(path) and is_template_name(str(path[0])))


def _or_filled_in_later(problems: Iterable[Problem], node: MappingNode, path: Path) -> Iterator[Problem]:
    """The problems, of which those with variables and placeholders are no errors.

    Another program writes the value there before Alertmanager reads the file; in the values of a chart also
    where there is none.
    """
    for problem in problems:
        where = problem.place.path
        is_value = problem.id in ("alertmanager/value", "alertmanager/type")
        value = scalar_at(node, where[len(path) :]) if is_value else None
        if problem.id == "alertmanager/rule" and is_template_name(str(path[0]) if path else ""):
            rest = scalar_at(node, where[len(path) :])
            if rest is not None and rest.text.strip() in ("", "0"):
                # Whoever fills in the other values of the file fills in this one.
                continue
        if value is not None and is_of_other_template(value.text):
            continue
        if value is not None and is_rendered_by_ansible(node.document.name, value.text):
            continue
        if value is not None and is_of_pipeline(value.text) and _is_of_values(path):
            continue
        if problem.unknown == "global" and _is_of_values(path) and _VALUES_FROM.search(node.document.text):
            continue
        later = value is not None and (
            is_filled_in_later(value.text) or (not value.text.strip() and _is_of_values(path))
        )
        if not later or value is None:
            yield problem
        elif not _is_filled_in(path) or _is_of_values(path):
            yield filled_in_later(value.text, where)


def _variables(node: MappingNode, path: Path, problems: Iterable[Problem]) -> Iterator[Problem]:
    """The values that are variables, where nothing else is wrong with them: such a problem tells it, too."""
    if path and is_template_name(str(path[0])):
        return
    told = {problem.place for problem in problems}
    yield from (problem for problem in left_as_text(node, path) if problem.place not in told)


def _of_tree(
    node: MappingNode, route: MappingNode | None, receivers: tuple[Node, ...], path: Path, *, is_root: bool
) -> Iterator[Problem]:
    if route is None and not is_root:
        return
    if route is None:
        message = "the configuration has no `route`, so no notifications would be sent"
        yield Problem("alertmanager/root", message, Place(path), unknown="route")
        return
    here = (*path, "route")
    names = {_name(item) for item in receivers}
    intervals = {
        name
        for _, list_ in _interval_lists(node)
        for item in list_.items
        if isinstance(item, MappingNode) and (name := written_text(item, "name")) is not None
    }
    if is_root:
        yield from root_faults(route, here)
    yield from dangling_references(route, here, names, intervals)


def _twice(receivers: tuple[Node, ...], path: Path) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for number, item in enumerate(receivers):
        name, place = _name(item), Place((*path, "receivers", number, "name"))
        if name in first:
            message = f"there are two receivers `{name}`"
            yield Problem("alertmanager/twice", message, place, related=((first[name], "the first one"),))
        first.setdefault(name, place)


def _lacking(
    receivers: tuple[Node, ...], settings: MappingNode | Unknown | None, path: Path, wrong: Collection[Path]
) -> Iterator[Problem]:
    """What the integrations need; nothing, while the global section is not known.

    `wrong` are the places of values of which a problem is known: they are there.
    """
    if isinstance(settings, Unknown):
        return
    for number, item in enumerate(receivers):
        if isinstance(item, MappingNode):
            here = (*path, "receivers", number)
            yield from missing_settings(item, settings, here, (*path, "global"), wrong)


def _old_labels(node: MappingNode, path: Path) -> Iterator[Problem]:
    for key in ("route", "inhibit_rules"):
        if key in node.entries:
            yield from old_label_names(node.entries[key].value, (*path, key))


def _inhibitions(node: MappingNode, path: Path) -> tuple[Inhibition, ...]:
    entry = node.entries.get("inhibit_rules")
    return () if entry is None else read_inhibitions(entry.value, (*path, "inhibit_rules"))


def _receiver(node: Node, path: Path) -> Receiver:
    if not isinstance(node, MappingNode):
        return Receiver("", None, (), Place(path))
    channels = []
    for kind, entry in node.entries.items():
        if kind in INTEGRATIONS and isinstance(entry.value, SequenceNode):
            entries = tuple(_plain_mapping(item) for item in entry.value.items)
            channels.append((kind, entries))
    named = _mapping(node, "labels")
    labels = {} if named is None else {key: _text(entry.value) for key, entry in named.entries.items()}
    return Receiver(_name(node), None, tuple(channels), Place((*path, "name")), labels=labels)


def _text(node: Node) -> str:
    return node.text if isinstance(node, ScalarNode) else ""


def _interval_lists(node: MappingNode) -> list[tuple[str, SequenceNode]]:
    entries = ((key, node.entries.get(key)) for key in ("mute_time_intervals", "time_intervals"))
    return [(key, entry.value) for key, entry in entries if entry and isinstance(entry.value, SequenceNode)]


def _name(node: Node) -> str:
    return (written_text(node, "name") or "") if isinstance(node, MappingNode) else ""


def _mapping(node: MappingNode, key: str) -> MappingNode | None:
    entry = node.entries.get(key)
    return entry.value if entry is not None and isinstance(entry.value, MappingNode) else None


def _sequence(node: MappingNode, key: str) -> tuple[Node, ...]:
    entry = node.entries.get(key)
    return entry.value.items if entry is not None and isinstance(entry.value, SequenceNode) else ()


def _plain_mapping(node: Node | None) -> dict[str, Any]:
    value = None if node is None else plain_data(node)
    return value if isinstance(value, dict) else {}
