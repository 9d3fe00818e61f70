"""Exceptions for values of a label: queries that it does not divide, and values that there are none of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.alert_source import written_alert
from tocsin.compile.branches import Level, branch_source, levels, restricted_query, shares
from tocsin.compile.burn.alerts import burn_alerts, group_of
from tocsin.compile.label_parts import label_sets, narrowed, parts_of
from tocsin.compile.spec_alert_labels import engine_of, queries_of
from tocsin.diagnostics.problem import Problem, of_language
from tocsin.lang.errors import LangError
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.compile.alert_source import AlertSource
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.exceptions import Where
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]


@value_object
class _Divided:
    """An alert that some exceptions by labels are about, with what it is where its own ones hold."""

    source: AlertSource
    forms: tuple[AlertSource, ...]
    """Itself, and what it is for the values of each of its own exceptions."""
    levels: tuple[Level, Level, Level]
    is_written: bool
    """Whether it is one of the alerts of its group, and not made for an objective."""

    def queries(self) -> Iterator[tuple[AlertSource, Place, str]]:
        """The queries of all forms."""
        for form in self.forms:
            for path, text in queries_of(form.settings):
                yield form, Place((*form.place.path, *path) if self.is_written else form.place.path), text


def undivided_queries(spec: Spec, flows: QueryFlows) -> Iterator[Problem]:
    """Exceptions by labels that the queries of their alerts do not return, or that make them anew."""
    for alert in _divided(spec):
        for number, level in enumerate(alert.levels):
            for form, place, text in alert.queries():
                wanted = narrowed(level.branches, form.settings, flows) if number == _PROJECT else None
                try:
                    for _, parts in parts_of(level.branches, wanted):
                        for sets in parts:
                            restricted_query(form.settings, text, sets)
                except LangError as error:
                    yield _lost(error, place, level, is_own=number == _ALERT)


def _lost(error: LangError, place: Place, level: Level, is_own: bool) -> Problem:
    """That a query cannot be divided as an exception demands, which may stand elsewhere."""
    if is_own:
        return of_language("except/label-lost", error, place)
    advice = f"{error.help}; or write the exception at the alerts that it is for"
    said = (level.place(0), "this exception is for values of the label")
    return Problem(
        "except/label-lost", error.reason, Place(place.path, error.span), related=(said,), help=advice
    )


def unreached_exceptions(spec: Spec, flows: QueryFlows) -> Iterator[Problem]:
    """Exceptions for values that no query can return, or that others before take already."""
    every = list(_divided(spec))
    for alert in every:
        yield from _unreached(alert.levels[_ALERT], [alert], flows)
        yield from _nothing_left(alert)
        yield from _all_off(spec, alert, flows)
    for name, group in spec.groups.items():
        there = [alert for alert in every if alert.source.group == name] if group.branches else []
        yield from _unreached(Level(("groups", name), group.branches), there, flows)
    yield from _unreached(Level(("project",), spec.project.branches), every, flows)


_ALERT, _PROJECT = 0, 2


def _unreached(level: Level, alerts: Iterable[_Divided], flows: QueryFlows) -> Iterator[Problem]:
    """The exceptions of one thing that reach none of the alerts that it has a say in."""
    for number, parts in parts_of(level.branches):
        if number is None:
            continue
        if not parts:
            message = "nothing reaches this exception: those before it take all of its values"
            help_ = "remove it, or write it before them"
            yield Problem("except/unreached", message, level.place(number), help=help_)
            continue
        shown = [
            _not_returned(form, level, number, flows) for one in alerts for form in _at(one, level, number)
        ]
        if all(one is not None for one in shown):
            returned = next(filter(None, shown), None) or _values_text(level.branches[number].where)
            none_has = "the query returns no" if "alerts" in level.path else "no query returns a"
            message = f"nothing reaches this exception: {none_has} series with {returned}"
            help_ = "correct the value, or remove it"
            yield Problem("except/unreached", message, level.place(number), help=help_)


def _at(alert: _Divided, level: Level, number: int) -> Iterator[AlertSource]:
    """What an alert is where an exception holds; itself, where that switches it off."""
    if level.path == alert.source.place.path:
        yield branch_source(alert.source, number) or alert.source
    else:
        yield from alert.forms


def _nothing_left(alert: _Divided) -> Iterator[Problem]:
    """That the exceptions of an alert take all of its series."""
    level = alert.levels[_ALERT]
    if not level.branches:
        return
    *_, (_, rest) = parts_of(level.branches)
    settings = alert.source.settings
    try:
        parts = [restricted_query(settings, text, sets) for _, text in queries_of(settings) for sets in rest]
    except LangError:
        # The label is lost, which is told.
        return
    if not any(parts):
        yield Problem(
            "except/takes-all",
            "this exception takes all series that are left: what the alert itself says is never used",
            level.place(len(level.branches) - 1),
            help="write in the alert what the exception says, and take the exception away",
        )


def _all_off(spec: Spec, alert: _Divided, flows: QueryFlows) -> Iterator[Problem]:
    """That nothing of an alert is left by the exceptions of its group and the project."""
    if not any(level.branches for level in alert.levels[1:]):
        return
    try:
        left = any(
            restricted_query(share.source.settings, text, sets)
            for share in shares(spec, alert.source, flows)
            if share.source is not None
            for _, text in queries_of(share.source.settings)
            for sets in share.sets
        )
    except LangError:
        return
    if not left:
        level = next(one for one in alert.levels[1:] if any(branch.off for branch in one.branches))
        off = next(number for number, one in enumerate(level.branches) if one.off)
        yield Problem(
            "except/takes-all",
            "exceptions switch all series of this alert off",
            Place(alert.source.place.path, key=True),
            related=((level.place(off), "one of them is here"),),
            help="take the alert away, or let the exception be for fewer values",
        )


def _not_returned(source: AlertSource, level: Level, number: int, flows: QueryFlows) -> str | None:
    """The label of an exception with none of whose values any query of an alert returns series."""
    alert, where = source.settings, level.branches[number].where
    texts = [text for _, text in queries_of(alert)]
    wanted = narrowed(level.branches, alert, flows) if level.path == ("project",) else None
    parts = dict(parts_of(level.branches, wanted)).get(number)
    if not parts:
        return _values_text(where)
    try:
        asked = [restricted_query(alert, text, sets) for text in texts for sets in parts]
    except LangError:
        # The label is lost, which is told.
        return None
    for label, values in label_sets(where).items():
        found = [flow for text in texts if (flow := flows.labels(text, engine_of(alert))) is not None]
        returned = any(flow.label(label).texts.allows(text) for flow in found for text in values.texts)
        if not any(asked) or not (returned or not found):
            return _values_text({label: where[label]})
    return None


def _values_text(where: Where) -> str:
    """Values of labels as a message names them."""
    return " or ".join(
        f'`{label}="{text}"`'
        for label, values in where.items()
        for text in ([values] if isinstance(values, str) else values)
    )


def _divided(spec: Spec) -> Iterator[_Divided]:
    for group, written in spec.groups.items():
        for name in written.alerts:
            yield from _with_levels(spec, written_alert(spec, group, name), is_written=True)
    for name, slo in spec.slos.items():
        group_has = group_of(spec, name) in spec.groups and spec.groups[group_of(spec, name)].branches
        if slo.burn is not None and (spec.project.branches or group_has):
            for alert in burn_alerts(spec, name):
                yield from _with_levels(spec, alert.source, is_written=False)


def _with_levels(spec: Spec, source: AlertSource, is_written: bool) -> Iterator[_Divided]:
    found = levels(spec, source)
    if any(level.branches for level in found):
        own = (branch_source(source, number) for number in range(len(source.settings.branches)))
        forms = (source, *(one for one in own if one is not None))
        yield _Divided(source, forms, found, is_written)
