"""In which further forms the output is written, for the programs of a cluster that take no plain files."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tocsin.lang.kubernetes.names import (
    check_label_key,
    check_label_value,
    check_namespace,
    check_object_name,
)
from tocsin.lang.rulers import check_own_namespace
from tocsin.spec.base import Model, RuleFile, Slug, judged_by, text_form

Namespace = Annotated[str, judged_by("name", check_namespace), text_form("kubernetes-name", "monitoring")]
ObjectName = Annotated[
    str, judged_by("name", check_object_name), text_form("kubernetes-name", "alertmanager-main")
]
LabelKey = Annotated[str, judged_by("name", check_label_key), text_form("kubernetes-label", "release")]
LabelValue = Annotated[
    str, judged_by("name", check_label_value), text_form("kubernetes-label-value", "kube-prometheus-stack")
]
ObjectLabels = dict[LabelKey, LabelValue]
RulerNamespace = Annotated[Slug, judged_by("name", check_own_namespace), text_form("name", "tocsin-shop")]


class RuleObjects(Model):
    """The `PrometheusRule` objects."""

    labels: ObjectLabels = Field(
        default_factory=dict, description="Labels by which the Prometheus resource selects its rules."
    )
    names: dict[RuleFile, ObjectName] = Field(
        default_factory=dict,
        description="Names of the objects, by the rule files that they hold; of others the name is made of "
        "those of the project and the file.",
    )

    @model_validator(mode="after")
    def _of_one_each(self) -> RuleObjects:
        for name, times in Counter(self.names.values()).items():
            if times > 1:
                message = "two rule files cannot be in one object, `{name}`"
                help_ = "give each a name of its own, or write `file:` at their groups, so that they are one"
                raise PydanticCustomError("keys_conflict", message, {"name": name, "help": help_})
        return self


class AlertmanagerObject(Model):
    """Alertmanager's configuration as an object."""

    form: Literal["secret", "config"] = Field(
        "secret",
        description="`secret`: the whole configuration and its templates in one Secret; `config`: routes, "
        "receivers and inhibitions in an AlertmanagerConfig, which the operator adds to those of others.",
    )
    name: ObjectName = Field(
        description="Name of the object. Of the Secret: `alertmanager-NAME`, with the name of the "
        "Alertmanager resource, or what its `configSecret` says.",
    )
    labels: ObjectLabels = Field(
        default_factory=dict,
        description="Labels of the object; of an AlertmanagerConfig those that the "
        "`alertmanagerConfigSelector` of the Alertmanager resource asks for.",
    )
    matcher_strategy: Literal["OnNamespace", "OnNamespaceExceptForAlertmanagerNamespace", "None"] = Field(
        "OnNamespace",
        description="What the Alertmanager resource says as `alertmanagerConfigMatcherStrategy: type:`. With "
        "`None` the operator adds no matcher of the namespace to an AlertmanagerConfig.",
    )

    @model_validator(mode="after")
    def _of_its_form(self) -> AlertmanagerObject:
        if self.form == "secret" and "matcher_strategy" in self.model_fields_set:
            help_ = "write `form: config`, or take `matcher_strategy:` away"
            message = "`matcher_strategy` is about an AlertmanagerConfig, and here is a Secret"
            raise PydanticCustomError("keys_conflict", message, {"help": help_})
        return self


class DashboardObjects(Model):
    """The dashboards as objects."""

    form: Literal["sidecar", "operator"] = Field(
        "sidecar",
        description="`sidecar`: ConfigMaps for the sidecar of Grafana's chart; "
        "`operator`: GrafanaDashboards.",
    )
    labels: ObjectLabels = Field(
        default_factory=dict,
        description='The labels that the sidecar watches, `grafana_dashboard: "1"` when absent; or those by '
        "which the operator finds the Grafana instances.",
    )


class LokiObjects(Model):
    """The rules for Loki's ruler as objects."""

    form: Literal["sidecar", "operator", "none"] = Field(
        description="`sidecar`: ConfigMaps for the sidecar of Loki's chart; `operator`: AlertingRules and "
        "RecordingRules; `none`: delivered by other means.",
    )
    labels: ObjectLabels = Field(
        default_factory=dict,
        description='The labels that the sidecar watches, `loki_rule: ""` when absent; or those by which the '
        "LokiStack selects its rules.",
    )


