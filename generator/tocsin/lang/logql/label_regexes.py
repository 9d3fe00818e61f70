"""Which texts pass a regular expression in a filter of labels: not only those that match it as a whole.

Loki replaces simple patterns by searches for their fixed part, and forgets the anchors on the way: with
`| app=~"p.*"`, the value `api` passes, and with `| env=~"prod|preprod"`, so does `nonprod` (the simplifier
in Loki's pkg/logql/log/filter.go). Matchers in a selector, behind `drop` and `keep` are not concerned.
"""

from __future__ import annotations

import re
from itertools import groupby, takewhile

_PLAIN = re.compile(r"[\w\s:/,;@#%&=<>!'\"~`-]*", re.ASCII)
_CAPTURE = re.compile(r"\(\?:(.*)\)|\(([^?].*)\)", re.DOTALL)


def passing_pattern(pattern: str) -> str:
    """A pattern that matches as a whole all texts that pass the filter `=~`, and no others where possible."""
    return f".*(?:{pattern}).*" if is_searched(pattern) else pattern


def is_searched(pattern: str) -> bool:
    """Whether texts may pass that hold the match somewhere inside; without a doubt where it is False."""
    if pattern in (".*", ".+", "(.*)", "(.+)"):
        return False
    enclosed = _CAPTURE.fullmatch(pattern)
    inner = (enclosed[1] or enclosed[2]) if enclosed else pattern
    parts = inner.split("|")
    if all(_PLAIN.fullmatch(part) for part in parts):
        return len(parts) > 1 and _has_common_starts(parts)
    return "|" in pattern or ".*" in pattern


def surely_searched(pattern: str) -> bool:
    """Whether Loki surely lets texts pass that only hold the match, though the pattern asks for the whole."""
    enclosed = _CAPTURE.fullmatch(pattern)
    inner = (enclosed[1] or enclosed[2]) if enclosed else pattern
    parts = inner.split("|")
    if len(parts) > 1:
        return all(part and _PLAIN.fullmatch(part) for part in parts) and _has_common_starts(parts)
    ends = inner.startswith(".*"), inner.endswith(".*")
    fixed = inner.removeprefix(".*").removesuffix(".*")
    return any(ends) and not all(ends) and bool(fixed) and _PLAIN.fullmatch(fixed) is not None


def _has_common_starts(texts: list[str]) -> bool:
    """Whether alternatives are rewritten to a common start and its ends, which are no single letters."""
    found = False
    for start, group in groupby(texts, key=lambda text: text[:1]):
        alike = list(group)
        if len(alike) == 1:
            found = found or not start
            continue
        shared = _shared(alike)
        if all(len(text) == shared + 1 for text in alike):
            # The ends make a class of letters, and a pattern with a class is left alone as a whole.
            return False
        found = True
    return found


def _shared(texts: list[str]) -> int:
    """The length of the longest common start."""
    return sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False)))
