"""The operations on flows that PromQL and LogQL share: select, keep, drop, set, join, unite."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from tocsin.lang.flow.label_values import ANY, MISSING, LabelValues
from tocsin.lang.flow.model import METRIC_NAME, Flow, LabelFact, Why
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tocsin.lang.alertmanager.matchers import Operator
    from tocsin.lang.flow.value_range import ValueRange

_MOST_SHOWN = 3


@value_object
class Matching:
    """How an operator pairs the series of its sides."""

    how: Literal["on", "ignoring"] | None = None
    labels: tuple[str, ...] = ()
    many: Literal["left", "right"] | None = None
    """The side that `group_left` or `group_right` allows many series of."""
    include: tuple[str, ...] = ()
    """The labels that the other side gives to it."""

    def pairs(self, label: str) -> bool:
        """Whether two series have to agree in the label."""
        if self.how == "on":
            return label in self.labels
        return label not in self.labels and label != METRIC_NAME


def unknown_flow(why: Why) -> Flow:
    """A result of which nothing is known."""
    return Flow(LabelFact(ANY, why), why)


def no_labels(why: Why) -> Flow:
    """A result without labels: at most one series."""
    return Flow(LabelFact(MISSING, why), why)


def select_series(flow: Flow, name: str, op: Operator, value: str, why: Why) -> Flow:
    """The series that satisfy a matcher; the pattern of `=~` and `!~` has to be valid."""
    return selected_by_all(flow, ((name, op, value, why),))


def selected_by_all(flow: Flow, matchers: Iterable[tuple[str, Operator, str, Why]]) -> Flow:
    """The series that satisfy several matchers, each with the reason of what it decides."""
    labels = dict(flow.labels)
    empty = flow.empty
    for name, op, value, why in matchers:
        before = labels.get(name, flow.others)
        texts = before.texts.narrowed(op, value)
        if texts == before.texts:
            continue
        if not texts.is_empty:
            labels[name] = LabelFact(texts, why)
        elif empty is None:
            because = before.why if name in labels else None
            empty = Why(f"no series can satisfy {_shown(name, op, value)}", why.span, because)
    return Flow(flow.others, flow.value_why, labels, flow.value, empty, flow.always)


def keep_labels(flow: Flow, names: Iterable[str], why: Why) -> Flow:
    """What is left when only these labels stay, as after `by (…)`."""
    labels = {name: flow.label(name) for name in names}
    return _labelled(flow, labels, LabelFact(MISSING, why))


def drop_labels(flow: Flow, names: Iterable[str], why: Why) -> Flow:
    """What is left when these labels go, as after `without (…)`; what could not be there keeps its reason."""
    gone = {name: LabelFact(MISSING, why) for name in names if not flow.label(name).is_impossible}
    return _labelled(flow, {**flow.labels, **gone}, flow.others) if gone else flow


def with_label(flow: Flow, name: str, texts: LabelValues, why: Why) -> Flow:
    """The result after the label was set to one of these texts; the empty one removes it."""
    return _labelled(flow, {**flow.labels, name: LabelFact(texts, why)}, flow.others)


def _labelled(flow: Flow, labels: Mapping[str, LabelFact], others: LabelFact) -> Flow:
    # Written out, as `replace` takes five times as long and every step of an inference is one of these.
    return Flow(others, flow.value_why, labels, flow.value, flow.empty, flow.always)


def not_always(flow: Flow) -> Flow:
    """The result of something that may return nothing at times."""
    if not flow.always:
        return flow
    return Flow(flow.others, flow.value_why, flow.labels, flow.value, flow.empty)


def with_value(flow: Flow, value: ValueRange, what: str, span: tuple[int, int]) -> Flow:
    """The result with another range; where the range is the same, the reason stays as well."""
    if value == flow.value:
        return flow
    why = Why(f"`{what}` is {value.described()}", span)
    return Flow(flow.others, why, flow.labels, value, flow.empty, flow.always)


def union(left: Flow, right: Flow) -> Flow:
    """The series of both, as after `or`; a side that is always empty adds nothing."""
    if left.empty is not None:
        return right if right.empty is None else left
    if right.empty is not None:
        return left
    labels = {name: _either(left.label(name), right.label(name)) for name in {**left.labels, **right.labels}}
    value_why = left.value_why if left.value.is_unbounded or not right.value.is_unbounded else right.value_why
    return Flow(
        _either(left.others, right.others),
        value_why,
        labels,
        left.value.either(right.value),
        None,
        left.always or right.always,
    )


def pair_series(left: Flow, right: Flow, matching: Matching, why: Why) -> Flow:
    """The left side's series that have a partner on the right, as after `and`: they agree in labels."""
    labels, others, clash = _agreed(left, right, matching)
    empty = left.empty or right.empty
    if empty is None and clash is not None:
        empty = _never_meet(left, right, clash, matching, why)
    return Flow(others, left.value_why, labels, left.value, empty)


