"""What every model of the spec is made of: its base class and the texts that have a form of their own."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tocsin.lang.alertmanager.matchers import parse_matcher
from tocsin.lang.alertmanager.time_interval_ranges import (
    check_moment,
    check_start,
    parse_clock,
    parse_days_of_month,
    parse_months,
    parse_weekdays,
    parse_years,
)
from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.logql.syntax import check_logql
from tocsin.lang.names import (
    is_alert_key,
    is_alert_name,
    is_label_name,
    is_line,
    is_metric_name,
    is_reserved_label,
    is_rule_file,
    is_slug,
)
from tocsin.lang.promql.series import parse_samples, parse_series
from tocsin.lang.promql.syntax import check_promql
from tocsin.lang.quantities import UNITS
from tocsin.lang.regexes import check_regex
from tocsin.lang.time_zones import check_location, check_named_zone

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
            context: dict[str, object] = {"reason": error.reason, "span": error.span, "help": error.help}
            context |= {"fix": error.fix, "is_safe": error.is_safe}
            raise PydanticCustomError(kind, "{reason}", context) from None
        return text

    return AfterValidator(validate)


def _name(kind: str, judge: Callable[[str], bool], rule: str) -> AfterValidator:
    """A validator for names; its message says what such a name may look like."""

    def validate(text: str) -> str:
        if not judge(text):
            context = {
                "text": text,
                "what": kind.replace("_", " "),
                "help": rule,
                **_near_name(kind, text, judge, rule),
            }
            raise PydanticCustomError(kind, "`{text}` is not a valid {what}", context)
        return text

    return AfterValidator(validate)


def _near_name(kind: str, text: str, judge: Callable[[str], bool], rule: str) -> dict[str, str]:
    """The advice to replace what a name may not hold; nothing where several names may be meant."""
    plain = unicodedata.normalize("NFKD", text.strip()).encode("ascii", "ignore").decode()
    # Alerts are called in CamelCase, and where no dash is allowed people write an underscore.
    for separator in ("",) if kind == "alert_name" else ("-", "_"):
        name = re.sub(r"[^A-Za-z0-9_:.]+", separator, plain).strip(separator or None)
        if judge(name) and not re.search(r"[|,;=<>(){}]", text):
            return {"help": f"write `{name}`: {rule}", "fix": name}
    return {}


def _is_free_label(text: str) -> bool:
    return is_label_name(text) and not is_reserved_label(text)


def _parse_interval(text: str) -> None:
    if parse_duration(text) == 0:
        raise LangError("Alertmanager takes no zero here", (0, len(text)), "write for example `1m`")


def number_as_text(value: object) -> object:
    """A number as its text, for what may be written with digits alone, or is better explained as a text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def text_form(name: str, *examples: str, pattern: str | None = None) -> Any:
    """What the JSON Schema says of texts that have a form: its name, some examples, and a pattern."""
    known: dict[str, Any] = {"format": name, "examples": list(examples)}
    return Field(json_schema_extra=known if pattern is None else {**known, "pattern": pattern})


_UNITS = "".join(f"([0-9]+{unit})?" for unit in ("y", "w", "d", "h", "m", "s", "ms"))
_DURATION = text_form("prometheus-duration", "5m", "1h30m", "30s", pattern=rf"^(0|(?=.){_UNITS})$")
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_TEXT = BeforeValidator(number_as_text)

if TYPE_CHECKING:
    UnitName = str
else:
    UnitName = Literal[tuple(UNITS)]

Duration = Annotated[str, judged_by("duration", parse_duration), _TEXT, _DURATION]
IntervalOrNone = Annotated[
    str,
    judged_by("duration", lambda text: None if text == "none" else parse_duration(text)),
    _TEXT,
    text_form("prometheus-duration-or-none", "1m", "none", pattern=rf"^(none|0|(?=.){_UNITS})$"),
]
Interval = Annotated[str, judged_by("duration", _parse_interval), _TEXT, _DURATION]
Weekdays = Annotated[
    str, judged_by("weekdays", parse_weekdays), _TEXT, text_form("weekdays", "monday:friday", "sunday")
]
DaysOfMonth = Annotated[
    str, judged_by("days_of_month", parse_days_of_month), _TEXT, text_form("days-of-month", "1:7", "-1")
]
Months = Annotated[str, judged_by("months", parse_months), _TEXT, text_form("months", "december", "6:8")]
Years = Annotated[str, judged_by("years", parse_years), _TEXT, text_form("years", "2026", "2026:2028")]
StartTime = Annotated[
    str,
    judged_by("time_of_day", check_start),
    _TEXT,
    text_form("time-of-day", "09:00", pattern=f"^{_CLOCK}$"),
]
EndTime = Annotated[
    str,
    judged_by("time_of_day", parse_clock),
    _TEXT,
    text_form("time-of-day", "17:30", pattern=f"^({_CLOCK}|24:00)$"),
]
TIME_ZONE_PATTERN = r"^[A-Za-z0-9+_-]+(/[A-Za-z0-9+_-]+)*$"
Location = Annotated[
    str,
    judged_by("location", check_location),
    text_form(
        "time-zone",
        "Europe/Berlin",
        "America/Sao_Paulo",
        "UTC",
        pattern=TIME_ZONE_PATTERN,
    ),
]
TimeZone = Annotated[
    str,
    judged_by("location", check_named_zone),
    text_form("time-zone", "America/Sao_Paulo", pattern=TIME_ZONE_PATTERN),
]
Moment = Annotated[str, judged_by("moment", check_moment), text_form("time", "2026-12-24T23:00")]
PromQL = Annotated[
    str, judged_by("promql", check_promql), text_form("promql", "sum by (job) (rate(errors_total[5m]))")
]
LogQL = Annotated[
    str,
    judged_by("logql", lambda text: check_logql(text, metric=True)),
    text_form("logql", 'sum(count_over_time({app="web"} |= "error" [5m]))'),
]
LogQuery = Annotated[
    str,
    judged_by("logql", lambda text: check_logql(text, metric=False)),
    text_form("logql", '{app="web"} |= "error"'),
]
Series = Annotated[str, judged_by("series", parse_series), text_form("series", 'up{job="web"}')]
Samples = Annotated[str, judged_by("samples", parse_samples), text_form("samples", "0+10x60", "1x5 0x5")]
MatcherText = Annotated[
    str, judged_by("matcher", parse_matcher), text_form("matcher", 'team="web"', 'job=~"api|web"')
]

