"""Microsoft Teams by the old connectors, which Microsoft has been retiring."""

from tocsin.lang.alertmanager.chat import webhook
from tocsin.lang.alertmanager.constraints import at_least_one
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Record, Resource
from tocsin.lang.alertmanager.texts import MARKDOWN, TITLE

INTEGRATION = Integration(
    Record(
        "MsTeams",
        "A message in Microsoft Teams by the old connectors, which Microsoft has been retiring.",
        {
            **webhook("File with the webhook's URL, which is a secret."),
            "title": Key(Kind.TEXT, "Title of the message."),
            "summary": Key(Kind.TEXT, "Short text that notifications of the app show."),
            "text": Key(Kind.TEXT, "Body of the message."),
        },
        rules=(at_least_one("webhook_url", "webhook_url_file"),),
        resource=Resource("title summary text", "webhookUrl"),
        example="{webhook_url_file: /path/to/file}",
    ),
    title="Microsoft Teams channels, by the old connectors.",
    texts={"title": TITLE, "summary": TITLE, "text": MARKDOWN},
)
