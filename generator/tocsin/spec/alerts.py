"""Groups of alerts, and recording rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from tocsin.spec.alert_rules import AlertRule
from tocsin.spec.allow import ALLOW, Allow
from tocsin.spec.base import (
    AlertKey,
    DisplayName,
    Duration,
    Evaluator,
    LabelName,
    Labels,
    Links,
    LogQL,
    MetricName,
    Model,
    PageAddress,
    PromQL,
    RuleFile,
    Slug,
    Text,
    UnitName,
)
from tocsin.spec.cases import Case
from tocsin.spec.conditions import QUERIES, Threshold, ThresholdKeys, check_condition, several_queries
from tocsin.spec.exceptions import BRANCHES, EXCEPT, Branch, ExceptionByLabel
from tocsin.spec.group_options import GroupOptions
from tocsin.spec.runbook import Runbook


class Panel(Model):
    """How the alert's panel is drawn, where the defaults do not fit."""

    title: Text | None = Field(None, description="Heading; the alert's name and summary when absent.")
    promql: PromQL | None = Field(None, description="What to draw instead of the rule's own query.")
    legend: Text | None = Field(None, description="Legend format, such as `{{instance}}`.")
    minimum: float | None = Field(None, description="Lower end of the axis.")
    maximum: float | None = Field(None, description="Upper end of the axis.")
    url: PageAddress | None = Field(
        None, description="Address of a panel that is kept elsewhere, for the annotation `dashboard_url`."
    )


class Dependency(Model):
    """Another alert that explains this one, so that this one stays quiet while the other fires."""

    alert: AlertKey = Field(description="The alert that explains this one.")
    equal: list[LabelName] = Field(description="Labels that must agree; none means anywhere.")


class Membership(Model):
    """What an alert of several knows of the others: never written, but made of `for_each`."""

    family: str
    labels: dict[str, str]
    own_page: bool
    summary: str = ""
    description: str = ""
    query: str = ""


class AlertKeys(Model):
    """What an alert says, and one of the members of `for_each` may say of its own."""

    summary: Text | None = Field(None, description="What is wrong, in one line; a template.")
    description: Text | None = Field(None, description="What a person should know at once; a template.")
    promql: PromQL | None = Field(None, description="Query for Prometheus, without the threshold.")
    logql: LogQL | None = Field(None, description="Query for Loki, without the threshold.")
    expr: Text | None = Field(
        None, description="A complete expression that fires where it returns something."
    )
    engine: Literal["prometheus", "loki"] = Field("prometheus", description="Which engine `expr` is for.")
    unit: UnitName = Field("none", description="What the value is measured in.")
    missing_data: Text | None = Field(
        None, description="What it means when the data is missing, as Markdown."
    )
    severity: Slug | None = Field(None, description="Severity of an `expr`; `none` for no such label.")
    thresholds: dict[Slug, Threshold] = Field(default_factory=dict, description="Thresholds by severity.")
    rules: list[AlertRule] = Field(
        default_factory=list,
        description="Rules with conditions of their own, in order of evaluation, instead of a query.",
    )
    for_: Duration | None = Field(None, alias="for", description="How long it must hold before it fires.")
    keep_firing_for: Duration | None = Field(None, description="How long it goes on firing afterwards.")
    team: Slug | None = Field(None, description="Owner; the group's team when absent.")
    labels: Labels = Field(default_factory=dict, description="Labels of this alert's rules; templates.")
    annotations: Labels = Field(default_factory=dict, description="Further annotations; templates.")
    per: list[LabelName] | None = Field(
        None, description="Labels that distinguish its instances; derived from the query when absent."
    )
    related: list[AlertKey] = Field(default_factory=list, description="Alerts worth looking at with it.")
    depends_on: list[AlertKey | Dependency] = Field(
        default_factory=list, description="Alerts that explain this one and inhibit it."
    )
    links: Links | None = Field(None, description="Which generated addresses its rules have as annotations.")
    panel: Panel = Field(default_factory=Panel, description="How its panel is drawn.")
    allow: Allow = ALLOW
    tests: list[Case] = Field(default_factory=list, description="Samples on which it fires, or stays quiet.")
    runbook: Runbook = Field(default_factory=Runbook, description="What a person does when it fires.")


class Member(AlertKeys):
    """The labels of one alert of several that are written once, and what it has of its own."""

    labels: Labels = Field(
        min_length=1,
        description="Labels of the member; `${label}` in the alert stands for their values.",
    )
    name: AlertKey | None = Field(
        None, description="Name of its alert; the alert's name followed by the labels' values when absent."
    )


def _without_none(value: object) -> object:
    """Thresholds without the severities that an alert does not have there."""
    if not isinstance(value, dict):
        return value
    return {severity: one for severity, one in value.items() if one != "none"}


