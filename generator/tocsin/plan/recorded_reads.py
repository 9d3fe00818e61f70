"""What rules read of each other: recorded metrics, and the alerts that Prometheus keeps as series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.selecting import may_select
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ALERT_SERIES = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""What Prometheus writes of each alert, with its name in the label `alertname`."""


@value_object
class Read:
    """One rule reads what another one writes; both are numbers of a sequence of rules."""

    reader: int
    writer: int


def metrics_read(expr: str) -> frozenset[str]:
    """The names of the metrics that a PromQL expression selects by name; none when it cannot be read."""
    return frozenset(name for name, _ in named_selectors(expr))


def named_selectors(expr: str) -> Iterator[tuple[str, Selector]]:
    """The selectors of a PromQL expression that name their metric, each with it."""
    for selector in _selectors(expr):
        name = _name_of(selector)
        if name is not None:
            yield name, selector


def may_read(selector: Selector, recording: Recording) -> bool:
    """Whether a selector may select what a recording writes: only the labels of its rule are known."""
    return may_select(selector, {"__name__": recording.record, **recording.labels})


def reads_within(rules: Sequence[Rule | Recording]) -> Iterator[Read]:
    """Which of the rules may read what others of them write, in the order of the readers.

    What Loki records goes to Prometheus, so that no rule of Loki reads it.
    """
    written: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for number, rule in enumerate(rules):
        for name, labels in _series_of(rule) if rule.engine is Engine.PROMETHEUS else ():
            written.setdefault(name, []).append((number, {"__name__": name, **labels}))
    only_alerts = written.keys() <= _ALERT_SERIES
    for number, rule in enumerate(rules) if written else ():
        if rule.engine is Engine.PROMETHEUS and not (only_alerts and _names_no_alerts(rule.expr)):
            found = {one for selector in _selectors(rule.expr) for one in _writers(selector, written)}
            yield from (Read(number, writer) for writer in sorted(found - {number}))


def _series_of(rule: Rule | Recording) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The metrics that a rule writes, each with the labels that are known of its series."""
    if isinstance(rule, Recording):
        yield rule.record, rule.labels
    else:
        yield from ((name, {"alertname": rule.alert}) for name in _ALERT_SERIES)


def _names_no_alerts(expr: str) -> bool:
    """Whether the text alone says that no series of alerts is read."""
    return "ALERTS" not in expr and "__name__" not in expr


def _writers(
    selector: Selector, written: Mapping[str, Sequence[tuple[int, Mapping[str, str]]]]
) -> Iterator[int]:
    name = _name_of(selector)
    names = written.keys() if name is None else {name} & written.keys()
    if name is None and all(one.name != "__name__" for one in selector.matchers):
        # Who says nothing of the name means metrics with a certain label, and hardly ever the alerts.
        names = names - _ALERT_SERIES
    for one in names:
        yield from (number for number, labels in written[one] if may_select(selector, labels))


def _name_of(selector: Selector) -> str | None:
    """The one metric that is selected; None where it may be several."""
    if selector.name is not None:
        return selector.name
    named = (one.value for one in selector.matchers if one.name == "__name__" and one.op == "=")
    return next(named, None)


def _selectors(expr: str) -> list[Selector]:
    try:
        tree = parse_promql(expr)
    except LangError:
        return []
    return [node for node in walk(tree) if isinstance(node, Selector)]
