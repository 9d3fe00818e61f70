"""Opsgenie: an alert."""

import re
from collections.abc import Iterator

from tocsin.lang.alertmanager.constraints import BrokenRule, Written, at_least_one
from tocsin.lang.alertmanager.schema import (
    Fallback,
    Integration,
    Key,
    Kind,
    Many,
    Named,
    Record,
    Resource,
    secret,
)
from tocsin.lang.alertmanager.texts import Form, Limit, Message, Unit, template

_RESPONDER_TYPE = re.compile(r"teams?|user|escalation|schedule", re.IGNORECASE)


def _responder_type(written: Written) -> Iterator[BrokenRule]:
    kind = written.get("type") or ""
    if kind and "{{" not in kind and not _RESPONDER_TYPE.fullmatch(kind):
        yield BrokenRule("`type` is one of team, teams, user, escalation, schedule", "type")


_RESPONDER = Record(
    "OpsGenieResponder",
    "Whom Opsgenie calls.",
    {
        "id": Key(Kind.TEXT, "Id of the responder."),
        "name": Key(Kind.TEXT, "Name of the team, schedule or escalation."),
        "username": Key(Kind.TEXT, "Login of the user."),
        "type": Key(Kind.TEXT, "team, teams, user, escalation or schedule, or a template.", required=True),
    },
    rules=(at_least_one("id", "name", "username"), _responder_type),
    resource=Resource("id name username type"),
    example="{type: team, name: platform}",
)

_SOURCE = "https://docs.opsgenie.com/docs/alerts-and-alert-fields"
_LIMITS = {
    "message": Limit(130, Unit.CHARACTERS, _SOURCE),
    "description": Limit(15_000, Unit.CHARACTERS, _SOURCE),
}
_DESCRIPTION = Message("opsgenie.description", Form.PLAIN, _LIMITS["description"])

INTEGRATION = Integration(
    Record(
        "OpsGenie",
        "An alert in Opsgenie.",
        {
            **secret("api_key", "File with the API key; the global one when left out."),
            "api_url": Key(Kind.URL, "Address of the Opsgenie API; the global one when left out."),
            "message": Key(Kind.TEXT, "Title of the alert."),
            "description": Key(Kind.TEXT, "Body of the alert."),
            "source": Key(Kind.TEXT, "Link to the sender."),
            "details": Key(Named(Kind.TEXT), "Further facts about the alert."),
            "entity": Key(Kind.TEXT, "What the alert is about."),
            "responders": Key(Many(_RESPONDER, checks_null=True), "Whom to call."),
            "actions": Key(Kind.TEXT, "Actions to offer, separated by commas."),
            "tags": Key(Kind.TEXT, "Tags, separated by commas."),
            "note": Key(Kind.TEXT, "Note to add."),
            "priority": Key(Kind.TEXT, "P1 to P5, or a template."),
            "update_alerts": Key(Kind.FLAG, "Whether to update title and body of an open alert."),
        },
        resource=Resource(
            "apiURL message description source note priority updateAlerts entity actions tags responders",
            "apiKey",
            pairs="details",
        ),
    ),
    title="Alerts in Opsgenie.",
    settings={
        "opsgenie_api_url": Key(Kind.URL, "Address of the Opsgenie API."),
        **secret("opsgenie_api_key", "File with the Opsgenie API key."),
    },
    fallbacks=(Fallback(("api_key", "api_key_file"), ("opsgenie_api_key", "opsgenie_api_key_file")),),
    texts={"message": template("title.short"), "description": _DESCRIPTION.call},
    messages=(_DESCRIPTION,),
    limits=_LIMITS,
)
