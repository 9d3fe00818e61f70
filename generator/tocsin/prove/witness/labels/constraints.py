"""How labels flow through an expression: which of its selectors' labels have to be equal for a result.

One run follows one way through the `or`s of the expression. Its *needed* equations hold for every element
that this way can have, whatever the data: when they contradict each other, there is no such element. The
*wished* ones only make the parts behind `unless`, `absent` and `scalar` meet the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Paren,
    Range,
    Selector,
    String,
    Subquery,
    Unary,
    walk,
)
from tocsin.lang.promql.flow.conventions import LABELS_OF_SERVERS, convention
from tocsin.lang.promql.types import is_scalar
from tocsin.lang.tokens import SET_OPERATORS
from tocsin.prove.witness.evaluate.calls import absent_labels
from tocsin.prove.witness.labels.terms import ANYTHING, MISSING, Equation, Fixed, Of, Replaced, Term
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.lang.promql.ast import Node, VectorMatching

TARGET_LABELS = ("instance", "job")
"""Labels that every scraped series has."""
_WHOLE = {"(.*)", "(.+)", "^(.*)$", "^(.+)$"}
_COPIES = {"$1", "${1}"}


@value_object
class Occurrence:
    """One selector of the expression, and what stands round it."""

    selector: Selector
    wanted: bool
    """Whether its series have to be there for a result; else they may have to be away."""
    sure: bool
    """Whether every result of this way comes from one of its series."""
    path: tuple[str, ...]
    """The functions and aggregations round it, the outermost first."""
    range: float | None
    """Seconds of its window; None for an instant selector."""
    shift: float
    """Seconds by which offsets, its own and those of subqueries, look back."""
    window: float
    """Seconds that its range and the subqueries round it look back together."""


@value_object
class LabelConstraints:
    """What one way through the expression asks of its selectors."""

    occurrences: tuple[Occurrence, ...]
    needed: tuple[Equation, ...]
    wished: tuple[Equation, ...]
    labels: tuple[str, ...]
    """All labels that matter."""
    ways: int
    """How many ways there are, as far as they were counted."""
    sure: bool
    """Whether the needed equations follow from the expression alone."""
    result: dict[str, Term]
    joins_on: bool = False
    """Whether a join goes by a few labels only, so that series may differ in the others."""
    without_buckets: Call | None = None
    """A quantile of classic buckets that have surely lost `le`, which no result can do without."""
    names_buckets: bool = False
    """Whether the expression names `le`, as only those who mean classic histograms do."""
    grouped: tuple[Of, ...] = ()
    """The labels by which the expression groups series, and which these therefore have."""
    recorded: frozenset[str] = frozenset()
    """Metrics that rules write, beside those whose names say so."""

    def is_recorded(self, name: str | None) -> bool:
        """Whether a rule writes a metric of this name, and no scrape."""
        return name is not None and (":" in name or name.startswith("ALERTS") or name in self.recorded)


_MOST_WAYS = 8


def mentioned_labels(root: Node) -> tuple[str, ...]:
    """Every label that the expression names, and those that scraped series have."""
    found: dict[str, None] = {}
    for node in walk(root):
        match node:
            case Selector():
                found.update(dict.fromkeys(matcher.name for matcher in node.matchers))
                units = convention(node.name or "").units
                found.update(dict.fromkeys(label for label in units if label not in TARGET_LABELS))
            case Aggregation(grouping=grouping) if grouping is not None:
                found.update(dict.fromkeys(grouping.labels))
            case Binary():
                found.update(dict.fromkeys((*node.matching.labels, *node.matching.include)))
            case Call(function="label_replace" | "label_join"):
                texts = [inner.value for inner in node.arguments if isinstance(inner, String)]
                named = [texts[0], *(texts[2:3] if node.function == "label_replace" else texts[2:])]
                found.update(dict.fromkeys(named))
            case Call(function="histogram_quantile"):
                found["le"] = None
            case _:
                pass
    found.update(dict.fromkeys(TARGET_LABELS))
    found.pop("__name__", None)
    found.pop("", None)
    return tuple(found)


def label_constraints(
    root: Node, way: int = 0, extra: Sequence[str] = (), recorded: frozenset[str] = frozenset()
) -> LabelConstraints:
    """The flow along one of the ways, counted from 0; `extra` are labels that matter to others.

    `recorded` are metrics that rules write, though their names do not say so.
    """
    run = _Run(tuple(dict.fromkeys((*mentioned_labels(root), *extra))), way)
    result = run.follow(root, _Round())
    return LabelConstraints(
        tuple(run.occurrences),
        tuple(run.needed),
        tuple(run.wished),
        run.labels,
        min(2**run.forks, _MOST_WAYS),
        run.sure,
        result,
        run.joins_on,
        run.without_buckets,
        _names_buckets(root),
        tuple(dict.fromkeys(run.grouped)),
        recorded,
    )


def _names_buckets(root: Node) -> bool:
    return any(
        (isinstance(node, Selector) and any(matcher.name == "le" for matcher in node.matchers))
        or (isinstance(node, Aggregation) and node.grouping is not None and "le" in node.grouping.labels)
        for node in walk(root)
    )


@value_object
class _Round:
    """What stands round a node."""

    wanted: bool = True
    sure: bool = True
    path: tuple[str, ...] = ()
    shift: float = 0.0
    window: float = 0.0

    def inside(self, name: str) -> _Round:
        return replace(self, path=(*self.path, name))

    def within(self, shift: float, window: float) -> _Round:
        return replace(self, shift=self.shift + shift, window=self.window + window)

    def aside(self, *, wanted: bool) -> _Round:
        return replace(self, wanted=wanted, sure=False)

    def no_histogram(self) -> _Round:
        """What stands round a node of which no buckets are read, whatever quantile is taken of the whole."""
        return replace(self, path=tuple(name for name in self.path if name != "histogram_quantile"))


@dataclass
class _Run:
    labels: tuple[str, ...]
    way: int
    forks: int = 0
    sure: bool = True
    joins_on: bool = False
    without_buckets: Call | None = None
    occurrences: list[Occurrence] = field(default_factory=list)
    grouped: list[Of] = field(default_factory=list)
    needed: list[Equation] = field(default_factory=list)
    wished: list[Equation] = field(default_factory=list)

    def follow(self, node: Node, around: _Round) -> dict[str, Term]:
        match node:
            case Selector():
                return self._selector(node, around, None)
            case Range():
                return self._selector(node.selector, around, node.range.seconds)
            case Paren() | Unary():
                return self.follow(node.expr, around)
            case Subquery():
                back = (node.offset.seconds or 0.0) if node.offset else 0.0
                return self.follow(node.expr, around.inside("[:]").within(back, node.range.seconds or 0.0))
            case Aggregation():
                return self._aggregation(node, around)
            case Binary():
                return self._binary(node, around)
            case Call():
                return self._call(node, around)
            case _:
                return self._none()

    def _none(self) -> dict[str, Term]:
        return dict.fromkeys(self.labels, MISSING)

    def _selector(self, selector: Selector, around: _Round, seconds: float | None) -> dict[str, Term]:
        back = (selector.offset.seconds or 0.0) if selector.offset else 0.0
        index = len(self.occurrences)
        self.occurrences.append(
            Occurrence(
                selector,
                around.wanted,
                around.sure,
                around.path,
                seconds,
                around.shift + back,
                around.window + (seconds or 0.0),
            )
        )
        return {label: Of(index, label) for label in self.labels}

    def _aggregation(self, node: Aggregation, around: _Round) -> dict[str, Term]:
        if node.param is not None:
            self.follow(node.param, around.aside(wanted=True))
        inner = self.follow(node.expr, around.inside(node.op))
        if node.op in ("topk", "bottomk", "limitk", "limit_ratio"):
            return inner
        named = node.grouping.labels if node.grouping else ()
        if node.grouping is not None and node.grouping.how == "without":
            result = {label: MISSING if label in named else term for label, term in inner.items()}
        else:
            result = {label: term if label in named else MISSING for label, term in inner.items()}
            given = [inner.get(label) for label in named if label not in LABELS_OF_SERVERS]
            self.grouped += [term for term in given if isinstance(term, Of)]
        if node.op == "count_values" and isinstance(node.param, String) and node.param.value in result:
            result[node.param.value] = ANYTHING
        return result

    def _call(self, node: Call, around: _Round) -> dict[str, Term]:
        name = node.function
        if name in ("scalar", "vector", "time", "pi"):
            for argument in node.arguments:
                self.follow(argument, around.aside(wanted=around.wanted).inside(name))
            return self._none()
        if name in ("absent", "absent_over_time"):
            self.follow(node.arguments[0], around.aside(wanted=not around.wanted).inside(name))
            said = absent_labels(node.arguments[0])
            return {label: Fixed(said.get(label, "")) for label in self.labels}
        result = self._none()
        for argument in node.arguments:
            if not isinstance(argument, String) and not is_scalar(argument):
                result = self.follow(argument, around.inside(name))
            elif is_scalar(argument):
                self.follow(argument, around.aside(wanted=around.wanted))
        texts = [inner.value for inner in node.arguments if isinstance(inner, String)]
        if name == "label_replace":
            return self._replaced(result, texts)
        if name == "label_join":
            return {**result, texts[0]: ANYTHING}
        if name == "histogram_quantile":
            if around.sure and result["le"] == MISSING and _reads_buckets(node):
                self.without_buckets = self.without_buckets or node
            return {**result, "le": MISSING}
        return result

    def _replaced(self, inner: dict[str, Term], texts: list[str]) -> dict[str, Term]:
        target, replacement, source, pattern = texts[:4]
        if "$" not in replacement and (pattern in (".*", "(.*)") or (source == "" and pattern == "")):
            return {**inner, target: Fixed(replacement)}
        if pattern in _WHOLE and replacement in _COPIES:
            # Where the source is missing, `(.+)` leaves the target as it is: not followed, so no longer sure.
            self.sure = self.sure and pattern in ("(.*)", "^(.*)$")
            return {**inner, target: inner.get(source, ANYTHING)}
        known = inner.get(source)
        taken = Replaced(known, replacement, pattern) if isinstance(known, Of) else ANYTHING
        return {**inner, target: taken}

    def _binary(self, node: Binary, around: _Round) -> dict[str, Term]:
        if is_scalar(node.left) or is_scalar(node.right):
            left, right = self.follow(node.left, around), self.follow(node.right, around)
            return right if is_scalar(node.left) else left
        if node.op == "or":
            return self._either(node, around)
        no_buckets = _side_without_buckets(node)
        left = self.follow(node.left, around.no_histogram() if no_buckets == "left" else around)
        around_right = around.no_histogram() if no_buckets == "right" else around
        if node.op == "unless":
            right = self.follow(node.right, around_right.aside(wanted=not around.wanted))
            self._equate(left, right, node, sure=False)
            return left
        right = self.follow(node.right, around_right)
        self._equate(left, right, node, sure=around.sure)
        if node.op in SET_OPERATORS:
            return left
        return _result(left, right, node.matching)

    def _either(self, node: Binary, around: _Round) -> dict[str, Term]:
        first = True
        if 2**self.forks < _MOST_WAYS:
            first = not (self.way >> self.forks) & 1
            self.forks += 1
        elif around.sure:
            self.sure = False
        aside = around.aside(wanted=around.wanted)
        left = self.follow(node.left, around if first else aside)
        right = self.follow(node.right, aside if first else around)
        return left if first else right

    def _equate(self, left: dict[str, Term], right: dict[str, Term], node: Binary, *, sure: bool) -> None:
        matching = node.matching
        self.joins_on = self.joins_on or matching.how == "on"
        if matching.fill_left is not None or matching.fill_right is not None:
            sure = False
        shared: Sequence[str] = [
            label
            for label in self.labels
            if (label in matching.labels if matching.how == "on" else label not in matching.labels)
        ]
        into = self.needed if sure else self.wished
        into.extend(Equation(left[label], right[label], label, node) for label in shared)


def _side_without_buckets(node: Binary) -> Literal["left", "right"] | None:
    """The side of a join that has one series for all buckets of the other."""
    matching = node.matching
    if ("le" in matching.labels) == (matching.how == "on"):
        return None
    if node.op in SET_OPERATORS or matching.many == "left":
        return "right"
    return "left" if matching.many == "right" else None


def _reads_buckets(node: Node) -> bool:
    """Whether all series below are buckets by their name: a native histogram has no series of that name."""
    names = [inner.name for inner in walk(node) if isinstance(inner, Selector)]
    return bool(names) and all(name is not None and name.endswith("_bucket") for name in names)


def _result(left: dict[str, Term], right: dict[str, Term], matching: VectorMatching) -> dict[str, Term]:
    many, one = (right, left) if matching.many == "right" else (left, right)
    if matching.many is None:
        if matching.how == "on":
            return {label: term if label in matching.labels else MISSING for label, term in many.items()}
        return {label: MISSING if label in matching.labels else term for label, term in many.items()}
    return {label: one[label] if label in matching.include else term for label, term in many.items()}
