"""Small random estates, with all label sets that their alerts can have, found by trying every series.

Labels have few values, so that every series can be evaluated: what an alert carries is decided here by doing
what Prometheus does, one series at a time, and not by reasoning about sets of values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMES = ("squad", "shop", "tier")
VALUES = ("a", "b", "ab", "z")
"""Matchers ask for the first two; the others stand for all that begin with `a`, and for the rest."""
LINE_BREAK = "\n"
"""In routes, `.*` does not match it. Labels hardly ever have one, so that commands may leave it out."""
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Query:
    """`errors`, or what a recording rule records, as far as the matchers let through, by some labels."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]
    by: tuple[str, ...] | None
    """None leaves all labels as they are."""

    @property
    def text(self) -> str:
        """The query in PromQL."""
        asked = ", ".join(f'{name}{op}"{value}"' for name, op, value in self.matchers)
        selector = self.metric + (f"{{{asked}}}" if asked else "")
        return selector if self.by is None else f"sum by ({', '.join(self.by)}) ({selector})"

    def names(self) -> set[str]:
        """The labels that it mentions."""
        return {name for name, _, _ in self.matchers} | set(self.by or ())


@dataclass(frozen=True)
class Recording:
    """A recording rule; the empty value removes a label."""

    name: str
    query: Query
    labels: Labels


@dataclass(frozen=True)
class Alert:
    """An alerting rule; `{{ $labels.x }}` copies a label."""

    name: str
    severity: str
    query: Query
    labels: Labels


@dataclass(frozen=True)
class Step:
    """One of the `alert_relabel_configs`."""

    action: str
    source: str
    regex: str
    target: str
    replacement: str

    def value(self) -> dict[str, Any]:
        """The step as Prometheus' configuration has it."""
        if self.action == "labeldrop":
            return {"action": self.action, "regex": self.regex}
        value = {"action": self.action, "source_labels": [self.source], "regex": self.regex}
        if self.action == "replace":
            value |= {"target_label": self.target, "replacement": self.replacement}
        return value


@dataclass(frozen=True)
class Route:
    """A node of the tree; its receiver has the name of no other."""

    receiver: str
    matchers: tuple[tuple[str, str, str], ...] = ()
    goes_on: bool = False
    routes: tuple[Route, ...] = ()

    def value(self) -> dict[str, Any]:
        """The node as Alertmanager's configuration has it."""
        value: dict[str, Any] = {"receiver": self.receiver}
        if self.matchers:
            value["matchers"] = [matcher_text(one) for one in self.matchers]
        if self.goes_on:
            value["continue"] = True
        if self.routes:
            value["routes"] = [route.value() for route in self.routes]
        return value

    def stops(self, labels: dict[str, str]) -> tuple[str, ...]:
        """The receivers of the nodes at which an alert with these labels comes to rest."""
        found: tuple[str, ...] = ()
        for child in self._taking(labels):
            found += child.stops(labels)
        return found or (self.receiver,)

    def entered(self, labels: dict[str, str]) -> set[str]:
        """The receivers of all routes that an alert with these labels enters."""
        return {self.receiver}.union(*(child.entered(labels) for child in self._taking(labels)))

    def _taking(self, labels: dict[str, str]) -> Iterator[Route]:
        for child in self.routes:
            if meets(labels, child.matchers):
                yield child
                if not child.goes_on:
                    return

    def walk(self) -> Iterator[Route]:
        """The node and all below it."""
        yield self
        for route in self.routes:
            yield from route.walk()


