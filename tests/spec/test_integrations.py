"""The receiver integrations and the global section: what they take, refuse and emit."""

from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.releases import FIELDS_SINCE
from tocsin.spec.integrations import CHANNELS, Global, Receiver, SecretInClear, record_of

SECRET = "s3cr3t-5f0c"
POST_MESSAGE = "https://slack.com/api/chat.postMessage"

BEARER = {"authorization": {"credentials_file": "/etc/am/token"}}
FULL_TLS = {
    "ca_file": "/etc/am/ca.pem",
    "cert_file": "/etc/am/cert.pem",
    "key_file": "/etc/am/key.pem",
    "server_name": "hub.example.org",
    "insecure_skip_verify": False,
    "min_version": "TLS12",
    "max_version": "TLS13",
}
FULL_PROXY = {"proxy_url": "http://proxy.example.org:3128", "no_proxy": "localhost,10.0.0.0/8"}
FULL_OAUTH2 = {
    "client_id": "tocsin",
    "client_secret_file": "/etc/am/oauth",
    "grant_type": "client_credentials",
    "scopes": ["alerts"],
    "token_url": "https://id.example.org/token",
    "endpoint_params": {"resource": "alerts"},
    "tls_config": FULL_TLS,
    **FULL_PROXY,
}
FULL_HTTP = {
    "oauth2": FULL_OAUTH2,
    "tls_config": FULL_TLS,
    "follow_redirects": True,
    "enable_http2": False,
    "http_headers": {"X-Team": {"values": ["ops"], "files": ["/etc/am/header"]}},
    **FULL_PROXY,
}
COMMON = {"send_resolved": True, "http_config": FULL_HTTP}
CELL = {"title": "Where", "value": "{{ .CommonLabels.instance }}", "short": True}
ATTACHMENT = {
    "fallback": "f",
    "color": "danger",
    "pretext": "p",
    "text": "t",
    "author_name": "Tocsin",
    "author_link": "https://example.org",
    "author_icon": "https://example.org/a.png",
    "title": "T",
    "title_link": "https://example.org/t",
    "fields": [CELL],
    "thumb_url": "https://example.org/s.png",
    "footer": "F",
    "footer_icon": "https://example.org/f.png",
    "image_url": "https://example.org/i.png",
}

MINIMAL: dict[str, dict[str, Any]] = {
    "discord": {"webhook_url_file": "/etc/am/discord"},
    "email": {"to": "ops@example.org"},
    "incidentio": {"url": "https://api.incident.io/v2/x", "alert_source_token_file": "/etc/am/iio"},
    "jira": {"project": "OPS", "issue_type": "Bug"},
    "mattermost": {},
    "msteams": {"webhook_url_file": "/etc/am/teams"},
    "msteamsv2": {"webhook_url_file": "/etc/am/teams"},
    "opsgenie": {},
    "pagerduty": {"routing_key_file": "/etc/am/pd"},
    "pushover": {"user_key_file": "/etc/am/po-user", "token_file": "/etc/am/po"},
    "rocketchat": {},
    "slack": {},
    "sns": {"topic_arn": "arn:aws:sns:eu-central-1:1:ops", "sigv4": {"region": "eu-central-1"}},
    "telegram": {"chat_id": -1001},
    "victorops": {"routing_key": "ops"},
    "webex": {"room_id": "R1", "http_config": BEARER},
    "webhook": {"url": "http://hook.example.org/alerts"},
    "wechat": {},
}

