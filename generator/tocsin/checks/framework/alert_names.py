"""Names of alerts that a matcher asks for by a label other than `alertname`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.matcher_sets import names_values
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.alertmanager.misread_matchers import Misread
from tocsin.routing.alert_labels import alert_labels
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.plan.model import Plan


_CALLED_SO = frozenset({"alert", "alertName", "AlertName", "Alertname", "alert_name"})
_NAME = regex_on_use(r"(?:[A-Z][a-z0-9]+){2,}")
"""A name as those of alerts are written: `InstanceDown`."""


def asked_by_other_label(plan: Plan, matchers: Sequence[Matcher]) -> Iterator[tuple[int, Misread]]:
    """The number of each such matcher, and what is wrong with it.

    A label that a rule sets or a query names may hold such a name, and is left alone.
    """
    alerts = alert_labels(plan)
    known = _alert_names(plan)
    for number, matcher in enumerate(matchers):
        name = matcher.name
        names = names_values(matcher)
        is_called_so = name in _CALLED_SO and names and all(map(_NAME.fullmatch, names))
        if name == "alertname" or not names or not (names <= known or is_called_so):
            continue
        if any(name in alert.rule.labels or name in alert.rule.expr for alert in alerts):
            continue
        said = " and ".join(f"`{one}`" for one in sorted(names)[:2])
        is_one = len(names) == 1
        what = "the name of an alert" if is_one else "names of alerts"
        are = ("is" if is_one else "are") if names <= known else ("looks like" if is_one else "look like")
        message = (
            f"{said} {are} {what}, which {'is' if is_one else 'are'} in `alertname`; no rule sets `{name}`"
        )
        yield number, Misread(message, matcher, Matcher("alertname", matcher.op, matcher.value))


def labels_for_alertname(plan: Plan, labels: Sequence[str]) -> Iterator[str]:
    """Of some labels those that are called like the name of an alert, and which no rule sets or reads."""
    called_so = [label for label in labels if label in _CALLED_SO]
    rules = [alert.rule for alert in alert_labels(plan)] if called_so else []
    for label in called_so:
        as_word = re.compile(rf"\b{label}\b")
        if not any(label in rule.labels or as_word.search(rule.expr) for rule in rules):
            yield label


@answered_once
def _alert_names(plan: Plan) -> frozenset[str]:
    """The names of all alerts, gathered once for all the routes and inhibitions that ask."""
    return frozenset(alert.rule.alert for alert in alert_labels(plan))
