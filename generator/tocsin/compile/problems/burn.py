"""What keeps the burn-rate alerts of an objective from being made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.burn.alerts import burn_alerts
from tocsin.compile.burn.forms import slo_forms
from tocsin.compile.burn.queries import Events, ReadyShare, indicator_queries
from tocsin.compile.burn.recordings import recorded_series
from tocsin.compile.burn.tiers import (
    LONGEST_RAW_MS,
    at_least,
    burn_tiers,
    interval_of,
    is_recorded,
    missing_alert,
)
from tocsin.compile.spec_alert_labels import identity_labels
from tocsin.diagnostics.problem import Problem
from tocsin.lang.burn_windows import window_text
from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.logql import windows as log_windows
from tocsin.lang.objectives import parse_objective
from tocsin.lang.promql import windows as metric_windows
from tocsin.lang.promql.ast import Selector
from tocsin.lang.promql.parser import parse_promql
from tocsin.plan.model import Engine
from tocsin.source.place import Place
from tocsin.spec.slos import INDICATORS, Up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.compile.burn.tiers import Tier
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.model import Spec
    from tocsin.spec.slos import Slo

_LONGEST_INTERVAL_MS = 5 * 60_000
_MOST_RULES = 20
"""Mimir's default for `ruler_max_rules_per_rule_group`."""
_OWN = "slo"
_HOUR_MS = 3_600_000
_SOON_MS = _HOUR_MS // 2
"""Until then the most urgent tier has to fire in a full outage: `slo/late`."""


def impossible_burn(spec: Spec) -> Iterator[Problem]:
    """What is wrong with each objective that has `burn`."""
    for name, slo in spec.slos.items():
        if slo.burn is None:
            continue
        yield from _queries(name, slo)
        for form in slo_forms(spec, name):
            own = form.spec.slos[name]
            yield from _tiers(form.spec, name, own)
            yield from _settings(form.spec, name, own)
        yield from _too_many(spec, name, slo)


def ambiguous_instances(spec: Spec, flows: QueryFlows) -> Iterator[Problem]:
    """Objectives whose alerts have several severities, and series that nobody can tell apart."""
    for name, slo in spec.slos.items():
        if slo.burn is None or not spec.routing.derive_inhibitions:
            continue
        for alert in burn_alerts(spec, name):
            if len(alert.rules) > 1 and not identity_labels(alert.source, flows).sure:
                yield Problem(
                    "inhibition/instances",
                    f"nothing says which groups `{name}` is measured by, so the worst one would inhibit all "
                    "the others",
                    Place(("slos", name, *_indicator_path(slo)), key=True),
                    help="aggregate its queries, with `sum(…)` or `sum by (…) (…)`",
                )
                break


def _indicator_path(slo: Slo) -> tuple[str, ...]:
    return next((name,) for name in INDICATORS if getattr(slo, name) is not None)


def _queries(name: str, slo: Slo) -> Iterator[Problem]:
    """Queries that cannot be asked of other windows than the objective's."""
    window_ms, path = parse_duration(slo.window), ("slos", name)
    if slo.ratio is not None:
        windows = metric_windows if slo.ratio.engine == "prometheus" else log_windows
        for key in ("good", "bad", "total", "share"):
            text: str | None = getattr(slo.ratio, key)
            if text is not None and not windows.has_window(text, window_ms):
                yield _no_window(slo, Place((*path, "ratio", key)))
    if slo.latency is not None and slo.latency.buckets is not None:
        place = Place((*path, "latency", "buckets"))
        if not metric_windows.has_window(slo.latency.buckets, window_ms):
            yield _no_window(slo, place)
        else:
            try:
                found = indicator_queries(slo)
            except LangError:
                return  # Reported where the limit is.
            if found is None:
                yield Problem(
                    "spec/burn",
                    "what is answered in time cannot be counted by this query",
                    place,
                    help="write it as `sum by (le) (rate(x_bucket[…]))`, or give `histogram:` and `by:`",
                )
    if slo.up is not None:
        gauge = slo.up.gauge if isinstance(slo.up, Up) else slo.up
        if not isinstance(parse_promql(gauge), Selector):
            at = Place((*path, "up", "gauge") if isinstance(slo.up, Up) else (*path, "up"))
            advice = (
                'write the gauge alone, such as `probe_success{job="shop"}`; for an expression use `slices:`'
            )
            yield Problem("spec/burn", "the samples of an expression cannot be counted", at, help=advice)


