"""What every model of the spec is made of: its base class and the texts that have a form of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.logql.syntax import check_logql
from tocsin.lang.matchers import parse_matcher
from tocsin.lang.names import is_alert_name, is_label_name, is_metric_name, is_reserved_label, is_slug
from tocsin.lang.periods import (
    check_moment,
    check_start,
    parse_clock,
    parse_days_of_month,
    parse_months,
    parse_weekdays,
    parse_years,
)
from tocsin.lang.promql.series import parse_samples, parse_series
from tocsin.lang.promql.syntax import check_promql
from tocsin.lang.regexes import check_regex
from tocsin.lang.time_zones import check_location

if TYPE_CHECKING:
    from collections.abc import Callable


class Model(BaseModel):
    """A part of the spec: unknown keys are refused, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


def judged_by(kind: str, judge: Callable[[str], object]) -> AfterValidator:
    """A validator that lets a language kernel judge a text; its error carries the place inside the text."""

    def validate(text: str) -> str:
        try:
            judge(text)
        except LangError as error:
            context = {"reason": error.reason, "span": error.span, "help": error.help, "fix": error.fix}
            raise PydanticCustomError(kind, "{reason}", context) from None
        return text

    return AfterValidator(validate)


def _name(kind: str, judge: Callable[[str], bool], rule: str) -> AfterValidator:
    """A validator for names; its message says what such a name may look like."""

    def validate(text: str) -> str:
        if not judge(text):
            context = {"text": text, "what": kind.replace("_", " "), "help": rule}
            raise PydanticCustomError(kind, "`{text}` is no {what}", context)
        return text

    return AfterValidator(validate)


def _is_free_label(text: str) -> bool:
    return is_label_name(text) and not is_reserved_label(text)


def _parse_interval(text: str) -> None:
    if parse_duration(text) == 0:
        raise LangError("Alertmanager takes no zero here", (0, len(text)), "write for example `1m`")


def number_as_text(value: object) -> object:
    """A number as its text, for what may be written with digits alone, or is better explained as a text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Duration = Annotated[str, judged_by("duration", parse_duration), BeforeValidator(number_as_text)]
Interval = Annotated[str, judged_by("duration", _parse_interval), BeforeValidator(number_as_text)]
Weekdays = Annotated[str, judged_by("weekdays", parse_weekdays), BeforeValidator(number_as_text)]
DaysOfMonth = Annotated[str, judged_by("days_of_month", parse_days_of_month), BeforeValidator(number_as_text)]
Months = Annotated[str, judged_by("months", parse_months), BeforeValidator(number_as_text)]
Years = Annotated[str, judged_by("years", parse_years), BeforeValidator(number_as_text)]
StartTime = Annotated[str, judged_by("time_of_day", check_start), BeforeValidator(number_as_text)]
EndTime = Annotated[str, judged_by("time_of_day", parse_clock), BeforeValidator(number_as_text)]
Location = Annotated[str, judged_by("location", check_location)]
Moment = Annotated[str, judged_by("moment", check_moment)]
PromQL = Annotated[str, judged_by("promql", check_promql)]
LogQL = Annotated[str, judged_by("logql", lambda text: check_logql(text, metric=True))]
LogQuery = Annotated[str, judged_by("logql", lambda text: check_logql(text, metric=False))]
Series = Annotated[str, judged_by("series", parse_series)]
Samples = Annotated[str, judged_by("samples", parse_samples)]
MatcherText = Annotated[str, judged_by("matcher", parse_matcher)]

AlertName = Annotated[
    str,
    _name("alert_name", is_alert_name, "letters, digits, `_`, `:`, `.` and `-`, not starting with a digit"),
]
MetricName = Annotated[
    str, _name("metric_name", is_metric_name, "letters, digits, `_` and `:`, not starting with a digit")
]
LabelName = Annotated[
    str,
    _name(
        "label_name",
        _is_free_label,
        "letters, digits and `_`, not starting with a digit; `__` at the start is Prometheus' own",
    ),
]
GroupLabel = Annotated[
    str,
    _name(
        "label_name",
        lambda text: text == "..." or _is_free_label(text),
        "letters, digits and `_`, not starting with a digit; or `...` for all labels",
    ),
]
Slug = Annotated[
    str, _name("name", is_slug, "letters, digits, `_`, `.` and `-`, starting with one of the first two")
]

Pattern = Annotated[str, judged_by("regex", lambda text: check_regex(text, (0, len(text))))]
Labels = dict[LabelName, str]
Text = Annotated[str, Field(min_length=1)]
