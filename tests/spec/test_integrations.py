"""The receiver integrations and the global section: what they take, refuse and emit."""

from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel, ValidationError
from tests.spec.integrations import (
    BEARER,
    FULL,
    FULL_HTTP,
    FULL_OAUTH2,
    FULL_TLS,
    IN_CLEAR,
    MINIMAL,
    POST_MESSAGE,
)

from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.releases import FIELDS_SINCE
from tocsin.spec.integrations import (
    CHANNELS,
    EventRecorder,
    Global,
    Receiver,
    SecretInClear,
    Tracing,
    record_of,
)

SECRET = "s3cr3t-5f0c"

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


SECTIONS: dict[str, type[BaseModel]] = {"tracing": Tracing, "event_recorder": EventRecorder}
MODELS = reachable(Receiver, Global, Tracing, EventRecorder)


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


def test_the_tables_cover_every_integration() -> None:
    assert set(MINIMAL) == set(FULL) == set(IN_CLEAR) == set(INTEGRATIONS)


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


@pytest.mark.parametrize("name", ["Proxy-Authorization", "X-Api-Key", "Cookie", "X-Auth-Token"])
def test_headers_that_hold_secrets_are_not_sent_to_a_proxy(name: str) -> None:
    client = {"proxy_url": "http://p.example.org", "proxy_connect_header": {name: [SECRET]}}
    error = refused(Receiver, {"webhook": [{"url_file": "/f", "http_config": client}]})
    assert f"the header `{name}` would hold a secret" in error.errors()[0]["msg"]
    assert SECRET not in str(error)


def test_a_value_that_looks_like_a_secret_is_not_sent_to_a_proxy() -> None:
    client = {"proxy_url": "http://p.example.org", "proxy_connect_header": {"X-A": [f"Bearer {SECRET}-012"]}}
    error = refused(Receiver, {"webhook": [{"url_file": "/f", "http_config": client}]})
    assert error.errors()[0]["type"] == "secret_in_clear"
    assert SECRET not in str(error)


def test_a_receivers_label_is_not_its_name() -> None:
    assert emitted(Receiver.model_validate({"labels": {"owner": "web"}})) == {"labels": {"owner": "web"}}
    assert "adds the label `name` itself" in refused(Receiver, {"labels": {"name": "x"}}).errors()[0]["msg"]


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
        ("sns", {"sigv4": {"role_arn": "r", "session_name": "x"}}, "2 to 64"),
        ("sns", {"sigv4": {"role_arn": "r", "tags": {"a": "b" * 257}}}, "up to 256"),
        ("telegram", {"chat_id": None}, "`chat_id` or `chat_id_file` is missing"),
        ("telegram", {"chat_id": 0}, "must not be 0"),
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
    models: dict[str, type[BaseModel]] = {
        "global": Global,
        "http_config": HTTP_CONFIG,
        **CHANNELS,
        **SECTIONS,
    }
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
