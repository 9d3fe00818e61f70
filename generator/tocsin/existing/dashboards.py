"""A Grafana dashboard as its JSON, read into the plan's values; what is not known is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.existing.dashboard_resource import delivery_of
from tocsin.plan.model import Dashboard, DrawnQuery, Engine, UsedSource
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.detect.kinds import Path
    from tocsin.source.node import Node

_ENGINES = {"prometheus": Engine.PROMETHEUS, "loki": Engine.LOKI}
_LIKE_PROMETHEUS = frozenset(
    {
        "victoriametrics-datasource",
        "victoriametrics-metrics-datasource",
        "grafana-amazonprometheus-datasource",
    }
    | {"grafana-azureprometheus-datasource"}
)
"""Plugins that are asked in PromQL, or in what is made of it."""
_EXPRESSIONS = "__expr__"
"""The type of what Grafana's server computes from other queries: no datasource is asked, whatever its uid."""
_DEEPEST = 8


def read_dashboard(node: MappingNode, path: Path, root: Node) -> Dashboard:
    """The dashboard at a node, whose path leads from the root of its file."""
    delivery = delivery_of(root, path)
    panels = list(_panels(node, path, 0))
    numbers = [(number, at) for panel, at in panels if (number := _number(panel, "id")) is not None]
    variables = [
        (item, at)
        for item, at in _items(_at(node, "templating"), "list", (*path, "templating"))
        if isinstance(item, MappingNode)
    ]
    inputs = frozenset(_text(item, "name") for item, _ in _items(node, "__inputs", path)) - {""}
    return Dashboard(
        uid=_text(node, "uid"),
        panels=frozenset(number for number, _ in numbers),
        queries=tuple(query for panel, at in panels for query in _queries(panel, at)),
        variables=frozenset(_text(item, "name") for item, _ in variables) - {""},
        place=Place(path),
        several=_several(item for item, _ in variables) - frozenset(_repeats(node, 0)),
        inputs=inputs,
        sources=tuple(source for item, at in (*variables, *panels) for source in _sources(item, at)),
        repeated_ids=tuple(_repeated(numbers)),
        uid_place=Place((*path, "uid")) if _text(node, "uid") else None,
        title=_text(node, "title"),
        title_place=Place((*path, "title")) if _text(node, "title") else None,
        choices=tuple(choice for item, at in variables for choice in _choices(item, at)),
        folder=delivery.folder,
        filled_in=delivery.filled_in | (inputs if delivery.is_elsewhere else frozenset()),
    )


def panels_of(dashboard: MappingNode) -> Iterator[MappingNode]:
    """The panels of a dashboard, those in its rows as well."""
    yield from (panel for panel, _ in _panels(dashboard, (), 0))


def _choices(variable: MappingNode, path: Path) -> Iterator[tuple[str, Place]]:
    """The query of a variable, in its old form a text and in its new one an object."""
    inner = _at(variable, "query")
    if _text(variable, "type") != "query":
        return
    if isinstance(inner, MappingNode) and _text(inner, "query"):
        yield _text(inner, "query"), Place((*path, "query", "query"))
    elif _text(variable, "query"):
        yield _text(variable, "query"), Place((*path, "query"))


def _several(variables: Iterable[MappingNode]) -> frozenset[str]:
    """The variables that can have several values at once."""
    return frozenset(
        _text(item, "name")
        for item in variables
        for key in ("multi", "includeAll")
        if isinstance(found := _at(item, key), ScalarNode) and found.value is True
    )


def _repeats(node: MappingNode, depth: int) -> Iterator[str]:
    """The variables that panels and rows are repeated for: each copy has one value."""
    for key in ("panels", "rows"):
        for item, _ in _items(node, key, ()) if depth < _DEEPEST else ():
            if isinstance(item, MappingNode):
                yield _text(item, "repeat")
                yield from _repeats(item, depth + 1)


def _repeated(numbers: Iterable[tuple[int, Path]]) -> Iterator[tuple[int, Place]]:
    seen: set[int] = set()
    for number, at in numbers:
        if number in seen:
            yield number, Place((*at, "id"))
        seen.add(number)


def _sources(node: MappingNode, path: Path) -> Iterator[UsedSource]:
    """The datasources that a panel with its queries, or a variable, names."""
    targets = [(one, at) for one, at in _items(node, "targets", path) if isinstance(one, MappingNode)]
    for item, at in ((node, path), *targets):
        source = _at(item, "datasource")
        if isinstance(source, ScalarNode):
            yield UsedSource(_text(item, "datasource"), Place((*at, "datasource")))
        elif (
            isinstance(source, MappingNode) and _text(source, "uid") and _text(source, "type") != _EXPRESSIONS
        ):
            yield UsedSource(_text(source, "uid"), Place((*at, "datasource", "uid")))


def _panels(node: Node | None, path: Path, depth: int) -> Iterator[tuple[MappingNode, Path]]:
    """The panels, those in rows and in rows of the old form as well."""
    for key in ("panels", "rows"):
        for item, at in _items(node, key, path) if depth < _DEEPEST else ():
            if isinstance(item, MappingNode):
                if key == "panels":
                    yield item, at
                yield from _panels(item, at, depth + 1)


def _queries(panel: MappingNode, path: Path) -> Iterator[DrawnQuery]:
    if _is_of_other_language(panel):
        return
    own = _engine(panel)
    for target, at in _items(panel, "targets", path):
        if isinstance(target, MappingNode) and (expr := _text(target, "expr")).strip():
            yield DrawnQuery(
                expr=expr,
                engine=_engine(target) or own,
                legend=_text(target, "legendFormat") if _shows_names(panel) else "",
                place=Place((*at, "expr")),
                legend_place=Place((*at, "legendFormat")),
            )


def _shows_names(panel: MappingNode) -> bool:
    """Whether a panel shows what its series are called: one number does not, and a legend can be hidden."""
    kind, options = _text(panel, "type"), _at(panel, "options")
    targets = _at(panel, "targets")
    is_one = not isinstance(targets, SequenceNode) or len(targets.items) < 2
    if kind == "stat":
        mode = _text(options, "textMode") or "auto"
        return mode in ("name", "value_and_name") or (mode == "auto" and not is_one)
    if kind == "gauge":
        return not is_one
    shown = _at(_at(options, "legend"), "showLegend")
    return not (isinstance(shown, ScalarNode) and shown.value is False)


def _is_of_other_language(panel: MappingNode) -> bool:
    """Whether the datasource of a panel is of a plugin whose queries are read nowhere here.

    Grafana asks it whatever its queries name, unless it is the mixed one or one of its dashboards'.
    """
    kind = _text(_at(panel, "datasource"), "type").lower()
    return kind.endswith("-datasource") and kind not in _LIKE_PROMETHEUS


def _engine(node: MappingNode) -> Engine | None:
    source = _at(node, "datasource")
    return _ENGINES.get(_text(source, "type").lower()) if isinstance(source, MappingNode) else None


def _items(node: Node | None, key: str, path: Path) -> Iterator[tuple[Node, Path]]:
    found = _at(node, key)
    inside: Path = (*path, key)
    for number, item in enumerate(found.items if isinstance(found, SequenceNode) else ()):
        yield item, (*inside, number)


def _at(node: Node | None, key: str) -> Node | None:
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return None if entry is None else entry.value


def _text(node: Node | None, key: str) -> str:
    found = _at(node, key)
    return found.text if isinstance(found, ScalarNode) and isinstance(found.value, str) else ""


def _number(node: MappingNode, key: str) -> int | None:
    found = _at(node, key)
    value = found.value if isinstance(found, ScalarNode) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
