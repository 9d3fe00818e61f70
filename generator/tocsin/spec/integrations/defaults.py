"""Alertmanager's `global` section: what integrations take when they say nothing themselves."""

from typing import Annotated, Self

from pydantic import model_validator

from tocsin.spec.base import Duration
from tocsin.spec.integrations.common import (
    SLACK_POST_MESSAGE,
    File,
    Guarded,
    HostPort,
    Refused,
    SecretInClear,
    SlackMethod,
    Url,
    conflicting_keys,
    optional,
)
from tocsin.spec.integrations.http import HttpConfig, TlsConfig


class Global(Guarded):
    """Defaults for all receivers of this Alertmanager."""

    resolve_timeout: Duration | None = optional("When an alert without an end that is not heard of is over.")
    http_config: HttpConfig | None = optional("HTTP client of integrations that have none of their own.")
    smtp_from: str | None = optional("Sender of mails.")
    smtp_hello: str | None = optional("Name to greet the mail server with.")
    smtp_smarthost: HostPort | None = optional("Mail server as host:port.")
    smtp_auth_username: str | None = optional("User name at the mail server.")
    smtp_auth_password: Annotated[Refused, SecretInClear("smtp_auth_password_file")] = None
    smtp_auth_password_file: File | None = optional("File with the password, for LOGIN and PLAIN.")
    smtp_auth_secret: Annotated[Refused, SecretInClear("smtp_auth_secret_file")] = None
    smtp_auth_secret_file: File | None = optional("File with the secret, for CRAM-MD5.")
    smtp_auth_identity: str | None = optional("Identity to act as, for PLAIN.")
    smtp_require_tls: bool | None = optional("Whether to refuse mail servers without TLS.")
    smtp_tls_config: TlsConfig | None = optional("TLS towards the mail server.")
    smtp_force_implicit_tls: bool | None = optional(
        "TLS from the first byte or not; by the port when left out."
    )
    slack_api_url: Annotated[
        SlackMethod | None,
        SecretInClear("slack_api_url_file", allowed=(SLACK_POST_MESSAGE,)),
    ] = optional("Slack's public method, for bots whose tokens are in the receivers' `http_config`.")
    slack_api_url_file: File | None = optional("File with the URL of Slack's webhook.")
    slack_app_token: Annotated[Refused, SecretInClear("slack_app_token_file")] = None
    slack_app_token_file: File | None = optional("File with the token of the Slack app.")
    slack_app_url: Url | None = optional("Address the Slack app posts to.")
    pagerduty_url: Url | None = optional("Where events for PagerDuty are sent.")
    opsgenie_api_url: Url | None = optional("Address of the Opsgenie API.")
    opsgenie_api_key: Annotated[Refused, SecretInClear("opsgenie_api_key_file")] = None
    opsgenie_api_key_file: File | None = optional("File with the Opsgenie API key.")
    victorops_api_url: Url | None = optional("Address of the VictorOps API.")
    victorops_api_key: Annotated[Refused, SecretInClear("victorops_api_key_file")] = None
    victorops_api_key_file: File | None = optional("File with the VictorOps API key.")
    wechat_api_url: Url | None = optional("Address of the WeChat API.")
    wechat_api_secret: Annotated[Refused, SecretInClear("wechat_api_secret_file")] = None
    wechat_api_secret_file: File | None = optional("File with the WeChat app's secret.")
    wechat_api_corp_id: str | None = optional("Id of the company at WeChat.")
    telegram_api_url: Url | None = optional("Address of the Telegram API.")
    telegram_bot_token: Annotated[Refused, SecretInClear("telegram_bot_token_file")] = None
    telegram_bot_token_file: File | None = optional("File with the Telegram bot's token.")
    webex_api_url: Url | None = optional("Address of the Webex API.")
    jira_api_url: Url | None = optional("Address of the Jira API.")
    rocketchat_api_url: Url | None = optional("Address of the Rocket.Chat server.")
    rocketchat_token: Annotated[Refused, SecretInClear("rocketchat_token_file")] = None
    rocketchat_token_file: File | None = optional("File with the Rocket.Chat access token.")
    rocketchat_token_id: Annotated[Refused, SecretInClear("rocketchat_token_id_file")] = None
    rocketchat_token_id_file: File | None = optional("File with the id of the Rocket.Chat access token.")
    mattermost_webhook_url: Annotated[Refused, SecretInClear("mattermost_webhook_url_file")] = None
    mattermost_webhook_url_file: File | None = optional("File with the URL of Mattermost's webhook.")

    @model_validator(mode="after")
    def _one_slack(self) -> Self:
        self.at_most_one_of("slack_api_url", "slack_api_url_file")
        self.at_most_one_of("slack_app_token_file", "slack_api_url_file")
        if (
            self.slack_api_url
            and self.slack_app_token_file
            and self.slack_app_url not in (None, self.slack_api_url)
        ):
            raise conflicting_keys(["slack_api_url", "slack_app_token_file"])
        return self
