"""What the Prometheus operator knows, by release.

A field that the installed resource definition does not have is dropped when the object is stored, without an
error. Source: the resource definitions of the operator's releases, and its CHANGELOG.
"""

from __future__ import annotations

from typing import TypeVar

from tocsin.lang.releases import check_supported, release

Key = TypeVar("Key", str, tuple[str, str])

OLDEST = "0.70"
"""The oldest operator that is known here."""

_RULE_FIELDS = {"query_offset": "0.78", "labels": "0.79"}
_INTEGRATIONS = {
    "jira": "0.81",
    "msteamsv2": "0.81",
    "rocketchat": "0.81",
    "incidentio": "0.88",
    "mattermost": "0.88",
}
_RESOURCE_FIELDS = {
    ("receivers", "msteamsv2Configs"): "0.82",
    ("receivers", "rocketchatConfigs"): "0.85",
    ("discordConfigs", "avatarURL"): "0.82",
    ("discordConfigs", "content"): "0.82",
    ("discordConfigs", "username"): "0.82",
    ("emailConfigs", "forceImplicitTLS"): "0.90",
    ("emailConfigs", "threading"): "0.91",
    ("msteamsConfigs", "summary"): "0.73",
    ("pagerdutyConfigs", "source"): "0.75",
    ("pagerdutyConfigs", "timeout"): "0.88",
    ("pushoverConfigs", "monospace"): "0.87",
    ("pushoverConfigs", "ttl"): "0.75",
    ("slackConfigs", "messageText"): "0.90",
    ("slackConfigs", "timeout"): "0.88",
    ("slackConfigs", "updateMessage"): "0.93",
    ("snsConfigs", "useAWSHTTPClient"): "0.93",
    ("sigv4", "externalId"): "0.91",
    ("sigv4", "useFIPSSTSEndpoint"): "0.86",
    ("telegramConfigs", "messageThreadID"): "0.79",
    ("webhookConfigs", "payload"): "0.92",
    ("webhookConfigs", "timeout"): "0.82",
    ("httpConfig", "enableHttp2"): "0.86",
    **{("httpConfig", field): "0.77" for field in ("noProxy", "proxyFromEnvironment", "proxyConnectHeader")},
    **{
        ("oauth2", field): "0.76"
        for field in ("noProxy", "proxyFromEnvironment", "proxyConnectHeader", "proxyUrl", "tlsConfig")
    },
    **{("tlsConfig", field): "0.76" for field in ("minVersion", "maxVersion")},
}
"""Fields of an `AlertmanagerConfig` of version v1alpha1, each with the key around it."""


def check_operator(version: str) -> None:
    """LangError for what is not a version of the operator, or one older than the oldest known one."""
    check_supported("the Prometheus operator", OLDEST, version)


def newer_rule_fields(version: str) -> dict[str, str]:
    """The fields of a rule group that a release does not know, each with the release that brought it."""
    return _newer(_RULE_FIELDS, version)


def newer_operator_integrations(version: str) -> dict[str, str]:
    """The integrations that a release does not know in a configuration, each with the release for it."""
    return _newer(_INTEGRATIONS, version)


def newer_resource_fields(version: str) -> dict[tuple[str, str], str]:
    """The fields of an `AlertmanagerConfig` that a release does not know, each with the key around it."""
    return _newer(_RESOURCE_FIELDS, version)


def _newer(since: dict[Key, str], version: str) -> dict[Key, str]:
    return {name: brought for name, brought in since.items() if release(brought) > release(version)}