@dataclass(frozen=True)
class Estate:
    """Everything that decides who is notified."""

    recordings: tuple[Recording, ...]
    alerts: tuple[Alert, ...]
    external: Labels
    steps: tuple[Step, ...]
    route: Route
    inhibitions: tuple[tuple[tuple[str, str, str], tuple[str, str, str]], ...] = field(default=())

    def is_exact(self, alert: Alert) -> bool:
        """Whether the alert's labels do not depend on each other, so that sets of values say all."""
        copied = any("$labels" in value for _, value in alert.labels)
        return not copied and not any(step.action != "labeldrop" for step in self.steps)

    def is_closed(self, query: Query) -> bool:
        """Whether a result has no label but those that the query and its recordings name."""
        if query.by is not None:
            return True
        return any(self.is_closed(rule.query) for rule in self.recordings if rule.name == query.metric)

    def is_decided(self, alert: Alert) -> bool:
        """Whether what the alert can carry is known exactly, and it can fire at all."""
        return self.is_exact(alert) and self.is_closed(alert.query) and bool(self._label_sets(alert))

    def label_sets(self, alert: Alert, values: tuple[str, ...] = VALUES) -> list[dict[str, str]]:
        """All label sets with which Alertmanager may receive the alert, where series have such values."""
        own = {"alertname": alert.name, "severity": alert.severity}
        return [{**own, **dict(one)} for one in sorted(self._label_sets(alert, values))]

    def ways(self, alert: Alert, values: tuple[str, ...] = VALUES) -> set[tuple[str, ...]]:
        """The receivers of each of them, in the order of the tree."""
        return {self.route.stops(labels) for labels in self.label_sets(alert, values)}

    def entered(self, alert: Alert) -> set[str]:
        """The receivers of all routes that one of them enters."""
        return {name for labels in self.label_sets(alert) for name in self.route.entered(labels)}

    def _label_sets(self, alert: Alert, values: tuple[str, ...] = VALUES) -> set[Labels]:
        named = set(self._named(alert.query))
        # A label that nothing names could be on any sample, but mostly is not.
        named |= {one for _, value in alert.labels for one in re.findall(r"\$labels\.(\w+)", value)}
        found: set[Labels] = set()
        for series in self._results(alert.query, named, values):
            labels = dict(series)
            labels |= {name: _filled(value, dict(series)) for name, value in alert.labels}
            sent = self._sent({name: value for name, value in labels.items() if value})
            if sent is not None:
                found.add(_frozen(sent))
        return found

    def _sent(self, labels: dict[str, str]) -> dict[str, str] | None:
        labels = {**dict(self.external), **labels}
        for step in self.steps:
            source = labels.get(step.source, "")
            matches = re.fullmatch(step.regex, source) is not None
            if step.action == "labeldrop":
                labels = {name: value for name, value in labels.items() if not re.fullmatch(step.regex, name)}
            elif step.action == "drop" and matches:
                return None
            elif step.action == "replace" and matches:
                labels[step.target] = source if step.replacement == "$1" else step.replacement
                labels = {name: value for name, value in labels.items() if value}
        return labels

    def _named(self, query: Query) -> Iterable[str]:
        yield from query.names()
        for rule in self.recordings:
            if rule.name == query.metric:
                yield from self._named(rule.query)

    def _results(self, query: Query, named: set[str], values: tuple[str, ...]) -> set[Labels]:
        rules = [rule for rule in self.recordings if rule.name == query.metric]
        if rules:
            below: set[Labels] = set()
            for rule in rules:
                for series in self._results(rule.query, named, values):
                    labels = {**dict(series), **dict(rule.labels)}
                    below.add(_frozen({name: value for name, value in labels.items() if value}))
        else:
            choices = [("", *values) if name in named else ("",) for name in NAMES]
            below = {
                _frozen({name: value for name, value in zip(NAMES, chosen, strict=True) if value})
                for chosen in product(*choices)
            }
        met = (dict(one) for one in below if meets(dict(one), query.matchers))
        if query.by is None:
            return {_frozen(one) for one in met}
        return {_frozen({name: one[name] for name in query.by or () if name in one}) for one in met}


def _filled(template: str, labels: dict[str, str]) -> str:
    return re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda found: labels.get(found[1], ""), template)


def meets(labels: dict[str, str], matchers: Iterable[tuple[str, str, str]]) -> bool:
    """Whether labels meet all matchers; a missing label counts as empty."""
    for name, op, wanted in matchers:
        value = labels.get(name, "")
        same = value == wanted if op in ("=", "!=") else re.fullmatch(wanted, value) is not None
        if same != (op in ("=", "=~")):
            return False
    return True


def matcher_text(matcher: tuple[str, str, str]) -> str:
    """A matcher as Alertmanager's configuration has it."""
    name, op, value = matcher
    return f'{name}{op}"{value}"'


