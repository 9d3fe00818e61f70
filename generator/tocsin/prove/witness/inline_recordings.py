"""An expression over recorded series, written as one over the series that their recording rules read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Range, Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.selecting import meets_matcher
from tocsin.lang.strings import quote_string
from tocsin.prove.witness.labels.constraints import label_constraints
from tocsin.prove.witness.labels.terms import Fixed, Of
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.lang.promql.ast import LabelMatcher, Node
    from tocsin.plan.model import Recording
    from tocsin.prove.witness.labels.constraints import LabelConstraints

    Recordings = Mapping[str, Sequence[Recording]]

_MOST_DEEP = 6
_MOST_TEXT = 8_000
_MOST_ALTERNATIVES = 4
_LOOKBACK = "5m"


@value_object
class Inlined:
    """An expression with its recordings written out, and their rules, each after those that it reads."""

    expr: str
    rules: tuple[Recording, ...]
    lacking: str | None = None
    """The label for which it is asked in vain, where that is why the rules give none of the series."""
    dead: str | None = None
    """Why the rules give none of the series that are read, where that is so; then `expr` is as it was."""


class _DeadError(Exception):
    """No recording rule gives the series of a selector."""

    def __init__(self, rule: Recording, matcher: LabelMatcher) -> None:
        super().__init__(f'its results never meet `{matcher.name}{matcher.op}"{matcher.value}"`')
        self.rule = rule
        self.label = matcher.name


def inline_recordings(expr: str, recordings: Mapping[str, Sequence[Recording]]) -> Inlined | None:
    """The expression over what is recorded; None where no rule records it, or none can be written out.

    A matcher on a recorded series becomes one on the series below, where the label comes from them.
    """
    rules: dict[tuple[str, str], Recording] = {}
    try:
        text = _written_out(expr, recordings, rules, 0)
    except _DeadError as error:
        return Inlined(expr, (error.rule,), error.label, str(error))
    except (LangError, RecursionError):
        return None
    if text is None or not rules:
        return None
    return Inlined(text, tuple(rules.values()))


def recording_alternatives(expr: str, recordings: Recordings) -> list[tuple[Recordings, Inlined]]:
    """The expression over what is recorded, each time with another order of the rules that record one metric.

    None where no rule records it, or none can be written out. What no rule can give comes alone.
    """
    try:
        names = {selector.name or "" for _, selector in _selectors(parse_promql(expr))} & recordings.keys()
    except (LangError, RecursionError):
        return []
    most = max((len(recordings[name]) for name in names), default=0)
    found: dict[str, tuple[Recordings, Inlined]] = {}
    for turn in range(min(most, _MOST_ALTERNATIVES)):
        turned = {name: _turned(recordings[name], turn) for name in names}
        ordered = {**recordings, **turned} if turn else recordings
        one = inline_recordings(expr, ordered)
        if one is not None:
            found.setdefault(one.expr, (ordered, one))
    alive = [one for one in found.values() if one[1].dead is None]
    return alive or list(found.values())[:1]


def _turned(rules: Sequence[Recording], turn: int) -> list[Recording]:
    """The rules, of which another one comes first."""
    first = turn % len(rules)
    return [*rules[first:], *rules[:first]]


def _written_out(
    expr: str,
    recordings: Mapping[str, Sequence[Recording]],
    rules: dict[tuple[str, str], Recording],
    deep: int,
) -> str | None:
    tree = parse_promql(expr)
    changes: list[tuple[tuple[int, int], str]] = []
    for outer, selector in _selectors(tree):
        candidates = recordings.get(selector.name or "", ())
        if not candidates:
            continue
        if deep == _MOST_DEEP or selector.interpolation is not None:
            return None
        inner = _first(selector, candidates, recordings, rules, deep)
        if inner is None or len(inner) > _MOST_TEXT:
            return None
        changes += _changes(outer, selector, inner)
    for (start, end), text in sorted(changes, reverse=True):
        expr = expr[:start] + text + expr[end:]
    return expr


def _selectors(tree: Node) -> Iterator[tuple[Range | None, Selector]]:
    ranged = {id(node.selector): node for node in walk(tree) if isinstance(node, Range)}
    for node in walk(tree):
        if isinstance(node, Selector):
            yield ranged.get(id(node)), node


def _changes(outer: Range | None, selector: Selector, inner: str) -> Iterator[tuple[tuple[int, int], str]]:
    """What is written where: a subquery for a range, and for a selector that looks elsewhere in time."""
    if outer is not None:
        end = outer.range.span[1]
        yield selector.span, f"({inner})"
        yield (end, end), ":"
        return
    modifiers = [part.span[1] for part in (selector.offset, selector.at) if part is not None]
    if not modifiers:
        yield selector.span, f"({inner})"
        return
    yield selector.span, f"last_over_time(({inner})[{_LOOKBACK}:]"
    yield (max(modifiers), max(modifiers)), ")"


def _first(
    selector: Selector,
    candidates: Sequence[Recording],
    recordings: Mapping[str, Sequence[Recording]],
    rules: dict[tuple[str, str], Recording],
    deep: int,
) -> str | None:
    """The first rule that can be written out; _DeadError where none of them has such results."""
    dead: _DeadError | None = None
    unclear = False
    for rule in candidates:
        try:
            text = _one(selector, rule, recordings, rules, deep)
        except _DeadError as error:
            dead = error
            continue
        if text is not None:
            return text
        unclear = True
    if dead is not None and not unclear:
        raise dead
    return None


def _one(
    selector: Selector,
    rule: Recording,
    recordings: Mapping[str, Sequence[Recording]],
    rules: dict[tuple[str, str], Recording],
    deep: int,
) -> str | None:
    for matcher in selector.matchers:
        if matcher.name in rule.labels and not meets_matcher(matcher, rule.labels[matcher.name]):
            raise _DeadError(rule, matcher)
    below = dict(rules)
    inner = _written_out(rule.expr, recordings, below, deep + 1)
    if inner is None:
        return None
    others = [m for m in selector.matchers if m.name not in rule.labels and m.name != "__name__"]
    text = _filtered(inner, others, rule)
    if text is None:
        return None
    rules.update(below)
    rules[rule.record, rule.expr] = rule
    for label, value in rule.labels.items():
        name, replacement = quote_string(label), quote_string(value.replace("$", "$$"))
        text = f'label_replace({text}, {name}, {replacement}, {name}, ".*")'
    return text


def _filtered(expr: str, matchers: Sequence[LabelMatcher], rule: Recording) -> str | None:
    """The expression for the results that meet the matchers alone."""
    if not matchers:
        return expr
    tree = parse_promql(expr)
    names = tuple(matcher.name for matcher in matchers)
    first = label_constraints(tree, extra=names)
    ways = [first, *(label_constraints(tree, way, extra=names) for way in range(1, first.ways))]
    added: dict[int, list[str]] = {}
    for way in ways:
        if not _push(way, matchers, added, rule, alone=len(ways) == 1):
            return None
    changes = []
    for occurrence in ways[0].occurrences:
        wanted = added.get(occurrence.selector.span[0], [])
        if wanted:
            changes.append((occurrence.selector.span, _narrowed(expr, occurrence.selector, wanted)))
    for (start, end), text in sorted(dict(changes).items(), reverse=True):
        expr = expr[:start] + text + expr[end:]
    return expr


def _push(
    way: LabelConstraints,
    matchers: Sequence[LabelMatcher],
    added: dict[int, list[str]],
    rule: Recording,
    *,
    alone: bool,
) -> bool:
    """Note which selectors of a way get which matchers; False where a matcher cannot be met there."""
    for matcher in matchers:
        term = way.result.get(matcher.name)
        if isinstance(term, Fixed):
            if not meets_matcher(matcher, term.value):
                if alone and way.sure:
                    raise _DeadError(rule, matcher)
                return False
        elif isinstance(term, Of):
            said = f"{_name(term.label)}{matcher.op}{quote_string(matcher.value)}"
            here = added.setdefault(way.occurrences[term.occurrence].selector.span[0], [])
            if said not in here:
                here.append(said)
        else:
            return False
    return True


def _name(label: str) -> str:
    return label if label.replace("_", "a").isalnum() and label.isascii() else quote_string(label)


def _narrowed(expr: str, selector: Selector, wanted: Sequence[str]) -> str:
    text = expr[selector.span[0] : selector.span[1]].rstrip()
    if not text.endswith("}"):
        return text + "{" + ", ".join(wanted) + "}"
    inside = text[:-1].rstrip()
    joint = "" if inside.endswith(("{", ",")) else ", "
    return inside + joint + ", ".join(wanted) + "}"