ThresholdsOrNone = Annotated[dict[Slug, ThresholdKeys], BeforeValidator(_without_none)]


class AlertException(ExceptionByLabel, AlertKeys):
    """What an alert is in some environments, or for some values of a label."""

    by_label = frozenset(
        {"thresholds", "for_", "keep_firing_for", "team", "labels", "annotations", "summary", "description"}
        | {"promql", "logql", "expr", "severity", "rules"}
    )
    thresholds: ThresholdsOrNone = Field(  # type: ignore[assignment]
        default_factory=dict, description="Thresholds by severity."
    )


class AlertBranch(Branch):
    """An alert as it is for some values of labels."""

    instead: Alert | None = None


class Alert(AlertKeys):
    """One alert: exactly one of `promql`, `logql`, `expr` or `rules` says what is watched."""

    name: DisplayName | None = Field(
        None,
        description="What its rules and messages call it, such as `Job is down`; its key, without `@` and "
        "what follows, when absent.",
    )
    for_each: list[Member] | None = Field(
        None,
        min_length=1,
        description="Makes an alert for each of these label sets; what stands beside the labels is used "
        "instead of what the alert says.",
    )
    except_: list[AlertException] = EXCEPT
    member: SkipJsonSchema[Membership | None] = Field(None, alias=".member", exclude=True)
    branches: SkipJsonSchema[list[AlertBranch]] = Field(default_factory=list, alias=BRANCHES, exclude=True)

    @model_validator(mode="after")
    def _one_query(self) -> Alert:
        if self.for_each is not None:
            # Every other form was made into alerts before.
            help_ = "give each member a `name:` of letters and digits"
            message = "the labels of a member make no valid name of an alert"
            raise PydanticCustomError("for_each", message, {"help": help_})
        if not self.rules:
            check_condition(self, "alert")
            return self
        named = [name for name in QUERIES if getattr(self, name) is not None]
        if named:
            raise several_queries([*named, "rules"], "alert")
        self._of_rules()
        return self

    def _of_rules(self) -> None:
        """Raise if something stands beside the rules that each of them has of its own."""
        for name, written in (("severity", self.severity), ("thresholds", self.thresholds)):
            if written:
                raise PydanticCustomError(
                    "severity" if name == "severity" else "thresholds",
                    "each of the `rules` has a severity and a condition of its own",
                    {"help": f"take `{name}:` away", "of_key": name},
                )
        of_engines = [name for name in ("promql", "logql") if any(getattr(rule, name) for rule in self.rules)]
        if len(of_engines) > 1:
            raise PydanticCustomError(
                "query",
                "all `rules` of an alert ask one engine, here are `promql` and `logql`",
                {"help": "make two alerts of them", "of_key": "rules"},
            )


class GroupPanel(Model):
    """A panel that belongs to no alert."""

    title: Text = Field(description="Heading of the panel.")
    description: Text | None = Field(None, description="What it shows, as Markdown.")
    promql: PromQL | None = Field(None, description="What to draw, asked of Prometheus.")
    logql: LogQL | None = Field(None, description="What to draw, asked of Loki.")
    unit: UnitName = Field("none", description="What the value is measured in.")
    legend: Text | None = Field(None, description="Legend format, such as `{{instance}}`.")
    minimum: float | None = Field(None, description="Lower end of the axis.")
    maximum: float | None = Field(None, description="Upper end of the axis.")

    @model_validator(mode="after")
    def _one_query(self) -> GroupPanel:
        if (self.promql is None) == (self.logql is None):
            help_ = "keep one of the two" if self.promql else "write `promql: sum by (job) (up)`"
            raise PydanticCustomError("query", "a panel has either `promql` or `logql`", {"help": help_})
        return self


LIMIT: Any = Field(
    None,
    ge=1,
    description="Most alerts or series of one rule; a rule with more of them fails and gives none.",
)
QUERY_OFFSET: Any = Field(
    None, description="How far back its queries for Prometheus look, for samples that arrive late."
)


class GroupException(ExceptionByLabel):
    """What a group is in some environments, or its alerts are for some values of a label."""

    by_label = frozenset({"team", "labels"})
    interval: Duration | None = Field(None, description="How often its rules are evaluated there.")
    limit: int | None = LIMIT
    query_offset: Duration | None = QUERY_OFFSET
    team: Slug | None = Field(None, description="Owner of its alerts there.")
    tenant: Slug | None = Field(None, description="Loki tenant of its log rules there.")
    labels: Labels = Field(default_factory=dict, description="Labels of all of its rules there.")


