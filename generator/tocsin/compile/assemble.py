"""The plan as a whole: the parts of all groups, and what stands beside them in the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.allowances import allowances_around
from tocsin.compile.delivery import kubernetes_objects, rulers
from tocsin.compile.inhibitions import inhibitions
from tocsin.compile.notifications import notification_templates
from tocsin.compile.policy import policy
from tocsin.compile.recordings import recording_groups
from tocsin.compile.routes import time_intervals
from tocsin.compile.routing_cases import routing_cases
from tocsin.compile.runbooks import escalation, procedures, response_targets
from tocsin.compile.slos import slos
from tocsin.plan import model
from tocsin.plan.parts import PartedGroups, PartedRuleGroups
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.compile.frame import Frame
    from tocsin.compile.group_part import GroupPart
    from tocsin.plan.model import Plan
    from tocsin.spec.model import Spec


def assemble_plan(spec: Spec, frame: Frame, parts: Iterable[GroupPart]) -> Plan:
    """The plan of a spec, whose groups are only read from the parts."""
    by_name = sorted(parts, key=lambda one: one.head.facts.name)
    in_order = sorted(by_name, key=lambda one: one.head.order)
    shown = [one for one in in_order if one.head.is_shown]
    return model.Plan(
        project=frame.project,
        severities=_severities(spec),
        teams=tuple(model.Team(name, team.title, team.contact) for name, team in spec.teams.items()),
        receivers=_receivers(spec),
        route=frame.root,
        time_intervals=time_intervals(spec),
        inhibitions=inhibitions(spec, (alert for one in shown for alert in one.head.alerts)),
        groups=PartedGroups([one.part for one in shown]),
        # Recordings first, as alerts may read them.
        rule_groups=PartedRuleGroups(tuple(recording_groups(spec)), [one.part for one in in_order]),
        procedures=procedures(spec, frame.project.urls),
        escalation=escalation(spec),
        templates=notification_templates(spec),
        policy=None if spec.policy is None else policy(spec.policy),
        allowances=(
            *(allowance for one in by_name for allowance in one.head.allowances),
            *allowances_around(spec),
        ),
        routing_cases=tuple(routing_cases(spec, _finder(shown), frame.flows)),
        slos=tuple(slos(spec)),
        targets=model.Targets(
            prometheus=spec.project.targets.prometheus,
            alertmanager=spec.project.targets.alertmanager,
            operator=spec.project.targets.operator,
            features=frozenset(spec.project.targets.features),
        ),
        kubernetes=kubernetes_objects(spec.deliver),
        rulers=tuple(rulers(spec.deliver)),
    )


def _finder(parts: Iterable[GroupPart]) -> Callable[[str], model.Alert | None]:
    """The alert of a name without its texts, read with its group alone."""
    homes = {alert.name: one.part for one in parts for alert in one.head.alerts}

    def find(name: str) -> model.Alert | None:
        alerts = homes[name].outline.group.alerts if name in homes else ()
        return next((alert for alert in alerts if alert.name == name), None)

    return find


def _severities(spec: Spec) -> tuple[model.Severity, ...]:
    return tuple(
        model.Severity(
            name,
            severity.rank,
            severity.title,
            severity.icon,
            model.Timing(
                severity.notify.group_wait, severity.notify.group_interval, severity.notify.repeat_interval
            ),
            response_targets(severity.respond),
        )
        for name, severity in sorted(spec.severities.items(), key=lambda item: item[1].rank)
    )


def _receivers(spec: Spec) -> tuple[model.Receiver, ...]:
    return tuple(
        model.Receiver(
            name,
            receiver.title,
            tuple(
                (
                    f"{integration}_configs",
                    tuple(channel.model_dump(mode="json", exclude_none=True) for channel in channels),
                )
                for integration, channels in receiver.channels()
            ),
            Place(("receivers", name), key=True),
            has_own_texts=(receiver.texts or spec.notifications.texts) == "own",
            timezone=receiver.timezone,
            labels=receiver.labels or {},
        )
        for name, receiver in spec.receivers.items()
    )
