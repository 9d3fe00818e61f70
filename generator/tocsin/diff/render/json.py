"""Changes for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tocsin.lang.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.diff.changes import Changes, Detail
    from tocsin.diff.classes import Case
    from tocsin.diff.effective_settings import Behaviour
    from tocsin.plan.model import Inhibition


def as_json(changes: Changes) -> str:
    """One document with all the changes."""
    value: dict[str, Any] = {
        "changed": bool(changes),
        "complete": changes.complete and not (changes.unlisted or changes.not_read),
        "undecided_labels": list(changes.undecided),
        "unlisted_alerts": list(changes.unlisted),
        "not_read": list(changes.not_read),
        "alerts": [
            {
                "kind": one.kind,
                "alert": one.alert,
                "severity": one.severity,
                "variant": one.variant,
                "details": _details(one.details),
            }
            for one in changes.alerts
        ],
        "recordings": [
            {
                "kind": one.kind,
                "record": one.record,
                "alerts": list(one.alerts),
                "details": _details(one.details),
            }
            for one in changes.recordings
        ],
        "groups": [{"group": one.group, "details": _details(one.details)} for one in changes.groups],
        "labels": [
            {
                "label": one.label,
                "before": one.before,
                "after": one.after,
                "alerts": list(one.alerts),
                "all_alerts": one.is_of_all,
            }
            for one in changes.labels
        ],
        "routing": [
            {
                "kinds": list(one.kinds),
                "lost": list(one.lost),
                "gained": list(one.gained),
                "counts": [
                    {"receiver": each.receiver, "before": each.before, "after": each.after}
                    for each in one.receivers
                ],
                "before": [_stop(stop) for stop in one.before],
                "after": [_stop(stop) for stop in one.after],
                "witness": dict(one.witness),
                "receivers_before": list(one.receivers_before),
                "receivers_after": list(one.receivers_after),
                "cases": [_case(case) for case in one.cases],
                "cases_found": one.count,
                "alerts": list(one.alerts),
                "alerts_perhaps": list(one.perhaps),
            }
            for one in changes.routing
        ],
        "inhibitions": [
            {
                "kind": one.kind,
                "rule": _rule(one.rule),
                "source": one.example[0] if one.example else None,
                "target": one.example[1] if one.example else None,
                "alerts": list(one.alerts),
            }
            for one in changes.inhibitions
        ],
        "slos": [
            {"kind": one.kind, "slo": one.slo, "details": _details(one.details)} for one in changes.slos
        ],
        "receivers": [{"kind": one.kind, "receiver": one.receiver} for one in changes.receivers],
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def _details(details: Iterable[Detail]) -> list[dict[str, str | None]]:
    return [{"what": one.what, "before": one.before, "after": one.after} for one in details]


def _stop(stop: Behaviour) -> dict[str, Any]:
    return {
        "receiver": stop.receiver,
        "group_by": ["..."] if stop.group_by is None else sorted(stop.group_by),
        "group_wait": format_duration(stop.group_wait),
        "group_interval": format_duration(stop.group_interval),
        "repeat_interval": format_duration(stop.repeat_interval),
        "muted": bool(stop.muting.mute) or stop.muting.active is not None,
        "labels": dict(sorted(stop.labels)),
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        values.label: {
            "values": list(values.texts),
            "matching": list(values.matching),
            "not_matching": list(values.others),
            "example": values.example,
        }
        for values in case
    }


def _rule(rule: Inhibition) -> dict[str, Any]:
    return {
        "source_matchers": [matcher.text() for matcher in rule.source],
        "target_matchers": [matcher.text() for matcher in rule.target],
        "equal": list(rule.equal),
    }
