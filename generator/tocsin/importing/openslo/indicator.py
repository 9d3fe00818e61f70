"""Indicators and the way in which they count, as the value of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.importing.fields import number
from tocsin.importing.openslo.queries import counted, metric_query
from tocsin.importing.openslo.time import shorthand
from tocsin.importing.query_window import WINDOW, parsed, query_over_window
from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced, plain_text
from tocsin.lang.promql.ast import Range, Selector, Subquery, walk

if TYPE_CHECKING:
    from tocsin.importing.fields import Fields
    from tocsin.importing.notes import Notes
    from tocsin.importing.openslo.objects import Objects
    from tocsin.importing.openslo.queries import MetricQuery

_OPERATORS = {"lt": "below", "lte": "at_most", "gt": "above", "gte": "at_least"}
_COMPARISONS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_USUAL_SLICE = "1m"


class Reading(NamedTuple):
    """What every part of an SLO's reading needs."""

    window: str
    objects: Objects
    notes: Notes


def indicator_value(spec: Fields, objective: Fields, method: str, reading: Reading) -> dict[str, object]:
    """The indicator under its key in a spec; `spec` is that of the SLI."""
    spec.ignore("description")
    if not method:
        reading.notes.changed(
            "it has no `budgetingMethod`, and events are counted",
            spec.node.span,
            "write `budgetingMethod: Occurrences`",
        )
    if method not in ("", "Occurrences", "Timeslices"):
        raise RefusedError(
            f"its budget is counted by `{method}`",
            spec.node.span,
            "count `Occurrences` or `Timeslices`",
        )
    slices = _slice(objective, reading) if method == "Timeslices" else None
    threshold = spec.fields("thresholdMetric", "a threshold metric")
    ratio = spec.fields("ratioMetric", "a ratio metric", "ratioMetrics")
    if (threshold is None) == (ratio is None):
        raise RefusedError(
            "its indicator has to be either a `ratioMetric` or a `thresholdMetric`",
            spec.node.span,
            "write one of the two",
        )
    if threshold is not None:
        return _threshold(threshold, objective, slices, reading)
    assert ratio is not None, "one of the two is there"
    objective.ignore("value")
    operator = objective.text("op")
    if slices is not None:
        key = "above" if operator is not None and plain_text(operator) == "gt" else "at_least"
        target = objective.required_text("timeSliceTarget")
        return {"slices": {"promql": _share_good(ratio, slices, reading), key: _plain_number(target)}}
    return {"ratio": _ratio(ratio, reading.window, reading)}


def _slice(objective: Fields, reading: Reading) -> str:
    window = objective.text("timeSliceWindow")
    if window is None:
        reading.notes.changed(
            f"its slices have no length and are taken as {_USUAL_SLICE}",
            objective.node.span,
            "write `timeSliceWindow: 1m`",
        )
        return _USUAL_SLICE
    return shorthand(window)


def _threshold(
    threshold: Fields, objective: Fields, slices: str | None, reading: Reading
) -> dict[str, object]:
    query = _of_prometheus(metric_query(threshold, reading.objects, reading.notes))
    operator, value = objective.required_text("op"), objective.required_text("value")
    known = _OPERATORS.get(plain_text(operator))
    if known is None:
        raise RefusedError(
            f"`{plain_text(operator)}` is not an operator", operator.node.span, "write lt, lte, gt or gte"
        )
    text = plain_text(query.text).strip()
    if WINDOW.search(text):
        raise RefusedError(
            "a threshold is compared at each time, and `{{.window}}` has no length there",
            query.text.node.span,
            "write a range of your own, such as `[5m]`",
        )
    parsed(text, query.text)
    if slices is None:
        objective.ignore("timeSliceTarget", "timeSliceWindow")
        return {
            "slices": {"promql": Sourced(text, query.text.key, query.text.node), known: _plain_number(value)}
        }
    share = (
        f"avg_over_time((({text}) {_COMPARISONS[plain_text(operator)]} bool {number(value):f})[{slices}:])"
    )
    target = objective.text("timeSliceTarget")
    return {
        "slices": {
            "promql": Sourced(share, query.text.key, query.text.node),
            "at_least": 1 if target is None else _plain_number(target),
        }
    }


def _ratio(ratio: Fields, window: str, reading: Reading) -> dict[str, object]:
    """The key `ratio` of a spec, over a window."""
    raw = ratio.fields("raw", "a ready-made ratio")
    if raw is not None:
        ratio.ignore("counter", "incremental")
        return {"share": _raw(raw, ratio.required_text("rawType"), window, reading)}
    counter = ratio.flag("counter")
    counter = ratio.flag("incremental") if counter is None else counter
    part = "good" if ratio.entry("good") is not None else "bad"
    chosen = metric_query(ratio.required_fields(part, f"`{part}`"), reading.objects, reading.notes)
    total = metric_query(ratio.required_fields("total", "`total`"), reading.objects, reading.notes)
    if chosen.engine != total.engine:
        raise RefusedError(
            "its two queries are answered by different engines",
            total.text.node.span,
            "ask one engine for both",
        )
    engine = {"engine": "loki"} if total.engine == "loki" else {}
    return {
        **engine,
        part: counted(chosen, window, counter, reading.notes),
        "total": counted(total, window, counter, reading.notes),
    }


def _raw(raw: Fields, kind: Sourced, window: str, reading: Reading) -> Sourced:
    query = _of_prometheus(metric_query(raw, reading.objects, reading.notes))
    if plain_text(kind) not in ("success", "failure"):
        raise RefusedError(
            f"`{plain_text(kind)}` is neither success nor failure", kind.node.span, "write success or failure"
        )
    text = plain_text(query.text).strip()
    if WINDOW.search(text):
        text = plain_text(query_over_window(query.text, window))
    else:
        tree = parsed(text, query.text)
        if any(isinstance(node, Range | Subquery) for node in walk(tree)):
            text = plain_text(counted(query, window, None, reading.notes))
        elif isinstance(tree, Selector):
            text = f"avg_over_time({text}[{window}])"
        else:
            text = f"avg_over_time(({text})[{window}:])"
    share = text if plain_text(kind) == "failure" else f"1 - ({text})"
    return Sourced(share, query.text.key, query.text.node)


def _share_good(ratio: Fields, slices: str, reading: Reading) -> Sourced:
    """The share of a slice that is good."""
    value = _ratio(ratio, slices, reading)
    if "engine" in value:
        raise RefusedError("its slices are of logs", ratio.node.span, "count `Occurrences`")
    first = next(iter(value.values()))
    assert isinstance(first, Sourced), "queries know where they are written"
    if "share" in value:
        return Sourced(f"1 - ({plain_text(value['share'])})", first.key, first.node)
    share = f"({plain_text(first)})\n/\n({plain_text(value['total'])})"
    return Sourced(share if "good" in value else f"1 - (\n{share}\n)", first.key, first.node)


def _of_prometheus(query: MetricQuery) -> MetricQuery:
    if query.engine != "prometheus":
        raise RefusedError(
            "its query is one of logs, of which only events can be counted",
            query.text.node.span,
            "write `good` or `bad` and `total` of a `ratioMetric`",
        )
    return query


def _plain_number(value: Sourced) -> Sourced:
    found = number(value)
    plain = int(found) if found == found.to_integral_value() else float(found)
    return Sourced(plain, value.key, value.node)
