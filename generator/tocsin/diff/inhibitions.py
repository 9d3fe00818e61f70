"""Inhibitions with an effect that only one side has: for each a source and a target that show it.

Asked of one source and one target: some rule of the one side inhibits, and none of the other.
The search goes through all values that the matchers concerned tell apart, two of each kind where there are
two, so that labels in `equal` can agree and differ; what it does not find within its limits is not there.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tocsin.lang.automata import UndecidedError, UnsupportedError, finite_texts, witness
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Inhibition

Labels = dict[str, str]
Example = tuple[Labels, Labels]

_MOST_STATES = 20_000
_MOST_PATTERNS = 6


def lost_inhibitions(
    rules: Sequence[Inhibition], others: Sequence[Inhibition]
) -> Iterator[tuple[Inhibition, Example | None]]:
    """The rules with an effect that none of the others has, each with a source and a target.

    None stands for a rule for which that is undecided, as there was too much to try.
    """
    known = {_key(rule) for rule in others}
    for rule in {_key(rule): rule for rule in rules}.values():
        if _key(rule) in known:
            continue
        near = [other for other in others if _may_meet(rule, other)]
        search = _searched(rule, near)
        if search.example is not None or search.limited:
            yield rule, search.example


def inhibits(rule: Inhibition, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
    """Whether a rule lets one alert keep the other one quiet."""
    return (
        all(source.get(name, "") == target.get(name, "") for name in rule.equal)
        and _meets(rule.source, source)
        and _meets(rule.target, target)
        and not (_meets(rule.source, target) and _meets(rule.target, source))
    )


@value_object
class _Search:
    example: Example | None
    limited: bool


def _searched(rule: Inhibition, others: Sequence[Inhibition]) -> _Search:
    """A source and a target that the rule has effect on and none of the others.

    Label by label it is kept which of the others one value of the source and one of the target keep from
    having effect, and which cannot meet the pair the wrong way round; pairs that say the same are one.
    """
    concerned = (rule, *others)
    names = sorted({m.name for one in concerned for m in (*one.source, *one.target)} | _equal(concerned))
    states: dict[_State, _Pairs] = {(0, 0): ()}
    limited = False
    for name in names:
        values, some = _values(name, concerned)
        limited |= some
        choices = _choices(name, concerned, values)
        after: dict[_State, _Pairs] = {}
        for (forward, backward), chosen in states.items():
            for (more_forward, more_backward), pair in choices.items():
                state = (forward | more_forward, backward | more_backward)
                if state in after:
                    continue
                if len(after) < _MOST_STATES:
                    after[state] = (*chosen, (name, *pair))
                else:
                    limited = True
        states = after
    everything = (1 << len(concerned)) - 2
    for (forward, backward), chosen in states.items():
        # Without the bit of the rule itself, its source meets its target and the other way round.
        if backward & 1 and (forward | ~backward) & everything == everything:
            source = {name: text for name, text, _ in chosen if text}
            target = {name: text for name, _, text in chosen if text}
            return _Search((source, target), limited)
    return _Search(None, limited)


_State = tuple[int, int]
_Pairs = tuple[tuple[str, str, str], ...]


def _choices(
    name: str, concerned: Sequence[Inhibition], values: Sequence[str]
) -> dict[_State, tuple[str, str]]:
    """Values of a label in source and target, by the rules that they keep from having effect.

    The first number has a bit for each rule that does not take the pair, the second one for each that does
    not take it the other way round.
    """
    takes = [
        (_taken(one.source, name, values), _taken(one.target, name, values), name in one.equal)
        for one in concerned
    ]
    own_source, own_target, own_equal = takes[0]
    found: dict[_State, tuple[str, str]] = {}
    for source in values:
        for target in values:
            if source not in own_source or target not in own_target or (own_equal and source != target):
                continue
            forward = backward = 0
            for number, (sources, targets, equal) in enumerate(takes):
                if source not in sources or target not in targets or (equal and source != target):
                    forward |= 1 << number
                if target not in sources or source not in targets:
                    backward |= 1 << number
            found.setdefault((forward, backward), (source, target))
    return found


def _taken(matchers: Iterable[Matcher], name: str, values: Iterable[str]) -> frozenset[str]:
    own = [matcher for matcher in matchers if matcher.name == name]
    return frozenset(value for value in values if all(one.matches({name: value}) for one in own))


def _equal(rules: Iterable[Inhibition]) -> set[str]:
    return {name for rule in rules for name in rule.equal}


def _values(name: str, rules: Iterable[Inhibition]) -> tuple[list[str], bool]:
    """Values of a label of every kind that the rules' matchers tell apart, texts that they name first.

    True beside them where some kinds were not tried.
    """
    matchers = [m for rule in rules for m in (*rule.source, *rule.target) if m.name == name]
    texts: dict[str, None] = {}
    patterns: dict[str, None] = {}
    for matcher in matchers:
        few = (matcher.value,) if matcher.op in ("=", "!=") else finite_texts(matcher.value)
        if few is None:
            patterns[matcher.value] = None
        else:
            texts.update(dict.fromkeys(few))
    found = [text for text in texts if text]
    limited = len(patterns) > _MOST_PATTERNS
    for chosen in product((False, True), repeat=min(len(patterns), _MOST_PATTERNS)):
        matching = [one for one, wanted in zip(patterns, chosen, strict=False) if wanted]
        others = [one for one in patterns if one not in matching]
        try:
            for _ in range(2):
                value = witness(matching, others, [*texts, "", *found])
                if value is None:
                    break
                found.append(value)
        except (UndecidedError, UnsupportedError):
            limited = True
    return [*found, ""], limited


def _may_meet(rule: Inhibition, other: Inhibition) -> bool:
    """Whether the two can have effect on the same pair: False where a label's texts exclude it."""
    return _compatible(rule.source, other.source) and _compatible(rule.target, other.target)


def _compatible(left: Iterable[Matcher], right: Iterable[Matcher]) -> bool:
    texts = {m.name: _texts(m) for m in left if m.op in ("=", "=~")}
    for matcher in right:
        own = texts.get(matcher.name)
        if own is not None and not any(matcher.matches({matcher.name: text}) for text in own):
            return False
    return True


def _texts(matcher: Matcher) -> tuple[str, ...] | None:
    return (matcher.value,) if matcher.op == "=" else finite_texts(matcher.value)


def _meets(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    return all(matcher.matches(labels) for matcher in matchers)


def _key(rule: Inhibition) -> tuple[frozenset[Matcher], frozenset[Matcher], frozenset[str]]:
    return frozenset(rule.source), frozenset(rule.target), frozenset(rule.equal)
