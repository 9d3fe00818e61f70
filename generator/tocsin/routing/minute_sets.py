"""Sets of minutes as sorted, disjoint, half-open intervals that do not touch."""

from __future__ import annotations

Spans = tuple[tuple[int, int], ...]


def union(left: Spans, right: Spans) -> Spans:
    """The minutes of either; the intervals of `right` may overlap, in any order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((*left, *right)):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple(found)


def intersection(left: Spans, right: Spans) -> Spans:
    """The minutes of both."""
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            found.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def complement(spans: Spans, start: int, end: int) -> Spans:
    """The minutes from `start` up to `end` that are in none of the intervals."""
    found: list[tuple[int, int]] = []
    for first, last in spans:
        if first > start:
            found.append((start, min(first, end)))
        start = max(start, last)
    found.append((start, end))
    return tuple(span for span in found if span[0] < span[1])


def length(spans: Spans) -> int:
    """The number of minutes."""
    return sum(end - start for start, end in spans)
