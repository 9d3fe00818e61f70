"""Values for labels, so that selectors select their series and joins meet; or why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.automata import UndecidedError, UnsupportedError, witness
from tocsin.lang.promql.selecting import meets_matcher
from tocsin.lang.regex_samples import all_values, regex_samples
from tocsin.prove.witness.evaluate.calls import replaced_text
from tocsin.prove.witness.labels.constraints import TARGET_LABELS
from tocsin.prove.witness.labels.terms import MISSING, Anything, Classes, Equation, Fixed, Of, Replaced, Term
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tocsin.lang.promql.ast import LabelMatcher, Node
    from tocsin.prove.witness.labels.constraints import LabelConstraints

_USUAL = {"instance": "host-1:9100", "le": "1.0", "quantile": "0.99", "cpu": "0", "core": "0,0"}
_NUMBERS = ("le", "quantile")
"""Labels whose whole numbers Prometheus 3 stores with a point."""
_MATCHES_ALL = {".*", "(.*)", "^.*$", ".*?", "(.*)?"}


@value_object
class Conflict:
    """Why labels can have no values."""

    label: str
    reason: str
    node: Node | None
    """The operator whose sides cannot meet; None where one selector contradicts itself."""
    proven: bool
    """Whether no data at all can do it; else only no value was found."""


@value_object
class Solution:
    """Values for the labels of each selector's series; a label that is not named is not there."""

    values: Mapping[Of, str]
    groups: tuple[tuple[Of, ...], ...]
    """Labels that have to stay equal when one of them is changed."""


def solve_labels(flow: LabelConstraints, *, real: bool = True) -> Solution | Conflict:
    """Values for all labels of a flow, the same value for the same label wherever that can be.

    With `real`, nothing that a result can do without takes a label away that all series have.
    """
    if flow.without_buckets is not None:
        reason = "the buckets have lost `le`, without which they have no quantile"
        return Conflict("le", reason, flow.without_buckets, proven=flow.sure)
    classes = Classes()
    for equation in flow.needed:
        if _known(equation):
            classes.join(equation.left, equation.right)
    terms = [Of(index, label) for index in range(len(flow.occurrences)) for label in flow.labels]
    conflict = _conflict(flow, classes, terms)
    if conflict is not None:
        return conflict
    for equation in (*flow.wished, *_alike(flow)):
        if _known(equation) and classes.root(equation.left) != classes.root(equation.right):
            trial = classes.copy()
            trial.join(equation.left, equation.right)
            both = [equation.left, equation.right]
            if _conflict(flow, trial, both) is None and not (real and _takes_labels(flow, trial, both)):
                classes = trial
    return _assigned(flow, classes, terms)


def _alike(flow: LabelConstraints) -> Iterator[Equation]:
    """The wish that selectors of one metric select the same series."""
    first: dict[str, int] = {}
    for index, occurrence in enumerate(flow.occurrences):
        name = occurrence.selector.name
        if name is None:
            continue
        before = first.setdefault(name, index)
        if before != index:
            for label in flow.labels:
                yield Equation(Of(before, label), Of(index, label), label, occurrence.selector)


def _takes_labels(flow: LabelConstraints, classes: Classes, terms: Sequence[Term]) -> bool:
    """Whether terms that became equal leave a series without a label that all have."""
    here = {classes.root(term) for term in terms}
    for members in classes.sets(terms):
        if MISSING in members and classes.root(members[0]) in here:
            for member in members:
                if isinstance(member, Of) and _is_given(flow, member):
                    return True
    return False


def _is_given(flow: LabelConstraints, term: Of) -> bool:
    """Whether all series of a selector have a label: scraped ones, and those that are grouped by it."""
    scraped = not flow.is_recorded(flow.occurrences[term.occurrence].selector.name)
    return (scraped and term.label in TARGET_LABELS) or term in flow.grouped


