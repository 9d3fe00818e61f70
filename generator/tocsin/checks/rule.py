"""Checks of a rule as a whole: its timing, and what it has in common with others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.alerts import alerting, rules
from tocsin.checks.base import Finding, check
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.plan.model import Recording, Rule
from tocsin.plan.pieces import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan


@check("rule/for-interval", Level.WARNING)
def for_interval(plan: Plan) -> Iterator[Finding]:
    """A `for` is shorter than the interval at which the rule is evaluated.

    Why:
        The engine looks at the rule once in an interval. The alert becomes pending at one evaluation and
        can fire at the next one at the earliest: the shorter `for` promises a speed that nobody gets.

    Fix:
        Evaluate the group at least twice within the `for`, or write the `for` that is meant.

    Bad:
        groups:
          - name: web
            interval: 1m
            rules:
              - alert: Down
                expr: up == 0
                for: 30s

    Good:
        groups:
          - name: web
            interval: 15s
            rules:
              - alert: Down
                expr: up == 0
                for: 30s
    """
    for group, rule in alerting(plan):
        if group.interval is not None and 0 < parse_duration(rule.for_) < parse_duration(group.interval):
            yield Finding(
                f"`{rule.alert}` waits for {rule.for_}, but is evaluated every {group.interval} only",
                at=rule.written.for_,
                help=f"write `for: {group.interval}`, or a shorter `interval:` for the group",
                about=rule.place,
            )


@check("rule/duplicate", Level.WARNING)
def duplicate(plan: Plan) -> Iterator[Finding]:
    """A rule says the same as another one of its file: its name, its labels and its expression.

    Why:
        It is evaluated twice and gives nothing new. Whoever mends one of the two will not see the other,
        and from then on they differ.

    Fix:
        Keep one of the two. Files may be for different servers, so rules of two files are not compared.

    Bad:
        - alert: Down
          expr: up == 0
          for: 5m
        - alert: Down
          expr: up==0
          for: 5m

    Good:
        - alert: Down
          expr: up == 0
          for: 5m
          labels: {severity: warning}
        - alert: Down
          expr: up == 0
          for: 30m
          labels: {severity: critical}
    """
    first: dict[tuple[object, ...], Rule | Recording] = {}
    for group, rule in rules(plan):
        name = rule.alert if isinstance(rule, Rule) else rule.record
        words = tuple(token.text for token in tokens(rule.expr, rule.engine)) or rule.expr
        kept = rule.for_ if isinstance(rule, Rule) else None
        where = rule.place.path[0], rule.engine, group.tenant
        key = (type(rule), where, name, tuple(sorted(rule.labels.items())), words, kept)
        other = first.setdefault(key, rule)
        if other is not rule:
            yield Finding(
                f"`{name}` stands here for the second time",
                at=rule.written.name,
                also=((other.written.name, "the same rule"),),
                help="keep one of the two",
                about=rule.place,
            )
