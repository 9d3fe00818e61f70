"""VictorOps (Splunk On-Call): an incident."""

from collections.abc import Iterator

from tocsin.lang.alertmanager.constraints import BrokenRule, Written
from tocsin.lang.alertmanager.schema import Fallback, Integration, Key, Kind, Named, Record, Resource, secret
from tocsin.lang.alertmanager.texts import TITLE, Form, Limit, Message, Unit

_OWN_FIELDS = (
    "routing_key",
    "message_type",
    "state_message",
    "entity_display_name",
    "monitoring_tool",
    "entity_id",
    "entity_state",
)


def _custom_fields(written: Written) -> Iterator[BrokenRule]:
    fields = written.get("custom_fields") or {}
    for name in _OWN_FIELDS:
        if name in fields:
            message = f"`custom_fields.{name}` has a name that VictorOps uses itself"
            yield BrokenRule(message, "custom_fields")


_LIMITS = {
    "state_message": Limit(
        20_480, Unit.CHARACTERS, "https://help.victorops.com/knowledge-base/incident-fields-glossary/"
    )
}
_STATE = Message("victorops.state_message", Form.PLAIN, _LIMITS["state_message"])

INTEGRATION = Integration(
    Record(
        "VictorOps",
        "An incident in VictorOps (Splunk On-Call).",
        {
            **secret("api_key", "File with the API key; the global one when left out."),
            "api_url": Key(Kind.URL, "Address of the VictorOps API; the global one when left out."),
            "routing_key": Key(Kind.TEXT, "Team or route the incident goes to; no secret.", required=True),
            "message_type": Key(Kind.TEXT, "How it behaves: CRITICAL, WARNING or INFO."),
            "state_message": Key(Kind.TEXT, "Body of the incident."),
            "entity_display_name": Key(Kind.TEXT, "Title of the incident."),
            "monitoring_tool": Key(Kind.TEXT, "Name of the sender."),
            "custom_fields": Key(Named(Kind.TEXT), "Further facts about the incident."),
        },
        rules=(_custom_fields,),
        resource=Resource(
            "apiUrl apiURL routingKey messageType entityDisplayName stateMessage monitoringTool",
            "apiKey",
            pairs="customFields",
        ),
    ),
    title="Routes of VictorOps.",
    settings={
        "victorops_api_url": Key(Kind.URL, "Address of the VictorOps API."),
        **secret("victorops_api_key", "File with the VictorOps API key."),
    },
    fallbacks=(Fallback(("api_key", "api_key_file"), ("victorops_api_key", "victorops_api_key_file")),),
    texts={"entity_display_name": TITLE, "state_message": _STATE.call},
    messages=(_STATE,),
    limits=_LIMITS,
)
