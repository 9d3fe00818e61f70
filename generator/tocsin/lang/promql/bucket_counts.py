"""From the buckets of a classic histogram to what they count: all observations, and those up to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Aggregation, Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.text.edits import replace_spans

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Node

    Edits = list[tuple[tuple[int, int], str]]

_SUFFIX = "_bucket"


def bound_matcher(limit: str) -> str:
    """The matcher of the bucket up to a limit; of 2 Prometheus 3 writes `2.0`, and older ones `2`."""
    return f'le=~"{limit}(\\\\.0)?"' if limit.isdigit() else f'le="{limit}"'


def counted_by_buckets(text: str, limit: str) -> tuple[str, str] | None:
    """Queries of the observations up to the limit, and of all, by a sound query of buckets.

    None where the query has no form of which that follows.
    """
    tree = parse_promql(text)
    edits: Edits = []
    ungrouped: Edits = []
    selectors = [node for node in walk(tree) if isinstance(node, Selector)]
    for selector in selectors:
        if selector.name is None or not selector.name.endswith(_SUFFIX):
            return None
        if any(matcher.name == "le" for matcher in selector.matchers):
            return None
        start = selector.span[0]
        end = start + len(selector.name)
        edits.append(((end - len(_SUFFIX), end), "_count"))
        bound = bound_matcher(limit)
        rest = text[end : selector.span[1]]
        brace = rest.find("{")
        if brace < 0 or rest[:brace].strip():
            ungrouped.append(((end, end), f"{{{bound}}}"))
        else:
            comma = ", " if selector.matchers else ""
            ungrouped.append(((end + brace + 1, end + brace + 1), f"{bound}{comma}"))
    if not selectors:
        return None
    groupings = _without_bound(tree, text)
    if groupings is None:
        return None
    before, after = "", ""
    if not groupings:
        before, after = "sum without (le) (", ")"
    good = replace_spans(text, [*ungrouped, *groupings])
    total = replace_spans(text, [*edits, *groupings])
    return f"{before}{good}{after}", total


def _without_bound(tree: Node, text: str) -> Edits | None:
    """The edits by which no aggregation keeps `le`; None for one that is written otherwise."""
    edits: Edits = []
    for node in walk(tree):
        if not isinstance(node, Aggregation):
            continue
        grouping = node.grouping
        if grouping is None or node.op != "sum":
            return None
        if grouping.how == "without":
            listed = ", ".join(dict.fromkeys((*grouping.labels, "le")))
            edits.append((grouping.span, f"without ({listed})"))
            continue
        kept = [label for label in grouping.labels if label != "le"]
        start, end = grouping.span
        if kept:
            edits.append((grouping.span, f"by ({', '.join(kept)})"))
            continue
        # `sum by (le) (…)` becomes `sum(…)`, and `sum(…) by (le)` as well.
        while start > 0 and text[start - 1].isspace():
            start -= 1
        while end < len(text) and text[end].isspace() and text[end:].lstrip().startswith("("):
            end += 1
        edits.append(((start, end), ""))
    return edits
