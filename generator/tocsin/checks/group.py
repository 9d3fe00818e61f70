"""Checks of a group of rules: when it is evaluated, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.generated_rules import is_generated
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules import recording_rules, rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.lang.foreign_group_keys import FOREIGN_GROUP_KEYS
from tocsin.lang.promql import ast as promql
from tocsin.plan.evaluation import evaluated_every
from tocsin.plan.model import Engine, Recording
from tocsin.plan.ruler_groups import divided_rules
from tocsin.plan.source_spans import expr_piece
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, Rule, RuleGroup
    from tocsin.plan.ruler_groups import Lag

_LOOKBACK_MS = 5 * 60_000
_DEFAULT_INTERVAL = "1m"
_LONG = 20
"""In how many intervals a range reads so much that one interval more or less says nothing."""


@check("group/interval", Level.WARNING)
def interval(plan: Plan) -> Iterator[Finding]:
    """A group records more rarely than Prometheus looks back.

    Why:
        A query sees a sample for five minutes (`--query.lookback-delta`). A metric that is recorded every
        ten minutes is therefore gone half of the time: panels have gaps, and alerts on it end and begin.

    Fix:
        Evaluate the group every five minutes or more often.

    Bad:
        groups:
          - name: slow
            interval: 10m
            rules:
              - record: job:up:sum
                expr: sum by (job) (up)

    Good:
        groups:
          - name: slow
            interval: 5m
            rules:
              - record: job:up:sum
                expr: sum by (job) (up)
    """
    for group in plan.rule_groups:
        records = [rule for rule in group.rules if isinstance(rule, Recording)]
        every = evaluated_every(plan.server, group)
        if every is None or group.engine is not Engine.PROMETHEUS or not records:
            continue
        if parse_duration(every) > _LOOKBACK_MS:
            yield Finding(
                f"`{group.name}` records every {every}, but a sample is seen for 5m only",
                at=_interval_place(group),
                also=((records[0].written.name, "this metric comes and goes"),),
                help="write `interval: 5m` or less",
                about=group.place,
            )


def _interval_place(group: RuleGroup) -> Place:
    """Where the interval of a group is written; where that of the server holds, the group."""
    path = group.place.path
    is_name = path[-1] == "name"
    return Place((*(path[:-1] if is_name else path), "interval")) if group.interval else group.place


@check("group/order", Level.INFO)
def order(plan: Plan) -> Iterator[Finding]:
    """A rule reads what a later rule of its group records.

    Why:
        The rules of a group are evaluated one after the other. This one sees what the later one recorded
        an interval ago, so what it says is always that much too old. A long range, such as `[1h]`, is left
        alone.

    Fix:
        Put the recording rule first.

    Bad:
        - alert: Errors
          expr: job:errors:rate5m > 1
        - record: job:errors:rate5m
          expr: sum by (job) (rate(errors_total[5m]))

    Good:
        - record: job:errors:rate5m
          expr: sum by (job) (rate(errors_total[5m]))
        - alert: Errors
          expr: job:errors:rate5m > 1
    """
    for group in plan.rule_groups:
        if group.engine is not Engine.PROMETHEUS:
            continue
        last = {rule.record: number for number, rule in enumerate(group.rules) if isinstance(rule, Recording)}
        first: dict[str, int] = {}
        for number, rule in enumerate(group.rules):
            if isinstance(rule, Recording):
                first.setdefault(rule.record, number)
        for number, rule in enumerate(group.rules) if last else ():
            for selector in _recent_selectors(plan, group, rule):
                name = selector.name or ""
                if first.get(name, -1) > number:
                    later = group.rules[first[name]]
                    if _reads(later, rule):
                        # Of two that read each other, one is always late.
                        continue
                    yield Finding(
                        f"`{name}` is recorded only after this rule is evaluated",
                        at=expr_piece(rule, selector.span),
                        also=((later.written.name, "recorded here, an interval too late"),),
                        help="put the recording rule first",
                        about=rule.place,
                    )


def _reads(later: Rule | Recording, rule: Rule | Recording) -> bool:
    """Whether a query asks for what a rule records, or for the alert that it makes."""
    selectors = [part for part in promql_parts(later.expr) if isinstance(part, promql.Selector)]
    if isinstance(rule, Recording):
        return any(one.name == rule.record for one in selectors)
    return any(
        one.name in ("ALERTS", "ALERTS_FOR_STATE")
        and any(matcher.name == "alertname" and matcher.value == rule.alert for matcher in one.matchers)
        for one in selectors
    )


@check("group/dependency", Level.INFO)
def dependency(plan: Plan) -> Iterator[Finding]:
    """A recording rule reads what another group records.

    Why:
        Groups are evaluated in parallel, each at its own times. What one records, the other sees up to
        an interval later: numbers that belong together are of different times.

    Fix:
        Put both rules into one group, the one that is read first.

    Bad:
        groups:
          - name: a
            rules:
              - record: job:errors:rate5m
                expr: sum by (job) (rate(errors_total[5m]))
          - name: b
            rules:
              - record: errors:rate5m
                expr: sum(job:errors:rate5m)

    Good:
        groups:
          - name: a
            rules:
              - record: job:errors:rate5m
                expr: sum by (job) (rate(errors_total[5m]))
              - record: errors:rate5m
                expr: sum(job:errors:rate5m)
    """
    made: dict[tuple[object, str], list[tuple[str, Recording]]] = {}
    for group, rule in recording_rules(plan):
        made.setdefault((rule.place.path[0], rule.record), []).append((group.name, rule))
    for group, rule in recording_rules(plan):
        # Sloth and Pyrra write these groups, and nobody changes them by hand.
        if rule.engine is not Engine.PROMETHEUS or is_generated(group):
            continue
        for selector in _recent_selectors(plan, group, rule):
            others = made.get((rule.place.path[0], selector.name or ""), [])
            if others and all(name != group.name for name, _ in others):
                yield Finding(
                    f"`{group.name}` reads what another group records, `{others[0][0]}`",
                    at=expr_piece(rule, selector.span),
                    also=((others[0][1].written.name, "recorded here, at a time of its own"),),
                    help="put both rules into one group",
                    about=rule.place,
                )


@check("group/lag", Level.WARNING)
def lag(plan: Plan) -> Iterator[Finding]:
    """A ruler takes so few rules in a group that some are parted from a recording that they read.

    Why:
        A group with more rules than the ruler takes is divided between rules that have nothing to do with
        each other. Where one recording is read by more rules than fit beside it, some are in another group.
        That one is evaluated at times of its own, so they see what was recorded up to an interval before.

    Fix:
        Let the ruler take more rules in a group, and write that number; or divide the group yourself, so
        that what has to be evaluated together stays together.

    Bad:
        deliver: {mimir: {namespace: shop, rules_per_group: 2}}
        recordings:
          jobs:
            rules:
              - {record: 'job:up:sum', promql: sum by (job) (up)}
              - {record: 'up:sum', promql: 'sum(job:up:sum)'}
              - {record: 'up:max', promql: 'max(job:up:sum)'}

    Good:
        deliver: {mimir: {namespace: shop, rules_per_group: 3}}
        recordings:
          jobs:
            rules:
              - {record: 'job:up:sum', promql: sum by (job) (up)}
              - {record: 'up:sum', promql: 'sum(job:up:sum)'}
              - {record: 'up:max', promql: 'max(job:up:sum)'}
    """
    for ruler in plan.rulers:
        found: dict[Place, list[Lag]] = {}
        for one in divided_rules(plan, ruler).lags:
            found.setdefault(one.writer.place, []).append(one)
        for lags in found.values():
            first = lags[0]
            names = list(dict.fromkeys(_written_name(one.reader) for one in lags))
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            readers = ", ".join(f"`{name}`" for name in names[:3])
            delay = first.group.interval or "an interval"
            yield Finding(
                f"{readers}{more} {'read' if len(names) > 1 else 'reads'} "
                f"`{_written_name(first.writer)}` up to {delay} late: "
                f"the ruler takes {ruler.rules_per_group} rules in a group",
                at=first.writer.written.name,
                also=tuple((one.reader.written.name, "evaluated in another group") for one in lags[:3]),
                help=f"let the ruler take {first.joined} rules in a group, and write "
                f"`rules_per_group: {first.joined}`",
                about=first.group.place,
            )


def _written_name(rule: Rule | Recording) -> str:
    return rule.record if isinstance(rule, Recording) else rule.alert


@check("group/unknown-recording", Level.WARNING)
def unknown_recording(plan: Plan) -> Iterator[Finding]:
    """A rule reads a metric with the name of a recording rule that is not there, but a similar one is.

    Why:
        Names with a colon are those of recording rules. One that no rule records has no samples: the
        alert never fires. Mostly the rule was renamed, or a letter is wrong.

    Fix:
        Write the name that is recorded.

    Bad:
        - record: job:errors:rate5m
          expr: sum by (job) (rate(errors_total[5m]))
        - alert: Errors
          expr: job:error:rate5m > 1

    Good:
        - record: job:errors:rate5m
          expr: sum by (job) (rate(errors_total[5m]))
        - alert: Errors
          expr: job:errors:rate5m > 1
    """
    made = {rule.record: rule for _, rule in recording_rules(plan)}
    for _, rule in rules_with_groups(plan) if made else ():
        if rule.engine is not Engine.PROMETHEUS:
            continue
        for selector in _selectors(rule):
            name = selector.name or ""
            if ":" not in name or name in made:
                continue
            near = [other for other in made if _is_slip(name, other) and _same_file(rule, made[other])]
            if len(near) == 1:
                yield Finding(
                    f"no rule records `{name}`",
                    at=expr_piece(rule, selector.span),
                    also=((made[near[0]].written.name, "this one is recorded"),),
                    help=f"did you mean `{near[0]}`?",
                    about=rule.place,
                )


def _same_file(rule: Rule | Recording, other: Recording) -> bool:
    return rule.place.path[0] == other.place.path[0]


def _selectors(rule: Rule | Recording) -> Iterator[promql.Selector]:
    for part in promql_parts(rule.expr):
        if isinstance(part, promql.Selector) and part.name is not None:
            yield part


def _recent_selectors(plan: Plan, group: RuleGroup, rule: Rule | Recording) -> Iterator[promql.Selector]:
    """The selectors of which it matters how old the last sample is: not those below a long range."""
    interval = parse_duration(evaluated_every(plan.server, group) or _DEFAULT_INTERVAL) / 1000
    long = {
        id(part.selector)
        for part in promql_parts(rule.expr)
        if isinstance(part, promql.Range) and (part.range.seconds or 0) >= _LONG * interval
    }
    long |= {
        id(below)
        for part in promql_parts(rule.expr)
        if isinstance(part, promql.Subquery) and (part.range.seconds or 0) >= _LONG * interval
        for below in promql.walk(part.expr)
    }
    yield from (selector for selector in _selectors(rule) if id(selector) not in long)


def _is_slip(name: str, other: str) -> bool:
    """Whether two names differ by one or two letters: digits are another window, not a slip."""
    if abs(len(name) - len(other)) > 2:
        return False
    start = 0
    while start < min(len(name), len(other)) and name[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(name), len(other)) - start and name[-1 - end] == other[-1 - end]:
        end += 1
    cut, kept = name[start : len(name) - end], other[start : len(other) - end]
    letters = f"{cut}{kept}"
    return max(len(cut), len(kept)) <= 2 and (letters.isalpha() or set(letters) <= set("_:"))


@check("group/foreign-key", Level.INFO)
def foreign_key(plan: Plan) -> Iterator[Finding]:
    """A group of a spec has an option that its engine does not know.

    Why:
        Rule files have keys that only Thanos, Mimir or vmalert read. Prometheus and its promtool refuse a
        file with any of them as a whole, and so does Loki.

    Fix:
        Take the option away, unless the files are for the system that reads it.

    Bad:
        groups:
          web:
            title: Web
            options: {partial_response_strategy: warn}
            alerts:
              Down: {summary: s, description: d, expr: up == 0, severity: warning}

    Good:
        groups:
          web:
            title: Web
            options: {limit: 50}
            alerts:
              Down: {summary: s, description: d, expr: up == 0, severity: warning}
    """
    for group in plan.rule_groups:
        for key in group.foreign:
            system = FOREIGN_GROUP_KEYS[key]
            if group.engine.value.title() not in system:
                yield Finding(
                    f"{group.engine.value.title()} refuses a file with `{key}`, which {system} reads",
                    at=Place((*group.place.path, "options", key), key=True),
                    help="take it away, unless the file is for that system",
                )
