"""All alerts of a spec by name: those of its groups, and those that follow from its objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.alert_source import written_alert
from tocsin.compile.burn.alerts import burn_alerts

if TYPE_CHECKING:
    from tocsin.compile.alert_source import AlertSource
    from tocsin.spec.model import Spec


def alert_sources(spec: Spec) -> dict[str, AlertSource]:
    """The alerts by name, group by group, and then objective by objective."""
    written = {
        name: written_alert(spec, group_name, name)
        for group_name, group in spec.groups.items()
        for name in group.alerts
    }
    generated = {
        alert.source.name: alert.source
        for name, slo in spec.slos.items()
        if slo.burn is not None
        for alert in burn_alerts(spec, name)
    }
    return {**written, **generated}
