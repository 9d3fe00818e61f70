"""Which integrations and keys a release of Alertmanager knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.releases import check_supported, release

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = "0.28"
"""The oldest Alertmanager that reads what Tocsin writes; what holds where a spec names none."""

SINCE: dict[str, str] = {"incidentio": "0.29", "mattermost": "0.30"}
"""The Alertmanager that brought an integration, where that is newer than 0.28."""

_ADDED: dict[str, dict[str, str]] = {
    "0.29": {"jira": "api_type", "pushover": "monospace", "sns": "sigv4.service_name"},
    "0.30": {
        "email": "threading",
        "global": "slack_app_token_file slack_app_url",
        "http_config": (
            "oauth2.audience oauth2.claims oauth2.client_certificate_key_file "
            "oauth2.client_certificate_key_id oauth2.grant_type oauth2.iss oauth2.signature_algorithm"
        ),
        "jira": ("description.enable_update description.template summary.enable_update summary.template"),
        "pagerduty": "timeout",
        "slack": "app_token_file app_url timeout",
    },
    "0.31": {
        "email": "auth_secret_file force_implicit_tls",
        "global": (
            "smtp_auth_secret_file smtp_force_implicit_tls telegram_bot_token_file wechat_api_secret_file"
        ),
        "slack": "message_text",
        "telegram": "chat_id_file",
        "wechat": "api_secret_file",
    },
    "0.32": {
        "global": "mattermost_webhook_url_file",
        "mattermost": (
            "author_icon author_link author_name color fallback fields footer footer_icon image_url pretext "
            "thumb_url title title_link"
        ),
        "slack": "update_message",
        "webhook": "payload",
    },
    "0.33": {"sns": "use_aws_http_client"},
    "0.34": {"sns": "sigv4.external_id"},
}

FIELDS_SINCE: dict[tuple[str, str], str] = {
    (where, field): version
    for version, added in _ADDED.items()
    for where, fields in added.items()
    for field in fields.split()
}
"""The Alertmanager that brought a key, where that is newer than 0.28.

The first half of a key is an integration, `global` or `http_config`; the second the path inside it.
"""


def check_alertmanager(version: str) -> None:
    """LangError for what is not a version of Alertmanager, or one older than the oldest supported one."""
    check_supported("Alertmanager", OLDEST, version)


def newer_keys(where: str, version: str) -> Iterator[tuple[str, str]]:
    """The keys that came after a version, as dotted paths, each with the version that brought it.

    `where` is an integration, `global` or `http_config`.
    """
    for (place, path), since in FIELDS_SINCE.items():
        if place == where and release(since) > release(version):
            yield path, since


def newer_integrations(version: str) -> dict[str, str]:
    """The integrations that came after a version, each with the version that brought it."""
    return {name: since for name, since in SINCE.items() if release(since) > release(version)}
