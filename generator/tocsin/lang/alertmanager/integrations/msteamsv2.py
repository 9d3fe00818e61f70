"""Microsoft Teams, by a workflow."""

from tocsin.lang.alertmanager.chat import webhook
from tocsin.lang.alertmanager.constraints import at_least_one
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Record, Resource
from tocsin.lang.alertmanager.texts import TITLE, Form, Limit, Message, Unit

# A request may have 28 KB, and Teams keeps some characters as two bytes and escapes others:
# https://learn.microsoft.com/en-us/microsoftteams/limits-specifications-teams
_LIMITS = {"text": Limit(13_000, Unit.BYTES, "half of the 28 KB of a message, less its frame")}
_TEXT = Message("msteamsv2.text", Form.MARKDOWN, _LIMITS["text"])

INTEGRATION = Integration(
    Record(
        "MsTeamsV2",
        "A message in Microsoft Teams, by a workflow.",
        {
            **webhook("File with the webhook's URL, which is a secret."),
            "title": Key(Kind.TEXT, "Title of the message."),
            "text": Key(Kind.TEXT, "Body of the message."),
        },
        rules=(at_least_one("webhook_url", "webhook_url_file"),),
        resource=Resource("title text", "webhookURL"),
        example="{webhook_url_file: /path/to/file}",
        words={"webhook_url_file": "url_file"},
    ),
    title="Microsoft Teams channels, by workflows.",
    texts={"title": TITLE, "text": _TEXT.call},
    messages=(_TEXT,),
    limits=_LIMITS,
    words="teams ms_teams microsoft_teams",
)
