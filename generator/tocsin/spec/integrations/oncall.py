"""On-call services: PagerDuty, Opsgenie, VictorOps, incident.io, Pushover."""

import re
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from tocsin.spec.base import Model
from tocsin.spec.integrations.common import (
    File,
    GoDuration,
    Refused,
    SecretInClear,
    TargetUrl,
    Url,
    broken_rule,
    conflicting_keys,
    missing_one_of,
    optional,
)
from tocsin.spec.integrations.http import HttpIntegration


class PagerDutyImage(Model):
    """A picture in an incident of PagerDuty."""

    src: str | None = optional("Address of the picture.")
    alt: str | None = optional("Text in place of the picture.")
    href: str | None = optional("Page the picture opens.")


class PagerDutyLink(Model):
    """A link in an incident of PagerDuty."""

    href: str | None = optional("Page to open.")
    text: str | None = optional("Label of the link.")


class PagerDuty(HttpIntegration):
    """An incident in PagerDuty."""

    routing_key: Annotated[Refused, SecretInClear("routing_key_file")] = None
    routing_key_file: File | None = optional("File with the key of an Events API v2 integration.")
    service_key: Annotated[Refused, SecretInClear("service_key_file")] = None
    service_key_file: File | None = optional("File with the key of an old Prometheus integration.")
    url: Url | None = optional("Where events are sent; the global address when left out.")
    client: str | None = optional("Name of the sender.")
    client_url: str | None = optional("Page about the sender.")
    description: str | None = optional("Title of the incident.")
    details: dict[str, Any] | None = optional("Further facts about the incident; they may be nested.")
    images: list[PagerDutyImage] | None = optional("Pictures to attach.")
    links: list[PagerDutyLink] | None = optional("Links to attach.")
    source: str | None = optional("What is affected; the client when left out.")
    severity: str | None = optional("critical, error, warning or info.")
    class_: str | None = Field(default=None, alias="class", description="Kind of problem.")
    component: str | None = optional("Part that is affected.")
    group: str | None = optional("Group of parts that is affected.")
    timeout: GoDuration | None = optional("How long one request may take; 0s for no limit.")

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        self.exactly_one_of("routing_key_file", "service_key_file")
        return self


class OpsGenieResponder(Model):
    """Whom Opsgenie calls."""

    id: str | None = optional("Id of the responder.")
    name: str | None = optional("Name of the team, schedule or escalation.")
    username: str | None = optional("Login of the user.")
    type: str = Field(description="team, teams, user, escalation or schedule, or a template.")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.id or self.name or self.username):
            raise missing_one_of(("id", "name", "username"))
        if "{{" not in self.type and not re.fullmatch(
            "teams?|user|escalation|schedule", self.type, re.IGNORECASE
        ):
            raise broken_rule("`type` is one of team, teams, user, escalation, schedule")
        return self


class OpsGenie(HttpIntegration):
    """An alert in Opsgenie."""

    api_key: Annotated[Refused, SecretInClear("api_key_file")] = None
    api_key_file: File | None = optional("File with the API key; the global one when left out.")
    api_url: Url | None = optional("Address of the Opsgenie API; the global one when left out.")
    message: str | None = optional("Title of the alert.")
    description: str | None = optional("Body of the alert.")
    source: str | None = optional("Link to the sender.")
    details: dict[str, str] | None = optional("Further facts about the alert.")
    entity: str | None = optional("What the alert is about.")
    responders: list[OpsGenieResponder] | None = optional("Whom to call.")
    actions: str | None = optional("Actions to offer, separated by commas.")
    tags: str | None = optional("Tags, separated by commas.")
    note: str | None = optional("Note to add.")
    priority: str | None = optional("P1 to P5, or a template.")
    update_alerts: bool | None = optional("Whether to update title and body of an open alert.")


_VICTOROPS_OWN = frozenset(
    {
        "entity_display_name",
        "entity_id",
        "entity_state",
        "message_type",
        "monitoring_tool",
        "routing_key",
        "state_message",
    }
)


class VictorOps(HttpIntegration):
    """An incident in VictorOps (Splunk On-Call)."""

    api_key: Annotated[Refused, SecretInClear("api_key_file")] = None
    api_key_file: File | None = optional("File with the API key; the global one when left out.")
    api_url: Url | None = optional("Address of the VictorOps API; the global one when left out.")
    routing_key: str = Field(min_length=1, description="Team or route the incident goes to; no secret.")
    message_type: str | None = optional("How it behaves: CRITICAL, WARNING or INFO.")
    state_message: str | None = optional("Body of the incident.")
    entity_display_name: str | None = optional("Title of the incident.")
    monitoring_tool: str | None = optional("Name of the sender.")
    custom_fields: dict[str, str] | None = optional("Further facts about the incident.")

    @model_validator(mode="after")
    def _own_fields(self) -> Self:
        for name in self.custom_fields or {}:
            if name in _VICTOROPS_OWN:
                raise broken_rule(f"`custom_fields.{name}` has a name that VictorOps uses itself")
        return self


class IncidentIo(HttpIntegration):
    """Alerts sent to incident.io."""

    url: TargetUrl | None = optional("Address of the alert source.")
    url_file: File | None = optional("File with the address of the alert source.")
    alert_source_token: Annotated[Refused, SecretInClear("alert_source_token_file")] = None
    alert_source_token_file: File | None = optional("File with the token of the alert source.")
    max_alerts: int | None = Field(default=None, ge=0, description="Most alerts in one message; 0 for all.")
    timeout: GoDuration | None = optional("How long one request may take; 0s for no limit.")

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        self.exactly_one_of("url", "url_file")
        if self.http_config:
            identified = self.http_config.given("authorization", "bearer_token_file")
            if identified and self.alert_source_token_file:
                raise conflicting_keys(["alert_source_token_file", "http_config.authorization"])
            if not identified and not self.alert_source_token_file:
                raise missing_one_of(("alert_source_token_file", "http_config.authorization"))
        return self


class Pushover(HttpIntegration):
    """A push message by Pushover."""

    model_config = ConfigDict(json_schema_extra={"required": ["user_key_file", "token_file"]})

    user_key: Annotated[Refused, SecretInClear("user_key_file")] = None
    user_key_file: File | None = optional("File with the key of the user or group.")
    token: Annotated[Refused, SecretInClear("token_file")] = None
    token_file: File | None = optional("File with the token of the app.")
    title: str | None = optional("Title of the message.")
    message: str | None = optional("Body of the message.")
    url: str | None = optional("Link below the message.")
    url_title: str | None = optional("Label of that link.")
    device: str | None = optional("Device to send to; all when left out.")
    sound: str | None = optional("Sound to play.")
    priority: str | None = optional("-2 to 2, or a template; 2 repeats until it is acknowledged.")
    retry: GoDuration | None = optional("How often priority 2 repeats, 30s at least.")
    expire: GoDuration | None = optional("How long priority 2 repeats.")
    ttl: GoDuration | None = optional("After what time the message vanishes.")
    html: bool | None = optional("Whether the body is HTML.")
    monospace: bool | None = optional("Whether the body is shown in a monospace font.")

    @model_validator(mode="after")
    def _keys(self) -> Self:
        self.needs("user_key_file", "token_file")
        if self.html and self.monospace:
            raise conflicting_keys(["html", "monospace"])
        return self
