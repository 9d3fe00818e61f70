"""Microsoft Teams, by a workflow."""

from tocsin.lang.alertmanager.chat import webhook
from tocsin.lang.alertmanager.constraints import at_least_one
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Record, Resource
from tocsin.lang.alertmanager.texts import MARKDOWN, TITLE

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
    texts={"title": TITLE, "text": MARKDOWN},
    words="teams ms_teams microsoft_teams",
)
