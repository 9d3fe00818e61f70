"""The alerts of an objective with `burn`: its error budget burns, or nothing measures it any more."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.compile.alert_source import Around, RuleSource, alert_source
from tocsin.compile.burn.conditions import (
    all_missing_condition,
    burn_condition,
    condition_words,
    missing_condition,
)
from tocsin.compile.burn.forms import SloForm, slo_forms
from tocsin.compile.burn.objectives import objective_classes, objective_words
from tocsin.compile.burn.queries import Events, ReadyShare, TimeSlices, indicator_queries
from tocsin.compile.burn.series import BASE
from tocsin.compile.burn.tiers import burn_tiers, is_recorded, missing_alert
from tocsin.compile.severity_labels import severity_rank
from tocsin.compile.spec_alert_labels import engine_of
from tocsin.lang.durations import format_duration
from tocsin.lang.errors import LangError
from tocsin.lang.listed_labels import matchers_text
from tocsin.lang.logql.restrict import restrict_log_query
from tocsin.lang.promql.restrict import restrict_query
from tocsin.plan.model import Engine, RulePlaces
from tocsin.source.place import Place
from tocsin.spec.alerts import Alert, Panel
from tocsin.spec.runbook import Runbook, Step
from tocsin.translations import TEXTS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.compile.alert_source import AlertSource
    from tocsin.compile.burn.tiers import Tier
    from tocsin.spec.burn import Missing
    from tocsin.spec.model import Spec
    from tocsin.spec.slos import Slo

DEFAULT_GROUP = "slos"
_LEAST_MISSING_MS = 5 * 60_000
_VALUE = "{{ $value | humanizePercentage }}"


@value_object
class GeneratedAlert:
    """An alert in the form that an author could have given it, and its rules."""

    source: AlertSource
    rules: tuple[RuleSource, ...]
    of_all: str | None = None
    """A condition for all groups together, which no exception for some of them restricts."""

    def rules_with(self, _: AlertSource, annotations: Mapping[str, str]) -> tuple[RuleSource, ...]:
        """The rules, each with the places of the annotations that all share."""
        return tuple(_placed(rule, annotations) for rule in self.rules)


def generated_names(spec: Spec, name: str) -> dict[str, Place]:
    """The names of the alerts of an objective, each with the place that gives it; none without `burn`."""
    if spec.slos[name].burn is None:
        return {}
    path = ("slos", name, "burn")
    forms = [form for form in slo_forms(spec, name) if form.spec.slos[name].burn is not None]
    names = {tier.alert: Place(path, key=True) for form in forms for tier in burn_tiers(form.spec, name)}
    for form in forms:
        missing = missing_alert(form.spec, name)
        if missing is not None and missing.alert is not None:
            names.setdefault(missing.alert, Place((*path, "missing"), key=True))
    return names


def group_of(spec: Spec, name: str) -> str:
    """The group among whose alerts those of an objective are."""
    return spec.slos[name].group or DEFAULT_GROUP


@answered_once
def burn_alerts(spec: Spec, name: str) -> tuple[GeneratedAlert, ...]:
    """The alerts of an objective with `burn`, its tiers first."""
    forms = slo_forms(spec, name)
    if not spec.slos[name].branches:
        return tuple(_joined(spec, [(forms[0], _alerts(spec, name))]))
    try:
        return tuple(_joined(spec, [(form, _alerts(form.spec, name)) for form in forms]))
    except LangError:
        # It is told, and the checks look at what the objective is without exceptions.
        without = SloForm(forms[0].spec, None, ({},))
        return tuple(_joined(spec, [(without, _alerts(forms[0].spec, name))]))


def _joined(
    spec: Spec, found: Iterable[tuple[SloForm, Iterable[GeneratedAlert]]]
) -> Iterator[GeneratedAlert]:
    """The alerts of all forms of an objective, those of one name as one; LangError where a label is lost."""
    sources: dict[str, AlertSource] = {}
    rules: dict[str, list[RuleSource]] = {}
    for form, alerts in found:
        for alert in alerts:
            base = sources.setdefault(alert.source.name, alert.source)
            labels = {key: text for key, text in alert.source.labels.items() if base.labels.get(key) != text}
            restrict = (
                restrict_log_query if engine_of(alert.source.settings) is Engine.LOKI else restrict_query
            )
            for number, sets in enumerate(form.sets):
                of_all = alert.of_all if form.number is None and number == 0 else None
                for rule in alert.rules:
                    expr = _either(restrict(rule.expr, sets) if rule.expr else None, of_all)
                    if expr:
                        selected = matchers_text(sets)
                        own = {**labels, **rule.labels}
                        made = replace(rule, expr=expr, labels=own, selected=selected)
                        rules.setdefault(alert.source.name, []).append(made)
    for name, source in sources.items():
        if rules.get(name):
            by_urgency = sorted(rules[name], key=lambda rule: severity_rank(spec, rule.severity))
            yield GeneratedAlert(source, tuple(by_urgency))


def _either(*conditions: str | None) -> str:
    return "\nor\n".join(filter(None, conditions))


def _alerts(spec: Spec, name: str) -> Iterator[GeneratedAlert]:
    by_alert: dict[str, list[Tier]] = {}
    for tier in burn_tiers(spec, name):
        by_alert.setdefault(tier.alert, []).append(tier)
    for alert, tiers in by_alert.items():
        yield _burn_alert(spec, name, alert, tiers)
    missing = missing_alert(spec, name)
    if missing is not None:
        yield _missing_alert(spec, name, missing)


def _burn_alert(spec: Spec, name: str, alert: str, tiers: Iterable[Tier]) -> GeneratedAlert:
    slo, words = spec.slos[name], TEXTS[spec.project.language].slos
    conditions = [(tier, burn_condition(spec, name, tier)) for tier in tiers]
    promised, allowed = objective_words(slo)
    rules = []
    for tier, expr in conditions:
        waits = condition_words(spec, name, tier)
        said = words.burning.format(_VALUE, promised, slo.window, allowed, waits)
        annotations = {**_replacing(slo.annotations, {"description": said}), **tier.settings.annotations}
        rules.append(
            RuleSource(
                severity=tier.severity or "",
                expr=expr,
                comparison=None,
                threshold=None,
                threshold_text=None,
                for_=tier.settings.for_ or "0s",
                keep_firing_for=tier.settings.keep_firing_for,
                written=_places(spec, name, tier.place, tier.settings.labels, tier.settings.annotations),
                labels=tier.settings.labels,
                annotations=annotations,
                condition=waits,
            )
        )
    first = rules[0].annotations.get("description", "")
    settings = _settings(spec, name, words.burns.format(slo.title), first, conditions[0][1])
    return GeneratedAlert(_source(spec, name, alert, settings), tuple(rules))


def _missing_alert(spec: Spec, name: str, missing: Missing) -> GeneratedAlert:
    slo, words = spec.slos[name], TEXTS[spec.project.language].slos
    of_groups, of_all = missing_condition(spec, name), all_missing_condition(spec, name)
    rule = RuleSource(
        severity=missing.severity or "",
        expr=of_groups or "",
        comparison=None,
        threshold=None,
        threshold_text=None,
        for_=missing.for_ or format_duration(_noticed_ms(spec, name)),
        keep_firing_for=None,
        written=_places(
            spec,
            name,
            Place(("slos", name, "burn", "missing"), key=True),
            missing.labels,
            missing.annotations,
        ),
        labels=missing.labels,
        annotations={**_replacing(slo.annotations, {}), **missing.annotations},
        condition=words.is_missing,
    )
    both = _either(of_groups, of_all)
    settings = _settings(spec, name, words.missing.format(slo.title), words.missing_about, both).model_copy(
        update={"unit": "none", "runbook": _missing_runbook(slo, words.missing_step)}
    )
    assert missing.alert is not None, "the name was filled in"
    return GeneratedAlert(_source(spec, name, missing.alert, settings), (rule,), of_all)


def _noticed_ms(spec: Spec, name: str) -> int:
    """How long the fastest tier takes to notice a full outage, in whole minutes, and at least five."""
    objective = min(one.objective for one in objective_classes(spec.slos[name]))
    found = [pair.outage_ms(objective) for tier in burn_tiers(spec, name) for pair in tier.pairs]
    fastest = min((one for one in found if one is not None), default=0)
    return max(-(-fastest // 60_000) * 60_000, _LEAST_MISSING_MS)


def _missing_runbook(slo: Slo, title: str) -> Runbook:
    """The page of the alert for missing data: what a person does when the budget burns is of no use then."""
    found = indicator_queries(slo)
    asked = found.total(BASE) if isinstance(found, Events) else None
    if isinstance(found, ReadyShare):
        asked = found.share(BASE)
    elif isinstance(found, TimeSlices):
        asked = found.total
    is_log = isinstance(found, Events) and found.engine is Engine.LOKI
    step = Step(title=title) if asked is None or is_log else Step(title=title, promql=asked)
    return Runbook(url=slo.runbook.url, diagnosis=[step])


def _settings(spec: Spec, name: str, summary: str, description: str, expr: str) -> Alert:
    slo = spec.slos[name]
    return _bare_alert().model_copy(
        update={
            "summary": slo.annotations.get("summary", summary),
            "description": slo.annotations.get("description", description),
            "expr": expr,
            "engine": "prometheus" if is_recorded(spec, slo) else "loki",
            "unit": "ratio",
            "team": slo.team,
            "annotations": slo.annotations,
            "related": slo.related,
            "runbook": slo.runbook,
            "panel": Panel(minimum=0),
        }
    )


@lru_cache(maxsize=1)
def _bare_alert() -> Alert:
    """An alert with nothing but defaults, which take a thousand times longer to fill in than to copy."""
    return Alert.model_construct()


def _source(spec: Spec, name: str, alert: str, settings: Alert) -> AlertSource:
    slo, group_name = spec.slos[name], group_of(spec, name)
    group = spec.groups.get(group_name)
    team, labels = (None, {}) if group is None else (group.team, group.labels)
    around = Around(spec.project.labels, team, labels, {})
    own = {"slo": name, **slo.labels}
    return alert_source(alert, group_name, settings, own, Place(("slos", name)), around)


def _replacing(written: Mapping[str, str], made: Mapping[str, str]) -> dict[str, str]:
    """What was made, where nothing is written for it."""
    return {key: text for key, text in made.items() if key not in written}


def _places(
    spec: Spec, name: str, place: Place, labels: Mapping[str, str], annotations: Mapping[str, str]
) -> RulePlaces:
    """Where the texts of a rule come from; its expression was written by nobody."""
    slo, group_name = spec.slos[name], group_of(spec, name)
    group = spec.groups.get(group_name)
    own, path, above = Place(("slos", name), key=True), ("slos", name), ("groups", group_name)
    team = {"team": Place((*path, "team"))} if slo.team else {}
    if group is not None:
        of_group = {"team": Place((*above, "team"))} if group.team else {}
        of_group |= {label: Place((*above, "labels", label)) for label in group.labels}
        team = {**of_group, **team}
    return RulePlaces(
        text="",
        name=own,
        expr=place,
        threshold=None,
        for_=place,
        labels={
            "severity": place,
            "slo": own,
            **{label: Place(("project", "labels", label)) for label in spec.project.labels},
            **team,
            **{label: Place((*path, "labels", label)) for label in slo.labels},
            **{label: Place((*place.path, "labels", label)) for label in labels},
        },
        annotations={
            **{key: Place((*path, "annotations", key)) for key in slo.annotations},
            **{key: Place((*place.path, "annotations", key)) for key in annotations},
        },
    )


def _placed(rule: RuleSource, annotations: Mapping[str, str]) -> RuleSource:
    written = rule.written
    places = {key: written.annotations.get(key, written.name) for key in (*annotations, *rule.annotations)}
    return replace(rule, written=replace(written, annotations=places))
