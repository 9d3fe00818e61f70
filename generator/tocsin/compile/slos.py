"""Service level objectives: what may be bad, and the one query that shows whether the promise is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.compile.addresses import base_urls
from tocsin.compile.burn.alerts import generated_names
from tocsin.compile.burn.forms import slo_forms
from tocsin.compile.burn.operands import operand
from tocsin.compile.burn.queries import Events, ReadyShare, TimeSlices, indicator_queries, series, sum_by
from tocsin.compile.burn.series import BASE, slo_series
from tocsin.compile.burn.tiers import at_least, burn_tiers, interval_of, is_recorded, missing_alert
from tocsin.compile.label_parts import label_sets, parts_of
from tocsin.compile.thresholds import limit_of_latency
from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.listed_labels import matchers_text
from tocsin.lang.objectives import budget_ms, format_share, parse_objective
from tocsin.lang.promql.tokens import tokenize
from tocsin.lang.threshold_comparison import dedent_query, indent_query
from tocsin.plan import slo as model
from tocsin.plan.burn import Burn, BurnTier, Measure, MeasureKind
from tocsin.plan.links import explore, prometheus_query
from tocsin.plan.model import Engine
from tocsin.plan.names import datasource_uid, slo_group
from tocsin.source.place import Place
from tocsin.spec.exceptions import BRANCHES, INSTEAD
from tocsin.spec.slos import Up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from tocsin.lang.listed_labels import LabelSets
    from tocsin.spec import slos as written_slos
    from tocsin.spec.model import Spec

    Indicator = model.Ratio | model.Latency | model.Share
    Path = tuple[str | int, ...]


def slos(spec: Spec) -> Iterator[model.Slo]:
    """The objectives of a spec, by name."""
    for name, written in spec.slos.items():
        path = ("slos", name)
        objective = parse_objective(written.default_objective)
        indicator = _indicator(spec, written, path)
        query = _query(indicator, objective)
        generated = generated_names(spec, name)
        by, objectives = _of_groups(written)
        yield model.Slo(
            name=name,
            title=written.title,
            description=written.description,
            objective=objective,
            objective_text=format_share(objective),
            budget_text=format_share(1 - objective),
            window=written.window,
            budget_time=format_duration(budget_ms(objective, parse_duration(written.window))),
            indicator=indicator,
            query=query,
            url=_url(spec, indicator, query),
            team=written.team,
            alerts=tuple(dict.fromkeys((*written.alerts, *generated))),
            place=Place(path),
            burn=None if written.burn is None else _burn(spec, name),
            by=by,
            objectives=objectives,
            exceptions=tuple(_exceptions(spec, name)),
            unwatched=tuple(_unwatched(written)),
            parts=_general_parts(spec, name),
        )


def _of_groups(written: written_slos.Slo) -> tuple[str | None, tuple[model.GroupObjective, ...]]:
    objective = written.objective
    if isinstance(objective, str):
        return None, ()
    taken = {
        text
        for branch in written.branches
        if branch.where.keys() == {objective.by}
        for text in label_sets(branch.where)[objective.by].texts
    }
    return objective.by, tuple(
        model.GroupObjective(value, parse_objective(text))
        for value, text in objective.values.items()
        if value not in taken
    )


def _exceptions(spec: Spec, name: str) -> Iterator[model.Promise]:
    """What is promised of the groups for which exceptions hold, where they are written."""
    for form in slo_forms(spec, name):
        if form.number is not None:
            at = ("slos", name, BRANCHES, form.number, INSTEAD)
            written = form.spec.slos[name]
            by, groups = _of_groups(written)
            burn = None if written.burn is None else _burn(form.spec, name)
            yield model.Promise(
                objective=parse_objective(written.default_objective),
                place=Place((*at, "objective")),
                burn=burn and replace(burn, tiers=tuple(_tier_at(tier, at) for tier in burn.tiers)),
                parts=form.sets,
                by=by,
                groups=groups,
                team=written.team,
            )


def _general_parts(spec: Spec, name: str) -> tuple[LabelSets, ...]:
    return next((form.sets for form in slo_forms(spec, name) if form.number is None), ())


def _unwatched(written: written_slos.Slo) -> Iterator[model.UnwatchedGroups]:
    for number, sets in parts_of(written.branches):
        reason = None if number is None else written.branches[number].off
        if reason is not None and sets:
            yield model.UnwatchedGroups(" or ".join(map(matchers_text, sets)), reason)


def _tier_at(tier: BurnTier, at: Path) -> BurnTier:
    """A tier with its places below an exception."""

    def moved(place: Place) -> Place:
        return replace(place, path=(*at, *place.path[2:]))

    pairs = tuple(replace(pair, place=moved(pair.place)) for pair in tier.pairs)
    return replace(tier, place=moved(tier.place), pairs=pairs)


def _burn(spec: Spec, name: str) -> Burn:
    written = spec.slos[name]
    missing, recorded = missing_alert(spec, name), slo_series(spec, name)
    return Burn(
        tiers=_tiers(spec, name),
        at_least=at_least(spec, written),
        missing=None if missing is None else missing.alert,
        rule_group=slo_group(name),
        interval=interval_of(spec, written),
        recorded=is_recorded(spec, written),
        events=recorded.unit if recorded.has_events else None,
        measure=_measure(written),
        place=Place(("slos", name, "burn"), key=True),
    )


def _tiers(spec: Spec, name: str) -> tuple[BurnTier, ...]:
    return tuple(
        BurnTier(
            tier.name, tier.severity or "", tier.alert, tier.pairs, tier.settings.for_ or "0s", tier.place
        )
        for tier in burn_tiers(spec, name)
    )


def _measure(written: written_slos.Slo) -> Measure:
    found = indicator_queries(written)
    assert found is not None, "what cannot be asked is reported before"
    if isinstance(found, ReadyShare):
        return Measure(MeasureKind.SHARE, found.share(BASE), True, None)
    if isinstance(found, TimeSlices):
        return Measure(MeasureKind.SLICES, found.bad, True, found.total)
    assert isinstance(found, Events), "these are all there are"
    kind = MeasureKind.LOGS if found.engine is Engine.LOKI else MeasureKind.EVENTS
    return Measure(kind, found.part(BASE), found.is_bad, found.total(BASE))


def _url(spec: Spec, indicator: Indicator, query: str) -> str | None:
    base = base_urls(spec.project)
    if isinstance(indicator, model.Ratio) and indicator.engine is Engine.LOKI:
        source = spec.project.datasources.loki or datasource_uid(spec.project.name, "loki")
        return None if base.grafana is None else explore(base.grafana, source, query)
    return None if base.prometheus is None else prometheus_query(base.prometheus, query)


def _indicator(spec: Spec, written: written_slos.Slo, path: Path) -> Indicator:
    if written.ratio is not None:
        return _ratio(written.ratio, (*path, "ratio"))
    if written.latency is not None:
        return _latency(written, written.latency, (*path, "latency"))
    if written.slices is not None:
        found = indicator_queries(written)
        assert isinstance(found, TimeSlices), "it is measured by slices"
        # Each evaluation of the rules is one slice.
        text = f"avg_over_time(({found.bad})[{written.window}:{interval_of(spec, written)}])"
        return model.Share(model.Query(text, Place((*path, "slices", "promql"), key=True)))
    up = Up(gauge=written.up) if isinstance(written.up, str) else written.up
    assert up is not None, "the spec holds one indicator"
    place = Place((*path, "up"), key=True)
    part, total = (
        f"{sum_by(up.by)}({function}({up.gauge.strip()}[{written.window}]))"
        for function in ("sum_over_time", "count_over_time")
    )
    return model.Ratio(good=model.Query(part, place), bad=None, total=model.Query(total, place))


def _ratio(ratio: written_slos.Ratio, at: Path) -> model.Ratio | model.Share:
    def query(key: str) -> model.Query | None:
        text: str | None = getattr(ratio, key)
        return None if text is None else model.Query(text, Place((*at, key)))

    if ratio.share is not None:
        return model.Share(model.Query(ratio.share, Place((*at, "share"))))
    total = query("total")
    assert total is not None, "the spec holds it"
    return model.Ratio(good=query("good"), bad=query("bad"), total=total, engine=Engine(ratio.engine))


def _latency(written: written_slos.Slo, latency: written_slos.Latency, path: Path) -> model.Latency:
    within = limit_of_latency(latency)
    if latency.histogram is None:
        assert latency.buckets is not None, "the spec holds one of the two"
        buckets = model.Query(latency.buckets, Place((*path, "buckets")))
    else:
        native = latency.kind == "native"
        name = latency.histogram if native else f"{latency.histogram}_bucket"
        by = sum_by(latency.by if native else ["le", *latency.by])
        text = f"{by}(rate({series(name, latency.matchers)}[{written.window}]))"
        buckets = model.Query(text, Place((*path, "histogram")))
    return model.Latency(latency.histogram, buckets, within.value, within.text)


def _query(indicator: Indicator, objective: Decimal) -> str:
    if isinstance(indicator, model.Share):
        return f"1 -\n{operand(indicator.bad.text, Engine.PROMETHEUS)}"
    if isinstance(indicator, model.Latency):
        buckets = dedent_query(indicator.buckets.text, tokenize)
        if "\n" in buckets:
            indented = indent_query(buckets, tokenize(buckets))
            return f"histogram_quantile({objective.normalize():f},\n{indented}\n)"
        return f"histogram_quantile({objective.normalize():f}, {buckets})"
    part, total = (operand(one.text, indicator.engine) for one in (indicator.part, indicator.total))
    share = f"{part}\n/\n{total}"
    return share if indicator.bad is None else f"1 -\n{share}"
