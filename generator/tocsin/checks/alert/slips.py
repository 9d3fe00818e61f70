"""The check of severities and names of annotations that are a letter away from what other rules have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.text.suggest import is_misspelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan
    from tocsin.source.place import Place

_SEVERITIES = frozenset(
    {
        "critical",
        "warning",
        "info",
        "error",
        "page",
        "pager",
        "none",
        "high",
        "medium",
        "low",
        "major",
        "minor",
    }
    | {"emergency", "notice", "debug", "disaster", "fatal", "average", "urgent", "ticket", "warn", "crit"}
)
_ANNOTATIONS = frozenset({"summary", "description", "message", "runbook_url", "dashboard_url"})
_SHORTEST = 5


@check("alert/misspelt", Level.WARNING)
def misspelt(plan: Plan) -> Iterator[Finding]:
    """A severity or the name of an annotation is a letter or two away from the one that other rules have.

    Why:
        Routes, inhibitions and notification templates ask for `critical` and `summary`: an alert with
        `severity: critcal` goes to the catch-all, and one with `sumary:` is sent without its text.

    Fix:
        Write it as the other rules do.

    Bad:
        - alert: Down
          expr: up == 0
          labels: {severity: critcal}
        - alert: Slow
          expr: latency_seconds > 9
          labels: {severity: critical}
        - alert: Full
          expr: disk_used_ratio > 0.9
          labels: {severity: critical}

    Good:
        - alert: Down
          expr: up == 0
          labels: {severity: critical}
    """
    rules = [rule for _, rule in alerting_rules(plan)]
    severities = Counter(rule.labels["severity"] for rule in rules if "severity" in rule.labels)
    names = Counter(name for rule in rules for name in rule.annotations)
    meant = {
        value: name
        for value in severities
        if value not in _SEVERITIES and (name := _meant(value, severities, severities)) is not None
    }
    keys = {
        name: other
        for name in names
        if name not in _ANNOTATIONS and (other := _meant(name, names, _ANNOTATIONS)) is not None
    }
    for rule in rules if meant or keys else ():
        severity = rule.labels.get("severity", "")
        if severity in meant:
            place = rule.written.labels.get("severity", rule.place)
            yield _slip("the severity", severity, meant[severity], severities, place, rule.place)
        for name in rule.annotations:
            if name in keys and keys[name] not in rule.annotations:
                place = rule.written.annotations.get(name, rule.place)
                yield _slip("the annotation", name, keys[name], names, place, rule.place)


def _meant(word: str, known: Counter[str], among: Counter[str] | frozenset[str]) -> str | None:
    """What a word is a slip of, that more rules have."""
    if len(word) < _SHORTEST or not word.isidentifier():
        return None
    usual = {one for one in among if known[one] > known[word]}
    if word.lower() in _SEVERITIES:
        # It is one of them, whatever another one is like.
        return word.lower() if word.lower() in usual else None
    return next((one for one in sorted(usual) if is_misspelling(word, one, usual)), None)


def _slip(what: str, word: str, name: str, known: Counter[str], at: Place, about: Place) -> Finding:
    others = known[name]
    have = "rules have" if others > 1 else "rule has"
    return Finding(
        f"{what} `{word}` is nearly `{name}`, which {others} other {have}",
        at=at,
        help=f"write `{name}`",
        about=about,
    )
