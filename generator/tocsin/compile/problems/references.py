"""References that lead nowhere: each with the name that was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.compile.alert_source import alert_forms
from tocsin.compile.burn.alerts import DEFAULT_GROUP, generated_names
from tocsin.compile.severity_labels import NO_SEVERITY
from tocsin.compile.spec_alert_labels import conditions_of
from tocsin.diagnostics.problem import Problem
from tocsin.source.place import Place
from tocsin.spec.exceptions import BRANCHES, INSTEAD
from tocsin.text.suggest import is_misspelling, nearest, suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tocsin.spec.alerts import Alert
    from tocsin.spec.burn import BurnDefaults
    from tocsin.spec.model import Spec
    from tocsin.spec.routing import Route, RouteKeys, RoutingTest, Severity, Team
    from tocsin.spec.runbook import Step

    Alerts = Mapping[str, Collection[str]]

Path = tuple[str | int, ...]


class _Reference(NamedTuple):
    kind: str
    name: str
    path: Path
    key: bool = False


def dangling_around(spec: Spec, alerts: Alerts) -> Iterator[Problem]:
    """Every name outside of the groups that refers to something that the spec does not define."""
    yield from _unknown_among(_around(spec), _known(spec, alerts))
    for name, procedure in spec.procedures.items():
        yield from _of_steps(procedure.steps, ("procedures", name, "steps"), ())
    for name, slo in spec.slos.items():
        yield from _of_steps(
            slo.runbook.diagnosis, ("slos", name, "runbook", "diagnosis"), slo.runbook.actions
        )


def dangling_in_groups(spec: Spec, alerts: Alerts) -> Iterator[Problem]:
    """Every such name in a group; `alerts` are the names of all alerts, by group."""
    yield from _unknown_among(_in_groups(spec), _known(spec, alerts))
    for group_name, group in spec.groups.items():
        for number, recording in enumerate(group.recordings):
            at = ("groups", group_name, "recordings", number, "after")
            if recording.after is not None and recording.after not in group.alerts:
                yield _unknown(_Reference("alert", recording.after, at), group.alerts.keys())
    for group_name, group in spec.groups.items():
        for name, alert in group.alerts.items():
            path: Path = ("groups", group_name, "alerts", name, "runbook", "diagnosis")
            yield from _of_steps(alert.runbook.diagnosis, path, alert.runbook.actions)


def every_alert(spec: Spec, alerts: Alerts) -> set[str]:
    """The names of all alerts: those of the groups, and those that follow from objectives."""
    return {
        *(name for names in alerts.values() for name in names),
        *(alert for slo in spec.slos for alert in generated_names(spec, slo)),
    }


def _known(spec: Spec, alerts: Alerts) -> Mapping[str, Collection[str]]:
    return {
        "alert": every_alert(spec, alerts),
        "group": {*alerts, DEFAULT_GROUP},
        "receiver": spec.receivers,
        "severity": spec.severities,
        "team": spec.teams,
        "time interval": spec.routing.time_intervals,
    }


def _unknown_among(
    references: Iterable[_Reference], known: Mapping[str, Collection[str]]
) -> Iterator[Problem]:
    for reference in references:
        if reference.name not in known[reference.kind]:
            yield _unknown(reference, known[reference.kind])


def _unknown(reference: _Reference, known: Collection[str]) -> Problem:
    kind = reference.kind
    where = "the runbook" if kind == "action" else "the spec"
    advice = f"{where} defines no {kind} yet"
    meant = nearest(reference.name, known)
    if known:
        advice = suggest(reference.name, sorted(known), 8)
    return Problem(
        f"reference/{kind.replace(' ', '-')}",
        f"there is no {kind} `{reference.name}`",
        Place(reference.path, key=reference.key),
        help=advice,
        fix=meant,
        is_safe=meant is not None and is_misspelling(reference.name, meant, known),
        unknown=reference.name,
    )


def _around(spec: Spec) -> Iterator[_Reference]:
    for name, severity in spec.severities.items():
        yield from _optional("receiver", severity.receiver, ("severities", name, "receiver"))
        yield from _of_times(severity, ("severities", name))
    for name, team in spec.teams.items():
        yield from _optional("receiver", team.receiver, ("teams", name, "receiver"))
        yield from _of_times(team, ("teams", name))
        for key, receiver in team.receivers.items():
            path = ("teams", name, "receivers", key)
            yield _Reference("severity", key, path, key=True)
            yield _Reference("receiver", receiver, path)
    yield _Reference("receiver", spec.routing.catch_all, ("routing", "catch_all"))
    yield from _of_routes(spec.routing.routes, ("routing", "routes"))
    yield from _of_tests(spec.routing.tests)
    for name, slo in spec.slos.items():
        yield from _optional("team", slo.team, ("slos", name, "team"))
        for index, alert_name in enumerate(slo.alerts):
            yield _Reference("alert", alert_name, ("slos", name, "alerts", index))
        for index, alert_name in enumerate(slo.related):
            yield _Reference("alert", alert_name, ("slos", name, "related", index))
        yield from _optional("group", slo.group, ("slos", name, "group"))
        if slo.burn is not None:
            yield from _of_burn(slo.burn, ("slos", name, "burn"))
        for number, branch in enumerate(slo.branches):
            at: Path = ("slos", name, BRANCHES, number, INSTEAD)
            if branch.instead is not None:
                yield from _optional("team", branch.instead.team, (*at, "team"))
                if branch.instead.burn is not None:
                    yield from _of_burn(branch.instead.burn, (*at, "burn"))
    if spec.project.defaults.burn is not None:
        yield from _of_burn(spec.project.defaults.burn, ("project", "defaults", "burn"))
    if spec.policy is not None:
        for number, name in enumerate(spec.policy.severities):
            yield _Reference("severity", name, ("policy", "severities", number))
        for key, names in (("for", spec.policy.for_), ("runbooks", spec.policy.runbooks)):
            for name in names:
                yield _Reference("severity", name, ("policy", key, name), key=True)
    for number, level in enumerate(spec.escalation.levels):
        yield from _optional("receiver", level.receiver, ("escalation", "levels", number, "receiver"))
        for name in level.after:
            yield _Reference("severity", name, ("escalation", "levels", number, "after", name), key=True)


def _of_burn(burn: BurnDefaults, path: Path) -> Iterator[_Reference]:
    named = (("page", burn.page), ("ticket", burn.ticket), ("missing", burn.missing))
    for key, written in named:
        if isinstance(written, str):
            if (key, written) != ("missing", "none"):
                yield _Reference("severity", written, (*path, key))
        elif written is not None:
            yield from _optional("severity", written.severity, (*path, key, "severity"))
    for name, tier in burn.tiers.items():
        yield from _optional("severity", tier.severity, (*path, "tiers", name, "severity"))


def alerts_named(spec: Spec, name: str) -> tuple[str, ...]:
    """The alerts that a group names, each once; none where the spec does not hold it."""
    named = _in_group(spec, name) if name in spec.groups else ()
    return tuple(dict.fromkeys(reference.name for reference in named if reference.kind == "alert"))


def _in_groups(spec: Spec) -> Iterator[_Reference]:
    for name in spec.groups:
        yield from _in_group(spec, name)


def _in_group(spec: Spec, name: str) -> Iterator[_Reference]:
    yield from _optional("team", spec.groups[name].team, ("groups", name, "team"))
    for number, branch in enumerate(spec.groups[name].branches):
        if branch.instead is not None:
            yield from _optional(
                "team", branch.instead.team, ("groups", name, BRANCHES, number, INSTEAD, "team")
            )
    for path, _, alert in alert_forms(spec, name):
        yield from _of_alert(alert, path)


def _of_routes(routes: Iterable[Route], path: Path) -> Iterator[_Reference]:
    for number, route in enumerate(routes):
        here: Path = (*path, number)
        yield from _one_or_many("severity", route.severity, (*here, "severity"))
        yield from _one_or_many("team", route.team, (*here, "team"))
        yield from _optional("receiver", route.receiver, (*here, "receiver"))
        yield from _of_times(route, here)
        for index, branch in enumerate(route.branches):
            if branch.instead is not None:
                at: Path = (*here, BRANCHES, index, INSTEAD)
                yield from _optional("receiver", branch.instead.receiver, (*at, "receiver"))
                yield from _of_times(branch.instead, at)
        yield from _of_routes(route.routes, (*here, "routes"))


def _of_times(one: Severity | Team | RouteKeys, path: Path) -> Iterator[_Reference]:
    for key in ("mute_time_intervals", "active_time_intervals"):
        for index, name in enumerate(getattr(one, key)):
            yield _Reference("time interval", name, (*path, key, index))


def _of_tests(tests: Iterable[RoutingTest]) -> Iterator[_Reference]:
    for number, test in enumerate(tests):
        here: Path = ("routing", "tests", number)
        for at, one in ((here, test), *(((*here, "active", n), one) for n, one in enumerate(test.active))):
            yield from _optional("alert", one.alert, (*at, "alert"))
            yield from _optional("severity", one.severity, (*at, "severity"))
        for index, name in enumerate(test.receivers):
            yield _Reference("receiver", name, (*here, "receivers", index))
        for index, name in enumerate(test.muted_by):
            yield _Reference("time interval", name, (*here, "muted_by", index))


def _of_alert(alert: Alert, path: Path) -> Iterator[_Reference]:
    yield from _optional("team", alert.team, (*path, "team"))
    for below, one in conditions_of(alert):
        if one.severity not in (None, NO_SEVERITY):
            yield from _optional("severity", one.severity, (*path, *below, "severity"))
        for name in one.thresholds:
            if name != NO_SEVERITY:
                yield _Reference("severity", name, (*path, *below, "thresholds", name), key=True)
    for index, name in enumerate(alert.related):
        yield _Reference("alert", name, (*path, "related", index))
    for index, dependency in enumerate(alert.depends_on):
        here: Path = (*path, "depends_on", index)
        if isinstance(dependency, str):
            yield _Reference("alert", dependency, here)
        else:
            yield _Reference("alert", dependency.alert, (*here, "alert"))


def _optional(kind: str, name: str | None, path: Path) -> Iterator[_Reference]:
    if name is not None:
        yield _Reference(kind, name, path)


def _one_or_many(kind: str, names: str | list[str] | None, path: Path) -> Iterator[_Reference]:
    if isinstance(names, list):
        for index, name in enumerate(names):
            yield _Reference(kind, name, (*path, index))
    else:
        yield from _optional(kind, names, path)


def _of_steps(steps: Iterable[Step], path: Path, actions: Collection[str]) -> Iterator[Problem]:
    for number, step in enumerate(steps):
        for index, finding in enumerate(step.findings):
            if finding.action is not None and finding.action not in actions:
                place: Path = (*path, number, "findings", index, "action")
                yield _unknown(_Reference("action", finding.action, place), actions)
