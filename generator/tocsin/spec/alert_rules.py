"""The rules of an alert that has several, each with a condition of its own."""

from __future__ import annotations

from pydantic import Field, model_validator

from tocsin.spec.base import Duration, Labels, LogQL, Model, PromQL, Slug, Text
from tocsin.spec.conditions import Threshold, check_condition


class AlertRule(Model):
    """One rule of an alert that has several: its condition, and what holds for it alone."""

    severity: Slug | None = Field(
        None, description="Severity of an `expr`, which several may have; `none` for no such label."
    )
    promql: PromQL | None = Field(None, description="Query for Prometheus, without the threshold.")
    logql: LogQL | None = Field(None, description="Query for Loki, without the threshold.")
    expr: Text | None = Field(
        None, description="A complete expression that fires where it returns something."
    )
    thresholds: dict[Slug, Threshold] = Field(default_factory=dict, description="Thresholds by severity.")
    for_: Duration | None = Field(
        None, alias="for", description="How long it must hold before it fires; the alert's when absent."
    )
    keep_firing_for: Duration | None = Field(
        None, description="How long it goes on firing afterwards; the alert's when absent."
    )
    labels: Labels = Field(
        default_factory=dict, description="Labels of this rule, beside the alert's; templates."
    )
    summary: Text | None = Field(
        None, description="What is wrong, in one line; the alert's when absent; a template."
    )
    description: Text | None = Field(
        None, description="What a person should know at once; the alert's when absent; a template."
    )
    annotations: Labels = Field(
        default_factory=dict, description="Annotations of this rule, beside the alert's; templates."
    )

    @model_validator(mode="after")
    def _one_condition(self) -> AlertRule:
        check_condition(self, "rule")
        return self

    @property
    def texts(self) -> dict[str, str]:
        """The annotations that it writes of its own, in the order in which rules have them."""
        said = {"summary": self.summary, "description": self.description}
        return {**{name: text for name, text in said.items() if text is not None}, **self.annotations}
