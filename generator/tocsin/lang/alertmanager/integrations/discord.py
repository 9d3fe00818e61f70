"""Discord: a message in a channel, by webhook."""

from tocsin.lang.alertmanager.chat import webhook
from tocsin.lang.alertmanager.constraints import at_least_one
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Record, Resource
from tocsin.lang.alertmanager.texts import MARKDOWN, TITLE

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
    texts={"title": TITLE, "message": MARKDOWN},
)
