"""The queries of an indicator, asked over the window of the SLO."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tocsin.importing.query_window import WINDOW, parsed, query_over_window, ranges_of
from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced, plain_text
from tocsin.lang.promql.ast import Aggregation, Binary, Paren, Range, Selector, Subquery, walk

if TYPE_CHECKING:
    from tocsin.importing.fields import Fields
    from tocsin.importing.notes import Notes
    from tocsin.importing.openslo.objects import Objects
    from tocsin.lang.promql.ast import Node

_ENGINES = {
    **dict.fromkeys(("prometheus", "sloth", "mimir", "cortex", "thanos"), "prometheus"),
    "loki": "loki",
}
"""What answers PromQL or LogQL, by the type of a source."""
_COUNTERS = ("_total", "_count", "_bucket", "_sum")
_RANGE = re.compile(r"\[\s*([0-9a-z]+)\s*\]")


class MetricQuery(NamedTuple):
    """A query and what answers it."""

    text: Sourced
    engine: str


def metric_query(fields: Fields, objects: Objects, notes: Notes) -> MetricQuery:
    """The query of a metric; RefusedError where it is not one of Prometheus or Loki."""
    source = fields.fields("metricSource", "a metric source")
    if source is None:
        type_ = fields.required_text("source")
        fields.ignore("queryType", "metadata")
        return MetricQuery(fields.required_text("query"), _engine(type_))
    engine = _source_engine(source, objects, notes)
    # Some write the query beside the type, where the format has a `spec` of its own for it.
    holder = source.fields("spec", "the spec of a metric source") or source
    holder.ignore("queryType")
    return MetricQuery(holder.required_text("query", "promql", "logql", "expr"), engine)


def _source_engine(source: Fields, objects: Objects, notes: Notes) -> str:
    """What answers a query: its own type, or that of the DataSource that it refers to."""
    reference, type_ = source.text("metricSourceRef"), source.text("type")
    if type_ is not None:
        return _engine(type_)
    if reference is None:
        raise RefusedError("a metric source has no `type`", source.node.span, "write `type: Prometheus`")
    name = plain_text(reference)
    called = next((engine for word, engine in _ENGINES.items() if word in name.lower()), None)
    if called is not None and not objects.has("DataSource", name):
        notes.changed(
            f"no file has the DataSource `{name}`: by its name, it is taken as one of {called.capitalize()}",
            reference.node.span,
            "name the file that has it as well, or write a `type`",
        )
        return called
    whole = source.inside(objects.find("DataSource", reference), "a DataSource")
    whole.ignore("apiVersion", "kind", "metadata")
    spec = whole.required_fields("spec", "a DataSource")
    # How it is reached is nothing that rules say.
    spec.ignore("description", "connectionDetails")
    return _engine(spec.required_text("type"))


def counted(query: MetricQuery, window: str, counter: bool | None, notes: Notes) -> Sourced:
    """The query of events, counted over the window.

    A query without a range is that of a counter, which is read by `rate`, or of a number of events at each
    time, of which the sum is taken; a query with a range of its own gets that of the window.
    """
    value = query.text
    if WINDOW.search(plain_text(value)):
        return _filled(query, window)
    if query.engine == "loki":
        return _log_query(value, window, notes)
    text = plain_text(value).strip()
    tree = parsed(text, value)
    ranges = [node for node in walk(tree) if isinstance(node, Range | Subquery)]
    if ranges_of(tree, window):
        return Sourced(text, value.key, value.node)
    if ranges:
        return _widened(value, text, ranges, window, notes)
    function = "rate" if _is_counter(tree, counter, value) else "sum_over_time"
    made = _over_time(text, tree, window, function)
    if made is None:
        raise RefusedError(
            "the query has no range, and it is more than a sum of metrics",
            value.node.span,
            "write what is counted over the window, as `sum(rate(x_total[{{.window}}]))`",
        )
    return Sourced(made, value.key, value.node)


def _filled(query: MetricQuery, window: str) -> Sourced:
    if query.engine == "loki":
        text = WINDOW.sub(window, plain_text(query.text).strip())
        return Sourced(text, query.text.key, query.text.node)
    return query_over_window(query.text, window)


def _log_query(value: Sourced, window: str, notes: Notes) -> Sourced:
    text = plain_text(value).strip()
    ranges = set(_RANGE.findall(text))
    if len(ranges) != 1:
        raise RefusedError(
            "the LogQL query has no range, or several", value.node.span, "write `[{{.window}}]` as its range"
        )
    _mention_range(value, ranges.pop(), window, notes)
    return Sourced(_RANGE.sub(f"[{window}]", text), value.key, value.node)


def _widened(value: Sourced, text: str, ranges: list[Range | Subquery], window: str, notes: Notes) -> Sourced:
    """The query with the window in place of its one range."""
    if len({one.range.seconds for one in ranges}) != 1:
        raise RefusedError(
            "the query has ranges of several lengths, of which one has to be the window",
            value.node.span,
            "write that one as `[{{.window}}]`",
        )
    spans = sorted({one.range.span for one in ranges}, reverse=True)
    _mention_range(value, text[slice(*spans[0])], window, notes)
    for start, end in spans:
        text = text[:start] + window + text[end:]
    return Sourced(text, value.key, value.node)


def _mention_range(value: Sourced, written: str, window: str, notes: Notes) -> None:
    if written != window:
        notes.changed(
            f"the range `[{written}]` of the query stands for the window, {window}",
            value.node.span,
            "write `[{{.window}}]` to say so; a range that is meant as it is cannot be imported",
        )


def _is_counter(tree: Node, counter: bool | None, value: Sourced) -> bool:
    if counter is not None:
        return counter
    names = [node.name or "" for node in walk(tree) if isinstance(node, Selector)]
    if names and all(name.endswith(_COUNTERS) for name in names):
        return True
    raise RefusedError(
        "the query has no range, and nothing says whether it reads counters",
        value.node.span,
        "write `counter: true` or `counter: false` in its `ratioMetric`, or a range `[{{.window}}]`",
    )


def _over_time(text: str, tree: Node, window: str, function: str) -> str | None:
    """The query with its metrics read over the window, where that keeps what it says: in sums."""
    selectors: list[Selector] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Selector):
            selectors.append(node)
        elif isinstance(node, Paren) or (isinstance(node, Aggregation) and node.op == "sum"):
            waiting.append(node.expr)
        elif isinstance(node, Binary) and node.op in ("+", "-"):
            waiting += [node.left, node.right]
        else:
            return None
    for one in sorted(selectors, key=lambda one: one.span, reverse=True):
        if one.offset is not None or one.at is not None:
            return None
        start, end = one.span
        text = f"{text[:start]}{function}({text[start:end]}[{window}]){text[end:]}"
    # One figure is promised, whatever series there are.
    return f"sum({text})" if isinstance(tree, Selector) else text


def _engine(type_: Sourced) -> str:
    found = _ENGINES.get(plain_text(type_).strip().lower())
    if found is None:
        raise RefusedError(
            f"its metric source is `{plain_text(type_)}`, and alerts are evaluated by Prometheus or Loki",
            type_.node.span,
            "write a query for Prometheus, with `type: Prometheus`",
        )
    return found