FULL: dict[str, dict[str, Any]] = {
    "discord": {
        **COMMON,
        **MINIMAL["discord"],
        "title": "t",
        "message": "m",
        "content": "c",
        "username": "u",
        "avatar_url": "https://example.org/a.png",
    },
    "email": {
        "send_resolved": True,
        "to": "ops@example.org, dev@example.org",
        "from": "am@example.org",
        "hello": "am.example.org",
        "smarthost": "mail.example.org:587",
        "auth_username": "am",
        "auth_password_file": "/etc/am/smtp",
        "auth_secret_file": "/etc/am/smtp-secret",
        "auth_identity": "am",
        "headers": {"Subject": "{{ .GroupLabels.alertname }}"},
        "html": "",
        "text": "plain",
        "require_tls": True,
        "tls_config": FULL_TLS,
        "force_implicit_tls": False,
        "threading": {"enabled": True, "thread_by_date": "none"},
    },
    "incidentio": {
        "send_resolved": False,
        "http_config": BEARER,
        "url_file": "/etc/am/iio-url",
        "max_alerts": 10,
        "timeout": "30s",
    },
    "jira": {
        **COMMON,
        "api_url": "https://jira.example.org",
        "api_type": "datacenter",
        "project": "OPS",
        "issue_type": "Bug",
        "summary": "s",
        "description": {"template": "d", "enable_update": False},
        "labels": ["alert"],
        "priority": "High",
        "reopen_transition": "Reopen",
        "resolve_transition": "Close",
        "wont_fix_resolution": "Won't do",
        "reopen_duration": "7d",
        "fields": {"customfield_1": {"value": ["x", 1]}},
    },
    "mattermost": {
        **COMMON,
        **ATTACHMENT,
        "webhook_url_file": "/etc/am/mm",
        "channel": "ops",
        "username": "u",
        "icon_url": "https://example.org/i.png",
        "icon_emoji": ":bell:",
        "attachments": [ATTACHMENT],
        "type": "custom_alert",
        "props": {"card": "c"},
        "priority": {"priority": "urgent", "requested_ack": True, "persistent_notifications": True},
    },
    "msteams": {**COMMON, **MINIMAL["msteams"], "title": "t", "summary": "s", "text": "x"},
    "msteamsv2": {**COMMON, **MINIMAL["msteamsv2"], "title": "t", "text": "x"},
    "opsgenie": {
        **COMMON,
        "api_key_file": "/etc/am/og",
        "api_url": "https://api.eu.opsgenie.com/",
        "message": "m",
        "description": "d",
        "source": "s",
        "details": {"k": "v"},
        "entity": "e",
        "responders": [
            {"id": "1", "type": "team"},
            {"name": "ops", "type": "{{ .CommonLabels.kind }}"},
            {"username": "ann@example.org", "type": "user"},
        ],
        "actions": "a,b",
        "tags": "t,u",
        "note": "n",
        "priority": "P1",
        "update_alerts": True,
    },
    "pagerduty": {
        **COMMON,
        "service_key_file": "/etc/am/pd",
        "url": "https://events.eu.pagerduty.com/v2/enqueue",
        "client": "c",
        "client_url": "https://example.org",
        "description": "d",
        "details": {"deep": {"er": "x"}},
        "images": [{"src": "https://example.org/i.png", "alt": "a", "href": "https://example.org"}],
        "links": [{"href": "https://example.org", "text": "t"}],
        "source": "s",
        "severity": "critical",
        "class": "disk",
        "component": "db",
        "group": "g",
        "timeout": "1m30s",
    },
    "pushover": {
        **COMMON,
        **MINIMAL["pushover"],
        "title": "t",
        "message": "m",
        "url": "{{ .ExternalURL }}",
        "url_title": "u",
        "device": "phone",
        "sound": "siren",
        "priority": "2",
        "retry": "30s",
        "expire": "1h",
        "ttl": "24h",
        "html": False,
        "monospace": True,
    },
    "rocketchat": {
        **COMMON,
        "api_url": "https://chat.example.org",
        "token_id_file": "/etc/am/rc-id",
        "token_file": "/etc/am/rc",
        "channel": "#ops",
        "color": "red",
        "title": "t",
        "title_link": "https://example.org",
        "text": "x",
        "fields": [CELL],
        "short_fields": True,
        "emoji": ":bell:",
        "icon_url": "https://example.org/i.png",
        "image_url": "https://example.org/i.png",
        "thumb_url": "https://example.org/s.png",
        "link_names": True,
        "actions": [
            {
                "type": "button",
                "text": "Go",
                "url": "https://example.org",
                "imageurl": "https://example.org/b.png",
                "iswebview": True,
                "webviewheightratio": "tall",
                "msg": "ack",
                "msginchatwindow": True,
                "msgprocessingtype": "sendMessage",
            }
        ],
    },
    "slack": {
        "send_resolved": True,
        "http_config": BEARER,
        "api_url": POST_MESSAGE,
        "app_url": POST_MESSAGE,
        "channel": "#ops",
        "username": "u",
        "color": "danger",
        "title": "t",
        "title_link": "https://example.org",
        "pretext": "p",
        "text": "x",
        "message_text": "y",
        "fields": [CELL],
        "short_fields": True,
        "footer": "f",
        "fallback": "f",
        "callback_id": "c",
        "icon_emoji": ":bell:",
        "icon_url": "https://example.org/i.png",
        "image_url": "https://example.org/i.png",
        "thumb_url": "https://example.org/s.png",
        "link_names": True,
        "mrkdwn_in": ["text"],
        "actions": [
            {"type": "button", "text": "Go", "url": "https://example.org", "style": "primary"},
            {
                "type": "button",
                "text": "Ack",
                "name": "ack",
                "value": "1",
                "confirm": {"text": "Sure?", "title": "T", "ok_text": "Yes", "dismiss_text": "No"},
            },
        ],
        "update_message": True,
        "timeout": "10s",
    },
    "sns": {
        **COMMON,
        "api_url": "https://sns.eu-central-1.amazonaws.com",
        "sigv4": {
            "region": "eu-central-1",
            "profile": "am",
            "role_arn": "arn:aws:iam::1:role/am",
            "external_id": "x",
            "use_fips_sts_endpoint": True,
            "service_name": "sns",
        },
        "phone_number": "+491234",
        "subject": "s",
        "message": "m",
        "attributes": {"k": "v"},
        "use_aws_http_client": True,
    },
    "telegram": {
        **COMMON,
        "api_url": "https://api.telegram.org",
        "bot_token_file": "/etc/am/tg",
        "chat_id_file": "/etc/am/tg-chat",
        "message_thread_id": 7,
        "message": "m",
        "disable_notifications": True,
        "parse_mode": "",
    },
    "victorops": {
        **COMMON,
        "api_key_file": "/etc/am/vo",
        "api_url": "https://alert.victorops.com/integrations/generic/20131114/alert/",
        "routing_key": "ops",
        "message_type": "CRITICAL",
        "state_message": "s",
        "entity_display_name": "e",
        "monitoring_tool": "m",
        "custom_fields": {"k": "v"},
    },
    "webex": {
        "send_resolved": True,
        "http_config": BEARER,
        "api_url": "https://webexapis.com/v1/messages",
        "room_id": "R1",
        "message": "m",
    },
    "webhook": {
        "send_resolved": True,
        "http_config": {"basic_auth": {"username": "am", "password_file": "/etc/am/hook"}},
        "url": "https://hook.example.org/{{ .CommonLabels.team }}",
        "max_alerts": 0,
        "timeout": "5s",
        "payload": {"text": "{{ .Status }}", "list": [1, "x"]},
    },
    "wechat": {
        **COMMON,
        "api_url": "https://qyapi.weixin.qq.com/cgi-bin/",
        "api_secret_file": "/etc/am/wx",
        "corp_id": "c",
        "agent_id": "1",
        "to_user": "a|b",
        "to_party": "p",
        "to_tag": "t",
        "message_type": "markdown",
        "message": "m",
    },
}

