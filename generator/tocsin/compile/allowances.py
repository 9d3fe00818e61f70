"""What the authors of a spec allow: for one alert, recording rule, SLO or route each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Allowance
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.spec.alerts import Group
    from tocsin.spec.allow import Allowed
    from tocsin.spec.model import Spec
    from tocsin.spec.routing import Route

    Path = tuple[str | int, ...]


def allowances_in_group(name: str, group: Group) -> Iterator[Allowance]:
    """Every `allow` of the group's alerts and recordings."""
    for alert_name, alert in group.alerts.items():
        yield from _at(("groups", name, "alerts", alert_name), alert.allow)
    for number, rule in enumerate(group.recordings):
        yield from _at(("groups", name, "recordings", number), rule.allow)


def allowances_around(spec: Spec) -> Iterator[Allowance]:
    """Every `allow` outside of the groups."""
    for name, recordings in spec.recordings.items():
        for number, rule in enumerate(recordings.rules):
            yield from _at(("recordings", name, "rules", number), rule.allow)
    for name, slo in spec.slos.items():
        yield from _at(("slos", name), slo.allow)
    yield from _of_routes(spec.routing.routes, ("routing", "routes"))
    for number, inhibition in enumerate(spec.routing.inhibitions):
        yield from _at(("routing", "inhibitions", number), inhibition.allow)


def _of_routes(routes: Iterable[Route], path: Path) -> Iterator[Allowance]:
    for number, route in enumerate(routes):
        yield from _at((*path, number), route.allow)
        yield from _of_routes(route.routes, (*path, number, "routes"))


def _at(path: Path, allow: Mapping[str, Allowed]) -> Iterator[Allowance]:
    for check, allowed in allow.items():
        place = Place((*path, "allow", check), key=True)
        yield Allowance(check, path, allowed.reason, allowed.until, place)
