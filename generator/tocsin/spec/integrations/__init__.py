"""The receiver integrations of Alertmanager, and its global section, with every secret by reference."""

from tocsin.spec.integrations.attachments import Mattermost, Slack
from tocsin.spec.integrations.chat import Discord, MsTeams, MsTeamsV2, RocketChat, Telegram, Webex, WeChat
from tocsin.spec.integrations.common import Guarded, Integration, SecretInClear
from tocsin.spec.integrations.defaults import Global
from tocsin.spec.integrations.http import (
    Authorization,
    BasicAuth,
    HttpConfig,
    HttpIntegration,
    OAuth2,
    TlsConfig,
)
from tocsin.spec.integrations.oncall import IncidentIo, OpsGenie, PagerDuty, Pushover, VictorOps
from tocsin.spec.integrations.receiver import INTEGRATIONS, Receiver
from tocsin.spec.integrations.systems import Email, Jira, Sns, Webhook

__all__ = [
    "INTEGRATIONS",
    "Authorization",
    "BasicAuth",
    "Discord",
    "Email",
    "Global",
    "Guarded",
    "HttpConfig",
    "HttpIntegration",
    "IncidentIo",
    "Integration",
    "Jira",
    "Mattermost",
    "MsTeams",
    "MsTeamsV2",
    "OAuth2",
    "OpsGenie",
    "PagerDuty",
    "Pushover",
    "Receiver",
    "RocketChat",
    "SecretInClear",
    "Slack",
    "Sns",
    "Telegram",
    "TlsConfig",
    "VictorOps",
    "WeChat",
    "Webex",
    "Webhook",
]
