"""Who is notified: severities, teams, routes and time intervals."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from tocsin.spec.allow import ALLOW, Allow
from tocsin.spec.base import (
    DaysOfMonth,
    Duration,
    EndTime,
    GroupLabel,
    Icon,
    Interval,
    LabelName,
    Location,
    MatcherText,
    Model,
    Moment,
    Months,
    RouteName,
    Slug,
    StartTime,
    Text,
    Weekdays,
    Years,
)
from tocsin.spec.exceptions import BRANCHES, EXCEPT, Branch, ExceptionByLabel, Where


def _each_once(labels: list[str]) -> list[str]:
    """What Alertmanager refuses in a `group_by`: a label twice, or `...` beside another one."""
    again = next((label for number, label in enumerate(labels) if label in labels[:number]), None)
    if again is not None:
        raise PydanticCustomError("group_by", "`{label}` is written twice in this list", {"label": again})
    if "..." in labels and len(labels) > 1:
        help_ = "write `[...]` alone, which already groups by every label"
        raise PydanticCustomError("group_by", "`...` is used with other labels", {"help": help_})
    return labels


def _equal_once(labels: list[str]) -> list[str]:
    again = next((label for number, label in enumerate(labels) if label in labels[:number]), None)
    if again is not None:
        raise PydanticCustomError("group_by", "`{label}` is written twice in this list", {"label": again})
    return labels


GroupBy = Annotated[list[GroupLabel], AfterValidator(_each_once)]


class Timing(Model):
    """How notifications of a group are spaced; what is absent is inherited."""

    group_wait: Duration | None = Field(None, description="Wait before a new group's first notification.")
    group_interval: Interval | None = Field(
        None, description="Wait before a changed group is notified again."
    )
    repeat_interval: Interval | None = Field(
        None, description="Wait before an unchanged group is notified again."
    )


class ResponseTargets(Model):
    """How quickly people answer and mend."""

    detect_to_act: Duration | None = Field(None, description="From the notification to the first action.")
    act_to_resolve: Duration | None = Field(None, description="From the first action to the resolution.")
    mttr: Duration | None = Field(None, description="Mean time to resolve that is aimed at.")


_INTERVALS = [["office-hours"]]
MUTED: Any = Field(
    default_factory=list,
    description="Time intervals in which its alerts notify nobody.",
    examples=_INTERVALS,
)
ACTIVE: Any = Field(
    default_factory=list,
    description="Time intervals outside of which its alerts notify nobody.",
    examples=_INTERVALS,
)


class Severity(Model):
    """One step of urgency; its key is the value of the label `severity`."""

    rank: int = Field(ge=1, description="1 is the most urgent; each rank stands once.")
    title: Text = Field(description="Name for people.")
    icon: Icon = Field("", description="Emoji before the title.")
    notify: Timing = Field(default_factory=Timing, description="How its notifications are spaced.")
    respond: ResponseTargets = Field(
        default_factory=ResponseTargets, description="Response targets of alerts without their own."
    )
    receiver: RouteName | None = Field(
        None, description="Receiver of its alerts where no other route decides."
    )
    active_time_intervals: list[RouteName] = ACTIVE
    mute_time_intervals: list[RouteName] = MUTED


class Team(Model):
    """People who own alerts; the key is the value of the label `team`."""

    title: Text = Field(description="Name for people.")
    receiver: RouteName | None = Field(None, description="Receiver of all of the team's alerts.")
    receivers: dict[Slug, RouteName] = Field(
        default_factory=dict, description="Receiver by severity; wins over `receiver`."
    )
    active_time_intervals: list[RouteName] = ACTIVE
    mute_time_intervals: list[RouteName] = MUTED
    contact: str | None = Field(None, description="How to reach the team, as Markdown.")


LABELS: Any = Field(
    default_factory=dict,
    description="Labels that templates read with `routeLabels`, which Alertmanager 0.34 brought: of this "
    "route and those below it, with templates in their values; they are on no alert.",
    examples=[{"reason": "database {{ .GroupLabels.database }}"}],
)


class RouteKeys(Timing):
    """Which alerts a route is for, and what becomes of them."""

    severity: Slug | list[Slug] | None = Field(None, description="One severity or several.")
    team: Slug | list[Slug] | None = Field(None, description="One team or several.")
    matchers: list[MatcherText] = Field(
        default_factory=list, description='Alertmanager matchers, such as `type="slo"`.'
    )
    receiver: RouteName | None = Field(None, description="Receiver that is notified; inherited when absent.")
    group_by: GroupBy | None = Field(None, description="Labels whose values make a group.")
    continue_: bool = Field(
        False, alias="continue", description="Whether later routes may match the same alert as well."
    )
    mute_time_intervals: list[RouteName] = Field(
        default_factory=list,
        description="Time intervals that mute the route; not inherited by the routes below.",
        examples=_INTERVALS,
    )
    active_time_intervals: list[RouteName] = Field(
        default_factory=list,
        description="Time intervals outside of which the route is muted; not inherited by the routes below.",
        examples=_INTERVALS,
    )

    labels: dict[LabelName, str] = LABELS


class RouteException(ExceptionByLabel, RouteKeys):
    """What a route is in some environments, or for alerts with some values of a label."""

    by_label = frozenset(
        {"receiver", "group_by", "group_wait", "group_interval", "repeat_interval"}
        | {"mute_time_intervals", "active_time_intervals", "labels"}
    )
    where: Where | None = Field(
        None,
        min_length=1,
        description="The alerts for which it holds: values of their labels, one or several each; an empty "
        "one is that of an alert without the label.",
        examples=[{"shop": ["lisbon", "porto"]}],
    )


class RouteBranch(Branch):
    """A route as it is for alerts with some values of labels."""

    instead: RouteKeys | None = None


class Route(RouteKeys):
    """One explicit route; its alerts are those that meet everything it names."""

    routes: list[Route] = Field(default_factory=list, description="Routes tried for what this one matched.")
    except_: list[RouteException] = EXCEPT
    branches: SkipJsonSchema[list[RouteBranch]] = Field(default_factory=list, alias=BRANCHES, exclude=True)
    allow: Allow = ALLOW


class Inhibition(Model):
    """While an alert of the source fires, those of the target that agree in `equal` notify nobody."""

    name: Text | None = Field(None, description="Name in Alertmanager's metrics, which 0.30 brought.")
    source: list[MatcherText] = Field(
        description="Matchers of the alerts that inhibit.", examples=[['severity="critical"']]
    )
    target: list[MatcherText] = Field(
        description="Matchers of the alerts that are inhibited.", examples=[['severity="warning"']]
    )
    equal: Annotated[list[LabelName], AfterValidator(_equal_once)] = Field(
        default_factory=list,
        description="Labels in which the two have to agree; a label that both lack counts as equal.",
        examples=[["alertname", "instance"]],
    )
    allow: Allow = ALLOW


class TimeRange(Model):
    """A part of a day."""

    start_time: StartTime = Field(
        description="From, as `HH:MM`.", json_schema_extra={"pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}
    )
    end_time: EndTime = Field(
        description="Until, as `HH:MM`.",
        json_schema_extra={"pattern": r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"},
    )

    @model_validator(mode="after")
    def _forward(self) -> TimeRange:
        if self.start_time >= self.end_time:
            raise PydanticCustomError(
                "time_range",
                "the time range ends before it begins",
                {"help": "over midnight, write two ranges: until `24:00`, and from `00:00`"},
            )
        return self


class Period(Model):
    """Times that meet all of its parts."""

    times: list[TimeRange] = Field(default_factory=list, description="Parts of the day.")
    weekdays: list[Weekdays] = Field(default_factory=list, description="Days, such as `monday:friday`.")
    days_of_month: list[DaysOfMonth] = Field(default_factory=list, description="Days, such as `1:5` or `-1`.")
    months: list[Months] = Field(default_factory=list, description="Months, such as `january:march`.")
    years: list[Years] = Field(default_factory=list, description="Years, such as `2026:2028`.")
    location: Location | None = Field(
        None,
        description="Time zone, such as `America/Sao_Paulo`; that of the project when absent, else UTC.",
    )


class FiringAlert(Model):
    """Another alert that fires meanwhile: of the spec, or any labels."""

    alert: str | None = Field(None, description="Name of an alert of the spec; its rule's labels are taken.")
    severity: Slug | None = Field(None, description="Which severity of it; the most urgent one if absent.")
    labels: dict[str, str] = Field(
        default_factory=dict, description="Labels, in addition to those of the rule."
    )


class RoutingTest(FiringAlert):
    """A case that `tocsin check` tries: an alert at a moment, and who is to be notified of it."""

    title: str | None = Field(None, description="What it shows.")
    in_: Slug | list[Slug] | None = Field(
        None, alias="in", description="The environments that it is for, one or several; all when absent."
    )
    at: Moment | None = Field(
        None, description="Time, as `2026-12-24T23:00`; without one, time intervals are not asked."
    )
    tz: Location | None = Field(
        None, description="Time zone of `at`; that of the project when absent, else UTC."
    )
    active: list[FiringAlert] = Field(default_factory=list, description="Other alerts that fire meanwhile.")
    receivers: list[RouteName] = Field(
        description="Receivers that are notified, in the order of the tree; empty for none."
    )
    muted_by: list[RouteName] = Field(
        default_factory=list, description="Time intervals that mute a receiver."
    )
    inhibited_by: str | None = Field(None, description="Name of the alert in `active` that keeps it quiet.")


class Routing(Timing):
    """The route tree beside what severities and teams already say."""

    catch_all: RouteName = Field(description="Receiver of what no route takes.")
    group_by: GroupBy = Field(
        default_factory=lambda: ["alertname"], description="Labels whose values make a group."
    )
    labels: dict[LabelName, str] = LABELS
    time_intervals: dict[RouteName, list[Period]] = Field(
        default_factory=dict, description="Named times, for example office hours."
    )
    routes: list[Route] = Field(default_factory=list, description="Explicit routes, tried first, in order.")
    inhibitions: list[Inhibition] = Field(
        default_factory=list, description="Inhibitions, beside those that follow from the alerts."
    )
    derive_inhibitions: bool = Field(
        True,
        description="Whether the more urgent severity of an alert inhibits its less urgent ones; "
        "`depends_on` always does.",
    )
    tests: list[RoutingTest] = Field(
        default_factory=list, description="Tests of who is notified, run by `tocsin check`."
    )
