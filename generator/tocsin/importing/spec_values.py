"""An SLO as the value of a key below `slos:`, in the order in which people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.importing.sourced import Sourced, plain_text, plain_value
from tocsin.text.yaml import OnOneLine

if TYPE_CHECKING:
    from tocsin.importing.names import AlertNames
    from tocsin.importing.slo import Burn, ImportedSlo, Missing, Tier


_WITH_KEYS = ("page", "ticket")
"""The tiers that have keys of their own in a spec; the others stand below `tiers`."""


def spec_value(slo: ImportedSlo, names: AlertNames | None) -> dict[str, object]:
    """The value of an SLO; what was made of something in a file is `Sourced`."""
    value: dict[str, object] = {"title": slo.title}
    if slo.description is not None and plain_text(slo.description).strip():
        value["description"] = slo.description
    value |= {"objective": slo.objective, "window": slo.window, **slo.indicator}
    if slo.labels:
        value["labels"] = dict(slo.labels)
    if slo.annotations:
        value["annotations"] = dict(slo.annotations)
    if slo.burn is not None and names is not None:
        value["burn"] = _burn(slo.burn, names)
    return value


def _burn(burn: Burn, names: AlertNames) -> dict[str, object]:
    value: dict[str, object] = {}
    if burn.alert is not None and names.burn is not None:
        value["alert"] = _renamed(burn.alert, names.burn)
    if burn.interval is not None:
        value["interval"] = burn.interval
    tiers = {tier.name: _tier(tier, names.tiers.get(tier.name)) for tier in burn.tiers}
    value |= {name: tier for name, tier in tiers.items() if name in _WITH_KEYS}
    if others := {name: tier for name, tier in tiers.items() if name not in _WITH_KEYS}:
        value["tiers"] = others
    value["missing"] = "none" if burn.missing is None else _missing(burn.missing, names.missing)
    return value


def _tier(tier: Tier, alert: str | None) -> dict[str, object]:
    value: dict[str, object] = {"severity": tier.severity}
    if alert is not None:
        value["alert"] = alert
    if tier.spent:
        value["spent"] = OnOneLine(tier.spent)
    if tier.for_ is not None:
        value["for"] = tier.for_
    if tier.labels:
        written = any(isinstance(one, Sourced) for one in tier.labels.values())
        value["labels"] = dict(tier.labels) if written else OnOneLine(dict(tier.labels))
    if tier.annotations:
        value["annotations"] = dict(tier.annotations)
    return value


def _missing(missing: Missing, alert: str | None) -> dict[str, object]:
    value: dict[str, object] = {"severity": missing.severity}
    if alert is not None:
        value["alert"] = alert if missing.alert is None else _renamed(missing.alert, alert)
    if missing.for_ is not None:
        value["for"] = missing.for_
    if missing.labels:
        value["labels"] = dict(missing.labels)
    if missing.annotations:
        value["annotations"] = dict(missing.annotations)
    return value


def _renamed(name: Sourced | str, new: str) -> Sourced | str:
    assert isinstance(plain_value(name), str), "a name is a string"
    return Sourced(new, name.key, name.node) if isinstance(name, Sourced) else new
