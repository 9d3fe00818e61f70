"""Which series a selector selects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.regexes import matches_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.lang.promql.ast import LabelMatcher, Selector


def selects_series(selector: Selector, labels: Mapping[str, str]) -> bool:
    """Whether a selector selects a series with these labels."""
    if selector.name is not None and labels.get("__name__") != selector.name:
        return False
    return all(meets_matcher(matcher, labels.get(matcher.name, "")) for matcher in selector.matchers)


def may_select(selector: Selector, known: Mapping[str, str]) -> bool:
    """Whether it may select a series of which some labels are known, and others may be anything."""
    if selector.name is not None and known.get("__name__", selector.name) != selector.name:
        return False
    asked = (matcher for matcher in selector.matchers if matcher.name in known)
    return all(meets_matcher(matcher, known[matcher.name]) for matcher in asked)


def meets_matcher(matcher: LabelMatcher, value: str) -> bool:
    """Whether a label's value meets a matcher; a missing label counts as an empty one."""
    if matcher.op == "=":
        return value == matcher.value
    if matcher.op == "!=":
        return value != matcher.value
    return matches_whole(matcher.value, value) == (matcher.op == "=~")
