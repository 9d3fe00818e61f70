"""Names that are each given once in a spec: of SLOs, and of their alerts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING

from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced, plain_text, plain_value
from tocsin.lang.names import LONGEST_NAME, is_alert_name, is_slug
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tocsin.importing.notes import Notes
    from tocsin.importing.slo import Burn, ImportedSlo
    from tocsin.source.document import Span

_ROUTES = "where a route, inhibition or silence matches on `alertname`, write the new name there"


@value_object
class AlertNames:
    """The names of an SLO's alerts; None where the spec makes the name."""

    burn: str | None
    tiers: dict[str, str]
    """Those of tiers that cannot have the common name."""
    missing: str | None


def distinct_keys(slos: Iterable[ImportedSlo], notes: Notes) -> Iterator[ImportedSlo]:
    """The SLOs, each under a key of its own, and copies of one only once."""
    taken: dict[str, ImportedSlo] = {}
    for slo in slos:
        wanted = slug(slo.key)
        span = slo.name.node.span
        if not is_slug(wanted):
            reason = f"`{wanted}` is not a valid name in a spec: 1 to 100 letters, digits, `.`, `_` and `-`"
            notes.refuse(slo.key, RefusedError(reason, span, "give it another name"))
            continue
        same = next((one for one in _named(wanted, taken) if _says(one) == _says(slo)), None)
        if same is not None:
            first = same.name.node.span
            there = f"{first.document.name}:{first.line}"
            message = f"`{wanted}` is the same SLO as in {there}: it is imported once"
            notes.add("import/repeated", message, span, "nothing is to be done")
            continue
        key = _free(wanted, taken)
        if key != slo.key:
            why = "another SLO has this name" if key != wanted else "so it can be a name in a spec"
            help_ = "give it a name of its own if you like another one better"
            notes.add("import/renamed", f"the SLO `{slo.key}` becomes `{key}`: {why}", span, help_)
        taken[key] = slo
        yield replace(slo, key=key)


def _named(wanted: str, taken: dict[str, ImportedSlo]) -> Iterator[ImportedSlo]:
    return (slo for slo in taken.values() if slug(slo.key) == wanted)


def _free(wanted: str, taken: Collection[str]) -> str:
    key, count = wanted, 1
    while key in taken:
        count += 1
        key = f"{wanted[: LONGEST_NAME - 1 - len(str(count))]}-{count}"
    return key


def _says(slo: ImportedSlo) -> object:
    """What an SLO says, without the places."""
    return (
        _plain(slo.objective),
        _plain(slo.window),
        _plain(slo.indicator),
        _plain(slo.labels),
        _plain(slo.burn),
    )


def _plain(value: object) -> object:
    value = plain_value(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if is_dataclass(value):
        return tuple(_plain(getattr(value, one.name)) for one in fields(value))
    return value


def alert_names(slos: Iterable[ImportedSlo], notes: Notes) -> dict[str, AlertNames]:
    """The names of the alerts of each SLO, by its key."""
    slos = [slo for slo in slos if slo.burn is not None]
    shared = _wanted_by_many(slos)
    taken: set[str] = set()
    found: dict[str, AlertNames] = {}
    renamed: dict[tuple[str, str], list[Span]] = {}

    def free(wanted: str, key: str, place: Span) -> str:
        name = _alert_name(wanted)
        if wanted in shared or name in taken:
            name = _alert_name(f"{name}-{key}")
        if name != wanted:
            shown = f"{_alert_name(wanted)}-NAME" if wanted in shared else name
            renamed.setdefault((wanted, shown), []).append(place)
        taken.add(name)
        return name

    for slo in slos:
        burn = slo.burn
        assert burn is not None, "the others were left out"
        base = None if burn.alert is None else free(plain_text(burn.alert), slo.key, _place(burn.alert, slo))
        missing = None if burn.missing is None else burn.missing.alert
        found[slo.key] = AlertNames(
            base,
            _tier_names(burn, base, slo.key),
            None if missing is None else free(plain_text(missing), slo.key, _place(missing, slo)),
        )
    for (wanted, shown), places in renamed.items():
        why = (
            "each SLO has alerts of its own, called after it"
            if shown.endswith("-NAME")
            else "it cannot be the name of an alert in a spec"
        )
        notes.add(
            "import/renamed",
            f"the alert `{wanted}` becomes `{shown}`: {why}",
            places[0],
            _ROUTES,
            tuple(places[1:]),
        )
    return found


def slug(text: str) -> str:
    """The text as a name in a spec: what it cannot hold becomes `-`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", plain).strip("-")


def _wanted_by_many(slos: Iterable[ImportedSlo]) -> set[str]:
    seen: set[str] = set()
    many: set[str] = set()
    for slo in slos:
        burn = slo.burn
        assert burn is not None, "the others were left out"
        wanted = {burn.alert, None if burn.missing is None else burn.missing.alert} - {None}
        for name in {plain_text(one) for one in wanted}:
            (many if name in seen else seen).add(name)
    return many


def _tier_names(burn: Burn, base: str | None, key: str) -> dict[str, str]:
    """Names for the tiers that have the severity of one before them: an alert has each severity once."""
    severities: set[str] = set()
    names: dict[str, str] = {}
    for tier in burn.tiers:
        severity = plain_text(tier.severity)
        if severity in severities:
            names[tier.name] = f"{base or camel_case(key) + 'BudgetBurn'}-{tier.name}"
        severities.add(severity)
    return names


def camel_case(key: str) -> str:
    """A key as the beginning of an alert's name, as `checkout-errors` begins `CheckoutErrorsBudgetBurn`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", key))


def _alert_name(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.strip()).encode("ascii", "ignore").decode()
    name = text if is_alert_name(text) else re.sub(r"[^A-Za-z0-9_:.-]+", "-", plain).strip("-")
    return name if is_alert_name(name) else f"Alert-{name}"[:100].rstrip("-")


def _place(name: Sourced | str, slo: ImportedSlo) -> Span:
    return name.node.span if isinstance(name, Sourced) else slo.name.node.span
