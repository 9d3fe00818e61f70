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
