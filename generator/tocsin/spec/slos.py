"""Service level objectives: what is promised to users, how it is measured, and which alerts watch it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.objectives import parse_objective
from tocsin.spec.allow import ALLOW, Allow
from tocsin.spec.base import (
    AlertName,
    Duration,
    MetricName,
    Model,
    PromQL,
    Slug,
    Text,
    judged_by,
    number_as_text,
    text_form,
)


def _parse_window(text: str) -> None:
    if parse_duration(text) == 0:
        raise LangError("a window of no length holds nothing", (0, len(text)), "write for example `30d`")


Objective = Annotated[
    str,
    judged_by("objective", parse_objective),
    BeforeValidator(number_as_text),
    text_form("percentage", "99.5%"),
]
Window = Annotated[Duration, judged_by("duration", _parse_window), text_form("prometheus-duration", "30d")]


class Ratio(Model):
    """Good or bad events out of all of them, each counted over the SLO's window.

    A range as long as the window stands for the window, so that the same query can be asked of a shorter one.
    """

    good: PromQL | None = Field(
        None, description="What went well, as `sum(increase(requests_total{code!~'5..'}[30d]))`."
    )
    bad: PromQL | None = Field(None, description="What went wrong, in place of `good`.")
    total: PromQL = Field(description="Everything, with the same labels.")

    @model_validator(mode="after")
    def _one_part(self) -> Ratio:
        if (self.good is None) == (self.bad is None):
            count = "none" if self.good is None else "both"
            raise PydanticCustomError(
                "part",
                "a ratio has `total` and either `good` or `bad`; here there are {count}",
                {"count": count, "help": "name the one that you count; the other one follows from it"},
            )
        return self


class Latency(Model):
    """What share of the requests is answered in time, by a histogram."""

    histogram: MetricName | None = Field(
        None, description="A classic histogram without `_bucket`, such as `http_request_duration_seconds`."
    )
    buckets: PromQL | None = Field(
        None,
        description="In place of `histogram`: the buckets over the SLO's window, "
        "as `sum by (le) (rate(x_seconds_bucket{route='/'}[30d]))`.",
    )
    within: float | str = Field(description="How long it may take at most, such as `500ms`.")
    unit: Literal["seconds", "milliseconds"] = Field("seconds", description="What the buckets measure.")

    @model_validator(mode="after")
    def _one_source(self) -> Latency:
        if (self.histogram is None) == (self.buckets is None):
            count = "none" if self.histogram is None else "both"
            raise PydanticCustomError(
                "source",
                "a latency has either `histogram` or `buckets`, here are {count}",
                {
                    "count": count,
                    "help": "write `histogram: http_request_duration_seconds`"
                    if self.histogram is None
                    else "take `buckets:` away: they follow from the histogram",
                },
            )
        return self


class Slo(Model):
    """One promise: how much of what has to be good over which time."""

    title: Text = Field(description="Name for people.")
    description: Text | None = Field(None, description="What is promised to whom, as Markdown.")
    objective: Objective = Field(description="How much has to be good, in per cent, such as `99.5%`.")
    window: Window = Field(description="Length of the rolling window, such as `30d`.")
    ratio: Ratio | None = Field(None, description="Measured by counting events.")
    latency: Latency | None = Field(None, description="Measured by how long things take.")
    team: Slug | None = Field(None, description="Who answers for it.")
    alerts: list[AlertName] = Field(default_factory=list, description="Alerts that watch it.")
    allow: Allow = ALLOW

    @model_validator(mode="after")
    def _one_indicator(self) -> Slo:
        if (self.ratio is None) == (self.latency is None):
            count = "none" if self.ratio is None else "both"
            raise PydanticCustomError(
                "indicator",
                "an SLO is measured by either `ratio` or `latency`, here are {count}",
                {
                    "count": count,
                    "help": "write `ratio: {good: …, total: …}`, or `latency: {histogram: …, within: 500ms}`",
                },
            )
        return self
