"""Checks of what a query cannot see: the first event of a counter, and that nothing is left to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts, promql_tree
from tocsin.checks.framework.query_units import strip_parentheses, threshold
from tocsin.checks.framework.rules import alerting_rules, rules_with_groups
from tocsin.checks.framework.rules_index import all_words, rules_index
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Rule

# Runs that are rare: what fails all the time has long begun to be counted.
_RARE = regex_on_use(
    r"(?:backup|cron|job|push|deploy(?:ment)?|snapshot|renewal|migration|restore|release)s?_(?:\w+_)?"
    r"(?:failures?|failed|fails?|errors?)(?:_\w+)?_total$"
)
_LEVELS = frozenset({"level", "severity", "loglevel", "log_level"})
_GRAVE = frozenset({"fatal", "panic", "emergency", "critical", "emerg", "crit"})
_OUTCOMES = frozenset({"outcome", "result", "status", "state", "conclusion"})
_REASONS = frozenset({"reason", "cause", "error", "error_type", "exception"})
_FAILURES = regex_on_use(r"(?:fail|error|reject|refus|abort|crash|exception|drop)[a-z]*(?:_[a-z]+)?_total$")
_FAILED = regex_on_use(
    r"(?i)fail(?:ed|ure|ures)?|errors?|errored|refused|rejected|undeliverable|crashed|aborted"
)
_FREQUENT = regex_on_use(r"request|query|queries|call|http|grpc|rpc|message|packet|event")
"""Of what happens all the time, some have failed long since."""
_ADDING = frozenset({"sum", "max", "min", "avg"})


@check_shares("query/first-event", Level.INFO)
def first_event(share: Share) -> Iterator[Finding]:
    """A counter of failures is asked whether it grew, which its first failure may not show.

    Why:
        Many programs make a counter with labels only when it counts for the first time. `increase` needs
        two samples: a series that begins at 1 has not grown, so the first failure goes unseen.

    Fix:
        Let the program write the counter as 0 when it starts, or ask for new series as well:
        `increase(x[15m]) > 0 or (x unless x offset 15m) > 0`.

    Bad:
        - alert: BackupFailed
          expr: increase(backup_failures_total[15m]) > 0

    Good:
        - alert: BackupFailed
          expr: |
            increase(backup_failures_total[15m]) > 0
              or (backup_failures_total unless backup_failures_total offset 15m) > 0
    """
    for _, rule in alerting_rules(share):
        tree = promql_tree(rule.expr) if rule.engine is Engine.PROMETHEUS else None
        compared = None if tree is None else threshold(tree)
        if tree is None or compared is None or not _asks_whether_any(compared[1], compared[2]):
            continue
        if any(isinstance(one, promql.Binary) and one.op in ("or", "unless") for one in promql.walk(tree)):
            continue
        value = strip_parentheses(compared[0])
        while isinstance(value, promql.Aggregation) and value.op in _ADDING:
            value = strip_parentheses(value.expr)
        is_rate = isinstance(value, promql.Call) and value.function == "rate"
        if is_rate and compared[2] != 0:
            continue
        selector = None if _has_to_last(rule, value) else _grown(value)
        if selector is not None and _is_rare(selector) and isinstance(value, promql.Node):
            yield Finding(
                "the first failure goes unseen where the counter begins with it: a series that starts "
                "at 1 has not grown",
                at=expr_piece(rule, value.span),
                help="let the program write it as 0 when it starts, or add `or (… unless … offset …)`",
                about=rule.place,
            )


def _has_to_last(rule: Rule, value: object) -> bool:
    """Whether a rule waits for longer than one failure is seen in the range: it asks for lasting ones."""
    ranged = strip_parentheses(value.arguments[0]) if isinstance(value, promql.Call) else None
    window = ranged.range.seconds if isinstance(ranged, promql.Range) else None
    return window is not None and parse_duration(rule.for_) / 1000 >= window


def _asks_whether_any(op: str, limit: float) -> bool:
    return (op == ">" and 0 <= limit <= 1) or (op == "!=" and limit == 0) or (op == ">=" and 0 < limit <= 1)


def _is_rare(selector: promql.Selector) -> bool:
    """Whether what is counted happens rarely, by the name of the counter or by a label."""
    name = selector.name or ""
    if name.startswith("velero_"):
        # It writes the counters of each schedule as 0 when it starts (`ServerMetrics.InitSchedule`).
        return False
    return _RARE.search(name) is not None or any(_is_of_rare(one, name) for one in selector.matchers)


def _is_of_rare(matcher: promql.LabelMatcher, metric: str) -> bool:
    if matcher.op != "=":
        return False
    if matcher.name in _LEVELS:
        return matcher.value.lower() in _GRAVE
    if matcher.name in _REASONS:
        return _FAILURES.search(metric) is not None and _FREQUENT.search(metric) is None
    is_failure = matcher.name in _OUTCOMES and _FAILED.fullmatch(matcher.value) is not None
    return is_failure and _FREQUENT.search(metric) is None


def _grown(node: object) -> promql.Selector | None:
    """The counter of which a query asks how much it grew."""
    if isinstance(node, promql.Call) and node.function in ("increase", "rate"):
        ranged = strip_parentheses(node.arguments[0])
        return ranged.selector if isinstance(ranged, promql.Range) else None
    if isinstance(node, promql.Binary) and node.op == "-":
        left, right = strip_parentheses(node.left), strip_parentheses(node.right)
        if isinstance(left, promql.Selector) and isinstance(right, promql.Selector):
            return left if left.name == right.name and right.offset is not None else None
    return None


@check_shares("query/count-of-none", Level.INFO)
def count_of_none(share: Share) -> Iterator[Finding]:
    """A count is compared with how many there should be, and nothing asks for when none is left.

    Why:
        `count` of nothing is not 0 but nothing: with one of three left the alert fires, and when the last
        one goes, it ends.

    Fix:
        Write `(count(…) or vector(0)) < 3`, or have another alert for `absent(…)`. Where the metric is 1
        or 0, `sum(…) < 3` counts as well, and knows a 0.

    Bad:
        - alert: FewReplicas
          expr: count(redis_connected{role="replica"}) < 2

    Good:
        - alert: FewReplicas
          expr: (count(redis_connected{role="replica"}) or vector(0)) < 2
    """
    for _, rule in alerting_rules(share):
        tree = promql_tree(rule.expr) if rule.engine is Engine.PROMETHEUS else None
        compared = None if tree is None else threshold(tree)
        if tree is None or compared is None or compared[1] not in ("<", "<=") or compared[2] < 1:
            continue
        # What can never be true is told as that: a count is at least 1.
        if (compared[1], compared[2]) == ("<", 1):
            continue
        value = strip_parentheses(compared[0])
        if not isinstance(value, promql.Aggregation) or value.op != "count":
            continue
        counted = {_series(one) for one in promql.walk(value) if isinstance(one, promql.Selector)}
        if any(isinstance(one, promql.Binary) and one.op == "or" for one in promql.walk(tree)):
            continue
        if any(share.around.has(_asked_for, one) for one in sorted(counted)):
            continue
        yield Finding(
            "when none is left, nothing is counted: the alert is silent just then",
            at=expr_piece(rule, value.op_span),
            help="write `(count(…) or vector(0))`, or a further alert with `absent(…)`",
            about=rule.place,
        )


@rules_index("series asked for by absent", all_words)
def _asked_for(share: Share) -> frozenset[tuple[str, ...]]:
    """The series that some alert asks `absent` for."""
    found: set[tuple[str, ...]] = set()
    for _, rule in rules_with_groups(share):
        for part in promql_parts(rule.expr) if "absent" in rule.expr else ():
            if isinstance(part, promql.Call) and part.function.startswith("absent"):
                inside = promql.walk(part)
                found.update(_series(one) for one in inside if isinstance(one, promql.Selector))
    return frozenset(found)


def _series(selector: promql.Selector) -> tuple[str, ...]:
    matchers = sorted({(one.name, one.op, one.value) for one in selector.matchers})
    return selector.name or "", *(text for matcher in matchers for text in matcher)
