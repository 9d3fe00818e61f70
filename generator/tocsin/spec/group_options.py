"""Settings of a rule group, for Prometheus and for the other systems that read rule files."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tocsin.diagnostics.secrets.keys import is_secret_key
from tocsin.spec.base import Duration, Labels, Model, Text
from tocsin.spec.integrations.secrets import secret_refusal
from tocsin.text.secret_looks import secret_spans


def _refuse_secrets(value: object, key: str = "") -> object:
    """The value, in which nothing is a secret by its key or by its look."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_secrets(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            _refuse_secrets(inner, key)
    elif isinstance(value, str) and ((key and is_secret_key(key)) or [*secret_spans(value)]):
        raise secret_refusal("leave it to the system that reads the rules, such as its configuration")
    return value


Settings = Annotated[list[dict[str, Any]], BeforeValidator(_refuse_secrets)]
Headers = Annotated[list[Text], BeforeValidator(_refuse_secrets)]
Parameters = Annotated[dict[str, list[str]], BeforeValidator(_refuse_secrets)]


class GroupOptions(Model):
    """Settings of a rule group: those of Prometheus, and those of other systems, kept as they are."""

    limit: int | None = Field(
        None,
        ge=0,
        description="Most alerts or series of one rule; a rule with more of them fails and gives none.",
    )
    query_offset: Duration | None = Field(
        None, description="How far back its queries for Prometheus look, for samples that arrive late."
    )
    labels: Labels = Field(
        default_factory=dict,
        description="Labels that stand at the rule group, and that its rules take where they set none.",
    )
    partial_response_strategy: Text | None = Field(
        None,
        description="Thanos: whether rules fail (`abort`) or not (`warn`) where a store does not answer.",
    )
    source_tenants: list[Text] | None = Field(None, description="Mimir: the tenants that its queries ask.")
    evaluation_delay: Duration | None = Field(None, description="Mimir: an older name of `query_offset`.")
    align_evaluation_time_on_interval: bool | None = Field(
        None, description="Mimir: whether it is evaluated at multiples of the interval."
    )
    remote_write: Settings | None = Field(
        None, description="Loki and Mimir: where the samples of its recordings are written to."
    )
    rwconfigs: Settings | None = Field(None, description="Mimir: the same by another name.")
    type: Text | None = Field(None, description="vmalert: the language of its queries, such as `prometheus`.")
    concurrency: int | None = Field(None, ge=1, description="vmalert: how many rules run at once.")
    eval_offset: Duration | None = Field(
        None, description="vmalert: when in the interval it is evaluated, from its start."
    )
    eval_delay: Duration | None = Field(None, description="vmalert: how far back its queries look.")
    eval_alignment: bool | None = Field(
        None, description="vmalert: whether queries are asked of multiples of the interval."
    )
    params: Parameters | None = Field(
        None, description="vmalert: parameters of its requests to the datasource."
    )
    headers: Headers | None = Field(None, description="vmalert: headers of its requests to the datasource.")
    notifier_headers: Headers | None = Field(
        None, description="vmalert: headers of its requests to Alertmanager."
    )
    tenant: Text | None = Field(None, description="vmalert: the tenant that it asks.")
    debug: bool | None = Field(None, description="vmalert: whether it logs each evaluation.")
    extra_filter_labels: dict[str, str] | None = Field(
        None, description="vmalert: labels by which every query is filtered."
    )

    @property
    def foreign(self) -> dict[str, Any]:
        """Those of other systems, as they are written."""
        own = {"limit", "query_offset", "labels"}
        return self.model_dump(mode="json", exclude=own, exclude_none=True)
