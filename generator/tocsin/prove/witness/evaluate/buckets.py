"""Quantiles of classic histograms (promql/quantile.go of Prometheus 3.5)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.prove.witness.evaluate.arithmetic import NAN, divide

if TYPE_CHECKING:
    from collections.abc import Sequence

_SMALL = 1e-12
Bucket = tuple[float, float]
"""The upper bound of a bucket, and how many observations lie at or below it."""


def bound(text: str) -> float | None:
    """The upper bound that a value of `le` says; None where it is no number."""
    try:
        return float(text)
    except ValueError:
        return None


def bucket_quantile(q: float, buckets: Sequence[Bucket]) -> float:
    """The q-quantile of the observations that the buckets count."""
    if q != q:
        return NAN
    if q < 0:
        return -math.inf
    if q > 1:
        return math.inf
    found = _monotonic(_coalesced(sorted(buckets)))
    if not found or found[-1][0] != math.inf or len(found) < 2:
        return NAN
    observations = found[-1][1]
    if observations == 0 or observations != observations:
        return NAN
    rank = q * observations
    index = next((i for i, (_, count) in enumerate(found[:-1]) if count >= rank), len(found) - 1)
    if index == len(found) - 1:
        return found[-2][0]
    upper, count = found[index]
    if index == 0 and upper <= 0:
        return upper
    lower = 0.0
    if index > 0:
        lower, below = found[index - 1]
        count -= below
        rank -= below
    return lower + (upper - lower) * divide(rank, count)


def _coalesced(buckets: Sequence[Bucket]) -> list[Bucket]:
    """Buckets with one bound count together."""
    found: list[Bucket] = []
    for upper, count in buckets:
        if found and found[-1][0] == upper:
            found[-1] = (upper, found[-1][1] + count)
        else:
            found.append((upper, count))
    return found


def _monotonic(buckets: Sequence[Bucket]) -> list[Bucket]:
    """Each bucket counts at least what the one below it counts."""
    found: list[Bucket] = []
    for upper, count in buckets:
        if found:
            before = found[-1][1]
            close = abs(count - before) <= _SMALL * max(abs(count), abs(before))
            count = before if count < before or close else count
        found.append((upper, count))
    return found