GLOBAL: dict[str, Any] = {
    "resolve_timeout": "5m",
    "http_config": FULL_HTTP,
    "smtp_from": "am@example.org",
    "smtp_hello": "am.example.org",
    "smtp_smarthost": "[2001:db8::1]:587",
    "smtp_auth_username": "am",
    "smtp_auth_password_file": "/etc/am/smtp",
    "smtp_auth_secret_file": "/etc/am/smtp-secret",
    "smtp_auth_identity": "am",
    "smtp_require_tls": True,
    "smtp_tls_config": FULL_TLS,
    "smtp_force_implicit_tls": True,
    "slack_api_url": POST_MESSAGE,
    "slack_app_token_file": "/etc/am/slack",
    "slack_app_url": POST_MESSAGE,
    "pagerduty_url": "https://events.pagerduty.com/v2/enqueue",
    "opsgenie_api_url": "https://api.opsgenie.com/",
    "opsgenie_api_key_file": "/etc/am/og",
    "victorops_api_url": "https://alert.victorops.com/",
    "victorops_api_key_file": "/etc/am/vo",
    "wechat_api_url": "https://qyapi.weixin.qq.com/cgi-bin/",
    "wechat_api_secret_file": "/etc/am/wx",
    "wechat_api_corp_id": "c",
    "telegram_api_url": "https://api.telegram.org",
    "telegram_bot_token_file": "/etc/am/tg",
    "webex_api_url": "https://webexapis.com/v1/messages",
    "jira_api_url": "https://jira.example.org",
    "rocketchat_api_url": "https://open.rocket.chat/",
    "rocketchat_token_file": "/etc/am/rc",
    "rocketchat_token_id_file": "/etc/am/rc-id",
    "mattermost_webhook_url_file": "/etc/am/mm",
}

