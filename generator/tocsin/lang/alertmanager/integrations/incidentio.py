"""incident.io: alerts for one of its alert sources."""

from collections.abc import Iterator

from tocsin.lang.alertmanager.constraints import (
    BrokenRule,
    Written,
    at_least_one,
    at_most_one,
    client_authorization,
    conflict,
    given,
    missing,
)
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Named, Record, secret


def _one_identity(written: Written) -> Iterator[BrokenRule]:
    token = given(written, "alert_source_token", "alert_source_token_file")
    if token and client_authorization(written):
        yield conflict(token[0], "http_config.authorization")
    if not token and not client_authorization(written) and written.get("http_config") is not None:
        yield missing("alert_source_token_file", "http_config.authorization")


INTEGRATION = Integration(
    Record(
        "IncidentIo",
        "Alerts sent to incident.io.",
        {
            "url": Key(Kind.TARGET_URL, "Address of the alert source."),
            "url_file": Key(Kind.PATH, "File with the address of the alert source."),
            **secret("alert_source_token", "File with the token of the alert source."),
            "max_alerts": Key(Kind.COUNT, "Most alerts in one message; 0 for all."),
            "timeout": Key(Kind.GO_DURATION, "How long one request may take; 0s for no limit."),
            "metadata": Key(Named(Kind.TEXT), "Further values of the alert, with templates in them.", "0.35"),
        },
        rules=(at_least_one("url", "url_file"), at_most_one("url", "url_file"), _one_identity),
        example="{url_file: /path/to/file, alert_source_token_file: /path/to/token}",
    ),
    title="Alert sources of incident.io.",
    since="0.29",
)
