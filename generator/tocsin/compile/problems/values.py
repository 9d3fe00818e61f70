"""Values that make no sense in their place: thresholds in a foreign unit, expressions that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.alert_source import alert_forms
from tocsin.compile.spec_alert_labels import conditions_of, engine_of
from tocsin.compile.thresholds import limit_of_latency, limit_of_slice, threshold_limit
from tocsin.diagnostics.problem import Problem, of_language
from tocsin.lang.errors import LangError
from tocsin.lang.logql import shape as logql
from tocsin.lang.logql.syntax import check_logql
from tocsin.lang.promql import shape as promql
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.syntax import check_promql
from tocsin.lang.promql.types import Type, type_of
from tocsin.plan.model import Engine
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.spec.conditions import Condition
    from tocsin.spec.model import Spec
    from tocsin.spec.slos import Latency, Slo

    Path = tuple[str | int, ...]


def nonsense_in_groups(spec: Spec) -> Iterator[Problem]:
    """Values of alerts that only make sense, or not, together with their neighbours."""
    for group_name in spec.groups:
        for path, _, alert in alert_forms(spec, group_name):
            for below, one in conditions_of(alert):
                at = (*path, *below)
                yield from _thresholds(one, alert.unit, at)
                yield from _second_comparison(one, at)
                if one.expr is not None:
                    yield from _expression(one.expr, engine_of(alert), at)


def nonsense_around(spec: Spec) -> Iterator[Problem]:
    """Values of SLOs that make no sense in their place."""
    for name, slo in spec.slos.items():
        yield from _indicator(slo, ("slos", name))
        if slo.latency is not None:
            yield from _limit(slo.latency, ("slos", name, "latency", "within"))
        if slo.slices is not None:
            try:
                limit_of_slice(slo.slices)
            except LangError as error:
                place = Place(("slos", name, "slices", slo.slices.comparison))
                yield of_language("spec/quantity", error, place)


def _indicator(slo: Slo, path: Path) -> Iterator[Problem]:
    """Numbers in place of queries of what is counted."""
    if slo.ratio is not None and slo.ratio.engine == "loki":
        return
    for kind, part in (("ratio", slo.ratio), ("latency", slo.latency)):
        for key in ("good", "bad", "share", "buckets"):
            text = getattr(part, key, None)
            if text is not None and type_of(parse_promql(text)) is Type.SCALAR:
                yield Problem(
                    "spec/promql",
                    "this is a number, and nothing is measured by it",
                    Place((*path, kind, key)),
                    help=f"write for example `sum(increase(requests_total[{slo.window}]))`",
                )


def _limit(latency: Latency, path: Path) -> Iterator[Problem]:
    try:
        within = limit_of_latency(latency)
    except LangError as error:
        yield of_language("spec/quantity", error, Place(path))
        return
    if within.value <= 0:
        advice = "write for example `500ms`"
        yield Problem("spec/quantity", "nothing is answered in no time", Place(path), help=advice)


def _thresholds(one: Condition, unit: str, path: Path) -> Iterator[Problem]:
    for severity, threshold in one.thresholds.items():
        try:
            threshold_limit(threshold, unit)
        except LangError as error:
            place = Place((*path, "thresholds", severity, threshold.comparison))
            yield of_language("spec/quantity", error, place)


def _second_comparison(one: Condition, path: Path) -> Iterator[Problem]:
    """A comparison at the top of a query that the thresholds compare again: one of the two does not hold."""
    key = "promql" if one.promql is not None else "logql"
    query = one.promql or one.logql
    if query is None:
        return
    found = (promql if key == "promql" else logql).conditions(query)
    if found:
        first, *others = (Place((*path, key), span) for span in found)
        yield Problem(
            "spec/second-comparison",
            f"`{key}` already compares, and the thresholds would compare its result again",
            first,
            "the rule, the panel and the runbook would name different limits",
            help=f"leave `{_one_line(query[slice(*found[0])])}` out, so that only the thresholds compare; or "
            "write the whole condition as `expr:` with a `severity:`, without `thresholds:`",
            related=tuple((place, "this compares as well") for place in others),
        )


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _expression(expr: str, engine: Engine, path: Path) -> Iterator[Problem]:
    place, is_metric = Place((*path, "expr")), engine is Engine.PROMETHEUS
    try:
        if is_metric:
            check_promql(expr)
        else:
            check_logql(expr, metric=True)
    except LangError as error:
        yield of_language("spec/promql" if is_metric else "spec/logql", error, place)
