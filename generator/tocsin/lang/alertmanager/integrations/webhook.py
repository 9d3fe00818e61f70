"""Webhooks: a JSON document posted to a URL."""

from tocsin.lang.alertmanager.constraints import at_least_one, at_most_one
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Record, Resource

INTEGRATION = Integration(
    Record(
        "Webhook",
        "A JSON document posted to a URL.",
        {
            "url": Key(Kind.TARGET_URL_TEMPLATE, "Where to post, if the URL is not secret."),
            "url_file": Key(Kind.PATH, "File with the URL, if it is a secret."),
            "max_alerts": Key(Kind.COUNT, "Most alerts in one message; 0 for all."),
            "timeout": Key(Kind.GO_DURATION, "How long one request may take; 0s for no limit."),
            "payload": Key(
                Kind.ANYTHING,
                "What to post in place of Alertmanager's document; texts are templates.",
                "0.32",
            ),
        },
        rules=(at_least_one("url", "url_file"), at_most_one("url", "url_file")),
        resource=Resource("url maxAlerts timeout payload", "urlSecret", named={"urlSecret": "url"}),
        example="{url_file: /path/to/file}",
        words={"url_file": "webhook_url_file", "url": "address endpoint"},
    ),
    title="URLs that get the alerts as JSON.",
    words="webhooks http url",
)
