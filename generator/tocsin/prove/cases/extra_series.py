"""Series put beside those of a test: more of the same kind, and such as a matcher keeps out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Aggregation, Selector, walk
from tocsin.lang.promql.selecting import meets_matcher, selects_series
from tocsin.prove.cases.near_misses import violating_values
from tocsin.prove.witness.evaluate.native import PART
from tocsin.prove.witness.labels.series_set import SeriesSet, SeriesTemplate
from tocsin.prove.witness.labels.solve import label_candidates
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tocsin.lang.promql.ast import LabelMatcher, Node

_REPLICA = "replica"
_NO_COPIES = frozenset({"__name__", "le", "quantile", PART})


@value_object
class Widened:
    """A universe with more series, and for each mover that came with them the one that it is like."""

    universe: SeriesSet
    like: tuple[int, ...]


def labels_apart(tree: Node, universe: SeriesSet) -> tuple[str, ...]:
    """The labels in which a second series may differ: a new one, those that are lost, and all others."""
    found = {label for template in universe.templates for label in template.labels}
    labels = (_REPLICA, *sorted(lost_labels(tree)), *sorted(found))
    return tuple(label for label in dict.fromkeys(labels) if label not in _NO_COPIES)


def lost_labels(tree: Node) -> set[str]:
    """The labels that an aggregation names as those that it does away with."""
    groupings = [node.grouping for node in walk(tree) if isinstance(node, Aggregation) and node.grouping]
    return {label for grouping in groupings if grouping.how == "without" for label in grouping.labels}


def duplicate_series(
    tree: Node, universe: SeriesSet, label: str, only: Selector | None = None
) -> Widened | None:
    """A second series beside each, or beside those of one selector, that differs in a label."""
    selectors = [node for node in walk(tree) if isinstance(node, Selector)]
    fresh = {_REPLICA, *lost_labels(tree)}

    def other(labels: Mapping[str, str]) -> str | None:
        if only is not None and not selects_series(only, labels):
            return None
        if label == "__name__" and any(one.name for one in selectors if selects_series(one, labels)):
            return None
        asked = [
            m for one in selectors if selects_series(one, labels) for m in one.matchers if m.name == label
        ]
        value = labels.get(label, "")
        if not value and label not in fresh:
            return None
        tried = (f"{value or label}-other", *label_candidates(label, asked))
        return next((one for one in tried if one not in ("", value) and _meets(asked, one)), None)

    return _with_more(universe, label, other)


def unmatched_copies(universe: SeriesSet, selector: Selector, matcher: LabelMatcher) -> Iterator[Widened]:
    """Widened the series that the selector selects such as do not meet one of its matchers."""
    values = [*violating_values(matcher, selector)]
    others = [one for one in selector.matchers if one.name == matcher.name and one is not matcher]
    if not meets_matcher(matcher, "") and _meets(others, ""):
        values.append("")
    for value in values:
        found = _with_more(universe, matcher.name, _stranger(selector, value))
        if found is not None:
            yield found


def _stranger(selector: Selector, value: str) -> Callable[[Mapping[str, str]], str | None]:
    return lambda labels: value if selects_series(selector, labels) else None


def _meets(matchers: Sequence[LabelMatcher], value: str) -> bool:
    return all(meets_matcher(matcher, value) for matcher in matchers)


def _with_more(
    universe: SeriesSet, label: str, other: Callable[[Mapping[str, str]], str | None]
) -> Widened | None:
    known = {tuple(sorted(template.labels.items())) for template in universe.templates}
    like: dict[int, int] = {}
    added: list[SeriesTemplate] = []
    for template in universe.templates:
        value = other(template.labels)
        if value is None:
            continue
        labels = {name: text for name, text in template.labels.items() if name != label}
        labels |= {label: value} if value else {}
        if tuple(sorted(labels.items())) in known:
            continue
        mover = like.setdefault(template.mover, len(universe.movers) + len(like))
        added.append(SeriesTemplate(labels, mover, template.bucket))
    if not added:
        return None
    movers = (*universe.movers, *(universe.movers[index] for index in like))
    wider = replace(universe, templates=(*universe.templates, *added), movers=movers, variant="beside")
    return Widened(wider, tuple(like))
