"""Verdicts as programs read them, and as people do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.routing.render.outline import node_matchers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Inhibition
    from tocsin.routing.decision import Decision, Destination
    from tocsin.routing.inhibit import Inhibited


def as_value(verdict: Decision) -> dict[str, Any]:
    """The verdict as a value for JSON.

    `receivers` are those to which the tree leads, in its order, muted or not; `told` those of them who are
    told at the moment. `path` has for each receiver what the nodes on the way ask, the root first.
    """
    return {
        "receivers": list(verdict.receivers),
        "told": list(verdict.told),
        "muted_by": list(verdict.muted_by),
        "inhibited_by": [] if verdict.inhibited is None else [_inhibited(verdict.inhibited)],
        "silenced": verdict.silence is not None,
        "path": [describe_path(notice) for notice in verdict.notices],
        "groups": [dict(notice.group) for notice in verdict.notices],
    }


def describe_path(notice: Destination) -> list[str]:
    """What the nodes on the way ask, without the root, which takes every alert."""
    return [node_matchers(route) for route in notice.stop.path[1:]]


def decision_sentences(verdict: Decision, *, values: bool = True) -> list[str]:
    """Who is notified, how, and what keeps whom quiet, a line each.

    With `values` the group is named by its labels, else by their names alone: so alerts of several groups
    may have the same answer.
    """
    lines = []
    for notice in verdict.notices:
        timing = notice.stop.timing
        muted = ""
        if notice.muted_by:
            active = notice.muted_by == notice.stop.route.active_time_intervals
            names = " or ".join(notice.muted_by)
            muted = f" — not now: only in {names}" if active else f" — not now: in {names}"
        lines.append(
            f"{notice.stop.receiver}: {_grouping(notice, values=values)}, group_wait {timing.group_wait}, "
            f"group_interval {timing.group_interval}, repeat_interval {timing.repeat_interval}{muted}"
        )
    if verdict.inhibited is not None:
        source = labels_text(verdict.inhibited.source.labels)
        lines.append(f"not notified now: inhibited by {source}, because {rule_text(verdict.inhibited.rule)}")
    if verdict.silence is not None:
        matchers = ", ".join(matcher.text() for matcher in verdict.silence.matchers)
        lines.append(f"not notified now: silenced by {matchers}")
    return lines


def _grouping(notice: Destination, *, values: bool) -> str:
    if values:
        return f"group {labels_text(notice.group)}"
    names = ", ".join(notice.stop.group_by).replace("...", "all labels")
    return f"grouped by {names}" if names else "one group"


def labels_text(labels: Mapping[str, str]) -> str:
    """A label set as Prometheus writes it."""
    return "{" + ", ".join(Matcher(name, "=", value).text() for name, value in sorted(labels.items())) + "}"


def rule_text(rule: Inhibition) -> str:
    """An inhibition in a line."""
    source, target = (", ".join(m.text() for m in side) or "any alert" for side in (rule.source, rule.target))
    equal = f", equal: {', '.join(rule.equal)}" if rule.equal else ""
    return f"{source} inhibits {target}{equal}"


def _inhibited(inhibited: Inhibited) -> dict[str, Any]:
    rule = inhibited.rule
    return {
        "source": dict(inhibited.source.labels),
        "source_matchers": [matcher.text() for matcher in rule.source],
        "target_matchers": [matcher.text() for matcher in rule.target],
        "equal": list(rule.equal),
    }
