"""What each check needs to know all of: where a part of that could not be read, the check does not run.

Most findings are about what is there, such as two rules that say the same, and stay right where something
else is missing. Those listed here are about what is *not* there: a route that no alert takes, a receiver
that no route leads to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.incomplete import AREAS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.checks.framework.check import Check
    from tocsin.diagnostics.incomplete import Area

_NOTHING: frozenset[Area] = frozenset()
_ALERTS: frozenset[Area] = frozenset({"alerts"})
_ROUTING: frozenset[Area] = frozenset({"routing"})
_RECORDINGS: frozenset[Area] = frozenset({"recordings"})
_ALL_ALERTS_IN_ROUTES: frozenset[Area] = frozenset({"alerts", "routing", "recordings", "server"})

_OF_FAMILIES: Mapping[str, frozenset[Area]] = {
    **dict.fromkeys(("alert", "query", "template", "label", "link", "panel", "dashboard"), _NOTHING),
    **dict.fromkeys(("rule", "policy", "slo", "interval", "group"), _NOTHING),
    **dict.fromkeys(("target", "deliver", "limit"), frozenset({"project"})),
    "route": _ALL_ALERTS_IN_ROUTES,
    "routing": _ALL_ALERTS_IN_ROUTES,
    "inhibit": _ALL_ALERTS_IN_ROUTES,
    "receiver": _ROUTING,
    "notification": frozenset({"alerts", "routing", "recordings", "server", "templates"}),
    "runbook": frozenset({"alerts", "routing", "procedures", "escalation"}),
}
_OF_CHECKS: Mapping[str, frozenset[Area]] = {
    "allow/unused": AREAS,
    "allow/unknown": _NOTHING,
    "allow/renamed": _NOTHING,
    "label/external": frozenset({"server"}),
    "query/unknown-job": frozenset({"server"}),
    "rule/for-interval": frozenset({"server", "project"}),
    "rule/relabelled-away": frozenset({"server"}),
    "group/interval": frozenset({"server", "project"}),
    "group/unknown-recording": _RECORDINGS,
    "link/page": frozenset({"runbooks"}),
    "link/anchor": frozenset({"runbooks"}),
    "link/panel": frozenset({"dashboards"}),
    "policy/missing-label": _ALERTS,
    "slo/unwatched": _ALERTS,
    "slo/slow-burn": _ALERTS,
    **dict.fromkeys(
        ("runbook/metric", "runbook/matcher", "runbook/dead-query", "runbook/finding-label"), _RECORDINGS
    ),
    **dict.fromkeys(("runbook/empty", "runbook/no-action"), _ROUTING),
    **dict.fromkeys(("runbook/vague-step", "runbook/unused-action"), _NOTHING),
    **dict.fromkeys(("inhibit/same", "inhibit/everywhere", "inhibit/no-equal", "inhibit/circle"), _NOTHING),
    # How a matcher is read, and that two contradict each other, is so whatever alerts there are.
    **dict.fromkeys(("inhibit/impossible", "inhibit/pattern", "route/pattern"), _NOTHING),
    **dict.fromkeys(
        ("route/repeat-interval", "route/group-wait", "route/always-muted", "route/impossible"), _ROUTING
    ),
    # They are right for the alerts that are there, whatever others there are.
    **dict.fromkeys(("route/split", "route/twice"), _ALL_ALERTS_IN_ROUTES - _ALERTS),
    "notification/common-annotation": frozenset({"routing", "recordings", "server", "templates"}),
    **dict.fromkeys(
        ("route/nobody", "route/catch-all", "route/dropped"),
        frozenset({"routing", "configurations", "recordings", "server"}),
    ),
    # A template is wrong whatever alerts and routes there are.
    **dict.fromkeys(("notification/syntax", "notification/duplicate-template"), _NOTHING),
    **dict.fromkeys(
        ("notification/field", "notification/status", "notification/unknown-template", "notification/blank"),
        frozenset({"templates"}),
    ),
    "notification/group-label": frozenset({"routing", "templates"}),
    **dict.fromkeys(("route/depth", "route/continue", "route/shadowed"), _ROUTING),
}


def areas_needed(check: Check) -> frozenset[Area]:
    """The areas of which all has to be known before the check can say anything; all of them unless listed."""
    return _OF_CHECKS.get(check.id, _OF_FAMILIES.get(check.family, AREAS))