IN_CLEAR: dict[str, set[str]] = {
    "discord": {"webhook_url"},
    "email": {"auth_password", "auth_secret"},
    "incidentio": {"alert_source_token"},
    "jira": set(),
    "mattermost": {"webhook_url"},
    "msteams": {"webhook_url"},
    "msteamsv2": {"webhook_url"},
    "opsgenie": {"api_key"},
    "pagerduty": {"routing_key", "service_key"},
    "pushover": {"user_key", "token"},
    "rocketchat": {"token", "token_id"},
    "slack": {"api_url", "app_token"},
    "sns": set(),
    "telegram": {"bot_token"},
    "victorops": {"api_key"},
    "webex": set(),
    "webhook": set(),
    "wechat": {"api_secret"},
}
GLOBAL_IN_CLEAR = {
    "smtp_auth_password",
    "smtp_auth_secret",
    "slack_api_url",
    "slack_app_token",
    "opsgenie_api_key",
    "victorops_api_key",
    "wechat_api_secret",
    "telegram_bot_token",
    "rocketchat_token",
    "rocketchat_token_id",
    "mattermost_webhook_url",
}
HTTP_IN_CLEAR: list[tuple[tuple[str, ...], Any]] = [
    (("basic_auth", "password"), SECRET),
    (("authorization", "credentials"), SECRET),
    (("bearer_token",), SECRET),
    (("oauth2", "client_secret"), SECRET),
    (("oauth2", "client_certificate_key"), SECRET),
    (("oauth2", "tls_config", "key"), SECRET),
    (("oauth2", "proxy_url"), f"http://am:{SECRET}@proxy.example.org"),
    (("tls_config", "key"), SECRET),
    (("proxy_url",), f"http://am:{SECRET}@proxy.example.org"),
    (("proxy_connect_header",), {"Proxy-Authorization": [SECRET]}),
    (("http_headers", "X-Key", "secrets"), [SECRET]),
]