def _known(equation: Equation) -> bool:
    return not isinstance(equation.left, Anything) and not isinstance(equation.right, Anything)


def _conflict(flow: LabelConstraints, classes: Classes, terms: Iterable[Term]) -> Conflict | None:
    for members in classes.sets(terms):
        fixed = sorted({member.value for member in members if isinstance(member, Fixed)})
        matchers = _matchers(flow, members)
        label = next((member.label for member in members if isinstance(member, Of)), "")
        if len(fixed) > 1:
            node = _guilty(flow, members)
            label = label or next((e.label for e in flow.needed if e.node is node), "")
            return Conflict(label, _two_values(label, fixed), node, proven=flow.sure)
        if fixed:
            against = [m for m in matchers if not meets_matcher(m, fixed[0])]
            if against:
                reason = _not_met(against[0].name, fixed[0], against[0])
                return Conflict(label, reason, _guilty(flow, members), proven=flow.sure)
            continue
        possible = label_candidates(label, matchers)
        if not possible and not _is_aside(flow, members):
            text = " and ".join(f"`{_text(m)}`" for m in matchers)
            node = _guilty(flow, members) if len(members) > 1 else None
            proven = _is_impossible(matchers) and flow.sure
            return Conflict(label, f"no value of `{label}` meets {text}", node, proven=proven)
    return None


def _is_aside(flow: LabelConstraints, members: Iterable[Term]) -> bool:
    """Whether all belong to one selector that a result can do without: it may as well select nothing."""
    found = {member.occurrence for member in members if isinstance(member, Of)}
    return len(found) == 1 and not any(flow.occurrences[index].sure for index in found)


def _two_values(label: str, fixed: Sequence[str]) -> str:
    shown = " and ".join(f'`{label}="{value}"`' if value else f"no `{label}`" for value in fixed)
    return f"the sides never agree on `{label}`: they have {shown}"


def _not_met(label: str, value: str, matcher: LabelMatcher) -> str:
    if value:
        return f'one side has `{label}="{value}"`, the other asks for `{_text(matcher)}`'
    return f"one side has lost `{label}`, the other asks for `{_text(matcher)}`"


def _text(matcher: LabelMatcher) -> str:
    return f'{matcher.name}{matcher.op}"{matcher.value}"'


def _guilty(flow: LabelConstraints, members: Sequence[Term]) -> Node | None:
    """The last operator that made these terms equal: the one in which the contradiction shows."""
    found = [e.node for e in flow.needed if e.left in members and e.right in members]
    return found[-1] if found else None


def _matchers(flow: LabelConstraints, members: Iterable[Term]) -> list[LabelMatcher]:
    found = {
        (matcher.op, matcher.value): matcher
        for member in members
        if isinstance(member, Of)
        for matcher in flow.occurrences[member.occurrence].selector.matchers
        if matcher.name == member.label
    }
    return list(found.values())


def label_candidates(label: str, matchers: Sequence[LabelMatcher]) -> list[str]:
    """Values that meet all matchers, the most natural first; the empty one last."""
    tried: dict[str, None] = {}
    for matcher in matchers:
        if matcher.op == "=":
            tried[matcher.value] = None
    for matcher in matchers:
        if matcher.op == "=~" and matcher.value not in _MATCHES_ALL:
            tried.update(dict.fromkeys(regex_samples(matcher.value)))
    usual = _USUAL.get(label, f"{label}-1")
    tried.update(dict.fromkeys((usual, f"{label}-2", "a", "1", "0", "b", "xyz", "-", "A", "100")))
    if any(matcher.op == "!~" for matcher in matchers):
        tried.update(dict.fromkeys(chr(code) * 3 for code in range(ord("a"), ord("z") + 1)))
    tried.pop("", None)
    tried[""] = None
    if label in _NUMBERS:
        tried = dict.fromkeys(sorted(tried, key=str.isdigit))
    return [value for value in tried if all(meets_matcher(matcher, value) for matcher in matchers)]