class Kubernetes(Model):
    """Objects for a Kubernetes cluster, and a kustomization of them."""

    namespace: Namespace = Field(description="Namespace of all objects.")
    labels: ObjectLabels = Field(default_factory=dict, description="Labels of every object.")
    rules: RuleObjects = Field(default_factory=RuleObjects, description="The PrometheusRules.")
    alertmanager: AlertmanagerObject | None = Field(
        None, description="Alertmanager's configuration; not among the objects when absent."
    )
    dashboards: DashboardObjects | None = Field(
        None, description="The dashboards; not among the objects when absent."
    )
    loki: LokiObjects | None = Field(
        None, description="The rules for Loki; has to be there where there are log alerts."
    )


class MimirRuler(Model):
    """The rules for Prometheus as Mimir's ruler takes them: namespace files, and what `tocsin push` sends."""

    namespace: RulerNamespace = Field(
        description="Namespace of the rule groups, in which nobody else has any. Where its file would be "
        "longer than 200 KiB, they are divided into `NAMESPACE-1of2` and so on.",
    )
    tenant: Slug | None = Field(
        None, description="The tenant that has the rules; none is named to the ruler when absent."
    )
    rules_per_group: int = Field(
        20,
        ge=0,
        description="Rules that the ruler takes in a group, its `ruler_max_rules_per_rule_group`; a larger "
        "group is divided. 0: any number.",
    )
    groups: int = Field(
        70,
        ge=0,
        description="Groups that the ruler takes of a tenant, its `ruler_max_rule_groups_per_tenant`. "
        "0: any number.",
    )


class LokiRuler(Model):
    """The rules for Loki as its ruler takes them over its API: namespace files for each tenant."""

    namespace: RulerNamespace = Field(
        description="Namespace of the rule groups, in which nobody else has any. Where its file would be "
        "longer than 200 KiB, they are divided into `NAMESPACE-1of2` and so on.",
    )
    rules_per_group: int = Field(
        0,
        ge=0,
        description="Rules that the ruler takes in a group, its `ruler_max_rules_per_rule_group`; a larger "
        "group is divided. 0: any number, Loki's default.",
    )
    groups: int = Field(
        0,
        ge=0,
        description="Groups that the ruler takes of a tenant, its `ruler_max_rule_groups_per_tenant`. "
        "0: any number, Loki's default.",
    )


class Deliver(Model):
    """What of the output is written in a further form, and for which program."""

    kubernetes: Kubernetes | None = Field(None, description="Objects for a Kubernetes cluster.")
    mimir: MimirRuler | None = Field(
        None, description="Namespace files for the ruler of Mimir, and of Cortex: `output/mimir/`."
    )
    loki: LokiRuler | None = Field(
        None, description="Namespace files for the API of Loki's ruler: `output/loki-ruler/TENANT/`."
    )


_AS_DELIVER = "; that of `deliver` when absent."


class EnvironmentAlertmanager(AlertmanagerObject):
    """What of Alertmanager's object is otherwise in an environment."""

    name: ObjectName = Field("", description=f"Name of the object{_AS_DELIVER}")

    @model_validator(mode="after")
    def _of_its_form(self) -> EnvironmentAlertmanager:
        """Which form it has is said elsewhere as well."""
        return self


class EnvironmentLokiObjects(LokiObjects):
    """What of the objects for Loki is otherwise in an environment."""

    form: Literal["sidecar", "operator", "none"] = Field(
        "none", description=f"How the rules for Loki are delivered{_AS_DELIVER}"
    )


class EnvironmentKubernetes(Kubernetes):
    """What of the objects for a cluster is otherwise in an environment."""

    namespace: Namespace = Field("", description=f"Namespace of all objects{_AS_DELIVER}")
    alertmanager: EnvironmentAlertmanager | None = Field(
        None, description="What of Alertmanager's object is otherwise."
    )
    loki: EnvironmentLokiObjects | None = Field(
        None, description="What of the objects for Loki is otherwise."
    )


class EnvironmentMimir(MimirRuler):
    """What of the rules for Mimir is otherwise in an environment."""

    namespace: RulerNamespace = Field("", description=f"Namespace of the rule groups{_AS_DELIVER}")


class EnvironmentLoki(LokiRuler):
    """What of the rules for Loki is otherwise in an environment."""

    namespace: RulerNamespace = Field("", description=f"Namespace of the rule groups{_AS_DELIVER}")


class EnvironmentDeliver(Deliver):
    """What of the further forms of the output is otherwise in an environment."""

    kubernetes: EnvironmentKubernetes | None = Field(None, description="Objects for a Kubernetes cluster.")
    mimir: EnvironmentMimir | None = Field(None, description="Namespace files for the ruler of Mimir.")
    loki: EnvironmentLoki | None = Field(None, description="Namespace files for the API of Loki's ruler.")
