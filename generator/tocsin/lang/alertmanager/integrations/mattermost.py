"""Mattermost: a message in a channel, by webhook."""

from dataclasses import replace

from tocsin.lang.alertmanager.chat import CELL, webhook
from tocsin.lang.alertmanager.schema import Fallback, Integration, Key, Kind, Many, Record, Texts, secret
from tocsin.lang.alertmanager.texts import Form, Limit, Message, Unit

_ATTACHMENT = {
    "fallback": Key(Kind.TEXT, "Plain text for clients that show no attachment."),
    "color": Key(Kind.TEXT, "Colour of the bar next to the attachment."),
    "pretext": Key(Kind.TEXT, "Text above the attachment."),
    "text": Key(Kind.TEXT, "Body of the text."),
    "author_name": Key(Kind.TEXT, "Author to show."),
    "author_link": Key(Kind.TEXT, "Page the author's name opens."),
    "author_icon": Key(Kind.TEXT, "Picture of the author."),
    "title": Key(Kind.TEXT, "Title of the attachment."),
    "title_link": Key(Kind.TEXT, "Page the title opens."),
    "fields": Key(Many(CELL), "Table cells below the text."),
    "thumb_url": Key(Kind.TEXT, "Small picture next to the text."),
    "footer": Key(Kind.TEXT, "Small text at the end."),
    "footer_icon": Key(Kind.TEXT, "Picture next to the footer."),
    "image_url": Key(Kind.TEXT, "Picture in the attachment."),
}
# The keys of an attachment that stand at the top as well; there, only the text is as old as the integration.
_AT_THE_TOP = {
    name: key if name == "text" else replace(key, since="0.32") for name, key in _ATTACHMENT.items()
}


_LIMITS = {
    "text": Limit(
        16_383,
        Unit.CHARACTERS,
        "https://developers.mattermost.com/integrate/webhooks/incoming/#tips-and-best-practices",
    )
}
_TEXT = Message("mattermost.text", Form.MARKDOWN, _LIMITS["text"], is_titled=True)


def _texts(written: Texts) -> Texts:
    return {} if "attachments" in written else {"text": _TEXT.call}


INTEGRATION = Integration(
    Record(
        "Mattermost",
        "A message in a Mattermost channel, by webhook.",
        {
            **_AT_THE_TOP,
            **webhook("File with the webhook's URL; the global one when left out."),
            "channel": Key(Kind.TEXT, "Channel or @user to write to."),
            "username": Key(Kind.TEXT, "Sender's name to show."),
            "icon_url": Key(Kind.TEXT, "Picture of the sender."),
            "icon_emoji": Key(Kind.TEXT, "Emoji as the sender's picture."),
            "attachments": Key(
                Many(
                    Record("MattermostAttachment", "An attachment of a message of Mattermost.", _ATTACHMENT)
                ),
                "Attachments in place of the keys above.",
            ),
            "type": Key(Kind.TEXT, "Kind of message; custom ones start with custom_."),
            "props": Key(
                Record(
                    "MattermostProps",
                    "Further properties of a message of Mattermost.",
                    {"card": Key(Kind.TEXT, "Text shown in the side bar.")},
                ),
                "Further properties of the message.",
            ),
            "priority": Key(
                Record(
                    "MattermostPriority",
                    "How urgent Mattermost shows a message.",
                    {
                        "priority": Key(Kind.TEXT, "standard, important or urgent."),
                        "requested_ack": Key(Kind.FLAG, "Whether readers are asked to acknowledge."),
                        "persistent_notifications": Key(
                            Kind.FLAG, "Whether to remind until someone answers an urgent one."
                        ),
                    },
                ),
                "How urgent the message is.",
            ),
        },
    ),
    title="Mattermost channels.",
    since="0.30",
    settings=secret(
        "mattermost_webhook_url", "File with the URL of Mattermost's webhook.", "0.32", Kind.SECRET_URL
    ),
    fallbacks=(
        Fallback(
            ("webhook_url", "webhook_url_file"), ("mattermost_webhook_url", "mattermost_webhook_url_file")
        ),
    ),
    texts=_texts,
    messages=(_TEXT,),
    limits=_LIMITS,
)
