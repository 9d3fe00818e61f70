"""Checks of labels of rules that are not found as they are called, or where they stand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.route_nodes import routes_below
from tocsin.diagnostics.model import Level
from tocsin.plan.model import Rule
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import edit_distance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

_SHORTEST = 5
"""Shorter names differ by a letter without being slips."""
_LONG_NAME = 7
"""In shorter ones, another letter makes another word: `state` and `stage`."""
_LABEL_READ = regex_on_use(r"\{\{.*\b[lL]abels\b")
_MANY = 5
"""How many rules with a label make one with another name an exception."""


@check("label/misspelt", Level.WARNING)
def misspelt(plan: Plan) -> Iterator[Finding]:
    """A rule sets a label whose name is nearly that of one which the other rules set, or the routes ask for.

    Why:
        Nothing reads `serverity`. The alert has no `severity`, so no route that asks for it takes the alert,
        and it is missing where alerts are sorted by how urgent they are.

    Fix:
        Write the name as the others do.

    Bad:
        - alert: Down
          expr: up == 0
          labels: {serverity: critical}

    Good:
        - alert: Down
          expr: up == 0
          labels: {severity: critical}
    """
    asked = _asked(plan)
    rules = [one for group in plan.rule_groups for one in group.rules if isinstance(one, Rule)]
    set_by = Counter(name for rule in rules for name in rule.labels)
    meant = _meant(asked, set_by)
    for rule in rules if meant else ():
        for name in rule.labels:
            found = meant.get(name)
            if found is None or found in rule.labels or name in rule.expr:
                continue
            yield Finding(
                f"`{name}` is nearly `{found}`, {_who(found, asked, set_by)}",
                at=rule.written.labels.get(name, rule.place),
                help=f"write `{found}`, if that is meant",
                about=rule.place,
            )


def _meant(asked: frozenset[str], set_by: Counter[str]) -> dict[str, str]:
    """The labels whose names are slips of others, with those that are meant."""
    often = {name for name, number in set_by.items() if number >= _MANY}
    found: dict[str, str] = {}
    for name in set_by.keys() - asked:
        near = [
            one
            # Prometheus sets the name of an alert itself.
            for one in {*asked, *often, "severity"} - {name, "alertname"}
            if _is_slip(name, one) and (one in asked or set_by[name] * _MANY <= max(set_by[one], _MANY))
        ]
        if len(near) == 1:
            found[name] = near[0]
    return found


@check("label/in-annotations", Level.WARNING)
def in_annotations(plan: Plan) -> Iterator[Finding]:
    """A rule has an annotation that the other rules have as a label, or that the routes ask for as a label.

    Why:
        Routes, inhibitions and silences read labels only. A `severity` among the annotations is text: no
        route that asks for it takes the alert.

    Fix:
        Move it to `labels`.

    Bad:
        - alert: Down
          expr: up == 0
          annotations: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}

    Good:
        - alert: Down
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}
    """
    asked = _asked(plan)
    rules = [one for group in plan.rule_groups for one in group.rules if isinstance(one, Rule)]
    set_by = Counter(name for rule in rules for name in rule.labels)
    # Some tell people in the texts as well what the labels say.
    repeated = {name for rule in rules for name in rule.annotations if name in rule.labels}
    for rule in rules:
        for name in rule.annotations:
            is_label = name in asked or (name == "severity" and set_by[name])
            if not is_label or name in rule.labels or name in rule.expr or name in repeated:
                continue
            # A text that tells a label of the alert repeats what the routes read.
            if not _LABEL_READ.search(rule.annotations[name]) and name in rule.written.annotations:
                yield Finding(
                    f"`{name}` is an annotation here, {_who(name, asked, set_by)}: no route reads it",
                    at=rule.written.annotations[name],
                    help="move it to `labels`",
                    about=rule.place,
                )


def _asked(plan: Plan) -> frozenset[str]:
    """The labels that routes and inhibitions ask for."""
    routes = [] if plan.route is None else [plan.route, *(node.route for node in routes_below(plan.route))]
    found = {one.name for route in routes for one in route.matchers}
    for rule in plan.inhibitions:
        found.update(one.name for one in (*rule.source, *rule.target))
    return frozenset(found)


def _is_slip(name: str, meant: str) -> bool:
    """Whether a name is another one with one letter wrong; a plural is a word of its own.

    In a short one, a letter has to be missing, too many or in another place.
    """
    if min(len(name), len(meant)) < _SHORTEST or name in (f"{meant}s", meant.removesuffix("s")):
        return False
    if any(one.isdigit() for one in {*name} ^ {*meant}):
        return False
    own, other = name.lower(), meant.lower()
    if own != other and len(own) == len(other) < _LONG_NAME and sorted(own) != sorted(other):
        return False
    return edit_distance(own, other, 1) is not None


def _who(meant: str, asked: frozenset[str], set_by: Counter[str]) -> str:
    """Who has the label, or asks for it."""
    if meant in asked:
        return "which routes or inhibitions ask for"
    if set_by[meant]:
        return f"which {set_by[meant]} alerts have"
    return "which by convention says how urgent an alert is"