def _no_window(slo: Slo, place: Place) -> Problem:
    return Problem(
        "spec/burn-range",
        f"no range is as long as the window of {slo.window}, so the query cannot be asked of a shorter one",
        place,
        "burn-rate alerts look at windows of several lengths",
        help=f"write `[{slo.window}]` as its range; it stands for each of the windows",
    )


def _tiers(spec: Spec, name: str, slo: Slo) -> Iterator[Problem]:
    tiers = burn_tiers(spec, name)
    place = Place(("slos", name, "burn"), key=True)
    if not tiers:
        advice = "write `burn: {page: critical, ticket: warning}`, or give `project.defaults.burn` its tiers"
        yield Problem("spec/burn", "there is no tier", place, help=advice)
    taken: dict[tuple[str, str], str] = {}
    for tier in tiers:
        if tier.severity is None:
            advice = f"write `severity: {next(iter(spec.severities), 'warning')}`"
            yield Problem("spec/burn", f"the tier `{tier.name}` has no severity", tier.place, help=advice)
            continue
        if not tier.pairs:
            yield _no_windows(spec, name, tier)
        first = taken.setdefault((tier.alert, tier.severity), tier.name)
        if first != tier.name:
            yield Problem(
                "spec/burn",
                f"`{first}` and `{tier.name}` have the same severity, and would be one rule",
                tier.place,
                help="give one of them another severity, or an `alert:` of its own",
            )
        yield from _windows(spec, slo, tier)


def _no_windows(spec: Spec, name: str, tier: Tier) -> Problem:
    slo = spec.slos[name]
    if tier.left_out:
        why = "are too long for it" if is_recorded(spec, slo) else "cannot be read from logs alone"
        said = f"the usual windows of `{tier.name}`, {' and '.join(tier.left_out)}, {why}"
    else:
        said = f"nothing says how fast the budget has to burn for `{tier.name}`"
    return Problem("spec/burn", said, tier.place, help=_own_windows(spec, name, tier))


def _own_windows(spec: Spec, name: str, tier: Tier) -> str:
    """What to write instead of the usual windows: a factor of 1, as a smaller one is within the budget."""
    slo = spec.slos[name]
    assert slo.burn is not None, "only objectives with `burn` have tiers"
    longest_ms = parse_duration(slo.window) // 2
    if not is_recorded(spec, slo):
        longest_ms = min(longest_ms, LONGEST_RAW_MS)
    if tier.severity == burn_tiers(spec, name)[0].severity:
        longest_ms = min(longest_ms, _noticed_soon_ms(slo))
    spent = f"spent: [1x in {window_text(longest_ms)}]"
    mapping = f"{tier.name}: {{severity: {tier.severity}, {spent}}}"
    written = slo.burn.tiers.get(tier.name) or getattr(slo.burn, tier.name, None)
    if isinstance(written, str):
        return f"write `{mapping}` instead of `{tier.name}: {written}`, or leave it out"
    if written is not None:
        return f"write `{spent}`, or leave it out"
    return f"name the tiers here, those of `project.defaults.burn` that fit and `{mapping}`, or leave it out"


def _noticed_soon_ms(slo: Slo) -> int:
    """The longest window in which a full outage spends what a factor of 1 allows within half an hour."""
    written = slo.objective
    texts = [slo.default_objective, *(() if isinstance(written, str) else written.values.values())]
    found_ms = int(_SOON_MS / max(1 - parse_objective(text) for text in texts))
    unit_ms = _HOUR_MS if found_ms >= _HOUR_MS else 60_000
    return found_ms // unit_ms * unit_ms