def join_series(many: Flow, one: Flow, matching: Matching, why: Why) -> Flow:
    """The labels after an operator on values; `many` is the side whose labels stay: the left one mostly."""
    result = pair_series(many, one, matching, why)
    if matching.many is None:
        if matching.how == "on":
            named = ", ".join(f"`{label}`" for label in matching.labels)
            reason = f"`on` keeps only {named}" if named else "`on ()` removes every label"
            result = keep_labels(result, matching.labels, Why(reason, why.span))
        else:
            removed = Why("`ignoring` removes the labels that it names", why.span)
            result = drop_labels(result, matching.labels, removed)
    for label in matching.include:
        fact = one.label(label)
        side = "left" if matching.many == "right" else "right"
        reason = f"`group_{matching.many}` takes it from the {side} side"
        because = None
        if fact.is_impossible:
            reason += ", which has none"
            because = fact.why
        result = with_label(result, label, fact.texts, Why(reason, why.span, because))
    return result


def replace_reasons(flow: Flow, tell: Callable[[Why], Why]) -> Flow:
    """The flow with each reason worded differently, or at another place."""
    return replace(
        flow,
        labels={name: LabelFact(fact.texts, tell(fact.why)) for name, fact in flow.labels.items()},
        others=LabelFact(flow.others.texts, tell(flow.others.why)),
        value_why=tell(flow.value_why),
        empty=None if flow.empty is None else tell(flow.empty),
    )


def _agreed(
    left: Flow, right: Flow, matching: Matching
) -> tuple[Mapping[str, LabelFact], LabelFact, str | None]:
    """The left side's labels where they agree with the right side's, and a label in which they never do."""
    labels = dict(left.labels)
    clash: str | None = None
    names = matching.labels if matching.how == "on" else {**left.labels, **right.labels}
    for name in names:
        if not matching.pairs(name):
            continue
        mine, its = left.label(name), right.label(name)
        texts = mine.texts.both(its.texts)
        if texts.is_empty:
            clash = clash or name
        elif texts != mine.texts:
            labels[name] = LabelFact(texts, its.why)
        elif name not in labels:
            labels[name] = mine
    others = left.others
    if matching.how != "on" and left.is_open and not right.is_open:
        # The labels that pairing passes over keep what the left side says of them.
        for name in (*matching.labels, METRIC_NAME):
            labels.setdefault(name, left.others)
        others = right.others
    return labels, others, clash


def _never_meet(left: Flow, right: Flow, name: str, matching: Matching, why: Why) -> Why:
    mine, its = left.label(name), right.label(name)
    # With `group_right` the side whose labels stay is the one on the right.
    here, there = ("right", "left") if matching.many == "right" else ("left", "right")
    if its.is_impossible or mine.is_impossible:
        with_it, without = (here, its) if its.is_impossible else (there, mine)
        reason = f"only the {with_it} side has `{name}`, so no series has a partner"
        return Why(reason, why.span, without.why)
    reason = f"the two sides never agree in `{name}`"
    if mine.values and its.values:
        reason += f": it is {_one_of(mine.values)} on the {here}, {_one_of(its.values)} on the {there}"
    return Why(reason, why.span, its.why if its.why.span != mine.why.span else None)


def _either(left: LabelFact, right: LabelFact) -> LabelFact:
    texts = left.texts.either(right.texts)
    return LabelFact(texts, left.why if texts == left.texts else right.why)


def _shown(name: str, op: str, value: str) -> str:
    return f'`{name}{op}"{value}"`'


def _one_of(values: frozenset[str]) -> str:
    shown = [f"`{value}`" for value in sorted(values)]
    return " or ".join(shown) if len(shown) <= _MOST_SHOWN else f"one of {len(shown)} values"
