"""An alert that is otherwise for some values of labels: its rules share its series among them.

It may be otherwise itself, and what its group and the project say of it may be. Of the exceptions of each of
the three the first that matches counts, and what the three make of a series holds together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.compile.alert_source import alert_source
from tocsin.compile.label_parts import narrowed, parts_of
from tocsin.compile.severity_labels import severity_rank
from tocsin.compile.spec_alert_labels import engine_of
from tocsin.lang.errors import LangError
from tocsin.lang.listed_labels import in_both_label_sets, matchers_text
from tocsin.lang.logql.restrict import restrict_log_query
from tocsin.lang.promql.restrict import restrict_query
from tocsin.plan.model import Engine
from tocsin.source.place import Place
from tocsin.spec.exceptions import BRANCHES, INSTEAD
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tocsin.compile.alert_source import AlertSource, RuleSource
    from tocsin.lang.listed_labels import LabelSets
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.alerts import Alert
    from tocsin.spec.exceptions import Branch
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]
    RulesOf = Callable[[AlertSource, Mapping[str, str]], Iterable[RuleSource]]
    """The rules of an alert for all of its series, by the annotations that they share."""


@value_object
class Level:
    """One of the things that say what an alert is, and its exceptions by labels."""

    path: Path
    branches: Sequence[Branch]

    def place(self, number: int, *below: str) -> Place:
        """Where something of one of the exceptions is written: `where` when nothing is named."""
        return Place((*self.path, BRANCHES, number, *(below or ("where",))), key=not below)


@value_object
class Share:
    """A part of an alert's series, and what the alert is for them."""

    sets: tuple[LabelSets, ...]
    """The series, as sets that have nothing in common."""
    source: AlertSource | None
    """None where it is switched off."""
    places: Mapping[str, Place]
    """Of the labels that its group or the project sets for these series alone."""


def levels(spec: Spec, source: AlertSource) -> tuple[Level, Level, Level]:
    """What says what an alert is: itself, its group and the project."""
    group = spec.groups.get(source.group)
    return (
        Level(source.place.path, source.settings.branches),
        Level(("groups", source.group), () if group is None else group.branches),
        Level(("project",), spec.project.branches),
    )


def shares(spec: Spec, source: AlertSource, flows: QueryFlows) -> Iterator[Share]:
    """The parts of an alert: for each combination of exceptions its series, those without any last."""
    of_alert, of_group, of_project = levels(spec, source)
    for number, own_sets in parts_of(of_alert.branches):
        form = source if number is None else branch_source(source, number)
        of_labels = of_project.branches
        wanted = narrowed(of_labels, (source if form is None else form).settings, flows)
        for group_number, group_sets in parts_of(of_group.branches):
            for project_number, project_sets in parts_of(of_labels, wanted):
                sets = _in_all(own_sets, group_sets, project_sets)
                chosen = ((of_group, group_number), (of_project, project_number))
                if sets:
                    yield _share(sets, form, chosen)


def _in_all(*each: Iterable[LabelSets]) -> tuple[LabelSets, ...]:
    """The series that are in one of the sets of each."""
    found: list[LabelSets] = [{}]
    for sets in each:
        both = (in_both_label_sets(one, other) for one in found for other in sets)
        found = [one for one in both if one is not None]
    return tuple(found)


def _share(
    sets: tuple[LabelSets, ...], source: AlertSource | None, chosen: Iterable[tuple[Level, int | None]]
) -> Share:
    """A part for which some exceptions of the group and of the project hold."""
    places: dict[str, Place] = {}
    for level, number in chosen:
        instead = None if number is None else getattr(level.branches[number], INSTEAD)
        if source is None or number is None:
            continue
        if instead is None:
            return Share(sets, None, {})
        around, said = source.around, dict(instead.labels)
        if level.path == ("project",):
            around = replace(around, project=said)
            said = {name: text for name, text in said.items() if name not in around.group}
        else:
            around = replace(around, group=said, team=instead.team)
            if instead.team and not source.settings.team:
                places["team"] = level.place(number, INSTEAD, "team")
        labels = {name: level.place(number, INSTEAD, "labels", name) for name in said}
        places |= {name: place for name, place in labels.items() if name not in source.own}
        source = alert_source(source.name, source.group, source.settings, source.own, source.place, around)
    return Share(sets, source, places)


def branch_source(source: AlertSource, number: int) -> AlertSource | None:
    """The alert as it is for the values of one of its own exceptions; None where it is switched off."""
    alert = source.settings.branches[number].instead
    if alert is None:
        return None
    place = Place((*source.place.path, BRANCHES, number, INSTEAD))
    return alert_source(source.name, source.group, alert, alert.labels, place, source.around)


def restricted_query(alert: Alert, text: str, sets: LabelSets) -> str | None:
    """A query of an alert for some series only; None where it never returns any of them.

    LangError where a label is lost.
    """
    restrict = restrict_log_query if engine_of(alert) is Engine.LOKI else restrict_query
    return restrict(text, sets)


def divided_rules(
    spec: Spec, flows: QueryFlows, source: AlertSource, rules_of: RulesOf, annotations: Mapping[str, str]
) -> Iterable[RuleSource]:
    """The rules of an alert, each for its own part of the series; the most urgent severity first."""
    if not any(level.branches for level in levels(spec, source)):
        return rules_of(source, annotations)
    try:
        found = [
            rule
            for share in shares(spec, source, flows)
            if share.source is not None
            for rule in _restricted(rules_of(share.source, annotations), share, source, annotations)
        ]
    except LangError:
        # It is told, and the checks look at what the alert is without exceptions.
        return rules_of(source, annotations)
    # What holds for most series, which is the rest, is told before its exceptions.
    found.reverse()
    return sorted(found, key=lambda rule: severity_rank(spec, rule.severity))


def _restricted(
    rules: Iterable[RuleSource], share: Share, base: AlertSource, annotations: Mapping[str, str]
) -> Iterator[RuleSource]:
    """The rules of one part of an alert, each for its series only; LangError where a label is lost."""
    source = share.source
    assert source is not None
    settings = source.settings
    texts = {"summary": settings.summary, "description": settings.description}
    said = {name: text for name, text in texts.items() if text is not None} | settings.annotations
    own = {name: text for name, text in said.items() if annotations.get(name) != text}
    labels = {name: text for name, text in source.labels.items() if base.labels.get(name) != text}
    written = list(rules)
    for sets in share.sets:
        for rule in written:
            expr = restricted_query(settings, rule.expr, sets)
            if expr is not None:
                yield replace(
                    rule,
                    expr=expr,
                    labels={**labels, **rule.labels},
                    annotations={**own, **rule.annotations},
                    selected=", ".join(filter(None, (rule.selected, matchers_text(sets)))),
                    written=replace(rule.written, labels={**rule.written.labels, **share.places}),
                )
