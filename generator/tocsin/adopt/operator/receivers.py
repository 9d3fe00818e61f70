"""The fields of receivers in `AlertmanagerConfig` resources, v1alpha1 and v1beta1."""

from __future__ import annotations

from tocsin.adopt.operator.keys import PAIRS, REFERENCE, SAME, Each, Fields, Shape, Values, fields, snake

_TLS = fields(
    "serverName insecureSkipVerify minVersion maxVersion",
    "ca cert",
    keySecret=("key", REFERENCE),
)
_HEADERS = Values(Each(REFERENCE))
_OAUTH2 = fields(
    "tokenUrl scopes endpointParams proxyUrl noProxy proxyFromEnvironment",
    "clientId clientSecret",
    tlsConfig=_TLS,
    proxyConnectHeader=_HEADERS,
)
_HTTP = fields(
    "proxyURL proxyUrl noProxy proxyFromEnvironment followRedirects",
    enableHttp2=("enable_http2", SAME),
    authorization=fields("type", "credentials"),
    basicAuth=fields("", "username password"),
    oauth2=("oauth2", _OAUTH2),
    bearerTokenSecret=("bearer_token", REFERENCE),
    tlsConfig=_TLS,
    proxyConnectHeader=_HEADERS,
)


def _integration(same: str, references: str = "", **others: tuple[str, Shape] | Shape) -> Fields:
    return Fields({**fields(f"sendResolved {same}", references, **others).keys, "httpConfig": _CLIENT})


_CLIENT = ("http_config", _HTTP)
_FIELD = fields("title value short")
_INTEGRATIONS = {
    "opsgenieConfigs": _integration(
        "apiURL message description source note priority updateAlerts entity actions tags",
        "apiKey",
        details=PAIRS,
        responders=Each(fields("id name username type")),
    ),
    "pagerdutyConfigs": _integration(
        "url client clientURL description severity class group component source timeout",
        "routingKey serviceKey",
        details=PAIRS,
        pagerDutyImageConfigs=("images", Each(fields("src href alt"))),
        pagerDutyLinkConfigs=("links", Each(fields("href", alt=("text", SAME)))),
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
            fields("type text url style name value", confirm=fields("text title okText dismissText"))
        ),
    ),
    "webhookConfigs": _integration("url maxAlerts timeout payload", urlSecret=("url", REFERENCE)),
    "wechatConfigs": _integration(
        "apiURL corpID agentID toUser toParty toTag message messageType", "apiSecret"
    ),
    "emailConfigs": fields(
        "sendResolved to from hello smarthost authUsername authIdentity html text requireTLS "
        "forceImplicitTLS",
        "authPassword authSecret",
        headers=PAIRS,
        tlsConfig=_TLS,
        threading=fields("threadByDate"),
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
            fields(
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
        actions=Each(fields("text url msg")),
    ),
}
_LISTS: dict[str, tuple[str, Shape]] = {
    key: (snake(key), Each(shape)) for key, shape in _INTEGRATIONS.items()
}
RECEIVERS = Each(Fields({"name": ("name", SAME), **_LISTS}))
"""All receivers of a resource."""
