"""The check of alerts as data: what a query asks `ALERTS` for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.alert_index import AlertIndex, index_alerts
from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.matcher_sets import names_values
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.checks.framework.unmatched import unknown_names, why_unmatched
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.flow.label_values import LabelValues
from tocsin.lang.promql import ast as promql
from tocsin.lang.regexes import literal_texts
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.surroundings import Surroundings
    from tocsin.lang.promql.ast import LabelMatcher
    from tocsin.plan.model import Plan, Recording, Rule

_SERIES = ("ALERTS", "ALERTS_FOR_STATE")
_STATES = ("pending", "firing")


@check_shares("query/alerts", Level.WARNING)
def asked_alerts(share: Share) -> Iterator[Finding]:
    """A query asks `ALERTS` for an alert that no rule makes, or for a state that there is none.

    Why:
        Prometheus writes the series `ALERTS` for the alerts of its own rules while they are `pending` or
        `firing`. Of an alert that was renamed there is no series, and neither is there one in a state
        `resolved` or `active`: the condition never holds, and no error says so.

    Fix:
        Write the alert's name and labels as its rule has them, and `firing` or `pending` for the state. An
        alert without `for` is never pending.

    Bad:
        - alert: NodeDown
          expr: up == 0
        - alert: ManyDown
          expr: count(ALERTS{alertname="NodeDwon"}) > 5

    Good:
        - alert: NodeDown
          expr: up == 0
        - alert: ManyDown
          expr: count(ALERTS{alertname="NodeDown"}) > 5
    """
    for _, rule in rules_with_groups(share):
        if rule.engine is not Engine.PROMETHEUS or "ALERTS" not in rule.expr:
            continue
        for part in promql_parts(rule.expr):
            found = _unmet(part, rule, share.around) if isinstance(part, promql.Selector) else None
            if found is not None:
                message, matcher, help_ = found
                yield Finding(message, at=expr_piece(rule, matcher.span), help=help_, about=rule.place)


_Unmet = tuple[str, "LabelMatcher", str | None]


def _unmet(selector: promql.Selector, rule: Rule | Recording, around: Surroundings) -> _Unmet | None:
    """Why the series is never there, the matcher that says so, and what to write."""
    if selector.name not in _SERIES:
        return None
    plan = around.whole_outline()
    asked = [one for one in selector.matchers if one.name not in ("alertstate", "__name__")]
    matchers = [Matcher(one.name, one.op, one.value) for one in asked]
    known = frozenset(alert.rule.alert for alert in alert_labels(plan)) | plan.alerts_of_clusters
    for number, name, near in unknown_names(known, matchers):
        # A longer name is mostly the alert of another set of rules, which this one is made after.
        is_slip = near is not None and name not in near and near not in name
        # Of several names, some may be of alerts that come with rules which are not here.
        is_alone = matchers[number].op == "=" or not names_values(matchers[number]) & known
        if is_slip or (is_alone and _names_are_ours(plan)):
            help_ = f"did you mean `{near}`?" if is_slip else None
            return f"no rule has an alert `{name}`", asked[number], help_
    # The labels are judged in the alerts whose names are asked for.
    named = AlertIndex(index_alerts(plan).meeting([one for one in matchers if one.name == "alertname"]))
    because = why_unmatched(named, matchers)
    if because is not None:
        place = None if because.number is None else asked[because.number]
        # The labels of an alert are those of its rule; another file may be that of another server.
        is_named = any(one.name == "alertname" and one.op == "=" for one in matchers)
        files = {alert.rule.place.path[0] for alert in named.alerts}
        is_sure = because.is_mistake or (is_named and files == {rule.place.path[0]})
        if is_sure and place is not None:
            return because.message, place, because.help
    return _state(selector, [alert.rule.for_ for alert in named.meeting(matchers)])


@answered_once
def _names_are_ours(plan: Plan) -> bool:
    """Whether mostly alerts of this plan are asked for: others may come with rules that are not here."""
    known = frozenset(alert.rule.alert for alert in alert_labels(plan)) | plan.alerts_of_clusters
    names = {
        one.value
        for group in plan.rule_groups
        for rule in group.rules
        for part in (promql_parts(rule.expr) if "ALERTS" in rule.expr else ())
        if isinstance(part, promql.Selector) and part.name in _SERIES
        for one in part.matchers
        if one.name == "alertname" and one.op == "="
    }
    return len(names - known) <= max(1, len(names & known))


def _state(selector: promql.Selector, waits: list[str]) -> _Unmet | None:
    states = [one for one in selector.matchers if one.name == "alertstate"]
    if not states:
        return None
    if selector.name == "ALERTS_FOR_STATE":
        values = LabelValues(frozenset({""}))
    else:
        values = LabelValues(frozenset(_STATES))
    for one in states:
        values = values.narrowed(one.op, one.value)
    if values.is_empty and selector.name == "ALERTS_FOR_STATE":
        return "`ALERTS_FOR_STATE` has no label `alertstate`", states[0], "ask `ALERTS`, or leave it out"
    if values.is_empty:
        return (
            "an alert is `pending` or `firing` here, and nothing else",
            states[0],
            ("write `firing`; a resolved alert has no series, which `absent(…)` or `unless` can ask"),
        )
    if selector.name == "ALERTS" and (found := _unknown_state(states)) is not None:
        state, matcher = found
        return (
            f"no alert is `{state}` here: one is `pending` or `firing`, and nothing else",
            matcher,
            "leave it out; a resolved alert has no series, which `absent(…)` or `unless` can ask",
        )
    if values.listed == frozenset({"pending"}) and waits and all(one in ("0s", "0") for one in waits):
        return "these alerts have no `for`: they are never pending", states[0], "write `firing`"
    return None


def _unknown_state(states: list[LabelMatcher]) -> tuple[str, LabelMatcher] | None:
    """A state that no alert has, in a list of states, and the matcher with it."""
    for one in states:
        texts = literal_texts(one.value) if one.op == "=~" else None
        unknown = sorted((texts or frozenset()) - {*_STATES, ""})
        if unknown:
            return unknown[0], one
    return None
