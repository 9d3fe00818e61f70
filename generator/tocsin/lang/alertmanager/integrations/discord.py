"""Discord: a message in a channel, by webhook."""

from tocsin.lang.alertmanager.chat import webhook
from tocsin.lang.alertmanager.constraints import at_least_one
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Record, Resource
from tocsin.lang.alertmanager.texts import TITLE, Form, Limit, Message, Unit

_EMBED = "https://discord.com/developers/docs/resources/message#embed-object-embed-limits"
_LIMITS = {
    "title": Limit(256, Unit.CHARACTERS, _EMBED),
    "message": Limit(4_096, Unit.CHARACTERS, _EMBED),
    "content": Limit(2_000, Unit.CHARACTERS, "https://discord.com/developers/docs/resources/webhook"),
}
_MESSAGE = Message("discord.message", Form.MARKDOWN, _LIMITS["message"])

INTEGRATION = Integration(
    Record(
        "Discord",
        "A message in a Discord channel, by webhook.",
        {
            **webhook("File with the webhook's URL, which is a secret."),
            "title": Key(Kind.TEXT, "Title of the message."),
            "message": Key(Kind.TEXT, "Body of the message, below the title."),
            "content": Key(Kind.TEXT, "Text above the message."),
            "username": Key(Kind.TEXT, "Sender's name to show."),
            "avatar_url": Key(Kind.TEXT, "Sender's picture to show."),
        },
        rules=(at_least_one("webhook_url", "webhook_url_file"),),
        resource=Resource(
            "title message content username avatarURL", "apiURL", named={"apiURL": "webhook_url"}
        ),
        example="{webhook_url_file: /path/to/file}",
    ),
    title="Discord channels.",
    texts={"title": TITLE, "message": _MESSAGE.call},
    messages=(_MESSAGE,),
    limits=_LIMITS,
)
