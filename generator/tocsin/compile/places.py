"""Where the spec says what ends up in a rule: its expression, each label and each annotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import RulePlaces
from tocsin.source.place import Place
from tocsin.spec.conditions import query_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tocsin.spec.alert_rules import AlertRule
    from tocsin.spec.alerts import Alert, Group
    from tocsin.spec.conditions import Condition, Threshold
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]


def of_rule(
    spec: Spec,
    group: Group,
    alert: Alert,
    path: Path,
    number: int,
    severity: str,
    annotations: Mapping[str, str],
) -> RulePlaces:
    """The places of a rule that one of the `rules` of the alert at the path makes, by its severity.

    `annotations` are all that it has.
    """
    at: Path = (*path, "rules", number)
    rule = alert.rules[number]
    named = _severity(rule, at, severity)
    name = Place(named.path, key=True)
    own = {
        key: Place((*at, "annotations", key) if key in rule.annotations else (*at, key)) for key in rule.texts
    }
    shared = ((key, _annotation(key, text, alert, path) or name) for key, text in annotations.items())
    return RulePlaces(
        text=getattr(rule, query_key(rule)),
        name=name,
        expr=Place((*at, query_key(rule))),
        threshold=_threshold(rule, at, severity),
        for_=_own_for(rule, at, severity) or _for(spec, alert, path, None) or Place(at),
        labels={
            "severity": named,
            **_labels(spec, group, alert, path),
            **{label: Place((*at, "labels", label)) for label in rule.labels},
        },
        annotations={**dict(shared), **own},
    )


def of_alert(
    spec: Spec, group: Group, alert: Alert, path: Path, annotations: Mapping[str, str]
) -> Callable[[str], RulePlaces]:
    """From a severity of the alert at the path to the places of its rule."""
    key = query_key(alert)
    text = getattr(alert, key)
    name = Place(path, key=True)
    expr = Place((*path, key))
    labels = _labels(spec, group, alert, path)
    said = {key: _annotation(key, text, alert, path) or name for key, text in annotations.items()}

    def written(severity: str) -> RulePlaces:
        named = _severity(alert, path, severity)
        return RulePlaces(
            text=text,
            name=name,
            expr=expr,
            threshold=_threshold(alert, path, severity),
            for_=_for(spec, alert, path, severity) or (named if named.key else name),
            labels={"severity": named, **labels},
            annotations=said,
        )

    return written


def _severity(one: Condition, path: Path, severity: str) -> Place:
    """Where the condition at a path names a severity."""
    if severity in one.thresholds:
        return Place((*path, "thresholds", severity), key=True)
    return Place((*path, "severity"))


def _threshold(one: Condition, path: Path, severity: str) -> Place | None:
    threshold: Threshold | None = one.thresholds.get(severity)
    return None if threshold is None else Place((*path, "thresholds", severity, threshold.comparison))


def _own_for(one: Alert | AlertRule, path: Path, severity: str | None) -> Place | None:
    """Where the condition at a path says itself how long it must hold."""
    threshold = None if severity is None else one.thresholds.get(severity)
    if threshold is not None and threshold.for_ is not None:
        return Place((*path, "thresholds", str(severity), "for"))
    return Place((*path, "for")) if one.for_ is not None else None


def _for(spec: Spec, alert: Alert, path: Path, severity: str | None) -> Place | None:
    """Where it is written how long the condition must hold; None where that is nowhere."""
    if (own := _own_for(alert, path, severity)) is not None:
        return own
    if "for_" in spec.project.defaults.model_fields_set:
        return Place(("project", "defaults", "for"))
    return None


def _labels(spec: Spec, group: Group, alert: Alert, path: Path) -> dict[str, Place]:
    """The places of all labels but the severity."""
    places = {}
    if alert.team:
        places["team"] = Place((*path, "team"))
    elif group.team:
        places["team"] = Place((*path[:2], "team"))
    for above, labels in (
        ((*path[:2], "options", "labels"), group.options.labels),
        (("project", "labels"), spec.project.labels),
        ((*path[:2], "labels"), group.labels),
        ((*path, "labels"), alert.labels),
    ):
        for name in labels:
            places[name] = Place((*above, name))
    return places


def _annotation(name: str, text: str, alert: Alert, path: Path) -> Place | None:
    """Where the author wrote an annotation of this text; None where nobody did."""
    # One that Tocsin sets is not what the author wrote under its name.
    if alert.annotations.get(name) == text:
        return Place((*path, "annotations", name))
    if name == "runbook_url" and alert.runbook.url is not None:
        return Place((*path, "runbook", "url"))
    if name == "dashboard_url" and alert.panel.url is not None:
        return Place((*path, "panel", "url"))
    if name in ("summary", "description"):
        return Place((*path, name))
    return None