AlertName = Annotated[
    str,
    _name("alert_name", is_alert_name, "letters, digits, `_`, `:`, `.` and `-`, not starting with a digit"),
    text_form("alert-name", "HostDown"),
]
AlertKey = Annotated[
    str,
    _name(
        "alert_name",
        is_alert_key,
        "letters, digits, `_`, `:`, `.` and `-`, not starting with a digit; `@` and a word tell alerts of "
        "one name apart",
    ),
    text_form("alert-name", "HostDown"),
]
"""Names an alert in the spec: as it is called, or with `@` and a word where others are called the same."""
DisplayName = Annotated[
    str,
    _name("alert_name", is_line, "one line, without spaces at its ends"),
    text_form("line", "Job is down"),
]
MetricName = Annotated[
    str,
    _name("metric_name", is_metric_name, "letters, digits, `_` and `:`, not starting with a digit"),
    text_form("metric-name", "job:errors:rate5m"),
]
LabelName = Annotated[
    str,
    _name(
        "label_name",
        _is_free_label,
        "letters, digits and `_`, not starting with a digit; `__` at the start is Prometheus' own",
    ),
    text_form("label-name", "instance"),
]
GroupLabel = Annotated[
    str,
    _name(
        "label_name",
        lambda text: text == "..." or _is_free_label(text),
        "letters, digits and `_`, not starting with a digit; or `...` for all labels",
    ),
    text_form("label-name", "alertname"),
]
Slug = Annotated[
    str,
    _name("name", is_slug, "letters, digits, `_`, `.` and `-`, starting with one of the first two"),
    text_form("name", "web"),
]

RouteName = Annotated[
    str,
    _name("name", is_line, "text on one line, without spaces at its ends"),
    text_form("line", "web"),
]
"""The name of a receiver or a time interval, of which Alertmanager asks nothing."""

RuleFile = Annotated[
    str,
    _name(
        "name",
        is_rule_file,
        "a path below the folder of rules that ends in `.yaml` or `.yml`; its parts have letters, digits, "
        "`_`, `.` and `-`",
    ),
    text_form("rule-file", "kubernetes/apps.yaml"),
]
"""The path of a rule file below the folder of rule files."""

Pattern = Annotated[
    str, judged_by("regex", lambda text: check_regex(text, (0, len(text)))), text_form("re2", "api|web")
]
Labels = dict[LabelName, str]
Evaluator = Literal["cluster", "global"]
"""Where rules are evaluated: in each cluster, or once over all of them."""
Links = Literal["none", "runbook", "dashboard", "all"]
"""Which of its generated addresses a rule has as annotations: `runbook_url`, `dashboard_url`, or both."""
Text = Annotated[str, Field(min_length=1)]


def _check_icon(text: str) -> None:
    found = _MARKUP.search(text)
    if found is not None:
        raise LangError("an icon is an emoji, without markup", found.span(), "write for example `🔥`")
    if len(text) > _LONGEST_ICON:
        raise LangError("an icon is one emoji or a short sign", (0, len(text)), "write for example `🔥`")


def _check_page(text: str) -> None:
    found = _SCHEME.match(text)
    if found is not None and found[1].lower() not in ("http", "https", "mailto"):
        raise LangError(
            "a link starts with http:// or https://, or is a path", found.span(1), "write the page's address"
        )
    if (odd := _NOT_IN_ADDRESS.search(text)) is not None:
        raise LangError("an address cannot hold this character", odd.span(), "write it as `%` and its code")


# What Markdown, HTML and the markup of chats take for more than a letter.
_MARKUP = re.compile(r"[<>&\[\](){}|`\\\"\s]")
_LONGEST_ICON = 32
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_NOT_IN_ADDRESS = re.compile(r"[\s<>`\\()]|^$")
Icon = Annotated[str, judged_by("name", _check_icon), text_form("emoji", "🔥")]
PageAddress = Annotated[
    str,
    Field(min_length=1),
    judged_by("url", _check_page),
    text_form("uri-reference", "https://wiki.example.org/page"),
]
