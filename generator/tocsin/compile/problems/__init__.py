"""What keeps a spec from becoming a plan, though each of its parts is well formed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.problems import labels, references, values
from tocsin.compile.problems.burn import ambiguous_instances, impossible_burn
from tocsin.compile.problems.cases import useless_cases
from tocsin.compile.problems.dependencies import impossible_inhibitions
from tocsin.compile.problems.exceptions import undivided_queries, unreached_exceptions
from tocsin.compile.problems.integrations import incomplete_integrations
from tocsin.compile.problems.names import name_clashes, not_on_windows, tenants_not_on_windows
from tocsin.compile.problems.route_exceptions import impossible_route_exceptions
from tocsin.compile.problems.rule_files import OwnNames, own_names, rule_file_clashes
from tocsin.compile.problems.slo_exceptions import impossible_slo_exceptions
from tocsin.diagnostics.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.model import Spec

    Alerts = Mapping[str, Collection[str]]
    """The names of all alerts, by group."""

__all__ = ["Problem", "alert_names", "late_problems", "problems", "problems_around", "problems_of_groups"]


def problems(spec: Spec) -> Iterator[Problem]:
    """Everything that has to be fixed before there can be a plan."""
    alerts = alert_names(spec)
    yield from problems_around(spec, alerts, own_names(spec))
    yield from problems_of_groups(spec, alerts)


def alert_names(spec: Spec) -> Alerts:
    """The names of the alerts of each group."""
    return {name: group.alerts.keys() for name, group in spec.groups.items()}


def problems_around(spec: Spec, alerts: Alerts, named: Mapping[str, OwnNames]) -> Iterator[Problem]:
    """What is wrong with all but the groups, and with the names of these.

    `alerts` and `named` are those of the whole, as the spec need not hold its groups.
    """
    yield from references.dangling_around(spec, alerts)
    yield from name_clashes(spec, alerts)
    yield from not_on_windows(spec, alerts)
    yield from rule_file_clashes(spec, named)
    yield from labels.reserved_around(spec)
    yield from values.nonsense_around(spec)
    yield from impossible_burn(spec)
    yield from incomplete_integrations(spec)
    yield from impossible_route_exceptions(spec)
    yield from impossible_slo_exceptions(spec)


def problems_of_groups(spec: Spec, alerts: Alerts) -> Iterator[Problem]:
    """What is wrong inside of the groups, which may be some of the whole; `alerts` are those of the whole."""
    yield from references.dangling_in_groups(spec, alerts)
    yield from tenants_not_on_windows(spec)
    yield from labels.reserved_in_groups(spec)
    yield from values.nonsense_in_groups(spec)
    yield from useless_cases(spec)


def late_problems(spec: Spec, flows: QueryFlows) -> Iterator[Problem]:
    """What can only be asked when every reference and every expression is sound.

    The groups may be some of the whole, if every alert on which one of theirs depends is among them; the
    flows know all recording rules.
    """
    yield from impossible_inhibitions(spec, flows)
    yield from undivided_queries(spec, flows)
    yield from unreached_exceptions(spec, flows)
    yield from ambiguous_instances(spec, flows)
