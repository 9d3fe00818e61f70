"""A team's own rules for its alerts, which `tocsin check` holds them to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tocsin.lang.durations import parse_duration
from tocsin.spec.base import Duration, LabelName, Model, Pattern, Slug, Text

Section = Literal[
    "description",
    "impact",
    "diagnosis",
    "actions",
    "respond",
    "success",
    "prevention",
    "after_incident",
    "escalation",
]
"""Parts of a runbook as the spec calls them; `escalation` stands in the index of all."""


class TextRules(Model):
    """What is demanded of labels, or of annotations."""

    required: list[LabelName] = Field(default_factory=list, description="Every alert has these.")
    forbidden: list[LabelName] = Field(default_factory=list, description="No alert has these.")
    values: dict[LabelName, Pattern] = Field(
        default_factory=dict,
        description="Regular expressions (RE2) that the whole values match, by name.",
    )


class ForLimits(Model):
    """How long a `for` may be."""

    minimum: Duration | None = Field(None, description="The shortest `for`.")
    maximum: Duration | None = Field(None, description="The longest `for`.")

    @model_validator(mode="after")
    def _in_order(self) -> ForLimits:
        if self.minimum and self.maximum and parse_duration(self.minimum) > parse_duration(self.maximum):
            raise PydanticCustomError("limits", "the minimum is longer than the maximum", {})
        return self


class Rejection(Model):
    """A pattern that may not occur."""

    pattern: Pattern = Field(description="Regular expression (RE2), found anywhere in a text.")
    inside: list[Literal["expr", "labels", "annotations", "label_names", "annotation_names"]] = Field(
        default=["expr", "labels", "annotations"],
        alias="in",
        min_length=1,
        description="The texts that are searched.",
    )
    reason: Text = Field(description="Why it may not occur; shown with the finding.")


class SelectorRules(Model):
    """What is demanded of the selectors in queries."""

    required: list[LabelName] = Field(
        default_factory=list, description="Every selector has a matcher on each of these labels."
    )


class RecordingRules(Model):
    """What is demanded of recording rules."""

    name: Pattern | None = Field(
        None, description="Regular expression (RE2) that the whole name of every recording rule matches."
    )
    keep: list[LabelName] = Field(default_factory=list, description="Labels that a result has to keep.")
    remove: list[LabelName] = Field(default_factory=list, description="Labels that a result may not have.")


class Policy(Model):
    """What every alert has to be like."""

    alert_name: Pattern | None = Field(
        None, description="Regular expression (RE2) that the whole name of every alert matches."
    )
    severities: list[Slug] = Field(
        default_factory=list, description="Values that the label `severity` may have; any when empty."
    )
    labels: TextRules = Field(default_factory=TextRules, description="What is demanded of labels.")
    annotations: TextRules = Field(default_factory=TextRules, description="What is demanded of annotations.")
    for_: dict[Slug, ForLimits] = Field(
        default_factory=dict, alias="for", description="How long the `for` of a severity may be."
    )
    keep_firing_for: dict[Slug, ForLimits] = Field(
        default_factory=dict, description="How long the `keep_firing_for` of a severity may be."
    )
    selectors: SelectorRules = Field(
        default_factory=SelectorRules, description="What is demanded of selectors."
    )
    recordings: RecordingRules = Field(
        default_factory=RecordingRules, description="Names and labels of recording rules."
    )
    runbooks: dict[Slug, list[Section]] = Field(
        default_factory=dict,
        description="Sections that the runbook of an alert of a severity has, by severity.",
    )
    reject: list[Rejection] = Field(default_factory=list, description="Patterns that may not occur.")
