"""What a group gives to the plan, in two pieces: its outline, and the texts that people read.

Most questions about a plan as a whole need no text, and texts are what is edited most.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from tocsin.lang.gotemplate.alert_data import template_alone
from tocsin.plan.model import AlertLinks, ResponseTargets, Rule, Runbook
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tocsin.plan.model import Alert, Case, Group, NotifiedReceiver, PageRef, RuleGroup

    Content = tuple[Group, tuple[RuleGroup, ...]]

_HOLDS_LINK = regex_on_use(r"url|link|runbook|playbook|dashboard", re.IGNORECASE)
_NO_LINKS = AlertLinks(None, None, None)


@value_object
class AlertTexts:
    """What the outline of an alert is without; each field is one of the alert."""

    summary: str
    description: str
    told: tuple[NotifiedReceiver, ...]
    related: tuple[str, ...]
    missing_data: str | None
    links: AlertLinks
    runbook: Runbook
    cases: tuple[Case, ...]


_NAMES = tuple(field.name for field in fields(AlertTexts))
_TEXTS: Callable[[Alert | AlertTexts], tuple[Any, ...]] = attrgetter(*_NAMES)


@value_object
class Texts:
    """What the outline of a group is without."""

    alerts: tuple[AlertTexts, ...]
    annotations: tuple[Mapping[str, str], ...]
    """Of its alerting rules, in the order of `_alerting`."""


def outline_of_group(content: Content) -> Content:
    """A group without its texts: of annotations it has the names, what their templates read, and links."""
    return _changed(
        content,
        lambda _, rule: replace(rule, annotations=_outlined(rule)),
        lambda _, alert: AlertTexts(
            summary="",
            description="",
            # Who is told where an alert has no severity is asked of the plan as a whole.
            told=tuple(one for one in alert.told if not one.severity),
            related=(),
            missing_data=None,
            links=_NO_LINKS,
            runbook=_without_steps(alert.runbook.page, alert.runbook.url),
            cases=(),
        ),
    )


def texts_of_group(content: Content) -> Texts:
    """What the outline of a group is without."""
    return Texts(
        tuple(AlertTexts(*_TEXTS(alert)) for alert in content[0].alerts),
        tuple(rule.annotations for rule in _alerting(content)),
    )


def whole_group(outline: Content, texts: Texts) -> Content:
    """The group again."""

    return _changed(
        outline,
        lambda number, rule: replace(rule, annotations=texts.annotations[number]),
        lambda number, _: texts.alerts[number],
    )


@lru_cache(maxsize=1024)
def may_hold_link(annotation: str) -> bool:
    """Whether an annotation of this name is meant to be a link."""
    return _HOLDS_LINK.search(annotation) is not None


def _changed(
    content: Content,
    of_rule: Callable[[int, Rule], Rule],
    of_alert: Callable[[int, Alert], AlertTexts],
) -> Content:
    """The content with other rules and alerts; a rule of both an alert and a rule group stays one object."""
    group, rule_groups = content
    rules = {id(rule): of_rule(number, rule) for number, rule in enumerate(_alerting(content))}
    alerts = tuple(
        replace(
            alert,
            rules=tuple(rules[id(rule)] for rule in alert.rules),
            **dict(zip(_NAMES, _TEXTS(of_alert(number, alert)), strict=True)),
        )
        for number, alert in enumerate(group.alerts)
    )
    return replace(group, alerts=alerts), tuple(
        replace(one, rules=tuple(rules.get(id(rule), rule) for rule in one.rules)) for one in rule_groups
    )


def _alerting(content: Content) -> Iterable[Rule]:
    """Its alerting rules, each once."""
    group, rule_groups = content
    found = {id(rule): rule for alert in group.alerts for rule in alert.rules}
    found |= {id(rule): rule for one in rule_groups for rule in one.rules if isinstance(rule, Rule)}
    return found.values()


def _outlined(rule: Rule) -> dict[str, str]:
    return {
        name: text if name not in rule.added and may_hold_link(name) else template_alone(text)
        for name, text in rule.annotations.items()
    }


def _without_steps(page: PageRef, url: str | None) -> Runbook:
    return Runbook(page, url, None, (), (), (), ResponseTargets(None, None, None), (), (), ())
