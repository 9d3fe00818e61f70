"""Alertmanager's integrations: the keys each has, and what has to be said for it (`config/notifiers.go`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.existing.alertmanager.http import HTTP, TLS, has_authorization, is_written, shape_under_names
from tocsin.existing.alertmanager.schema import (
    ANYTHING,
    COUNT,
    DURATION,
    GO_DURATION,
    GO_DURATION_TEXT,
    HOST_PORT,
    NUMBER,
    SECRET,
    SECRET_URL,
    TEMPLATE_URL,
    TEXT,
    TRUTH,
    URL,
    Either,
    Many,
    Named,
    Record,
    at_least_one,
    one_at_most,
    one_of,
    written_text,
)
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.existing.alertmanager.schema import Said, Shape

_SLACK_METHOD = "https://slack.com/api/chat.postMessage"
_HOOK = {"webhook_url": SECRET_URL, "webhook_url_file": TEXT}
_ONE_HOOK = (at_least_one("webhook_url", "webhook_url_file"), one_at_most("webhook_url", "webhook_url_file"))
_CELL = Record(
    {**shape_under_names(TEXT, "title value"), "short": TRUTH}, (at_least_one("title"), at_least_one("value"))
)


def _integration(own: dict[str, Shape], *rules: Said, http: bool = True) -> Record:
    client: dict[str, Shape] = {"http_config": HTTP} if http else {}
    return Record({"send_resolved": TRUTH, **client, **own}, rules)


def _true(node: MappingNode, key: str) -> bool:
    return (written_text(node, key) or "").lower() in ("true", "yes", "on", "y")


def _mail_headers(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    headers = node.entries.get("headers")
    names = (
        [name.lower() for name in headers.value.entries]
        if headers is not None and isinstance(headers.value, MappingNode)
        else []
    )
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the header `{name}` is there twice; upper and lower case do not differ", "headers"
    threading = node.entries.get("threading")
    if threading is None or not isinstance(threading.value, MappingNode):
        return
    if _true(threading.value, "enabled"):
        for name in ("references", "in-reply-to"):
            if name in names:
                yield f"`threading` sets the header `{name}` itself", "headers"
        if written_text(threading.value, "thread_by_date") not in ("none", "daily"):
            yield "`thread_by_date` has to be `none` or `daily`", "threading"


def _slack(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    url = [key for key in ("api_url", "api_url_file") if written_text(node, key)]
    token = [key for key in ("app_token", "app_token_file") if written_text(node, key)]
    if url and token:
        yield f"`{url[0]}` and `{token[0]}` exclude each other: keep one", token[0]
    if _true(node, "update_message") and written_text(node, "api_url") != _SLACK_METHOD:
        yield f"`update_message` needs a bot's token and `api_url: {_SLACK_METHOD}`", "update_message"


def _slack_action(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if not written_text(node, "url") and not written_text(node, "name"):
        yield "`url` or `name` is missing", None


def _responders(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    entry = node.entries.get("responders")
    if entry is None or not isinstance(entry.value, SequenceNode):
        return
    for item in entry.value.items:
        kind = written_text(item, "type") if isinstance(item, MappingNode) else None
        if not isinstance(item, MappingNode) or not any(
            written_text(item, key) for key in ("id", "username", "name")
        ):
            yield "a responder needs `id`, `username` or `name`", "responders"
        elif "{{" not in (kind or "") and not re.fullmatch(
            "team|teams|user|escalation|schedule", (kind or "").lower()
        ):
            yield "a responder's `type` is team, teams, user, escalation or schedule", "responders"


def _custom_fields(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    own = "routing_key message_type state_message entity_display_name monitoring_tool entity_id entity_state"
    entry = node.entries.get("custom_fields")
    if entry is not None and isinstance(entry.value, MappingNode):
        for name in own.split():
            if name in entry.value.entries:
                yield f"the custom field `{name}` has a name that VictorOps uses itself", "custom_fields"


def _sns(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    # Alertmanager compares the three with `!=` in a row, so that all three together are taken as well.
    target, topic, phone = (
        not written_text(node, key) for key in ("target_arn", "topic_arn", "phone_number")
    )
    if (target != topic) != phone:
        yield "exactly one of `topic_arn`, `target_arn` and `phone_number` is needed", None


def _sigv4(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if bool(written_text(node, "access_key")) != bool(written_text(node, "secret_key")):
        yield "`access_key` and `secret_key` belong together", None


def _telegram_chat(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    entry = node.entries.get("chat_id")
    chat = isinstance(entry.value, ScalarNode) and bool(entry.value.value) if entry else False
    file = written_text(node, "chat_id_file")
    if not chat and not file:
        yield "`chat_id` or `chat_id_file` is missing", None
    if chat and file:
        yield "`chat_id` and `chat_id_file` exclude each other: keep one", "chat_id_file"


def _webex(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if not has_authorization(node):
        yield "Webex needs `http_config.authorization` with the bot's token", None


def _incidentio(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    token = written_text(node, "alert_source_token") or written_text(node, "alert_source_token_file")
    if has_authorization(node) and token:
        yield "`alert_source_token` and `http_config.authorization` exclude each other", None
    if is_written(node, "http_config") and not has_authorization(node) and not token:
        yield "`alert_source_token_file` or `http_config.authorization` is missing", None


def _pushover_look(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if _true(node, "html") and _true(node, "monospace"):
        yield "`html` and `monospace` exclude each other", "monospace"


_ATTACHMENT: dict[str, Shape] = {
    **shape_under_names(
        TEXT, "fallback color pretext text author_name author_link author_icon title title_link"
    ),
    **shape_under_names(TEXT, "thumb_url footer footer_icon image_url"),
    "fields": Many(_CELL),
}
_JIRA_FIELD = Either(TEXT, Record({"template": TEXT, "enable_update": TRUTH}))

INTEGRATIONS: dict[str, Record] = {
    "discord_configs": _integration(
        {**_HOOK, **shape_under_names(TEXT, "content title message username avatar_url")}, *_ONE_HOOK
    ),
    "email_configs": _integration(
        {
            **shape_under_names(
                TEXT, "to from hello auth_username auth_password_file auth_secret_file auth_identity"
            ),
            **shape_under_names(TEXT, "html text"),
            "smarthost": HOST_PORT,
            **shape_under_names(SECRET, "auth_password auth_secret"),
            "headers": Named(TEXT),
            **shape_under_names(TRUTH, "require_tls force_implicit_tls"),
            "tls_config": TLS,
            "threading": Record({"enabled": TRUTH, "thread_by_date": TEXT}),
        },
        at_least_one("to"),
        _mail_headers,
        http=False,
    ),
    "incidentio_configs": _integration(
        {
            "url": URL,
            **shape_under_names(TEXT, "url_file alert_source_token_file"),
            "alert_source_token": SECRET,
            "max_alerts": COUNT,
            "timeout": GO_DURATION,
        },
        at_least_one("url", "url_file"),
        one_at_most("url", "url_file"),
        one_at_most("alert_source_token", "alert_source_token_file"),
        _incidentio,
    ),
    "pagerduty_configs": _integration(
        {
            **shape_under_names(SECRET, "service_key routing_key"),
            **shape_under_names(
                TEXT, "service_key_file routing_key_file client client_url description source severity"
            ),
            **shape_under_names(TEXT, "class component group"),
            "url": URL,
            "details": Named(ANYTHING),
            "images": Many(Record(shape_under_names(TEXT, "src alt href"))),
            "links": Many(Record(shape_under_names(TEXT, "href text"))),
            "timeout": GO_DURATION,
        },
        at_least_one("routing_key", "service_key", "routing_key_file", "service_key_file"),
        one_at_most("routing_key", "routing_key_file"),
        one_at_most("service_key", "service_key_file"),
    ),
    "slack_configs": _integration(
        {
            **shape_under_names(
                TEXT, "api_url_file app_token_file channel username color title title_link pretext text"
            ),
            **shape_under_names(
                TEXT, "message_text footer fallback callback_id icon_emoji icon_url image_url thumb_url"
            ),
            "api_url": SECRET_URL,
            "app_token": SECRET,
            "app_url": URL,
            "fields": Many(_CELL),
            **shape_under_names(TRUTH, "short_fields link_names update_message"),
            "mrkdwn_in": Many(TEXT),
            "actions": Many(
                Record(
                    {
                        **shape_under_names(TEXT, "type text url style name value"),
                        "confirm": Record(
                            shape_under_names(TEXT, "text title ok_text dismiss_text"),
                            (at_least_one("text"),),
                        ),
                    },
                    (at_least_one("type"), at_least_one("text"), _slack_action),
                )
            ),
            "timeout": GO_DURATION,
        },
        one_at_most("api_url", "api_url_file"),
        one_at_most("app_token", "app_token_file"),
        _slack,
    ),
    "webhook_configs": _integration(
        {
            "url": TEMPLATE_URL,
            "url_file": TEXT,
            "max_alerts": COUNT,
            "timeout": GO_DURATION,
            "payload": ANYTHING,
        },
        at_least_one("url", "url_file"),
        one_at_most("url", "url_file"),
    ),
    "opsgenie_configs": _integration(
        {
            "api_key": SECRET,
            "api_url": URL,
            **shape_under_names(
                TEXT, "api_key_file message description source entity actions tags note priority"
            ),
            "details": Named(TEXT),
            "responders": Many(Record(shape_under_names(TEXT, "id name username type"))),
            "update_alerts": TRUTH,
        },
        one_at_most("api_key", "api_key_file"),
        _responders,
    ),
    "wechat_configs": _integration(
        {
            "api_secret": SECRET,
            "api_url": URL,
            **shape_under_names(TEXT, "api_secret_file corp_id message to_user to_party to_tag agent_id"),
            "message_type": one_of("", "text", "markdown"),
        },
        one_at_most("api_secret", "api_secret_file"),
    ),
    "pushover_configs": _integration(
        {
            **shape_under_names(SECRET, "user_key token"),
            **shape_under_names(
                TEXT, "user_key_file token_file title message url url_title device sound priority"
            ),
            **shape_under_names(GO_DURATION_TEXT, "retry expire ttl"),
            **shape_under_names(TRUTH, "html monospace"),
        },
        at_least_one("user_key", "user_key_file"),
        one_at_most("user_key", "user_key_file"),
        at_least_one("token", "token_file"),
        one_at_most("token", "token_file"),
        _pushover_look,
    ),
    "victorops_configs": _integration(
        {
            "api_key": SECRET,
            "api_url": URL,
            **shape_under_names(
                TEXT, "api_key_file routing_key message_type state_message entity_display_name"
            ),
            **shape_under_names(TEXT, "monitoring_tool"),
            "custom_fields": Named(TEXT),
        },
        at_least_one("routing_key"),
        one_at_most("api_key", "api_key_file"),
        _custom_fields,
    ),
    "sns_configs": _integration(
        {
            **shape_under_names(TEXT, "api_url topic_arn phone_number target_arn subject message"),
            "sigv4": Record(
                {
                    **shape_under_names(TEXT, "region access_key profile role_arn external_id service_name"),
                    "secret_key": SECRET,
                    "use_fips_sts_endpoint": TRUTH,
                },
                (_sigv4,),
            ),
            "attributes": Named(TEXT),
            "use_aws_http_client": TRUTH,
        },
        _sns,
    ),
    "telegram_configs": _integration(
        {
            "api_url": URL,
            "bot_token": SECRET,
            **shape_under_names(TEXT, "bot_token_file chat_id_file message"),
            **shape_under_names(NUMBER, "chat_id message_thread_id"),
            "disable_notifications": TRUTH,
            "parse_mode": one_of("", "Markdown", "MarkdownV2", "HTML"),
        },
        one_at_most("bot_token", "bot_token_file"),
        _telegram_chat,
    ),
    "webex_configs": _integration(
        {"api_url": URL, **shape_under_names(TEXT, "room_id message")}, at_least_one("room_id"), _webex
    ),
    "msteams_configs": _integration({**_HOOK, **shape_under_names(TEXT, "title summary text")}, *_ONE_HOOK),
    "msteamsv2_configs": _integration({**_HOOK, **shape_under_names(TEXT, "title text")}, *_ONE_HOOK),
    "jira_configs": _integration(
        {
            "api_url": URL,
            "api_type": one_of("auto", "cloud", "datacenter"),
            **shape_under_names(TEXT, "project priority issue_type reopen_transition resolve_transition"),
            "wont_fix_resolution": TEXT,
            **shape_under_names(_JIRA_FIELD, "summary description"),
            "labels": Many(TEXT),
            "reopen_duration": DURATION,
            "fields": Named(ANYTHING),
        },
        at_least_one("project"),
        at_least_one("issue_type"),
    ),
    "rocketchat_configs": _integration(
        {
            "api_url": URL,
            **shape_under_names(SECRET, "token token_id"),
            **shape_under_names(
                TEXT, "token_file token_id_file channel color title title_link text emoji icon_url"
            ),
            **shape_under_names(TEXT, "image_url thumb_url"),
            **shape_under_names(TRUTH, "short_fields link_names"),
            "fields": Many(Record({**shape_under_names(TEXT, "title value"), "short": TRUTH})),
            "actions": Many(
                Record(
                    {
                        **shape_under_names(
                            TEXT, "type text url imageurl webviewheightratio msg msgprocessingtype"
                        ),
                        **shape_under_names(TRUTH, "iswebview msginchatwindow"),
                    }
                )
            ),
        },
        one_at_most("token", "token_file"),
        one_at_most("token_id", "token_id_file"),
    ),
    "mattermost_configs": _integration(
        {
            **_HOOK,
            **_ATTACHMENT,
            **shape_under_names(TEXT, "channel username icon_url icon_emoji type"),
            "attachments": Many(Record(_ATTACHMENT)),
            "props": Record({"card": TEXT}),
            "priority": Record(
                {"priority": TEXT, **shape_under_names(TRUTH, "requested_ack persistent_notifications")}
            ),
        },
        one_at_most("webhook_url", "webhook_url_file"),
    ),
}
