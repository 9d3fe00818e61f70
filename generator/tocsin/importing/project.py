"""The parts of a spec that SLOs of other tools do not hold: severities, and somebody to be notified."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced, plain_text
from tocsin.lang.names import is_slug
from tocsin.text.yaml import Commented

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.importing.notes import Notes
    from tocsin.importing.slo import ImportedSlo

NOTHING: Mapping[str, object] = MappingProxyType({})
_RANKS = {
    name: rank
    for rank, names in enumerate(
        (
            "emergency disaster fatal",
            "critical crit page p0 sev0 blocker",
            "p1 sev1 alert",
            "high major error urgent severe",
            "p2 sev2",
            "warning warn medium moderate average",
            "p3 sev3 ticket minor",
            "low notice p4 sev4",
            "info informational information p5",
            "debug none ok",
        )
    )
    for name in names.split()
}
_INHIBITS = "The most urgent first: it inhibits the others of the same alert."
_USUAL = ("critical", "error", "warning", "info")
"""Severities that need no tier to say which is the more urgent."""


def project_value(
    severities: Iterable[str],
    teams: Iterable[str] = (),
    *,
    title: str = "Imported SLOs",
    exact: bool = False,
    is_routed: bool = False,
    targets: Mapping[str, object] = NOTHING,
    labels: Mapping[str, object] = NOTHING,
    deliver: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """What `project.yaml` holds, the most urgent severity first.

    With `exact`, nothing is set that rules of a team do not set themselves. With `is_routed`, receivers and
    routes stand in another file. `targets` are those that what is imported needs, `labels` those of all
    rules, and `deliver` says in which further form they are written.
    """
    names = list(severities) or ["critical", "warning"]
    project: dict[str, object] = {"name": "imported", "title": title}
    if targets:
        project["targets"] = Commented(dict(targets), ("Others lack something that stands in the rules.",))
    if exact:
        project["defaults"] = Commented(
            {"interval": "none", "rule_order": "written", "links": "none"},
            (
                "Groups that name no interval are evaluated at that of the server,",
                "rules stay in their order and have no addresses but their own.",
            ),
        )
    if labels:
        project["labels"] = dict(labels)
    owners = {name: {"title": name} for name in sorted(teams)}
    known = {
        "project": project,
        "severities": Commented(
            {name: {"rank": rank, "title": name.capitalize()} for rank, name in enumerate(names, 1)},
            ("The most urgent first." if is_routed or exact else _INHIBITS,),
        ),
        **({"teams": owners} if owners else {}),
        **({"deliver": deliver} if deliver is not None else {}),
    }
    if is_routed:
        return known
    return {
        **known,
        "receivers": Commented(
            {"nobody": {}}, ("Write the channels here, or go on with the Alertmanager that you have.",)
        ),
        "routing": {"catch_all": "nobody", **({"derive_inhibitions": False} if exact else {})},
    }


def rank_severities(names: Iterable[str]) -> list[str]:
    """Severities, the most urgent first, as far as their names say it; the others come last."""
    return sorted(set(names), key=lambda name: (_RANKS.get(name.lower(), len(_RANKS)), name))


def known_severities(slos: Iterable[ImportedSlo], notes: Notes) -> Iterator[ImportedSlo]:
    """The SLOs of which every severity can be a name in a spec; the others are refused."""
    for slo in slos:
        tiers = () if slo.burn is None else slo.burn.tiers
        missing = () if slo.burn is None or slo.burn.missing is None else (slo.burn.missing,)
        odd = [one.severity for one in (*tiers, *missing) if not is_slug(plain_text(one.severity))]
        if not odd:
            yield slo
            continue
        place = odd[0].node.span if isinstance(odd[0], Sourced) else slo.name.node.span
        reason = f"`{plain_text(odd[0])}` is not a valid name of a severity"
        help_ = (
            "use letters, digits, `.`, `_` and `-`; a severity that differs by alert needs an SLO for each"
        )
        notes.refuse(slo.key, RefusedError(reason, place, help_))


def ranked_severities(slos: Iterable[ImportedSlo]) -> list[str]:
    """All severities, the most urgent first, as the tiers that have them say."""
    urgencies: dict[str, list[int]] = {}
    for slo in slos:
        for tier in slo.burn.tiers if slo.burn is not None else ():
            urgencies.setdefault(plain_text(tier.severity), []).append(tier.urgency)
        if slo.burn is not None and slo.burn.missing is not None:
            urgencies.setdefault(plain_text(slo.burn.missing.severity), [])
    known = [name for name in _USUAL if name in urgencies]
    if len(known) == len(urgencies):
        return known

    def order(name: str) -> tuple[float, int, str]:
        found = urgencies[name]
        usual = _USUAL.index(name) if name in _USUAL else len(_USUAL)
        return (sum(found) / len(found) if found else 0.0, usual, name)

    return sorted(urgencies, key=order)