def _is_impossible(matchers: Sequence[LabelMatcher]) -> bool:
    """Whether it is certain that no value meets all matchers, given that no candidate does."""
    if any(matcher.op == "!~" and matcher.value in _MATCHES_ALL for matcher in matchers):
        return True
    if any(matcher.op == "=" for matcher in matchers):
        return True
    values = {op: [matcher.value for matcher in matchers if matcher.op == op] for op in ("=~", "!~", "!=")}
    try:
        return witness(values["=~"], values["!~"], values["!="]) is None
    except (UndecidedError, UnsupportedError):
        return _is_listed_impossible(matchers)


def _is_listed_impossible(matchers: Sequence[LabelMatcher]) -> bool:
    """The same where a pattern has few values, each of which can be tried."""
    return any(
        (values := all_values(matcher.value)) is not None
        and not any(all(meets_matcher(other, value) for other in matchers) for value in values)
        for matcher in matchers
        if matcher.op == "=~"
    )


def _assigned(flow: LabelConstraints, classes: Classes, terms: Sequence[Of]) -> Solution:
    sets = [members for members in classes.sets(terms) if any(isinstance(m, Of) for m in members)]
    values: dict[Of, str] = {}
    by_label: dict[str, list[tuple[list[Term], list[str]]]] = {}
    for members in sets:
        label = next(member.label for member in members if isinstance(member, Of))
        fixed = [member.value for member in members if isinstance(member, Fixed)]
        possible = fixed or label_candidates(label, _matchers(flow, members)) or [""]
        by_label.setdefault(label, []).append((members, possible))
    for label, together in by_label.items():
        ranked: dict[str, int] = {}
        for members, possible in together:
            asked = bool(_matchers(flow, members))
            for value in possible:
                ranked[value] = ranked.get(value, 0) + (1 if value else 0) + (1 if asked and value else 0)
        for members, possible in together:
            best = max(possible, key=lambda value: (ranked[value], -possible.index(value)))
            if label == "le" and best and not any(isinstance(m, Fixed) for m in members):
                best = _bound(best, possible)
            values.update({member: best for member in members if isinstance(member, Of)})
    groups = tuple(tuple(m for m in members if isinstance(m, Of)) for members in sets)
    return Solution(_with_replaced(flow, classes, values), groups)


def _with_replaced(flow: LabelConstraints, classes: Classes, values: dict[Of, str]) -> dict[Of, str]:
    """The values where a label has to agree with a part of another one, where that can be."""
    for equation in (*flow.needed, *flow.wished):
        for taken, other in ((equation.left, equation.right), (equation.right, equation.left)):
            if not isinstance(taken, Replaced) or not isinstance(other, Of) or other not in values:
                continue
            for source in (values.get(taken.source, ""), *regex_samples(taken.pattern)):
                text = replaced_text(source, taken.replacement, taken.pattern)
                if not text:
                    continue
                mine = _alike_values(flow, classes, taken.source, source)
                its = _alike_values(flow, classes, other, text)
                if mine and its:
                    values = {**values, **mine, **its}
                    break
    return values


def _alike_values(flow: LabelConstraints, classes: Classes, term: Of, value: str) -> dict[Of, str]:
    """The value for a label and all that are equal to it; nothing where one of them cannot have it."""
    root = classes.root(term)
    terms = [Of(index, label) for index in range(len(flow.occurrences)) for label in flow.labels]
    members = [one for one in terms if classes.root(one) == root]
    if isinstance(root, Fixed) or not all(meets_matcher(m, value) for m in _matchers(flow, members)):
        return {}
    return dict.fromkeys(members, value)


def _bound(best: str, possible: Sequence[str]) -> str:
    """A value of `le` that is a number, where there is one."""
    for value in (best, *possible):
        try:
            float(value)
        except ValueError:
            continue
        return value
    return best
