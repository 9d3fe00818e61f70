"""Service level objectives: what is promised to users, how it is measured, and which alerts watch it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.logql.syntax import check_logql
from tocsin.lang.objectives import parse_objective
from tocsin.lang.promql.syntax import check_promql
from tocsin.spec.allow import ALLOW, Allow
from tocsin.spec.base import (
    AlertKey,
    Duration,
    Evaluator,
    LabelName,
    Labels,
    MatcherText,
    MetricName,
    Model,
    PromQL,
    Slug,
    Text,
    UnitName,
    judged_by,
    number_as_text,
    text_form,
)
from tocsin.spec.burn import Burn
from tocsin.spec.exceptions import BRANCHES, EXCEPT, Branch, ExceptionByLabel
from tocsin.spec.runbook import Runbook


def _parse_window(text: str) -> None:
    if parse_duration(text) == 0:
        raise LangError("a window of no length holds nothing", (0, len(text)), "write for example `30d`")


GOOD_SLICES = ("below", "at_most", "above", "at_least")
"""The comparisons with which a slice of time can be good."""
INDICATORS = ("ratio", "latency", "up", "slices")
Objective = Annotated[
    str,
    judged_by("objective", parse_objective),
    BeforeValidator(number_as_text),
    text_form("percentage", "99.5%"),
]
Window = Annotated[Duration, judged_by("duration", _parse_window), text_form("prometheus-duration", "30d")]


EventQuery = Annotated[str, text_form("promql", "sum by (job) (rate(errors_total[30d]))")]


class GroupObjectives(Model):
    """Objectives that differ between the values of one label of the indicator."""

    default: Objective = Field(description="How much has to be good where no value is named, as `99.9%`.")
    by: LabelName = Field(description="The label, which `total` and what is divided by it have to keep.")
    values: dict[str, Objective] = Field(min_length=1, description="Objectives by value of the label.")


class Ratio(Model):
    """Good or bad events out of all of them, each counted over the SLO's window; or their share.

    A range as long as the window stands for the window, so that the same query can be asked of a shorter one.
    """

    engine: Literal["prometheus", "loki"] = Field(
        "prometheus", description="Which engine counts: queries for `loki` are LogQL."
    )
    good: EventQuery | None = Field(
        None, description="What went well, as `sum(increase(requests_total{code!~'5..'}[30d]))`."
    )
    bad: EventQuery | None = Field(None, description="What went wrong, in place of `good`.")
    total: EventQuery | None = Field(None, description="Everything, with the same labels.")
    share: PromQL | None = Field(
        None, description="In place of the two: the share of what went wrong, between 0 and 1."
    )

    @field_validator("good", "bad", "total")
    @classmethod
    def _sound(cls, text: str | None, info: ValidationInfo) -> str | None:
        if text is not None:
            logs = info.data.get("engine") == "loki"
            try:
                if logs:
                    check_logql(text, metric=True)
                else:
                    check_promql(text)
            except LangError as error:
                context = {"reason": error.reason, "span": error.span, "help": error.help, "fix": error.fix}
                raise PydanticCustomError("logql" if logs else "promql", "{reason}", context) from None
        return text

    @model_validator(mode="after")
    def _one_part(self) -> Ratio:
        counted = [name for name in ("good", "bad", "total") if getattr(self, name) is not None]
        if self.share is not None:
            if counted or self.engine == "loki":
                raise PydanticCustomError(
                    "part",
                    "a ready-made `share` stands alone, here is `{beside}` as well",
                    {"beside": counted[0] if counted else "engine", "help": "keep one of the two forms"},
                )
        elif self.total is None and counted:
            raise PydanticCustomError(
                "key_missing",
                "`total` is missing",
                {"help": "write `total: sum(rate(requests_total[30d]))`, with the range of the other query"},
            )
        elif (self.good is None) == (self.bad is None):
            raise PydanticCustomError(
                "part",
                "a ratio has `total` and either `good` or `bad`; here is {count}",
                {
                    "count": " and ".join(f"`{name}`" for name in counted) or "none of them",
                    "help": "name the one that you count; the other one follows from it",
                },
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
    kind: Literal["classic", "native"] = Field(
        "classic", description="Whether the histogram has a series for each bucket, or is a native one."
    )
    by: list[LabelName] = Field(
        default_factory=list, description="Labels of the histogram by which the objective is measured."
    )
    matchers: list[MatcherText] = Field(
        default_factory=list, description="Which of the histogram's series are meant."
    )

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
        if self.buckets is not None and (self.by or self.matchers or self.kind == "native"):
            key = "by" if self.by else "matchers" if self.matchers else "kind"
            raise PydanticCustomError(
                "source",
                "`{key}` goes with `histogram`, and here are `buckets`",
                {"key": key, "help": "write it into the query of the buckets"},
            )
        return self


class Up(Model):
    """A gauge that is 1 while all is well, and 0 otherwise: each of its samples is an event."""

    gauge: PromQL = Field(description="Its series, such as `probe_success{job='shop'}`.")
    by: list[LabelName] = Field(
        default_factory=list, description="Labels of the gauge by which the objective is measured."
    )


class Slices(Model):
    """Slices of time, each the time from one evaluation to the next, which are good or bad as a whole."""

    promql: PromQL = Field(description="What is measured; its range may be any.")
    below: float | str | None = Field(None, description="A slice is good while the value is smaller.")
    at_most: float | str | None = Field(None, description="A slice is good while it is smaller or equal.")
    above: float | str | None = Field(None, description="A slice is good while the value is greater.")
    at_least: float | str | None = Field(None, description="A slice is good while it is greater or equal.")
    unit: UnitName = Field("none", description="What the value is measured in.")

    @property
    def comparison(self) -> str:
        """The key of the comparison that was written, such as `below`."""
        return next(name for name in GOOD_SLICES if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one_comparison(self) -> Slices:
        named = [name for name in GOOD_SLICES if getattr(self, name) is not None]
        if len(named) != 1:
            raise PydanticCustomError(
                "threshold",
                "a good slice has exactly one comparison, here are {count}",
                {
                    "count": len(named),
                    "help": "write one of " + ", ".join(f"`{name}`" for name in GOOD_SLICES),
                },
            )
        return self


class SloException(ExceptionByLabel):
    """What an objective is in some environments, or for some values of a label of its indicator."""

    by_label = frozenset({"objective", "team", "burn", "labels"})
    objective: Objective | GroupObjectives | None = Field(
        None, description="How much has to be good there, in per cent, such as `95%`."
    )
    window: Window | None = Field(None, description="Length of the rolling window there, such as `7d`.")
    team: Slug | None = Field(None, description="Who answers for it there.")
    burn: Burn | None = Field(None, description="Alerts on its error budget there.")
    labels: Labels = Field(default_factory=dict, description="Labels of all rules of `burn` there.")

    @model_validator(mode="after")
    def _evaluated_together(self) -> SloException:
        if self.where is not None and self.burn is not None and self.burn.interval is not None:
            help_ = "take `interval:` out of the exception"
            message = "the rules of an objective are evaluated together, for all values of a label"
            raise PydanticCustomError("exception", message, {"help": help_})
        return self


class SloShare(Model):
    """What an objective is for some values of labels."""

    objective: Objective | GroupObjectives
    team: Slug | None = None
    burn: Burn | None = None
    labels: Labels = Field(default_factory=dict)


class SloBranch(Branch):
    """An objective as it is for some values of labels."""

    instead: SloShare | None = None


class Slo(Model):
    """One promise: how much of what has to be good over which time."""

    title: Text = Field(description="Name for people.")
    description: Text | None = Field(None, description="What is promised to whom, as Markdown.")
    objective: Objective | GroupObjectives = Field(
        description="How much has to be good, in per cent, such as `99.5%`."
    )
    window: Window = Field(description="Length of the rolling window, such as `30d`.")
    ratio: Ratio | None = Field(None, description="Measured by counting events.")
    latency: Latency | None = Field(None, description="Measured by how long things take.")
    up: PromQL | Up | None = Field(None, description="Measured by a gauge that is 1 or 0.")
    slices: Slices | None = Field(None, description="Measured by slices of time that are good or bad.")
    team: Slug | None = Field(None, description="Who answers for it.")
    alerts: list[AlertKey] = Field(
        default_factory=list, description="Alerts that watch it, beside those of `burn`."
    )
    burn: Burn | None = Field(
        None, description="Alerts on its error budget, with the rules that they need: a severity by tier."
    )
    group: Slug | None = Field(
        None, description="Group among whose alerts those of `burn` are shown; `slos` when absent."
    )
    evaluator: Evaluator | None = Field(
        None,
        description="Where its rules are evaluated: in each cluster (`cluster`), or once over all of them "
        "(`global`); in every environment when absent.",
    )
    labels: Labels = Field(default_factory=dict, description="Labels of all rules of `burn`.")
    annotations: Labels = Field(
        default_factory=dict,
        description="Annotations of all alerts of `burn`, beside or instead of the generated.",
    )
    related: list[AlertKey] = Field(
        default_factory=list, description="Alerts worth looking at with those of `burn`."
    )
    runbook: Runbook = Field(default_factory=Runbook, description="What a person does when the budget burns.")
    except_: list[SloException] = EXCEPT
    branches: SkipJsonSchema[list[SloBranch]] = Field(default_factory=list, alias=BRANCHES, exclude=True)
    allow: Allow = ALLOW

    @property
    def default_objective(self) -> str:
        """The objective where none is written for a value of a label."""
        return self.objective if isinstance(self.objective, str) else self.objective.default

    @model_validator(mode="after")
    def _one_indicator(self) -> Slo:
        named = [name for name in INDICATORS if getattr(self, name) is not None]
        if len(named) != 1:
            raise PydanticCustomError(
                "indicator",
                "an SLO is measured by one of `ratio`, `latency`, `up` and `slices`, here are {count}",
                {
                    "count": " and ".join(f"`{name}`" for name in named) or "none",
                    "help": "write `ratio: {good: …, total: …}`, or `latency: {histogram: …, within: 500ms}`",
                },
            )
        return self
