"""Names that get in each other's way: two alerts, files, rule groups or ranks that would be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.burn.alerts import generated_names
from tocsin.diagnostics.problem import Problem
from tocsin.files import windows_fault
from tocsin.plan.names import page_file, recordings_group, slo_group
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.spec.model import Spec


def name_clashes(spec: Spec, alerts: Mapping[str, Iterable[str]]) -> Iterator[Problem]:
    """Names that are taken twice, some of them only on systems where `a` and `A` are the same file.

    `alerts` are the names of all alerts, by group.
    """
    yield from _ranks(spec)
    named = list(_named_alerts(spec, alerts))
    yield from _same_alert(named)
    pages = ((page_file(name), name, place) for name, place in named)
    yield from _same_file((*pages, *_family_pages(spec)), "runbook page")
    groups = [(name, name, Place(("groups", name), key=True)) for name in alerts]
    groups += [
        (slo_group(name), name, Place(("slos", name), key=True))
        for name, slo in spec.slos.items()
        if slo.burn is not None
    ]
    recordings = [
        (recordings_group(name), name, Place(("recordings", name), key=True)) for name in spec.recordings
    ]
    yield from _same_file([*groups, *recordings], "rule group")
    procedures = ((name, name, Place(("procedures", name), key=True)) for name in spec.procedures)
    yield from _same_file(procedures, "procedure's page")


def _family_pages(spec: Spec) -> Iterator[tuple[str, str, Place]]:
    """The pages that several alerts share."""
    seen = set()
    for group_name, group in spec.groups.items():
        for name, alert in group.alerts.items():
            member = alert.member
            if member is not None and not member.own_page and (group_name, member.family) not in seen:
                seen.add((group_name, member.family))
                place = Place(("groups", group_name, "alerts", name), key=True)
                yield page_file(member.family), member.family, place


def not_on_windows(spec: Spec, alerts: Mapping[str, Iterable[str]]) -> Iterator[Problem]:
    """Names of files that Windows keeps for itself, but for the tenants of groups.

    `alerts` are the names of all alerts, by group.
    """
    for group_name in alerts:
        yield from _not_on_windows(f"{group_name}.yaml", group_name, Place(("groups", group_name), key=True))
    for name, place in _named_alerts(spec, alerts):
        yield from _not_on_windows(page_file(name), name, place)
    for name, group in spec.recordings.items():
        yield from _not_on_windows(f"{name}.yaml", name, Place(("recordings", name), key=True))
        if group.tenant is not None:
            yield from _not_on_windows(group.tenant, group.tenant, Place(("recordings", name, "tenant")))
    for name in spec.procedures:
        yield from _not_on_windows(f"{name}.md", name, Place(("procedures", name), key=True))
    project, overview = spec.project, spec.project.dashboards.overview
    yield from _not_on_windows(project.tenant, project.tenant, Place(("project", "tenant")))
    yield from _not_on_windows(f"{project.name}.yaml", project.name, Place(("project", "name")))
    if overview is not None:
        yield from _not_on_windows(f"{overview}.json", overview, Place(("project", "dashboards", "overview")))


def tenants_not_on_windows(spec: Spec) -> Iterator[Problem]:
    """Tenants of groups whose folder cannot be made on Windows."""
    for name, group in spec.groups.items():
        if group.tenant is not None:
            yield from _not_on_windows(group.tenant, group.tenant, Place(("groups", name, "tenant")))


def _not_on_windows(file: str, name: str, place: Place) -> Iterator[Problem]:
    if fault := windows_fault(file):
        yield Problem(
            "name/not-on-windows",
            f"`{name}` cannot be the name of a file on Windows: {fault}",
            place,
            help="choose another name: everybody has to be able to check out the generated files",
        )


def _ranks(spec: Spec) -> Iterator[Problem]:
    taken: dict[int, str] = {}
    for name, severity in spec.severities.items():
        first = taken.setdefault(severity.rank, name)
        if first != name:
            yield Problem(
                "severity/rank",
                f"`{first}` and `{name}` have the same rank, so neither is the more urgent one",
                Place(("severities", name, "rank")),
                help=f"give each severity a rank of its own; {max(taken) + 1} is free",
                related=((Place(("severities", first, "rank")), "the other one"),),
            )


def _named_alerts(spec: Spec, alerts: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, Place]]:
    """Every alert with the place of its name: those of groups, and those of objectives."""
    for group_name, names in alerts.items():
        for name in names:
            yield name, Place(("groups", group_name, "alerts", name), key=True)
    for slo in spec.slos:
        yield from generated_names(spec, slo).items()


def _same_alert(alerts: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    taken: dict[str, Place] = {}
    for name, place in alerts:
        first = taken.setdefault(name, place)
        if first is not place:
            yield Problem(
                "spec/defined-twice",
                f"there are two alerts `{name}`",
                place,
                "defined again here",
                "an alert has one page and one panel: give one of them another name, by `alert:` if an "
                "objective has it"
                if place.path[0] == "slos"
                else "an alert has one page and one panel: give one of them another name, "
                "make them two `thresholds` or `rules` of one alert, or write "
                f"`{name}@{place.path[1]}` here: its rules are then called `{name}` as well",
                ((first, "first defined here"),),
            )


def _same_file(files: Iterable[tuple[str, str, Place]], what: str) -> Iterator[Problem]:
    taken: dict[str, tuple[str, Place]] = {}
    for file, name, place in files:
        first, at = taken.setdefault(file.casefold(), (name, place))
        if at is not place and first != name:
            yield Problem(
                "name/same-file",
                f"`{first}` and `{name}` would have the same {what}",
                place,
                help="choose a name that differs in more than the case of its letters or its punctuation",
                related=((at, "the other one"),),
            )
