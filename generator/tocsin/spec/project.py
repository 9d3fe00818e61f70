"""What holds for the whole spec: names, addresses, datasources, labels and defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from tocsin.lang.alertmanager.releases import OLDEST as OLDEST_ALERTMANAGER
from tocsin.lang.alertmanager.releases import check_alertmanager
from tocsin.lang.kubernetes.releases import OLDEST as OLDEST_OPERATOR
from tocsin.lang.kubernetes.releases import check_operator
from tocsin.lang.promql.releases import ASSUMED, Feature, check_prometheus
from tocsin.spec.base import (
    Duration,
    Evaluator,
    IntervalOrNone,
    Labels,
    Links,
    Model,
    Slug,
    Text,
    TimeZone,
    judged_by,
    text_form,
)
from tocsin.spec.burn import BurnDefaults
from tocsin.spec.delivery import EnvironmentDeliver
from tocsin.spec.exceptions import BRANCHES, EXCEPT_OF_ALL, Branch, ExceptionByLabel
from tocsin.spec.integrations import EventRecorder, Global, Tracing
from tocsin.spec.integrations.values import Url
from tocsin.translations import TEXTS

AlertmanagerVersion = Annotated[
    str, judged_by("version", check_alertmanager), text_form("version", OLDEST_ALERTMANAGER)
]
OperatorVersion = Annotated[str, judged_by("version", check_operator), text_form("version", OLDEST_OPERATOR)]
PrometheusVersion = Annotated[str, judged_by("version", check_prometheus), text_form("version", ASSUMED)]
if TYPE_CHECKING:
    Language = str
else:
    Language = Literal[tuple(TEXTS)]


class Urls(Model):
    """Where the system's own pages are; each becomes links in annotations, dashboards and runbooks."""

    prometheus: Url | None = Field(None, description="Base address of Prometheus.")
    alertmanager: Url | None = Field(None, description="Base address of Alertmanager.")
    grafana: Url | None = Field(None, description="Base address of Grafana.")
    loki: Url | None = Field(None, description="Base address of Loki.")
    jaeger: Url | None = Field(None, description="Base address of Jaeger.")
    runbooks: Url | None = Field(
        None, description="Where the runbooks folder of the output is published; pages are linked below it."
    )


class Datasources(Model):
    """The uids of Grafana's datasources with which the dashboards begin; others can be chosen on them."""

    prometheus: Slug | None = Field(
        None, description="Uid of the Prometheus datasource; `PROJECT-prometheus` when absent."
    )
    loki: Slug | None = Field(None, description="Uid of the Loki datasource; `PROJECT-loki` when absent.")


class Defaults(Model):
    """What an alert or a group takes when it says nothing itself."""

    interval: IntervalOrNone = Field(
        "1m",
        description="How often the rules of a group are evaluated; `none` leaves it to the server, whose own "
        "interval holds then.",
    )
    for_: Duration = Field("0s", alias="for", description="How long a condition must hold before it fires.")
    keep_firing_for: Duration | None = Field(
        None, description="How long an alert goes on firing after its condition has ended."
    )
    rule_order: Literal["urgency", "written"] = Field(
        "urgency",
        description="Whether rules of an alert's thresholds are evaluated by urgency or as they are written.",
    )
    links: Links = Field(
        "all",
        description="Which generated addresses rules have as annotations: that of the runbook page "
        "(`runbook_url`), that of the panel (`dashboard_url`), both or none.",
    )
    burn: BurnDefaults | None = Field(
        None, description="Tiers of burn-rate alerts, for each objective whose `burn` says nothing else."
    )


class Dashboards(Model):
    """Names of the generated dashboards."""

    overview: Slug | None = Field(
        None, description="Uid of the overview dashboard; `PROJECT-overview` when absent."
    )
    folder: Text | None = Field(None, description="Grafana folder; the project's title when absent.")


class RunbookPages(Model):
    """How the generated runbooks are written."""

    front_matter: bool = Field(
        False,
        description="Whether each page begins with a block of YAML (`title`, `description`, `tags`), which "
        "MkDocs, Backstage, Hugo and Docusaurus read.",
    )


