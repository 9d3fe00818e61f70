"""What a channel says when its author gave it no text of their own: the generated templates.

Only fields that Alertmanager 0.28 knows, as long as the integration is not younger itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def _template(name: str) -> str:
    return f'{{{{ template "tocsin.{name}" . }}}}'


_TITLE, _TEXT, _MARKDOWN = _template("title"), _template("text"), _template("markdown")
_SLACK_TITLE = _template("slack.title")

TEXTS: Mapping[str, Mapping[str, Any]] = {
    "discord_configs": {"title": _TITLE, "message": _MARKDOWN},
    "email_configs": {"html": _template("html"), "text": _TEXT},
    "jira_configs": {"summary": _TITLE, "description": _TEXT},
    "mattermost_configs": {"text": _template("markdown.titled")},
    "msteams_configs": {"title": _TITLE, "summary": _TITLE, "text": _MARKDOWN},
    "msteamsv2_configs": {"title": _TITLE, "text": _MARKDOWN},
    "opsgenie_configs": {"message": _TITLE, "description": _TEXT},
    "pagerduty_configs": {
        "description": _TITLE,
        "severity": _template("pagerduty.severity"),
        "details": {"firing": _template("text.firing"), "resolved": _template("text.resolved")},
        "links": (
            {"href": "{{ .CommonAnnotations.runbook_url }}", "text": _template("word.runbook")},
            {"href": "{{ (index .Alerts 0).Annotations.dashboard_url }}", "text": _template("word.panel")},
        ),
    },
    "pushover_configs": {"title": _TITLE, "message": _TEXT},
    "rocketchat_configs": {"color": _template("color"), "title": _TITLE, "text": _MARKDOWN},
    "slack_configs": {
        "color": _template("color"),
        "title": _SLACK_TITLE,
        "title_link": "{{ or .CommonAnnotations.runbook_url .ExternalURL }}",
        "text": _template("slack.text"),
        "fallback": _SLACK_TITLE,
    },
    # Amazon SNS refuses a subject with other signs than those of ASCII, so Alertmanager's own stays.
    "sns_configs": {"message": _template("text.titled")},
    # Telegram refuses markup that was cut off at the greatest length, so the text has none.
    "telegram_configs": {"message": _TEXT, "parse_mode": ""},
    "victorops_configs": {"entity_display_name": _TITLE, "state_message": _TEXT},
    "webex_configs": {"message": _template("markdown.titled")},
    "wechat_configs": {"message": _TEXT},
}
"""By Alertmanager's key of an integration: the fields that carry its text."""

TELL_THE_END = frozenset({"email_configs", "rocketchat_configs", "slack_configs", "wechat_configs"})
"""Integrations that would not say that an alert is over; Alertmanager lets the others do so."""


def channel(key: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of one channel, with texts where the author has written none."""
    entry = {**written}
    if key in TELL_THE_END:
        entry.setdefault("send_resolved", True)
    for field, text in _texts(key, written).items():
        entry.setdefault(field, text)
    if key == "email_configs":
        entry["headers"] = _with_subject(written.get("headers", {}))
    elif key == "pagerduty_configs":
        entry["details"] = {**TEXTS[key]["details"], **written.get("details", {})}
    return entry


def _texts(key: str, written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Our texts for this channel: none beside an author's body that they would hide or contradict."""
    texts = TEXTS.get(key, {})
    if key == "email_configs":
        return {} if "html" in written or "text" in written else texts
    if key == "mattermost_configs":
        return {} if "attachments" in written else texts
    if key == "telegram_configs":
        markdown = written.get("parse_mode", "").startswith("Markdown")
        return {} if markdown or "message" in written else texts
    if key == "wechat_configs" and written.get("message_type") == "markdown":
        return {"message": _MARKDOWN}
    return texts


def _with_subject(headers: Mapping[str, Any]) -> dict[str, Any]:
    if any(name.lower() == "subject" for name in headers):
        return {**headers}
    return {"Subject": _template("subject"), **headers}
