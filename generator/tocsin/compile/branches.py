"""An alert that is otherwise for some values of labels: its rules share its series among them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.compile.spec_alert_labels import engine_of
from tocsin.lang.listed_labels import (
    in_both_label_sets,
    label_sets_without,
    matchers_text,
    values_of,
)
from tocsin.lang.logql.restrict import restrict_log_query
from tocsin.lang.promql.restrict import restrict_query
from tocsin.plan.model import Engine
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.compile.alert_source import AlertSource, RuleSource
    from tocsin.lang.listed_labels import LabelSets
    from tocsin.spec.alerts import Alert, Where
    from tocsin.spec.model import Spec


@value_object
class Share:
    """A part of an alert's series, and what the alert is for them."""

    sets: tuple[LabelSets, ...]
    """The series, as sets that have nothing in common; none where others before take all of them."""
    source: AlertSource | None
    """None where it is switched off."""
    branch: int | None
    """The number of the exception among those by labels; None of what is left."""


def shares(spec: Spec, source: AlertSource) -> Iterator[Share]:
    """The parts of an alert: one for each exception, of which the first that matches counts, and the rest."""
    left: list[LabelSets] = [{}]
    for number, branch in enumerate(source.settings.branches):
        wanted = label_sets(branch.where)
        taken = (in_both_label_sets(sets, wanted) for sets in left)
        own = None if branch.alert is None else branch_source(spec, source, branch.alert, number)
        yield Share(tuple(one for one in taken if one is not None), own, number)
        left = [rest for sets in left for rest in label_sets_without(sets, wanted)]
    yield Share(tuple(left), source, None)


def restricted_query(alert: Alert, text: str, sets: LabelSets) -> str | None:
    """A query of an alert for some series only; None where it never returns any of them.

    LangError where a label is lost.
    """
    restrict = restrict_log_query if engine_of(alert) is Engine.LOKI else restrict_query
    return restrict(text, sets)


def label_sets(where: Where) -> LabelSets:
    """The series that an exception is for."""
    return {
        label: values_of([values] if isinstance(values, str) else values) for label, values in where.items()
    }


def branch_source(spec: Spec, source: AlertSource, alert: Alert, number: int) -> AlertSource:
    """The alert as it is for the values of one of its exceptions."""
    group = spec.groups[source.group]
    team = alert.team or group.team
    labels = {**({"team": team} if team else {}), **spec.project.labels, **group.labels, **alert.labels}
    place = Place((*source.place.path, ".branches", number, "alert"))
    return replace(source, settings=alert, team=team, labels=labels, place=place)


def restricted_rules(
    rules: list[RuleSource], share: Share, base: AlertSource, annotations: Mapping[str, str]
) -> Iterator[RuleSource]:
    """The rules of one part of an alert, each for its series only; LangError where a label is lost."""
    source = share.source
    assert source is not None
    settings = source.settings
    texts = {"summary": settings.summary, "description": settings.description}
    said = {name: text for name, text in texts.items() if text is not None} | settings.annotations
    own = {name: text for name, text in said.items() if annotations.get(name) != text}
    labels = {name: text for name, text in source.labels.items() if base.labels.get(name) != text}
    for sets in share.sets:
        for rule in rules:
            expr = restricted_query(settings, rule.expr, sets)
            if expr is not None:
                yield replace(
                    rule,
                    expr=expr,
                    labels={**labels, **rule.labels},
                    annotations={**own, **rule.annotations},
                    selected=matchers_text(sets),
                )
