"""Webex: a message in a room, by a bot."""

from collections.abc import Iterator

from tocsin.lang.alertmanager.constraints import BrokenRule, Written, client_authorization
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Record, Resource
from tocsin.lang.alertmanager.texts import Form, Limit, Message, Unit


def _identified(written: Written) -> Iterator[BrokenRule]:
    if not client_authorization(written):
        yield BrokenRule("Webex needs `http_config.authorization.credentials_file` with the bot's token")


_LIMITS = {
    "message": Limit(7_439, Unit.BYTES, "https://developer.webex.com/docs/api/v1/messages/create-a-message")
}
_MESSAGE = Message("webex.message", Form.MARKDOWN, _LIMITS["message"], is_titled=True)

INTEGRATION = Integration(
    Record(
        "Webex",
        "A message in a Webex room, by a bot named in `http_config.authorization`.",
        {
            "api_url": Key(Kind.URL, "Address of the Webex API; the global one when left out."),
            "room_id": Key(Kind.TEXT, "Room to write to.", required=True),
            "message": Key(Kind.TEXT, "Text of the message."),
        },
        rules=(_identified,),
        needs=("http_config",),
        resource=Resource("apiURL message roomID"),
        example="{room_id: Y2lz, http_config: {authorization: {credentials_file: /path/to/token}}}",
    ),
    title="Webex rooms.",
    settings={"webex_api_url": Key(Kind.URL, "Address of the Webex API.")},
    texts={"message": _MESSAGE.call},
    messages=(_MESSAGE,),
    limits=_LIMITS,
)