def _frozen(labels: dict[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


_asked = st.sampled_from(("a", "b"))
_PATTERNS = ("a|b", "a.*", ".+", "[ab]?")


def _matcher(*more: str) -> st.SearchStrategy[tuple[str, str, str]]:
    """A matcher; `more` are further patterns."""
    plain = st.tuples(st.sampled_from(NAMES), st.sampled_from(("=", "=", "!=")), _asked)
    return plain | st.tuples(
        st.sampled_from(NAMES), st.sampled_from(("=~", "!~")), st.sampled_from((*_PATTERNS, *more))
    )


def _query(metrics: tuple[str, ...]) -> st.SearchStrategy[Query]:
    by = st.none() | st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple)
    return st.builds(Query, st.sampled_from(metrics), st.lists(_matcher(), max_size=1).map(tuple), by)


def _labels(values: st.SearchStrategy[str]) -> st.SearchStrategy[Labels]:
    return st.dictionaries(st.sampled_from(NAMES), values, max_size=2).map(_frozen)


@st.composite
def _recordings(draw: st.DrawFn) -> tuple[Recording, ...]:
    found: list[Recording] = []
    for number in range(draw(st.integers(0, 2))):
        query = draw(_query(("errors", *(rule.name for rule in found))))
        found.append(Recording(f"r:errors:{number}", query, draw(_labels(_asked | st.just("")))))
    return tuple(found)


_about_alerts = st.sampled_from(
    (("severity", "=", "critical"), ("severity", "!=", "critical"), ("alertname", "=~", "A0|A2"))
)


@st.composite
def _tree(draw: st.DrawFn) -> Route:
    numbers = iter(range(1000))

    def node(depth: int) -> Route:
        below = draw(st.integers(2, 4) if depth == 2 else st.integers(0, 2)) if depth else 0
        asked = _matcher(".*") | _matcher() | _about_alerts
        matchers = draw(st.lists(asked, min_size=1, max_size=2).map(tuple)) if depth < 2 else ()
        goes_on = depth < 2 and draw(st.booleans())
        return Route(f"n{next(numbers)}", matchers, goes_on, tuple(node(depth - 1) for _ in range(below)))

    return node(2)


_steps = (
    st.builds(
        Step,
        st.just("replace"),
        st.sampled_from(NAMES),
        st.just("(.+)"),
        st.sampled_from(NAMES),
        st.just("$1"),
    )
    | st.builds(Step, st.just("replace"), st.sampled_from(NAMES), _asked, st.sampled_from(NAMES), _asked)
    | st.builds(Step, st.just("labeldrop"), st.just(""), st.sampled_from(NAMES), st.just(""), st.just(""))
    | st.builds(Step, st.just("drop"), st.sampled_from(NAMES), _asked, st.just(""), st.just(""))
)


@st.composite
def estates(draw: st.DrawFn, *, served: bool = True, severities: tuple[str, ...] = ("critical",)) -> Estate:
    """An estate; `served` ones have a Prometheus that adds labels and relabels."""
    recordings = draw(_recordings())
    metrics = ("errors", *[rule.name for rule in recordings] * 2)
    copies = st.sampled_from(tuple(f"{{{{ $labels.{name} }}}}" for name in NAMES))
    alerts = tuple(
        Alert(f"A{number}", severity, query, labels)
        for number in range(draw(st.integers(2, 3)))
        for query, labels in [(draw(_query(metrics)), draw(_labels(_asked | copies)))]
        for severity in severities
    )
    return Estate(
        recordings,
        alerts,
        draw(_labels(_asked)) if served else (),
        tuple(draw(st.lists(_steps, max_size=2))) if served and draw(st.booleans()) else (),
        draw(_tree()),
        tuple(draw(st.lists(st.tuples(_matcher(), _matcher()), max_size=1))),
    )


@st.composite
def recorded_estates(
    draw: st.DrawFn, values: tuple[str, ...] = ("a", "b"), severities: tuple[str, ...] = ("critical",)
) -> Estate:
    """One whose first alert reads a recording, perhaps through another; a route asks for its label."""
    name = draw(st.sampled_from(NAMES))
    by = draw(st.none() | st.just((name,)))
    metrics = ["r:errors:0", *draw(st.just(()) | st.just(("r:errors:1",)))]
    recordings = [Recording(metrics[0], Query("errors", (), ()), ((name, draw(st.sampled_from(values))),))]
    recordings += [Recording(one, Query(metrics[0], (), by), ()) for one in metrics[1:]]
    first = (Alert("A0", severity, Query(metrics[-1], (), by), ()) for severity in severities)
    others = draw(estates(served=False, severities=severities)).alerts if draw(st.booleans()) else ()
    below = Route("n1", ((name, "=", "a"),))
    return Estate(
        tuple(recordings), (*first, *others[len(severities) :]), (), (), Route("n0", routes=(below,))
    )