def models_of(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {model for part in get_args(annotation) for model in models_of(part)}


def reachable(*roots: type[BaseModel]) -> list[type[BaseModel]]:
    seen: set[type[BaseModel]] = set()
    todo = list(roots)
    while todo:
        model = todo.pop()
        if model not in seen:
            seen.add(model)
            todo += [m for field in model.model_fields.values() for m in models_of(field.annotation)]
    return sorted(seen, key=lambda model: model.__name__)


MODELS = reachable(Receiver, Global)


def part(model: type[BaseModel], key: str) -> type[BaseModel]:
    (found,) = models_of(model.model_fields[key].annotation)
    return found


HTTP_CONFIG = part(Global, "http_config")


def in_clear(model: type[BaseModel]) -> dict[str, str]:
    """What to write instead, by the keys that hold a secret in clear."""
    return {
        name: mark.instead
        for name, field in model.model_fields.items()
        for mark in field.metadata
        if isinstance(mark, SecretInClear)
    }


def emitted(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True)


def refused(model: type[BaseModel], value: Any) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(value)
    return caught.value


def keys(model: type[BaseModel]) -> set[str]:
    return {name for name, field in model.model_fields.items() if field.annotation is not type(None)}


def test_the_tables_of_this_file_cover_every_integration() -> None:
    assert set(MINIMAL) == set(FULL) == set(IN_CLEAR) == set(INTEGRATIONS)
    assert len(INTEGRATIONS) == 18


@pytest.mark.parametrize("table", [MINIMAL, FULL], ids=["minimal", "full"])
@pytest.mark.parametrize("name", sorted(INTEGRATIONS))
def test_an_integration_is_emitted_as_it_was_written(name: str, table: dict[str, dict[str, Any]]) -> None:
    receiver = Receiver.model_validate({name: [table[name]]})
    assert emitted(receiver) == {name: [table[name]]}
    assert Receiver.model_validate(emitted(receiver)) == receiver


ALTERNATIVES = {
    "incidentio": {"url", "alert_source_token_file"},
    "pagerduty": {"routing_key_file"},
    "slack": {"api_url_file", "app_token_file"},
    "sns": {"topic_arn", "target_arn"},
    "telegram": {"chat_id"},
    "webhook": {"url_file"},
}


@pytest.mark.parametrize("name", sorted(INTEGRATIONS))
def test_the_full_config_uses_every_key_that_has_no_alternative(name: str) -> None:
    assert keys(CHANNELS[name]) - set(FULL[name]) == ALTERNATIVES.get(name, set())


def test_the_global_section_is_emitted_as_it_was_written() -> None:
    section = Global.model_validate(GLOBAL)
    assert emitted(section) == GLOBAL
    assert Global.model_validate(emitted(section)) == section
    assert keys(Global) - set(GLOBAL) == {"slack_api_url_file"}


def test_an_empty_receiver_drops_its_notifications() -> None:
    assert emitted(Receiver(title="Nobody")) == {"title": "Nobody"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_described(model: type[BaseModel]) -> None:
    assert [name for name, field in model.model_fields.items() if not field.description] == []
    assert model.__doc__


@pytest.mark.parametrize("name", sorted(INTEGRATIONS))
def test_the_keys_that_hold_a_secret_in_clear_are_known(name: str) -> None:
    assert set(in_clear(CHANNELS[name])) == IN_CLEAR[name]


def test_the_global_keys_that_hold_a_secret_in_clear_are_known() -> None:
    assert set(in_clear(Global)) == GLOBAL_IN_CLEAR


GUARDED = [(model, key) for model in MODELS for key in in_clear(model)]


@pytest.mark.parametrize(("model", "key"), GUARDED, ids=lambda part: getattr(part, "__name__", part))
def test_a_secret_in_clear_is_refused_at_its_key_and_not_repeated(model: type[BaseModel], key: str) -> None:
    error = refused(model, {key: f"https://example.org/{SECRET}"})
    (found,) = [entry for entry in error.errors() if entry["loc"] == (key,)]
    assert found["type"] == "secret_in_clear"
    assert found["msg"].startswith("a secret does not belong in the spec: ")
    assert SECRET not in str(found)
    assert SECRET not in str(error)


@pytest.mark.parametrize(("model", "key"), GUARDED, ids=lambda part: getattr(part, "__name__", part))
def test_the_file_key_that_the_refusal_names_exists(model: type[BaseModel], key: str) -> None:
    instead = in_clear(model)[key]
    assert " " in instead or instead in model.model_fields


@pytest.mark.parametrize("key", ["access_key", "secret_key"])
def test_a_secret_without_a_file_key_says_what_to_do(key: str) -> None:
    error = refused(Receiver, {"sns": [{"topic_arn": "a", "sigv4": {key: SECRET}}]})
    (found,) = error.errors()
    assert found["loc"] == ("sns", 0, "sigv4", key)
    assert "from no file" in found["msg"]
    assert "profile" in found["msg"]
    assert SECRET not in str(error)


@pytest.mark.parametrize(("path", "value"), HTTP_IN_CLEAR, ids=lambda part: ".".join(map(str, part)))
def test_the_http_client_refuses_secrets_in_clear_where_they_stand(path: tuple[str, ...], value: Any) -> None:
    for key in reversed(path):
        value = {key: value}
    error = refused(Receiver, {"webhook": [{"url_file": "/f", "http_config": value}]})
    (found,) = [entry for entry in error.errors() if entry["type"] == "secret_in_clear"]
    assert found["loc"] == ("webhook", 0, "http_config", *path)
    assert SECRET not in str(error)
    assert SECRET not in str(found)


def test_a_null_in_place_of_a_secret_is_no_secret() -> None:
    assert emitted(Global.model_validate({"opsgenie_api_key": None})) == {}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_json_schema_offers_no_key_for_a_secret_in_clear(model: type[BaseModel]) -> None:
    properties = model.model_json_schema()["properties"]
    assert set(properties) == keys(model)
    for schema in properties.values():
        assert schema["description"]


def test_the_json_schema_offers_slacks_public_method_only() -> None:
    schema = CHANNELS["slack"].model_json_schema()["properties"]["api_url"]
    assert schema["anyOf"] == [{"const": POST_MESSAGE, "type": "string"}, {"type": "null"}]


@pytest.mark.parametrize(
    "url",
    [
        f"https://am:{SECRET}@example.org/x",
        f"https://{SECRET}@example.org/x",
        f"https://am:{SECRET}@{{{{ .CommonLabels.host }}}}/x",
        f"https://example.org/x?token={SECRET}",
        f"https://example.org/x?a=1&API_KEY={SECRET}",
    ],
)
def test_a_url_with_credentials_is_refused_without_repeating_them(url: str) -> None:
    error = refused(CHANNELS["webhook"], {"url": url})
    (found,) = error.errors()
    assert (found["type"], found["loc"]) == ("secret_in_clear", ("url",))
    assert "url_file" in found["msg"]
    assert SECRET not in str(error)
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://${HOST}/x", "Alertmanager expands no variables"),
        ("ftp://example.org", "starts with http:// or https://"),
        ("example.org/x", "starts with http:// or https://"),
        ("https:///x", "names a host"),
        ("https://example.org/a b", "names a host"),
        ("https://exa|mple.org/a", "host or port cannot be read"),
        ("https://example.org/%zz", "two hexadecimal digits"),
        ("https://example.org:port/", "not a URL"),
        ("https://[::1/", "not a URL"),
    ],
)
def test_a_url_names_a_scheme_and_a_host(url: str, message: str) -> None:
    assert message in refused(CHANNELS["webhook"], {"url": url}).errors()[0]["msg"]
    assert message in refused(Global, {"pagerduty_url": url}).errors()[0]["msg"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("${CREDENTIALS}/slack", "no_variables"),
        (f"https://hooks.slack.com/{SECRET}", "secret_in_clear"),
        (f"-----BEGIN KEY-----\n{SECRET}", "secret_in_clear"),
        ("", "file"),
    ],
)
def test_a_file_is_given_by_its_path(path: str, kind: str) -> None:
    error = refused(CHANNELS["slack"], {"api_url_file": path})
    assert [(entry["loc"], entry["type"]) for entry in error.errors()] == [(("api_url_file",), kind)]
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("discord", {"webhook_url_file": None}, "`webhook_url_file` is missing"),
        ("email", {"to": ""}, "at least 1 character"),
        ("email", {"headers": {"subject": "a", "Subject": "b"}}, "twice"),
        ("email", {"threading": {"enabled": True}}, "thread_by_date: daily"),
        (
            "email",
            {"threading": {"enabled": True, "thread_by_date": "none"}, "headers": {"references": "x"}},
            "leave it out",
        ),
        ("email", {"smarthost": "mail.example.org"}, "host:port"),
        ("email", {"smarthost": "${HOST}:25"}, "expands no variables"),
        ("incidentio", {"url": None}, "`url` or `url_file` is missing"),
        ("incidentio", {"url_file": "/f"}, "exclude each other"),
        ("incidentio", {"http_config": BEARER}, "exclude each other"),
        ("incidentio", {"alert_source_token_file": None, "http_config": {}}, "is missing"),
        ("jira", {"project": ""}, "at least 1 character"),
        ("jira", {"api_type": "server"}, "Input should be"),
        ("msteams", {"webhook_url_file": None}, "`webhook_url_file` is missing"),
        ("msteamsv2", {"webhook_url_file": None}, "`webhook_url_file` is missing"),
        ("opsgenie", {"responders": [{"type": "team"}]}, "`id` or `name` or `username` is missing"),
        ("opsgenie", {"responders": [{"name": "x", "type": "group"}]}, "one of team"),
        ("pagerduty", {"routing_key_file": None}, "`routing_key_file` or `service_key_file` is missing"),
        ("pagerduty", {"service_key_file": "/f"}, "exclude each other"),
        ("pagerduty", {"timeout": "1d"}, "no d, w or y"),
        ("pagerduty", {"timeout": "1d2h"}, "no d, w or y"),
        ("pushover", {"token_file": None}, "`token_file` is missing"),
        ("pushover", {"user_key_file": None}, "`user_key_file` is missing"),
        ("pushover", {"html": True, "monospace": True}, "exclude each other"),
        ("slack", {"api_url_file": "/f", "app_token_file": "/g"}, "exclude each other"),
        ("slack", {"app_token_file": "/g", "http_config": BEARER}, "exclude each other"),
        ("slack", {"update_message": True}, "chat.postMessage"),
        ("slack", {"actions": [{"type": "button", "text": "Go"}]}, "`url` or `name` is missing"),
        ("slack", {"actions": [{"type": "b", "text": "t", "url": "u", "name": "n"}]}, "drops"),
        ("slack", {"fields": [{"title": "", "value": "x"}]}, "at least 1 character"),
        ("sns", {"topic_arn": None}, "`topic_arn` or `phone_number` or `target_arn` is missing"),
        ("sns", {"target_arn": "x", "phone_number": "1"}, "exclude each other"),
        ("sns", {"sigv4": {"external_id": "x"}}, "`role_arn`"),
        ("telegram", {"chat_id": None}, "`chat_id` or `chat_id_file` is missing"),
        ("telegram", {"chat_id": 0}, "not a valid chat"),
        ("telegram", {"chat_id_file": "/f"}, "exclude each other"),
        ("telegram", {"parse_mode": "markdown"}, "Input should be"),
        ("victorops", {"routing_key": ""}, "at least 1 character"),
        ("victorops", {"custom_fields": {"entity_id": "x"}}, "VictorOps uses itself"),
        ("webex", {"http_config": None}, "Webex needs"),
        ("webex", {"http_config": {}}, "Webex needs"),
        ("webhook", {"url": None}, "`url` or `url_file` is missing"),
        ("webhook", {"url_file": "/f"}, "exclude each other"),
        ("webhook", {"max_alerts": -1}, "greater than or equal to 0"),
        ("wechat", {"message_type": "html"}, "Input should be"),
        ("wechat", {"secret": "x"}, "Extra inputs"),
    ],
)
def test_an_integration_that_breaks_a_rule_is_refused(
    name: str, change: dict[str, Any], message: str
) -> None:
    error = refused(Receiver, {name: [{**MINIMAL[name], **change}]})
    (found,) = error.errors()
    assert found["loc"][:2] == (name, 0)
    assert message in found["msg"]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"basic_auth": {}, **BEARER}, "exclude each other"),
        ({"bearer_token_file": "/f", **BEARER}, "exclude each other"),
        ({"basic_auth": {"username": "a", "username_file": "/f"}}, "exclude each other"),
        ({"authorization": {"type": "basic"}}, "`basic_auth`"),
        ({"tls_config": {"cert_file": "/f"}}, "`key_file`"),
        ({"tls_config": {"key_file": "/f"}}, "`cert_file`"),
        ({"tls_config": {"ca": "x", "ca_file": "/f"}}, "exclude each other"),
        ({"tls_config": {"min_version": "1.2"}}, "Input should be"),
        ({"proxy_from_environment": True, "proxy_url": "http://p"}, "exclude each other"),
        ({"proxy_from_environment": True, "no_proxy": "x"}, "exclude each other"),
        ({"no_proxy": "x"}, "`proxy_url`"),
        ({"http_headers": {"Authorization": {"files": ["/f"]}}}, "sets the header"),
        ({"oauth2": {**FULL_OAUTH2, "endpoint_params": {"password": "x"}}}, "would hold a secret"),
    ],
)
def test_an_http_client_that_breaks_a_rule_is_refused(config: dict[str, Any], message: str) -> None:
    (found,) = refused(HTTP_CONFIG, config).errors()
    assert message in found["msg"]