class GroupShare(Model):
    """What a group says of its alerts for some values of labels."""

    team: Slug | None = None
    labels: Labels = Field(default_factory=dict)


class GroupBranch(Branch):
    """A group as it is for some values of labels."""

    instead: GroupShare | None = None


class Recording(Model):
    """One recording rule."""

    record: MetricName = Field(description="Name of the series that it makes.")
    promql: PromQL | None = Field(None, description="Expression for Prometheus.")
    logql: LogQL | None = Field(None, description="Expression for Loki.")
    labels: Labels = Field(default_factory=dict, description="Labels of the recorded series.")
    description: Text | None = Field(None, description="What the series means, as Markdown.")
    allow: Allow = ALLOW

    @model_validator(mode="after")
    def _one_query(self) -> Recording:
        if (self.promql is None) == (self.logql is None):
            both = self.promql is not None
            help_ = (
                "keep one of the two" if both else "write `promql: sum by (job) (rate(requests_total[5m]))`"
            )
            raise PydanticCustomError(
                "query", "a recording rule has either `promql` or `logql`", {"help": help_}
            )
        return self


class GroupRecording(Recording):
    """A recording rule among the alerts of a group."""

    after: AlertKey | None = Field(
        None, description="The alert of the group after which it is evaluated; before all when absent."
    )


class Group(Model):
    """Alerts that are evaluated together and share a dashboard."""

    title: Text = Field(description="Name for people.")
    name: DisplayName | None = Field(
        None, description="Name of its rule group, such as `kubernetes apps`; its key when absent."
    )
    description: Text | None = Field(None, description="What the group watches, as Markdown.")
    file: RuleFile | None = Field(
        None,
        description="Its rule file, below `prometheus/rules` or the folder of a Loki tenant, which groups "
        "may share; its key and `.yaml` when absent.",
    )
    order: int = Field(0, description="Place among the groups; equal ones go by name.")
    evaluator: Evaluator | None = Field(
        None,
        description="Where its rules are evaluated: in each cluster (`cluster`), or once over all of them "
        "(`global`); in every environment when absent.",
    )
    interval: Duration | None = Field(None, description="How often its rules are evaluated.")
    limit: int | None = LIMIT
    query_offset: Duration | None = QUERY_OFFSET
    options: GroupOptions = Field(
        default_factory=GroupOptions, description="Further settings of its rule group."
    )
    team: Slug | None = Field(None, description="Owner of its alerts.")
    tenant: Slug | None = Field(None, description="Loki tenant of its log rules.")
    labels: Labels = Field(default_factory=dict, description="Labels of all of its rules.")
    links: Links | None = Field(
        None, description="Which generated addresses its rules have as annotations; the default when absent."
    )
    recordings: list[GroupRecording] = Field(
        default_factory=list,
        description="Recording rules of the same rule group, in order: before its alerts, or after one.",
    )
    panels: list[GroupPanel] = Field(
        default_factory=list, description="Further panels of its dashboard, below those of its alerts."
    )
    alerts: dict[AlertKey, Alert] = Field(
        default_factory=dict,
        description="The alerts, by name, in order of evaluation; `Name@word` where another has that name. A "
        "group of recordings needs none.",
    )
    except_: list[GroupException] = EXCEPT
    branches: SkipJsonSchema[list[GroupBranch]] = Field(default_factory=list, alias=BRANCHES, exclude=True)

    @model_validator(mode="after")
    def _rules(self) -> Group:
        if not self.recordings and "alerts" not in self.model_fields_set:
            help_ = (
                "write `alerts: {HostDown: {summary: Down, description: The host is down, expr: up == 0, "
                "severity: critical}}`, or `recordings:`"
            )
            raise PydanticCustomError("key_missing", "`alerts` is missing", {"help": help_})
        return self

    @model_validator(mode="after")
    def _options_once(self) -> Group:
        for name in ("limit", "query_offset"):
            if getattr(self, name) is not None and getattr(self.options, name) is not None:
                raise PydanticCustomError(
                    "query",
                    "`{name}` is set at the group and under `options`",
                    {"name": name, "help": f"keep `{name}:` in one of the two places"},
                )
        return self


class RecordingGroup(Model):
    """Recording rules that are evaluated together, in order."""

    interval: Duration | None = Field(None, description="How often its rules are evaluated.")
    evaluator: Evaluator | None = Field(
        None,
        description="Where its rules are evaluated: in each cluster (`cluster`), or once over all of them "
        "(`global`); in every environment when absent.",
    )
    limit: int | None = LIMIT
    query_offset: Duration | None = QUERY_OFFSET
    tenant: Slug | None = Field(None, description="Loki tenant of its log rules.")
    rules: list[Recording] = Field(description="The rules, in order of evaluation.")