def _windows(spec: Spec, slo: Slo, tier: Tier) -> Iterator[Problem]:
    window_ms = parse_duration(slo.window)
    for pair in tier.pairs:
        if pair.long_ms > window_ms:
            yield Problem(
                "spec/burn",
                f"this looks back {pair.long}, and the objective is about {slo.window}",
                pair.place,
                help=f"write a window of {slo.window} or less",
            )
        elif not is_recorded(spec, slo) and pair.long_ms > LONGEST_RAW_MS:
            yield Problem(
                "spec/burn",
                f"Loki alone cannot look back {pair.long} at each evaluation",
                pair.place,
                help="write windows of 6h or less, or let Loki's ruler write to Prometheus and set "
                "`project.loki.remote_write: true`",
            )


def _too_many(spec: Spec, name: str, slo: Slo) -> Iterator[Problem]:
    """More rules than rulers take: each needs those before it, so that they cannot be in two groups."""
    path = ("slos", name)
    if not is_recorded(spec, slo) or any(_queries(name, slo)):
        return
    try:
        recorded = [one for one in recorded_series(spec, name) if one.engine is Engine.PROMETHEUS]
    except LangError:
        return  # Reported where the query is.
    forms = [form for form in slo_forms(spec, name) for _ in form.sets]
    tiers = [tier for form in forms for tier in burn_tiers(form.spec, name)]
    alerts = len(tiers) + sum(missing_alert(form.spec, name) is not None for form in forms)
    count = len(recorded) + alerts
    mimir = spec.deliver.mimir
    most = _MOST_RULES if mimir is None else mimir.rules_per_group
    if mimir is None and len(forms) > 1:
        # Each exception has alerts of its own, and Prometheus itself takes any number of rules.
        return
    if most and count > most:
        windows = {ms for tier in tiers for pair in tier.pairs for ms in (pair.long_ms, pair.short_ms)}
        yield Problem(
            "spec/burn",
            f"its rule group would have {count} rules, of which {len(windows)} are for windows, and rulers "
            f"such as Mimir's refuse more than {most} in one",
            Place((*path, "burn"), key=True),
            help="write windows that several pairs share, as `14.4x in 1h and 5m` and `6x in 6h and 1h`, "
            f"or {count - most} fewer",
        )


def _settings(spec: Spec, name: str, slo: Slo) -> Iterator[Problem]:
    path = ("slos", name)
    if not 0 < parse_duration(interval_of(spec, slo)) <= _LONGEST_INTERVAL_MS:
        yield Problem(
            "spec/burn",
            f"its rules would be evaluated every {interval_of(spec, slo)}, and Prometheus forgets what is "
            "recorded after 5m",
            Place((*path, "burn", "interval")),
            help="write `interval: 1m`",
        )
    if at_least(spec, slo) > 1:
        try:
            found = indicator_queries(slo)
        except LangError:
            found = None
        if isinstance(found, ReadyShare) or (isinstance(found, Events) and not found.counted):
            yield Problem(
                "spec/burn",
                "`at_least` counts events, and the indicator does not say how many there are",
                Place((*path, "burn", "at_least"), key=True),
                help="measure it by `bad` and `total` of counters, with `rate` or `increase`; or take "
                "`at_least` away",
            )
        elif not is_recorded(spec, slo):
            yield Problem(
                "spec/burn",
                "`at_least` needs what only Prometheus records",
                Place((*path, "burn", "at_least"), key=True),
                help="take `at_least` away, or set `project.loki.remote_write: true`",
            )
    if not is_recorded(spec, slo) and missing_alert(spec, name) is not None:
        yield Problem(
            "spec/burn",
            "that the data is missing cannot be seen in logs alone",
            Place((*path, "burn", "missing"), key=True),
            help="write `missing: none`, or set `project.loki.remote_write: true`",
        )
    for label, place in _set_labels(spec, slo, path):
        if label == _OWN:
            yield Problem(
                "spec/burn",
                "the label `slo` is set by Tocsin: it holds the name of the objective",
                place,
                help="choose another label",
            )


def _set_labels(spec: Spec, slo: Slo, path: tuple[str, ...]) -> Iterator[tuple[str, Place]]:
    for label in spec.project.labels:
        yield label, Place(("project", "labels", label), key=True)
    for label in slo.labels:
        yield label, Place((*path, "labels", label), key=True)