def test_a_proxy_may_speak_socks() -> None:
    url = "socks5://proxy.example.org:1080"
    assert emitted(HTTP_CONFIG.model_validate({"proxy_url": url})) == {"proxy_url": url}


@pytest.mark.parametrize(
    "change",
    [
        {"slack_api_url": POST_MESSAGE, "slack_api_url_file": "/f"},
        {"slack_api_url_file": "/f", "slack_app_token_file": "/g"},
        {
            "slack_api_url": POST_MESSAGE,
            "slack_app_token_file": "/g",
            "slack_app_url": "https://slack.example.org/api",
        },
    ],
)
def test_the_global_section_knows_one_way_to_slack(change: dict[str, Any]) -> None:
    assert "exclude each other" in refused(Global, change).errors()[0]["msg"]


def test_the_keys_of_newer_releases_are_known() -> None:
    assert FIELDS_SINCE["slack"]["update_message"] == "0.32"
    assert FIELDS_SINCE["http_config"]["oauth2.claims"] == "0.30"
    models: dict[str, type[BaseModel]] = {"global": Global, "http_config": HTTP_CONFIG, **CHANNELS}
    for where, paths in FIELDS_SINCE.items():
        for path in paths:
            *parents, key = path.split(".")
            inner = models[where]
            for parent in parents:
                inner = part(inner, parent)
            assert key in keys(inner), (where, path)


EXAMPLES = {
    model: record.example for model in MODELS if (record := record_of(model)) is not None and record.example
}


@pytest.mark.parametrize("model", EXAMPLES, ids=lambda model: model.__name__)
def test_an_example_is_a_value_that_the_model_takes(model: type[BaseModel]) -> None:
    model.model_validate(yaml.safe_load(EXAMPLES[model]))


def test_a_grant_that_signs_needs_the_key_that_signs() -> None:
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "signature_algorithm": "RS256"}
    (found,) = refused(HTTP_CONFIG, {"oauth2": {**FULL_OAUTH2, **grant}}).errors()
    assert "`client_certificate_key_file`" in found["msg"]
