"""A receiver: the integrations that one notification goes through."""

from tocsin.spec.integrations.attachments import Mattermost, Slack
from tocsin.spec.integrations.chat import Discord, MsTeams, MsTeamsV2, RocketChat, Telegram, Webex, WeChat
from tocsin.spec.integrations.common import Guarded, optional
from tocsin.spec.integrations.oncall import IncidentIo, OpsGenie, PagerDuty, Pushover, VictorOps
from tocsin.spec.integrations.systems import Email, Jira, Sns, Webhook


class Receiver(Guarded):
    """Where notifications go; without any integration they are dropped."""

    title: str | None = optional("Name to show in documents.")
    description: str | None = optional("Who or what gets these notifications.")
    discord: list[Discord] | None = optional("Discord channels.")
    email: list[Email] | None = optional("Mails.")
    incidentio: list[IncidentIo] | None = optional("Alert sources of incident.io.")
    jira: list[Jira] | None = optional("Issues in Jira.")
    mattermost: list[Mattermost] | None = optional("Mattermost channels.")
    msteams: list[MsTeams] | None = optional("Microsoft Teams channels, by the old connectors.")
    msteamsv2: list[MsTeamsV2] | None = optional("Microsoft Teams channels, by workflows.")
    opsgenie: list[OpsGenie] | None = optional("Alerts in Opsgenie.")
    pagerduty: list[PagerDuty] | None = optional("Services of PagerDuty.")
    pushover: list[Pushover] | None = optional("Push messages by Pushover.")
    rocketchat: list[RocketChat] | None = optional("Rocket.Chat rooms.")
    slack: list[Slack] | None = optional("Slack channels.")
    sns: list[Sns] | None = optional("Messages by Amazon SNS.")
    telegram: list[Telegram] | None = optional("Telegram chats.")
    victorops: list[VictorOps] | None = optional("Routes of VictorOps.")
    webex: list[Webex] | None = optional("Webex rooms.")
    webhook: list[Webhook] | None = optional("URLs that get the alerts as JSON.")
    wechat: list[WeChat] | None = optional("Recipients in WeChat.")


INTEGRATIONS: dict[str, str] = {
    name: f"{name}_configs" for name in Receiver.model_fields if name not in ("title", "description")
}
"""Our key of each integration, and Alertmanager's."""

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
