"""One SLO as its reader understood it: the values of a spec, each with the place that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.importing.sourced import Sourced
    from tocsin.source.node import MappingNode, ScalarNode

    Texts = Mapping[str, Sourced | str]


@value_object
class Tier:
    """An alert on burn rates: fires when one of its pairs of windows has burned too fast."""

    name: str
    severity: Sourced | str
    urgency: int
    """0 for the most urgent tier of its tool."""
    spent: tuple[str, ...]
    """Empty for the windows that a tier of this name has by itself."""
    for_: Sourced | str | None
    labels: Texts
    annotations: Texts


@value_object
class Missing:
    """The alert that there is no data."""

    severity: Sourced | str
    alert: Sourced | str | None
    """The name that it is to have; None for that of the SLO."""
    for_: str | None
    labels: Texts
    annotations: Texts


@value_object
class Burn:
    """The alerts of an SLO."""

    alert: Sourced | str | None
    """The name that they are to have; None for that of the SLO."""
    interval: str | None
    tiers: tuple[Tier, ...]
    missing: Missing | None


@value_object
class ImportedSlo:
    """An SLO for the spec; `key` is its name there."""

    key: str
    node: MappingNode
    """What it was made of."""
    start: ScalarNode | MappingNode
    """Where it begins: comments before that are about it."""
    name: Sourced
    title: Sourced | str
    description: Sourced | None
    objective: Sourced | str
    window: Sourced | str
    indicator: Mapping[str, object]
    """The key `ratio`, `latency`, `up` or `slices` with its value."""
    labels: Texts
    annotations: Texts
    burn: Burn | None
    """None where nothing alerts."""
