"""What a channel says when its author gave it no text of their own: the generated templates.

Only fields that Alertmanager 0.28 knows, as long as the integration is not younger itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE = '{{ template "tocsin.title" . }}'
TEXT = '{{ template "tocsin.text" . }}'
MARKDOWN = '{{ template "tocsin.markdown" . }}'
RUNBOOK = "{{ .CommonAnnotations.runbook_url }}"
PANEL = "{{ .CommonAnnotations.dashboard_url }}"

TEXTS: dict[str, dict[str, Any]] = {
    "discord_configs": {"title": TITLE, "message": MARKDOWN},
    "email_configs": {"html": '{{ template "tocsin.html" . }}', "text": TEXT},
    "jira_configs": {"summary": TITLE, "description": TEXT},
    "mattermost_configs": {"text": MARKDOWN},
    "msteams_configs": {"title": TITLE, "summary": TITLE, "text": MARKDOWN},
    "msteamsv2_configs": {"title": TITLE, "text": MARKDOWN},
    "opsgenie_configs": {"message": TITLE, "description": TEXT},
    "pagerduty_configs": {
        "description": TITLE,
        "severity": '{{ template "tocsin.pagerduty.severity" . }}',
        "links": [
            {"href": RUNBOOK, "text": '{{ template "tocsin.word.runbook" . }}'},
            {"href": PANEL, "text": '{{ template "tocsin.word.panel" . }}'},
        ],
    },
    "pushover_configs": {"title": TITLE, "message": TEXT},
    "rocketchat_configs": {"title": TITLE, "text": MARKDOWN},
    "slack_configs": {
        "title": TITLE,
        "title_link": "{{ or .CommonAnnotations.runbook_url .ExternalURL }}",
        "text": '{{ template "tocsin.slack" . }}',
        "fallback": TITLE,
        "color": '{{ if eq .Status "firing" }}{{ template "tocsin.color" . }}{{ else }}good{{ end }}',
    },
    "sns_configs": {"message": TEXT},
    "telegram_configs": {"message": '{{ template "tocsin.telegram" . }}'},
    "victorops_configs": {"entity_display_name": TITLE, "state_message": TEXT},
    "webex_configs": {"message": MARKDOWN},
    "wechat_configs": {"message": TEXT},
}
"""By Alertmanager's key of an integration: the fields that carry its text."""

TELL_THE_END = frozenset({"email_configs", "rocketchat_configs", "slack_configs", "wechat_configs"})
"""Integrations that would not say that an alert is over; Alertmanager lets the others do so."""


def channel(key: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of one channel, with texts where the author has written none."""
    texts = dict(TEXTS.get(key, {}))
    if key == "telegram_configs" and written.get("parse_mode", "HTML") != "HTML":
        texts["message"] = TEXT
    if key == "mattermost_configs" and written.get("attachments"):
        texts = {}
    if key == "email_configs":
        if "html" in written or "text" in written:
            texts = {}
        subject = next((name for name in written.get("headers", {}) if name.lower() == "subject"), None)
        if subject is None:
            texts["headers"] = {**written.get("headers", {}), "Subject": TITLE}
            written = {name: value for name, value in written.items() if name != "headers"}
    end = {"send_resolved": True} if key in TELL_THE_END else {}
    return {**end, **written, **{name: text for name, text in texts.items() if name not in written}}
