"""Keys that several chats have."""

from __future__ import annotations

from tocsin.lang.alertmanager.schema import Key, Kind, Record, Resource, secret

CELL = Record(
    "AttachmentField",
    "A small table cell below a message.",
    {
        "title": Key(Kind.TEXT, "Heading of the cell.", required=True),
        "value": Key(Kind.TEXT, "Content of the cell.", required=True),
        "short": Key(Kind.FLAG, "Whether another cell fits next to it."),
    },
    resource=Resource("title value short"),
)
"""In attachments as Slack has them."""


def webhook(description: str) -> dict[str, Key]:
    """The keys for a webhook, whose URL is the secret."""
    return secret("webhook_url", description, kind=Kind.SECRET_URL)
