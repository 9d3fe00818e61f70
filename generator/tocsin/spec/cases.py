"""Tests of an alert: samples or log lines, and what the alert does with them."""

from __future__ import annotations

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tocsin.spec.base import Duration, Interval, LabelName, Model, Samples, Series, Slug, Text


class LogLines(Model):
    """One log line, written again and again."""

    stream: dict[LabelName, str] = Field(description="Labels of the stream.")
    line: Text = Field(description="The line.")
    every: Interval = Field("10s", description="How often it is written.")


class Case(Model):
    """What the engine sees, and which severities of the alert fire on it in the end."""

    title: Text | None = Field(None, description="What the case shows, in a few words.")
    in_: Slug | list[Slug] | None = Field(
        None, alias="in", description="The environments that it is for, one or several; all when absent."
    )
    fires: bool | Slug | list[Slug] = Field(
        True, description="Severities that fire: all of the alert's (`true`), none (`false`), or those named."
    )
    at: Duration | None = Field(
        None,
        description="When the alert is looked at, after the first sample. When absent, the end of the "
        "samples, or 30m of logs.",
    )
    interval: Interval = Field("1m", description="Time from one sample to the next.")
    series: dict[Series, Samples] = Field(
        default_factory=dict, description="Samples by series, in the notation of promtool's unit tests."
    )
    logs: list[LogLines] = Field(default_factory=list, description="Log lines, for an alert on logs.")

    @model_validator(mode="after")
    def _one_kind(self) -> Case:
        if self.series and self.logs:
            raise PydanticCustomError(
                "case",
                "a case has either `series` or `logs`, here are both",
                {"help": "keep the one that the alert reads"},
            )
        return self
