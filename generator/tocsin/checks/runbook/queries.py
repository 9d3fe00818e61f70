"""Checks of the queries in runbooks against the alerts that they belong to."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import logql_parts, logql_tree, promql_parts
from tocsin.checks.framework.rules import recording_rules, rules_with_groups
from tocsin.checks.framework.rules_index import all_words, rules_index
from tocsin.checks.framework.runbook_texts import steps
from tocsin.checks.runbook.plain import plain_query
from tocsin.diagnostics.model import Level
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.runbook_texts import WrittenStep
    from tocsin.lang.flow.model import Why
    from tocsin.plan.model import Alert, Rule

    Span = tuple[int, int]

_NEAR = 0.9
_NEAR_VALUE = 0.85
_SHORTEST = 5
_SHOWN = regex_on_use(r"`\{?(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*(?:=~|!=|!~|=)\s*\"[^`]*\"[^`]*`")


@check_shares("runbook/metric", Level.WARNING)
def metric(share: Share) -> Iterator[Finding]:
    """A query in a runbook asks for a metric that is nearly one of its alert, and that no rule knows.

    Why:
        The metric was renamed in the alert and not in the runbook, or is misspelt there. At night the
        query shows an empty graph, as if all were well.

    Fix:
        Write the metric's name as the alert has it.

    Bad:
        promql: sum(rate(http_requests_failed_total[5m]))
        runbook:
          diagnosis:
            - title: Where
              promql: rate(http_request_failed_total[5m])

    Good:
        promql: sum(rate(http_requests_failed_total[5m]))
        runbook:
          diagnosis:
            - title: Where
              promql: rate(http_requests_failed_total[5m])
    """
    for written in steps(share):
        rules = () if written.alert is None else written.alert.rules
        own = frozenset[str]().union(*(_metrics(rule.expr) for rule in rules if not _is_logql(rule)))
        if not own or not _may_slip_metric(written.step.promql or "", own):
            continue
        for name in sorted(_metrics(written.step.promql or "") - own):
            near = _nearest(name, own)
            if near is not None and _base(near) != _base(name) and not share.around.has(_known, name):
                yield Finding(
                    f"no rule knows the metric `{name}`",
                    at=Place((*written.path, "promql")),
                    help=f"the alert asks for `{near}`",
                    about=written.about,
                )


@check_shares("runbook/matcher", Level.WARNING)
def matcher(share: Share) -> Iterator[Finding]:
    """A query in a runbook asks for nearly the label value that its alert asks for, and that no rule has.

    Why:
        The value was changed in the alert and not in the runbook, or is misspelt there. At night the
        query finds nothing, as if all were well.

    Fix:
        Write the value as the alert has it.

    Bad:
        logql: sum(rate({app="payments"} |= "declined" [5m]))
        runbook:
          diagnosis:
            - title: Which
              logql: '{app="payment"} |= "declined"'

    Good:
        logql: sum(rate({app="payments"} |= "declined" [5m]))
        runbook:
          diagnosis:
            - title: Which
              logql: '{app="payments"} |= "declined"'
    """
    for written in steps(share):
        if written.alert is None:
            continue
        for key, query, engine in _queries(written):
            if engine is Engine.PROMETHEUS and not _may_slip_value(query, written.alert):
                continue
            for one in _asked(query, engine):
                own = (other for rule in written.alert.rules for other in _asked(rule.expr, rule.engine))
                near = {other.value for other in own if other.about == one.about and other.label == one.label}
                slips = (value for value in sorted(near) if _slip(one.value, value))
                meant = None if one.value in near else next(slips, None)
                if meant is not None and not share.around.has(_asked_by_rules, (one.label, one.value)):
                    yield Finding(
                        f'no rule asks for `{one.label}="{one.value}"`',
                        at=Place((*written.path, key), one.span),
                        help=f'the alert asks for `{one.label}="{meant}"`',
                        about=written.about,
                    )


@check_shares("runbook/dead-query", Level.WARNING)
def dead_query(share: Share) -> Iterator[Finding]:
    """A query in a runbook can never return anything.

    Why:
        At night it shows an empty graph, as if all were well.

    Fix:
        Fix the query where the finding points to.

    Bad:
        runbook:
          diagnosis:
            - title: Where
              promql: sum by (job) (up == 0) > 0

    Good:
        runbook:
          diagnosis:
            - title: Where
              promql: count by (job) (up == 0) > 0
    """
    known = share.around.flows
    for written in steps(share):
        for key, query, engine in _queries(written):
            plain = plain_query(query) if engine is Engine.PROMETHEUS else None
            if plain is not None and plain.surely_returns(known.recordings):
                continue
            flow = known.labels(query, engine)
            if flow is not None and flow.empty is not None:
                why = flow.empty
                yield Finding(
                    "this query can never return anything",
                    at=Place((*written.path, key), why.span if why.span != (0, 0) else None),
                    label=why.reason,
                    also=tuple(_behind(why.because, (*written.path, key))),
                    about=written.about,
                )


@check_shares("runbook/finding-label", Level.WARNING)
def finding_label(share: Share) -> Iterator[Finding]:
    """A step says what one sees at a label that its query cannot show.

    Why:
        The step promises a line for each value of the label. The query has dropped it: there is one
        line, and nothing to tell the cases apart.

    Fix:
        Keep the label in the query, or describe what the query does show.

    Bad:
        runbook:
          diagnosis:
            - promql: sum(rate(checkouts_failed_total[5m]))
              findings: [{see: '`step="card"` stands out'}]

    Good:
        runbook:
          diagnosis:
            - promql: sum by (step) (rate(checkouts_failed_total[5m]))
              findings: [{see: '`step="card"` stands out'}]
    """
    known = share.around.flows
    for written in steps(share):
        queries = list(_queries(written))
        # With a command beside it, a finding may be about what the command shows.
        if len(queries) != 1 or written.step.command is not None:
            continue
        key, query, engine = queries[0]
        shown = [
            (number, found)
            for number, finding in enumerate(written.step.findings)
            for found in _SHOWN.finditer(finding.see)
        ]
        flow = known.labels(query, engine) if shown else None
        if flow is None or flow.empty is not None:
            continue
        for number, found in shown:
            fact = flow.label(found["name"])
            if fact.is_impossible:
                yield Finding(
                    f"the query of this step cannot show `{found['name']}`",
                    at=Place((*written.path, "findings", number, "see"), found.span("name")),
                    also=tuple(_behind(fact.why, (*written.path, key))),
                    help=f"keep `{found['name']}` in the query, or describe what it does show",
                    about=written.about,
                )


# Few queries come so far that they have to be compared with all rules.
@rules_index("metrics of the rules", all_words)
def _known(share: Share) -> frozenset[str]:
    """The metrics that rules read or write."""
    names = {name for _, rule in rules_with_groups(share) for name in _metrics(rule.expr)}
    return frozenset(names | {rule.record for _, rule in recording_rules(share)})


@rules_index("labels that rules ask for", all_words)
def _asked_by_rules(share: Share) -> frozenset[tuple[str, ...]]:
    """The labels for which rules ask, with their values."""
    asked = (one for _, rule in rules_with_groups(share) for one in _asked(rule.expr, rule.engine))
    return frozenset((one.label, one.value) for one in asked)


def _may_slip_metric(query: str, own: frozenset[str]) -> bool:
    """Whether a query may ask for nearly one of the metrics, as far as its text tells."""
    plain = plain_query(query)
    return plain is None or any(
        _alike(len(word), len(name)) and _nearest(word, own) is not None
        for word in plain.words - own
        for name in own
    )


def _may_slip_value(query: str, alert: Alert) -> bool:
    """Whether a query may ask for nearly a value that its alert asks for, as far as its text tells."""
    plain = plain_query(query)
    return plain is None or any(
        value != other.value and _slip(value, other.value)
        for label, _, value in plain.matchers
        for rule in alert.rules
        for other in _asked(rule.expr, rule.engine)
        if label == other.label
    )


def _alike(length: int, other: int) -> bool:
    """Whether texts of such lengths can be near to each other at all."""
    return 2 * min(length, other) >= _NEAR * (length + other)


@lru_cache(maxsize=4096)
def _nearest(name: str, own: frozenset[str]) -> str | None:
    near = difflib.get_close_matches(name, sorted(own), 1, _NEAR)
    return near[0] if near else None


class _Asked(NamedTuple):
    about: str
    """The metric, or nothing for the streams of logs."""
    label: str
    value: str
    span: Span


@lru_cache(maxsize=65536)
def _asked(query: str, engine: Engine) -> tuple[_Asked, ...]:
    """The labels that the selectors of a query ask for with `=`."""
    return tuple(_asked_labels(query, engine))


def _asked_labels(query: str, engine: Engine) -> Iterator[_Asked]:
    if engine is Engine.PROMETHEUS:
        for node in promql_parts(query):
            if isinstance(node, promql.Selector) and node.name:
                for one in node.matchers:
                    if one.op == "=" and one.name != "__name__":
                        yield _Asked(node.name, one.name, one.value, one.span)
        return
    for part in logql_parts(query):
        if isinstance(part, logql.LogQuery):
            for match in part.selector.matchers:
                if match.op == "=":
                    yield _Asked("", match.name, match.value, match.span)


def _queries(written: WrittenStep) -> Iterator[tuple[str, str, Engine]]:
    if written.step.promql:
        yield "promql", written.step.promql, Engine.PROMETHEUS
    if written.step.logql:
        yield "logql", written.step.logql, Engine.LOKI


def _behind(why: Why | None, path: tuple[str | int, ...]) -> Iterable[tuple[Place, str]]:
    while why is not None:
        if why.span != (0, 0):
            yield Place(path, why.span), why.reason
        why = why.because


def _slip(wrong: str, meant: str) -> bool:
    """Whether one text looks like the other misspelt; `web-1` and `web-2` do not, as a digit differs."""
    if min(len(wrong), len(meant)) < _SHORTEST or re.sub(r"\D", "", wrong) != re.sub(r"\D", "", meant):
        return False
    return difflib.SequenceMatcher(None, wrong, meant).ratio() >= _NEAR_VALUE


def _is_logql(rule: Rule) -> bool:
    """Whether it reads logs, and so no metrics."""
    return rule.engine is Engine.LOKI and logql_tree(rule.expr) is not None


@lru_cache(maxsize=65536)
def _metrics(expr: str) -> frozenset[str]:
    """The names of the metrics that a PromQL query reads."""
    parts = promql_parts(expr) if expr else ()
    return frozenset(part.name for part in parts if isinstance(part, promql.Selector) and part.name)


def _base(name: str) -> str:
    """The name without what a histogram or a summary adds to it."""
    return re.sub("_(bucket|count|sum|total|created)$", "", name)
