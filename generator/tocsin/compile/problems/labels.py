"""Labels and annotations that Tocsin sets itself, so that an author who sets them would be ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.alert_source import alert_forms
from tocsin.compile.severity_labels import has_no_severity
from tocsin.diagnostics.problem import Problem
from tocsin.lang.names import is_slug
from tocsin.source.place import Place
from tocsin.spec.conditions import named_severities
from tocsin.spec.exceptions import BRANCHES, INSTEAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tocsin.spec.alerts import GroupBranch
    from tocsin.spec.conditions import Condition
    from tocsin.spec.model import Spec
    from tocsin.spec.project import ProjectBranch

    Path = tuple[str | int, ...]

LABELS = {
    "alertname": "it is the alert's name",
    "severity": "write `severity:`, or `thresholds:` by severity; beside `severity: none` it may be set",
    "team": "write `team:` in the alert or its group",
}
ANNOTATIONS = {
    "summary": "write `summary:` in the alert",
    "description": "write `description:` in the alert",
}


def reserved_around(spec: Spec) -> Iterator[Problem]:
    """Labels of all rules under names that have their own key in the spec."""
    yield from _taken(spec.project.labels, LABELS, ("project", "labels"), "label")
    yield from _of_branches(spec.project.branches, ("project",))


def reserved_in_groups(spec: Spec) -> Iterator[Problem]:
    """Labels and annotations of alerts and groups under such names."""
    for group_name, group in spec.groups.items():
        yield from _taken(group.labels, LABELS, ("groups", group_name, "labels"), "label")
        yield from _of_branches(group.branches, ("groups", group_name))
        # Of the rule group's own labels, those of the rules are stronger.
        named = group.options.labels.keys() & {"alertname"}
        yield from _taken(named, LABELS, ("groups", group_name, "options", "labels"), "label")
        for path, _, alert in alert_forms(spec, group_name):
            free = {"severity"} if not alert.rules and _has_none(spec, alert) else set[str]()
            free |= _own_teams(alert.labels)
            yield from _taken(alert.labels.keys() - free, LABELS, (*path, "labels"), "label")
            yield from _taken(_said(alert.annotations), ANNOTATIONS, (*path, "annotations"), "annotation")
            for number, rule in enumerate(alert.rules):
                at = (*path, "rules", number)
                free = {"severity"} if _has_none(spec, rule) else set[str]()
                free |= _own_teams(rule.labels)
                yield from _taken(rule.labels.keys() - free, LABELS, (*at, "labels"), "label")
                yield from _taken(_said(rule.annotations), ANNOTATIONS, (*at, "annotations"), "annotation")


def _of_branches(branches: Sequence[GroupBranch | ProjectBranch], path: Path) -> Iterator[Problem]:
    for number, branch in enumerate(branches):
        if branch.instead is not None:
            at = (*path, BRANCHES, number, INSTEAD, "labels")
            yield from _taken(branch.instead.labels, LABELS, at, "label")


def _own_teams(labels: Mapping[str, str]) -> set[str]:
    """The label `team` where its value is none that `team:` could name, such as a template."""
    return {name for name in ("team",) if name in labels and not is_slug(labels[name])}


def _said(annotations: Mapping[str, str]) -> set[str]:
    """The annotations with a text: an empty one is no summary and no description."""
    return {name for name, text in annotations.items() if text}


def _has_none(spec: Spec, one: Condition) -> bool:
    """Whether there is no severity that would set the label."""
    return all(has_no_severity(spec, name) for name in named_severities(one))


def _taken(names: Iterable[str], own: dict[str, str], path: Path, kind: str) -> Iterator[Problem]:
    for name in sorted(names):
        if name in own:
            yield Problem(
                f"{kind}/reserved",
                f"the {kind} `{name}` is set by Tocsin",
                Place((*path, name), key=True),
                help=own[name],
            )