class Targets(Model):
    """The oldest releases of the programs that read what is generated; what one lacks is an error."""

    prometheus: PrometheusVersion = Field(
        ASSUMED, description=f"Oldest Prometheus that runs the rules; {ASSUMED} when absent."
    )
    features: list[Feature] = Field(
        [], description="What is enabled in Prometheus by `--enable-feature`, as far as it concerns queries."
    )
    alertmanager: AlertmanagerVersion = Field(
        OLDEST_ALERTMANAGER,
        description=f"Oldest Alertmanager that reads the configuration; {OLDEST_ALERTMANAGER} when absent.",
    )
    operator: OperatorVersion | None = Field(
        None, description="Oldest Prometheus operator that takes the objects; not judged when absent."
    )


class LokiSettings(Model):
    """What is known of the Loki that evaluates log rules."""

    remote_write: bool = Field(
        True, description="Whether its ruler writes what it records to Prometheus (`ruler.remote_write`)."
    )


class ProjectLink(Model):
    """A page of the organisation."""

    title: Text = Field(description="What it is, in a few words.")
    url: Url = Field(description="Where it is.")


class ProjectKeys(Model):
    """What holds for all of a spec, or for all of it in one environment."""

    name: Slug = Field("", description="Short name there; the project's when absent.")
    title: Text = Field("", description="Name for people there; the project's when absent.")
    language: Language = Field("en", description="Language of the generated texts.")
    timezone: TimeZone | None = Field(
        None,
        description="Time zone of the system: of times and time intervals that name none; UTC when absent.",
    )
    evaluator: Evaluator | None = Field(
        None,
        description="Which rules are evaluated here: those of a cluster, or those over all clusters; "
        "all when absent.",
    )
    urls: Urls = Field(default_factory=Urls, description="Addresses of the system's own pages.")
    links: list[ProjectLink] = Field(
        default_factory=list,
        description="A few pages of the organisation, shown in every message, dashboard and runbook.",
    )
    datasources: Datasources = Field(
        default_factory=Datasources, description="Uids of Grafana's datasources."
    )
    labels: Labels = Field(default_factory=dict, description="Labels that every rule carries.")
    defaults: Defaults = Field(default_factory=Defaults, description="What holds where nothing else is said.")
    dashboards: Dashboards = Field(default_factory=Dashboards, description="Names of the dashboards.")
    runbooks: RunbookPages = Field(default_factory=RunbookPages, description="How the runbooks are written.")
    tenant: Slug = Field(
        "fake", description="Loki tenant of log rules; `fake` is Loki's name for a single one."
    )
    loki: LokiSettings = Field(default_factory=LokiSettings, description="What is known of Loki.")
    targets: Targets = Field(
        default_factory=Targets, description="The oldest releases that the generated files are for."
    )
    alertmanager: Global | None = Field(None, description="Alertmanager's global section.")
    tracing: Tracing | None = Field(None, description="Alertmanager's `tracing` section, which 0.30 brought.")
    event_recorder: EventRecorder | None = Field(
        None, description="Alertmanager's `event_recorder` section, which 0.33 brought."
    )


class ProjectException(ExceptionByLabel, ProjectKeys):
    """What the project is in some environments, or all alerts are for some values of a label."""

    by_label = frozenset({"labels"})

    @model_validator(mode="after")
    def _not_all_off(self) -> ProjectException:
        if self.off is not None and self.where is None:
            help_ = "take the environment out of `environments:`, or write `off:` at groups, routes or alerts"
            message = "a whole environment cannot be switched off"
            raise PydanticCustomError("exception", message, {"help": help_})
        return self


class ProjectShare(Model):
    """What the project says of alerts for some values of labels."""

    labels: Labels = Field(default_factory=dict)


class ProjectBranch(Branch):
    """The project as it is for some values of labels."""

    instead: ProjectShare | None = None


class Project(ProjectKeys):
    """The system whose alerting this spec describes."""

    name: Slug = Field(description="Short name, used in uids and file contents.")
    title: Text = Field(description="Name for people.")
    except_: list[ProjectException] = EXCEPT_OF_ALL
    branches: SkipJsonSchema[list[ProjectBranch]] = Field(default_factory=list, alias=BRANCHES, exclude=True)


class Environment(ProjectKeys):
    """One environment: what it says holds there instead of what `project` and `deliver` say.

    Mappings such as `labels` and `urls` are joined key by key.
    """

    deliver: EnvironmentDeliver = Field(
        default_factory=EnvironmentDeliver,
        description="What is otherwise there of `deliver`, with which it is joined key by key.",
    )
