"""Alertmanager's `global` section, and what integrations take from it (`config.Config.UnmarshalYAML`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.existing.alertmanager.http import HTTP, TLS, is_written, shape_under_names
from tocsin.existing.alertmanager.schema import (
    DURATION,
    HOST_PORT,
    SECRET,
    SECRET_URL,
    TEXT,
    TRUTH,
    URL,
    Record,
    one_at_most,
    written_text,
)
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.existing.alertmanager.schema import Path

_SLACK_APP_URL = "https://slack.com/api/chat.postMessage"
_TOKENS = ("slack_app_token", "slack_app_token_file")


def _slack(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    token = any(written_text(node, key) for key in _TOKENS)
    url = written_text(node, "slack_api_url")
    if token and (url or written_text(node, "slack_api_url_file")):
        app = written_text(node, "slack_app_url") or _SLACK_APP_URL
        if url != app:
            yield "`slack_app_token` and `slack_api_url` exclude each other", None


GLOBAL = Record(
    {
        "resolve_timeout": DURATION,
        "http_config": HTTP,
        **shape_under_names(
            TEXT, "smtp_from smtp_hello smtp_auth_username smtp_auth_password_file smtp_auth_secret_file"
        ),
        **shape_under_names(
            TEXT, "smtp_auth_identity slack_api_url_file slack_app_token_file opsgenie_api_key_file"
        ),
        **shape_under_names(TEXT, "wechat_api_secret_file wechat_api_corp_id victorops_api_key_file"),
        **shape_under_names(TEXT, "telegram_bot_token_file rocketchat_token_file rocketchat_token_id_file"),
        **shape_under_names(TEXT, "mattermost_webhook_url_file"),
        **shape_under_names(SECRET, "smtp_auth_password smtp_auth_secret slack_app_token opsgenie_api_key"),
        **shape_under_names(
            SECRET, "wechat_api_secret victorops_api_key telegram_bot_token rocketchat_token"
        ),
        "rocketchat_token_id": SECRET,
        **shape_under_names(URL, "jira_api_url slack_app_url pagerduty_url opsgenie_api_url wechat_api_url"),
        **shape_under_names(URL, "victorops_api_url telegram_api_url webex_api_url rocketchat_api_url"),
        **shape_under_names(SECRET_URL, "slack_api_url mattermost_webhook_url"),
        **shape_under_names(TRUTH, "smtp_require_tls smtp_force_implicit_tls"),
        "smtp_smarthost": HOST_PORT,
        "smtp_tls_config": TLS,
    },
    (
        one_at_most("slack_app_token", "slack_app_token_file"),
        one_at_most("slack_api_url", "slack_api_url_file"),
        _slack,
        *(
            one_at_most(key, f"{key}_file")
            for key in (
                "opsgenie_api_key",
                "victorops_api_key",
                "telegram_bot_token",
                "smtp_auth_password",
                "smtp_auth_secret",
                "rocketchat_token",
                "rocketchat_token_id",
                "wechat_api_secret",
                "mattermost_webhook_url",
            )
        ),
    ),
)

# For each integration: one of the first keys in it, or one of the second ones in the global section.
_FALLBACKS: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "email_configs": ((("smarthost",), ("smtp_smarthost",)), (("from",), ("smtp_from",))),
    "slack_configs": (
        (
            ("api_url", "api_url_file", "app_token", "app_token_file"),
            ("slack_api_url", "slack_api_url_file", "slack_app_token", "slack_app_token_file"),
        ),
    ),
    "opsgenie_configs": ((("api_key", "api_key_file"), ("opsgenie_api_key", "opsgenie_api_key_file")),),
    "wechat_configs": (
        (("api_secret", "api_secret_file"), ("wechat_api_secret", "wechat_api_secret_file")),
        (("corp_id",), ("wechat_api_corp_id",)),
    ),
    "victorops_configs": ((("api_key", "api_key_file"), ("victorops_api_key", "victorops_api_key_file")),),
    "telegram_configs": (
        (("bot_token", "bot_token_file"), ("telegram_bot_token", "telegram_bot_token_file")),
    ),
    "jira_configs": ((("api_url",), ("jira_api_url",)),),
    "rocketchat_configs": (
        (("token_id", "token_id_file"), ("rocketchat_token_id", "rocketchat_token_id_file")),
        (("token", "token_file"), ("rocketchat_token", "rocketchat_token_file")),
    ),
    "mattermost_configs": (
        (("webhook_url", "webhook_url_file"), ("mattermost_webhook_url", "mattermost_webhook_url_file")),
    ),
}


def missing_settings(receiver: MappingNode, defaults: MappingNode | None, path: Path) -> Iterator[Problem]:
    """What a receiver's integrations need and neither they nor the global section say."""
    for kind, entry in receiver.entries.items():
        if not kind.endswith("_configs") or not isinstance(entry.value, SequenceNode):
            continue
        for number, item in enumerate(entry.value.items):
            place = Place((*path, kind, number))
            node = item if isinstance(item, MappingNode) else None
            if isinstance(item, ScalarNode) and item.value is not None:
                # The reader of shapes has said already that this is no integration.
                continue
            if isinstance(item, ScalarNode):
                yield Problem("alertmanager/rule", "there is nothing here", place, help="remove it")
                continue
            for own, general in _FALLBACKS.get(kind, ()):
                if _said(node, own) or (_said(defaults, general) and not _own_identity(node, kind, defaults)):
                    continue
                message = f"nothing says {' or '.join(f'`{key}`' for key in own)}"
                help_ = f"write it here, or `{general[-1]}` under `global`"
                yield Problem("alertmanager/rule", message, place, help=help_)
            if kind == "slack_configs" and node is not None:
                yield from _two_identities(node, place)
                yield from _no_client(node, defaults, place)


def _said(node: MappingNode | None, names: tuple[str, ...]) -> bool:
    return node is not None and any(written_text(node, name) for name in names)


def _own_identity(node: MappingNode | None, kind: str, defaults: MappingNode | None) -> bool:
    """Whether Slack's app token of the global section is not taken, because the client identifies itself."""
    if kind != "slack_configs" or node is None or not is_written(node, "http_config", "authorization"):
        return False
    return not _said(defaults, ("slack_api_url", "slack_api_url_file"))


def _no_client(node: MappingNode, defaults: MappingNode | None, place: Place) -> Iterator[Problem]:
    """Alertmanager 0.33 ends in a panic where Slack's client is the global one, and that is null."""
    general = defaults.entries.get("http_config") if defaults is not None else None
    if is_written(node, "http_config") or general is None or not isinstance(general.value, ScalarNode):
        return
    message = "Alertmanager crashes on this: `global` says that `http_config` is nothing"
    yield Problem("alertmanager/rule", message, place, help="remove `http_config` under `global`")


def _two_identities(node: MappingNode, place: Place) -> Iterator[Problem]:
    if is_written(node, "http_config", "authorization") and _said(node, ("app_token", "app_token_file")):
        message = "an app's token and `http_config.authorization` exclude each other"
        yield Problem("alertmanager/rule", message, place)
