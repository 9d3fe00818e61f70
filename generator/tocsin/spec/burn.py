"""Burn-rate alerts of an objective: which part of its error budget may be spent in which time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tocsin.lang.burn_windows import parse_burn_windows
from tocsin.spec.base import AlertName, Duration, Labels, Model, Slug, judged_by, text_form

BurnWindowsText = Annotated[
    str, judged_by("burn_windows", parse_burn_windows), text_form("burn-windows", "2% in 1h", "14.4x in 1h")
]


class BurnTier(Model):
    """One severity of the burn-rate alert, and how fast the budget has to burn for it."""

    severity: Slug | None = Field(None, description="Severity; of `project.defaults.burn` when absent.")
    spent: list[BurnWindowsText] = Field(
        default_factory=list,
        description="Any of these makes it fire: how much of the error budget is spent in which time, as "
        "`2% in 1h`, or a burn rate as `14.4x in 1h`; a shorter window that has to burn as fast is a twelfth "
        "of it, at least 5m, or written as `2% in 1h and 5m`. For `page` 14.4x in 1h and 6x in 6h when "
        "absent, for `ticket` 3x in 1d and 1x in 3d.",
    )
    alert: AlertName | None = Field(
        None, description="Name of the alert, where it is not that of the other tiers."
    )
    for_: Duration | None = Field(
        None, alias="for", description="How long it must hold; not at all when absent."
    )
    keep_firing_for: Duration | None = Field(None, description="How long it goes on firing afterwards.")
    labels: Labels = Field(default_factory=dict, description="Labels of this tier's rule.")
    annotations: Labels = Field(default_factory=dict, description="Annotations of this tier's rule.")


class Missing(Model):
    """The alert for an objective that nothing measures any more."""

    severity: Slug | None = Field(None, description="Severity; that of the least urgent tier when absent.")
    alert: AlertName | None = Field(None, description="Name of the alert; `…BudgetMissing` when absent.")
    for_: Duration | None = Field(
        None,
        alias="for",
        description="How long the data must be missing; when absent, as long as the fastest tier takes to "
        "notice a full outage, at least 5m.",
    )
    labels: Labels = Field(default_factory=dict, description="Labels of its rule.")
    annotations: Labels = Field(default_factory=dict, description="Annotations of its rule.")


class BurnDefaults(Model):
    """What holds for the burn-rate alerts of all objectives that say nothing else."""

    page: Slug | BurnTier | None = Field(None, description="The severity that wakes somebody, or more of it.")
    ticket: Slug | BurnTier | None = Field(None, description="The severity that can wait, or more of it.")
    tiers: dict[Slug, BurnTier] = Field(
        default_factory=dict, description="Further tiers, by names of your own."
    )
    at_least: Annotated[int, Field(ge=1)] | None = Field(
        None, description="How many bad events there have to be in the long window; 1 when absent."
    )
    missing: Literal["none"] | Slug | Missing | None = Field(
        None,
        description="Severity of the alert for missing data, or more of it; `none` for no such alert. When "
        "absent, that of the least urgent tier; of logs there is none.",
    )
    interval: Duration | None = Field(
        None, description="How often its rules are evaluated; `project.defaults.interval` when absent."
    )


class Burn(BurnDefaults):
    """The burn-rate alerts of one objective; without any tier, those of `project.defaults.burn`."""

    alert: AlertName | None = Field(
        None, description="Name of the alert; `CheckoutBudgetBurn` for an objective `checkout` when absent."
    )

    @model_validator(mode="after")
    def _distinct(self) -> Burn:
        for name in ("page", "ticket"):
            if name in self.tiers:
                raise PydanticCustomError(
                    "case",
                    "`{name}` has a key of its own, beside `tiers`",
                    {"name": name, "help": f"write `{name}:` directly under `burn:`"},
                )
        return self
