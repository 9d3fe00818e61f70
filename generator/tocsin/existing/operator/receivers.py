"""The fields of receivers in `AlertmanagerConfig` resources, v1alpha1 and v1beta1."""

from __future__ import annotations

from tocsin.existing.operator.keys import (
    PAIRS,
    REFERENCE,
    SAME,
    Each,
    Fields,
    Shape,
    Values,
    record_fields,
    snake_case,
)

_TLS = record_fields(
    "serverName insecureSkipVerify minVersion maxVersion",
    "ca cert",
    keySecret=("key", REFERENCE),
)
_HEADERS = Values(Each(REFERENCE))
_OAUTH2 = record_fields(
    "tokenUrl scopes endpointParams proxyUrl noProxy proxyFromEnvironment",
    "clientId clientSecret",
    tlsConfig=_TLS,
    proxyConnectHeader=_HEADERS,
)
_HTTP = record_fields(
    "proxyURL proxyUrl noProxy proxyFromEnvironment followRedirects",
    enableHttp2=("enable_http2", SAME),
    authorization=record_fields("type", "credentials"),
    basicAuth=record_fields("", "username password"),
    oauth2=("oauth2", _OAUTH2),
    bearerTokenSecret=("bearer_token", REFERENCE),
    tlsConfig=_TLS,
    proxyConnectHeader=_HEADERS,
)


def _integration(same: str, references: str = "", **others: tuple[str, Shape] | Shape) -> Fields:
    return Fields({**record_fields(f"sendResolved {same}", references, **others).keys, "httpConfig": _CLIENT})


_CLIENT = ("http_config", _HTTP)
_FIELD = record_fields("title value short")
_INTEGRATIONS = {
    "opsgenieConfigs": _integration(
        "apiURL message description source note priority updateAlerts entity actions tags",
        "apiKey",
        details=PAIRS,
        responders=Each(record_fields("id name username type")),
    ),
    "pagerdutyConfigs": _integration(
        "url client clientURL description severity class group component source timeout",
        "routingKey serviceKey",
        details=PAIRS,
        pagerDutyImageConfigs=("images", Each(record_fields("src href alt"))),
        pagerDutyLinkConfigs=("links", Each(record_fields("href", alt=("text", SAME)))),
    ),
    "discordConfigs": _integration(
        "title message content username avatarURL", apiURL=("webhook_url", REFERENCE)
    ),
    "slackConfigs": _integration(
        "channel username color title titleLink pretext text shortFields footer fallback callbackId "
        "iconEmoji iconURL imageURL thumbURL linkNames mrkdwnIn timeout messageText updateMessage",
        "apiURL",
        fields=Each(_FIELD),
        actions=Each(
            record_fields(
                "type text url style name value", confirm=record_fields("text title okText dismissText")
            )
        ),
    ),
    "webhookConfigs": _integration("url maxAlerts timeout payload", urlSecret=("url", REFERENCE)),
    "wechatConfigs": _integration(
        "apiURL corpID agentID toUser toParty toTag message messageType", "apiSecret"
    ),
    "emailConfigs": record_fields(
        "sendResolved to from hello smarthost authUsername authIdentity html text requireTLS "
        "forceImplicitTLS",
        "authPassword authSecret",
        headers=PAIRS,
        tlsConfig=_TLS,
        threading=record_fields("threadByDate"),
    ),
    "victoropsConfigs": _integration(
        "apiUrl apiURL routingKey messageType entityDisplayName stateMessage monitoringTool",
        "apiKey",
        customFields=PAIRS,
    ),
    "pushoverConfigs": _integration(
        "userKeyFile tokenFile title message url urlTitle ttl device sound priority retry expire html "
        "monospace",
        "userKey token",
    ),
    "snsConfigs": _integration(
        "topicARN subject phoneNumber targetARN message attributes",
        apiURL=("api_url", SAME),
        useAWSHTTPClient=("use_aws_http_client", SAME),
        sigv4=(
            "sigv4",
            record_fields(
                "region profile roleArn externalId",
                "accessKey secretKey",
                useFIPSSTSEndpoint=("use_fips_sts_endpoint", SAME),
            ),
        ),
    ),
    "telegramConfigs": _integration(
        "apiURL botTokenFile chatID messageThreadID message disableNotifications parseMode", "botToken"
    ),
    "webexConfigs": _integration("apiURL message roomID"),
    "msteamsConfigs": _integration("title summary text", "webhookUrl"),
    "msteamsv2Configs": _integration("title text", "webhookURL"),
    "rocketchatConfigs": _integration(
        "apiURL channel color emoji iconURL text title titleLink shortFields imageURL thumbURL linkNames",
        "token tokenID",
        fields=Each(_FIELD),
        actions=Each(record_fields("text url msg")),
    ),
}
_LISTS: dict[str, tuple[str, Shape]] = {
    key: (snake_case(key), Each(shape)) for key, shape in _INTEGRATIONS.items()
}
RECEIVERS = Each(Fields({"name": ("name", SAME), **_LISTS}))
"""All receivers of a resource."""
