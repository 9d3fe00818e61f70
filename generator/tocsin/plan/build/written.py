"""Where the spec says what ends up in a rule: its expression, each label and each annotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Written
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.spec.alerts import Alert, Group, Recording
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]


def of_alert(
    spec: Spec, group: Group, alert: Alert, path: Path, severity: str, annotations: Iterable[str]
) -> Written:
    """The places of one rule of the alert at the path."""
    at: Path = (*path, "thresholds", severity)
    threshold = alert.thresholds.get(severity)
    return Written(
        text=alert.promql or alert.logql or alert.expr or "",
        name=Place(path, key=True),
        expr=Place((*path, _query_key(alert))),
        threshold=None if threshold is None else Place((*at, threshold.comparison)),
        for_=_for(spec, alert, path, severity),
        labels=_labels(spec, group, alert, path, severity),
        annotations={name: _annotation(name, alert, path) for name in annotations},
    )


def of_recording(spec: Spec, rule: Recording, path: Path) -> Written:
    """The places of a recording rule."""
    key = "promql" if rule.promql is not None else "logql"
    return Written(
        text=rule.promql or rule.logql or "",
        name=Place((*path, "record")),
        expr=Place((*path, key)),
        threshold=None,
        for_=Place(path),
        labels={
            **{name: Place(("project", "labels", name)) for name in spec.project.labels},
            **{name: Place((*path, "labels", name)) for name in rule.labels},
        },
        annotations={},
    )


def _query_key(alert: Alert) -> str:
    return next(name for name in ("promql", "logql", "expr") if getattr(alert, name) is not None)


def _for(spec: Spec, alert: Alert, path: Path, severity: str) -> Place:
    threshold = alert.thresholds.get(severity)
    if threshold is not None and threshold.for_ is not None:
        return Place((*path, "thresholds", severity, "for"))
    if alert.for_ is not None:
        return Place((*path, "for"))
    if "for_" in spec.project.defaults.model_fields_set:
        return Place(("project", "defaults", "for"))
    return Place((*path, "thresholds", severity) if threshold is not None else path, key=True)


def _labels(spec: Spec, group: Group, alert: Alert, path: Path, severity: str) -> dict[str, Place]:
    stepped = severity in alert.thresholds
    places = {
        "severity": Place((*path, "thresholds", severity) if stepped else (*path, "severity"), key=stepped)
    }
    if alert.team:
        places["team"] = Place((*path, "team"))
    elif group.team:
        places["team"] = Place((*path[:2], "team"))
    for above, labels in (
        (("project", "labels"), spec.project.labels),
        ((*path[:2], "labels"), group.labels),
        ((*path, "labels"), alert.labels),
    ):
        places.update({name: Place((*above, name)) for name in labels})
    return places


def _annotation(name: str, alert: Alert, path: Path) -> Place:
    if name in alert.annotations:
        return Place((*path, "annotations", name))
    if name in ("summary", "description"):
        return Place((*path, name))
    return Place(path, key=True)
