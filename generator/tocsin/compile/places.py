"""Where the spec says what ends up in a rule: its expression, each label and each annotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import RulePlaces
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tocsin.spec.alerts import Alert, Group
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]


def of_rule(
    spec: Spec,
    group: Group,
    alert: Alert,
    path: Path,
    number: int,
    annotations: Mapping[str, str],
) -> RulePlaces:
    """The places of one of the `rules` of the alert at the path; `annotations` are all that it has."""
    at: Path = (*path, "rules", number)
    rule, name = alert.rules[number], Place((*at, "severity"), key=True)
    own = {
        key: Place((*at, "annotations", key) if key in rule.annotations else (*at, key)) for key in rule.texts
    }
    shared = ((key, _annotation(key, text, alert, path) or name) for key, text in annotations.items())
    return RulePlaces(
        text=rule.expr,
        name=name,
        expr=Place((*at, "expr")),
        threshold=None,
        for_=Place((*at, "for")) if rule.for_ is not None else _for(spec, alert, path, None) or Place(at),
        labels={
            "severity": Place((*at, "severity")),
            **_labels(spec, group, alert, path),
            **{label: Place((*at, "labels", label)) for label in rule.labels},
        },
        annotations={**dict(shared), **own},
    )


def of_alert(
    spec: Spec, group: Group, alert: Alert, path: Path, annotations: Mapping[str, str]
) -> Callable[[str], RulePlaces]:
    """From a severity of the alert at the path to the places of its rule."""
    text = alert.promql or alert.logql or alert.expr or ""
    name = Place(path, key=True)
    expr = Place((*path, _query_key(alert)))
    labels = _labels(spec, group, alert, path)
    said = {key: _annotation(key, text, alert, path) or name for key, text in annotations.items()}

    def written(severity: str) -> RulePlaces:
        threshold = alert.thresholds.get(severity)
        at: Path = (*path, "thresholds", severity)
        stepped = None if threshold is None else Place(at, key=True)
        return RulePlaces(
            text=text,
            name=name,
            expr=expr,
            threshold=None if threshold is None else Place((*at, threshold.comparison)),
            for_=_for(spec, alert, path, severity) or stepped or name,
            labels={"severity": stepped or Place((*path, "severity")), **labels},
            annotations=said,
        )

    return written


def _query_key(alert: Alert) -> str:
    return next(name for name in ("promql", "logql", "expr") if getattr(alert, name) is not None)


def _for(spec: Spec, alert: Alert, path: Path, severity: str | None) -> Place | None:
    """Where it is written how long the condition must hold; None where that is nowhere."""
    threshold = None if severity is None else alert.thresholds.get(severity)
    if threshold is not None and threshold.for_ is not None:
        return Place((*path, "thresholds", str(severity), "for"))
    if alert.for_ is not None:
        return Place((*path, "for"))
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
