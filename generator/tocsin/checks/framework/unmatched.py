"""Why no alert of the rules meets a set of matchers."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from tocsin.checks.framework.matcher_sets import matchers_in_words, names_values, needs_label
from tocsin.lang.flow.label_values import MISSING
from tocsin.lang.kubernetes.kube_prometheus import OF_ALERTING
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.checks.framework.alert_index import AlertIndex
    from tocsin.lang.alertmanager.matchers import Matcher

_SHORTEST = 4


@value_object
class Unmet:
    """The reason, and the matcher that gives it; without a number it is all of them together."""

    message: str
    number: int | None
    is_mistake: bool
    """Whether it looks like one: no alert has the label, or one has nearly the value."""
    help: str | None = None
    lacks: str | None = None
    """The label that no alert can have, where that is the reason."""


def why_unmatched(alerts: AlertIndex, matchers: Sequence[Matcher]) -> Unmet | None:
    """Why none of the alerts can meet the matchers; None where one may.

    Names of alerts that do not exist are no answer here: `unknown_names` tells them one by one.
    """
    if not alerts.alerts or alerts.meeting(matchers):
        return None
    for number, matcher in enumerate(matchers):
        if not alerts.meeting([matcher]):
            return _by_itself(alerts, matcher, number)
    return Unmet(f"no alert of these rules has all of `{matchers_in_words(matchers)}`", None, False)


def unknown_names(
    known: frozenset[str], matchers: Sequence[Matcher]
) -> Iterator[tuple[int, str, str | None]]:
    """Names of alerts that a matcher asks for and no rule has: its number, the name, and one that is near."""
    for number, matcher in enumerate(matchers):
        if matcher.name == "alertname":
            for name in sorted(names_values(matcher) - known):
                near = _near(name, known)
                if near is not None or name not in OF_ALERTING:
                    yield number, name, near


def _by_itself(alerts: AlertIndex, matcher: Matcher, number: int) -> Unmet | None:
    name = matcher.name
    if name == "alertname":
        if names_values(matcher):
            return None
        return Unmet(f"no alert of these rules has a name like `{matcher.value}`", number, True)
    if needs_label(matcher) and all(texts == MISSING for texts in alerts.values(name)):
        message = f"no alert of these rules can have the label `{name}`"
        advice = f"set `{name}` under `labels:`, or keep it in the queries"
        return Unmet(message, number, True, advice, name)
    values = frozenset[str]().union(*(texts.listed or () for texts in alerts.values(name))) - {""}
    for wanted in sorted(names_values(matcher)):
        near = _near(wanted, values) or (_longer_or_shorter(wanted, values) if name == "severity" else None)
        if near is not None:
            message = f'no alert of these rules has `{name}="{wanted}"`'
            return Unmet(message, number, True, f"did you mean `{near}`?")
    return Unmet(f"no alert of these rules has `{matchers_in_words([matcher])}`", number, False)


def _longer_or_shorter(name: str, known: frozenset[str]) -> str | None:
    """The same word with another end: `warn` and `warning`, `info` and `information`."""
    found = [one for one in known if min(len(one), len(name)) >= _SHORTEST and _begins(one, name)]
    return found[0] if len(found) == 1 else None


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _near(name: str, known: frozenset[str]) -> str | None:
    lowered = {one.lower(): one for one in sorted(known)}
    found = difflib.get_close_matches(name.lower(), lowered, 1, 0.8)
    return lowered[found[0]] if found else None
