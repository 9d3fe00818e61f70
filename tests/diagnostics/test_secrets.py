"""No secret is shown: each kind, in each place, with each kind of error, in each format."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.diagnostics.secrets.keys import key_spans
from tocsin.text.secret_looks import mask_spans, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANARY = "Zq7xK2mW9pLr"
FORMATS = ("text", "json", "sarif", "github", "junit")
KEYS = {
    "pagerduty_configs": "routing_key service_key",
    "opsgenie_configs": "api_key",
    "email_configs": "auth_password auth_secret",
    "telegram_configs": "bot_token",
    "pushover_configs": "user_key token",
    "wechat_configs": "api_secret",
    "rocketchat_configs": "token_id",
    "slack_configs": "app_token",
    "incidentio_configs": "alert_source_token",
    "sns_configs": "secret_key access_key",
    "webhook_configs": "password credentials bearer_token client_secret",
}
HEAD = "route: {receiver: x}\nreceivers:\n- name: x\n"
# KEY and VALUE are put in; some can be parsed, most cannot.
ERRORS = {
    "two colons": "  FAMILY:\n  - KEY: VALUE: oops\n",
    "twice": "  FAMILY:\n  - KEY: VALUE\n    KEY: VALUEb\n",
    "list": "  FAMILY:\n  - KEY: [VALUE]\n",
    "list below": "  FAMILY:\n  - KEY:\n    - VALUE\n    - bVALUE\n",
    "mapping": "  FAMILY:\n  - KEY: {a: VALUE}\n",
    "tag": "  FAMILY:\n  - KEY: !!int VALUE\n",
    "anchor": "  FAMILY:\n  - KEY: &k VALUE\n    more: *l\n",
    "open quote": '  FAMILY:\n  - KEY: "VALUE\n    more: 1\n',
    "open single quote": "  FAMILY:\n  - KEY: 'VALUE\n    more: 1\n",
    "after a quote": '  FAMILY:\n  - KEY: "a"VALUE\n',
    "tab": "  FAMILY:\n\t- KEY: VALUE\n",
    "control character": "  FAMILY:\n  - KEY: VALUE\x07\n",
    "unknown key": "  FAMILY: [{KEY: VALUE, bogus: 1}]\n",
    "unknown key before": '  FAMILY: [{bogus: 1, "KEY": "VALUE"}]\n',
    "open brace": "  FAMILY: [{KEY: VALUE\n",
    "two lines": '  FAMILY: [{KEY: "VALUE\n    VALUE", bogus: 1}]\n',
    "plain on two lines": "  FAMILY:\n  - KEY: VALUE\n      VALUE: b\n",
    "literal block": "  FAMILY:\n  - KEY: |\n      VALUE\n   VALUE\n",
    "next line": "  FAMILY:\n  - KEY:\n      VALUE: VALUE\n",
    "no space": "  FAMILY:\n  - KEY:VALUE\n    more: 1\n",
    "equals sign": "  FAMILY:\n  - KEY = VALUE\n    more: 1\n",
    "comment": "  FAMILY:\n  - KEY: #VALUE\n    more: 1\n",
    "family": "  xFAMILY:\n  - KEY: VALUE\n",
    "outside": "KEY: VALUE\n",
    "global": "global: {KEY: VALUE, bogus: 1}\n",
    "template": "  FAMILY:\n  - KEY: {{ VALUE }}\n",
    "at": "  FAMILY:\n  - KEY: @VALUE\n",
    "percent": "  FAMILY:\n  - KEY: %VALUE\n",
}
MISSPELT = {
    "routing_key": "routing_keyy routingkey routng_key routing-key RoutingKey rooting_key",
    "auth_password": "auth_passwrd auth_pasword auth_passord authPassword smtp_password",
    "credentials": "credential credentails credantials",
    "bearer_token": "bearer_tokn barer_token",
    "api_key": "api_kye apikey apiKey api_keys",
    "client_secret": "client_secrt client_secert clientSecret",
}
LOOKS = {
    "slack hook": "https://hooks.slack.com/services/T00000000/B00000000/{}",
    "slack workflow": "https://hooks.slack.com/workflows/T0/A0/1/{}",
    "discord": "https://discord.com/api/webhooks/1234/{}",
    "teams": "https://x.webhook.office.com/webhookb2/{}@1/IncomingWebhook/2/3",
    "telegram": "https://api.telegram.org/bot123456:{}/sendMessage",
    "user and password": "http://user:{}@host.example/x",
    "token as user": "https://{}abcdefgh@host.example/x",
    "parameter": "http://host.example/x?a=b&access_token={}",
    "signature": "https://prod.logic.azure.com/workflows/1?sp=x&sig={}",
    "slack bot": "xoxb-1234567890-{}",
    "slack app": "xapp-1-A0-{}",
    "github": "ghp_{}abcdefghijklmnopqrstuvwx",
    "github fine-grained": "github_pat_{}abcdefghijkl",
    "gitlab": "glpat-{}abcd",
    "grafana": "glsa_{}abcdefgh_0000",
    "json web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{}",
    "bearer": "Authorization: Bearer {}",
    "bare bearer": "Bearer {}abc",
    "basic": "Authorization: Basic {}==",
    "genie key": "Authorization: GenieKey {}",
    "own header": "X-Api-Key: {}",
    "assignment": "PASSWORD={}",
    "stripe": "sk_live_{}",
    "vault": "hvs.{}",
    "npm": "npm_{}abcdef",
}
# Without letters that a key may have in these services: the canary is another one.
CODES = {
    "aws": ("AKIA{}", "IOSFODNN7EXAMPQQ"),
    "pagerduty": ("pagerduty key {}", "0123456789abcdef0123456789abcdef"),
    "routing key": ("routing_key is {}", "0123456789abcdef0123456789abcdef"),
    "opsgenie": ("api_key: {}", "01234567-89ab-cdef-0123-456789abcdef"),
    "pem": ("-----BEGIN RSA PRIVATE KEY-----\\n{}\\n-----END RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA1234"),
    "open pem": ("-----BEGIN PRIVATE KEY-----\\n{}", "MIIEpAIBAAKCAQEA1234"),
    "telegram token": ("{}", "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"),
    "sendgrid": ("SG.{}.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "ngeVfQFYQlKU0ufo8x5d1A"),
}
# Each of them has an error in the line, or a finding about it.
PLACES = {
    "broken line": 'groups: [{name: a, rules: [{alert: b, annotations: {summary: "VALUE" "x"}}]}]\n',
    "open quote": 'groups:\n- name: a\n  rules:\n  - alert: b\n    annotations:\n      summary: "VALUE\n',
    "template": 'groups:\n- name: a\n  rules:\n  - {alert: b, expr: up, annotations: {s: "VALUE {{ }"}}\n',
    "unknown key": 'groups: [{name: a, rules: [{alert: b, expr: up == 0, bogus: "VALUE"}]}]\n',
    "expression": "groups: [{name: a, rules: [{alert: b, expr: \"up == 'VALUE' )\"}]}]\n",
    "comment": "groups: [{name: a, rules: [{alert: b, expr: up ==}]}] # VALUE\n",
    "tocsin comment": "groups:\n- name: a\n  rules:\n  - alert: b # tocsin: VALUE\n    expr: up == 0\n",
    "duration": 'groups: [{name: a, rules: [{alert: b, expr: up == 0, for: "VALUE"}]}]\n',
    "matcher": "route: {receiver: x, routes: [{receiver: x, matchers: ['VALUE']}]}\nreceivers: [{name: x}]\n",
    "receiver": 'route: {receiver: "VALUE"}\nreceivers: [{name: x}]\n',
    "spec": 'project: {name: a, title: "VALUE", bogus: 1}\n',
    "name in a spec": 'teams: {"VALUE": {title: a}}\n',
    "url in a spec": 'project: {name: a, title: a, urls: {grafana: "VALUE VALUE"}}\n',
}


def _by_key() -> Iterator[tuple[str, str]]:
    for (family, keys), (error, text) in itertools.product(KEYS.items(), ERRORS.items()):
        for key in keys.split():
            shown = text.replace("FAMILY", family).replace("KEY", key).replace("VALUE", CANARY)
            yield f"{key}, {error}", HEAD + shown
    for names, error in itertools.product(
        MISSPELT.values(), ("unknown key", "two colons", "twice", "open quote")
    ):
        for name in names.split():
            shown = ERRORS[error].replace("FAMILY", "webhook_configs").replace("KEY", name)
            yield f"{name}, {error}", HEAD + shown.replace("VALUE", CANARY)


def _by_look() -> Iterator[tuple[str, str, str]]:
    looks = [(kind, form, CANARY) for kind, form in LOOKS.items()]
    looks += [(kind, form, canary) for kind, (form, canary) in CODES.items()]
    for (kind, form, canary), (place, text) in itertools.product(looks, PLACES.items()):
        yield f"{kind}, {place}", text.replace("VALUE", form.format(canary)), canary


CASES = [*((name, text, CANARY) for name, text in _by_key()), *_by_look()]
COMMANDS = [
    *(("check", "--format", form) for form in FORMATS),
    ("route",),
    ("explain", "b"),
    ("diff", "other.yml"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_secret_is_shown(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.yml").write_text("route: {receiver: x}\nreceivers: [{name: x}]\n")
    # The format that shows lines is tried with everything, the others with a part of it.
    step = 1 if command[-1] == "text" else 8
    shown = []
    for name, text, canary in CASES[::step]:
        (tmp_path / "a.yml").write_text(text)
        result = CliRunner().invoke(main, [*command, "a.yml"])
        assert result.exception is None or isinstance(result.exception, SystemExit), name
        if canary in result.output or canary[:9] in result.output:
            shown.append(name)
    assert shown == []
    assert len(CASES) > 900


def test_a_broken_json_file_shows_no_secret(tmp_path: Path) -> None:
    text = json.dumps(
        {"route": {"receiver": "x"}, "receivers": [{"pagerduty_configs": [{"routing_key": CANARY}]}]}
    )
    for cut in range(text.index(CANARY) + len(CANARY), len(text)):
        (tmp_path / "a.json").write_text(text[:cut])
        assert CANARY not in CliRunner().invoke(main, ["check", str(tmp_path / "a.json")]).output


def test_a_name_that_the_file_says_in_clear_is_shown_though_an_address_has_it(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "route: {receiver: high-alerts}\nreceivers:\n  - name: high-alerts\n"
        "    # webhook_configs:\n    #   - url: 'http://hooks.example/high-alerts'\n"
    )
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json"])
    assert [one["subject"]["name"] for one in json.loads(result.stdout)] == ["high-alerts"]


def test_a_password_that_is_a_word_covers_no_word_of_a_message(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "global: {smtp_smarthost: 'a.example:25', smtp_from: a@b.example, smtp_auth_password: Alertmanager}\n"
        "route: {receiver: a}\nreceivers: [{name: a, email_configs: [{to: a@b.example, text: '{{ up }}'}]}]\n"
    )
    said = CliRunner().invoke(main, ["check", str(tmp_path)]).output
    assert "Alertmanager cannot read this template" in said
    assert "password: Alertmanager" not in said


def test_a_secret_on_the_command_line_is_not_repeated() -> None:
    token = f"xoxb-1234567890-{CANARY}"
    for arguments in (["check", f"./{token}"], ["diff", token, "x"], ["route", f"a={token}"], [token]):
        assert CANARY not in CliRunner().invoke(main, arguments).output


def test_places_stay() -> None:
    text = f"a: xoxb-1234567890-{CANARY} b"
    assert without_secrets(text) == "a: " + "*" * 28 + " b"
    masked = without_secrets(text)
    assert without_secrets(f"first: 1\n\n{text}\n{text}") == f"first: 1\n\n{masked}\n{masked}"


@pytest.mark.parametrize(
    "text",
    [
        "runbook_url: https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping",
        "runbook_url: https://github.com/kubernetes-monitoring/kubernetes-mixin/tree/master/runbook.md#alert-name",
        "dashboard_url: https://grafana.example/d/a87fb0d919ec0ea5f6543124e16c42a5/kubernetes?orgId=1&var-job=x",
        "url: https://status.example/incidents/2026-01-01-token-service",
        "image: registry.example/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "image: registry.example/app:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        "  expr: rate(oauth_token_refresh_failures_total[5m]) / rate(oauth_token_refresh_total[5m]) > 0.01",
        '  expr: kube_secret_info{secret="payments-db",namespace=~"prod|stage"} == 0',
        '  expr: sum by (token, secret) (api_key_requests{api_key="none"}) > 5',
        "  expr: token:requests:rate5m{job='auth'} > 100",
        "  - alert: SecretExpiresSoon",
        "      TokenServiceDown:\n        summary: The token service is down",
        "  - record: instance:secret_key_rotations:rate5m_with_a_long_name_that_goes_on_0123456789",
        "  summary: the bearer token authentication of the basic configuration fails",
        "  description: Basic information about the password reset of user:group at host.example",
        "  routing_key_file: /etc/alertmanager/pagerduty.key",
        "  credentials_file: /run/secrets/token",
        "  - {name: api, key: token}",
        "  apiURL: {name: slack-webhook, key: url}",
        "  key: severity",
        "  secret_name: alertmanager-main",
        "  team: keycloak",
        "  uid: 3e0d8f0c-2b6e-4c4b-9f57-8f0a2f1f9d11",
        "  to: ops@example.com",
        "  url: http://alertmanager.example:9093/#/alerts",
        "  smarthost: mail.example:587",
        "ssh://git@github.com/acme/alerts.git",
        "postgres://app@db.example:5432/app",
        "monkey: 12345678901234567890",
        'routing_key: "${team_pagerduty_key}"',
        "kind: Secret\ndata:\n---\napiVersion: v1\ndata:\n  rules.yaml: |\n    groups: []\nkind: ConfigMap",
        "kind: List\nitems:\n- kind: Secret\n- apiVersion: v1\n  kind: ConfigMap\n  data:\n    a.yaml: shown",
        "items:\n- data: {a.yaml: shown}\n  kind: ConfigMap\n- kind: Secret\n",
        "kind: Secret\nstringData:\n  alertmanager.yaml: |\n    route:\n      receiver: shown\n",
        "kind: Secret\nstringData:\n  web.tmpl: |\n    {{ define `a` }}shown{{ end }}\n",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    assert without_secrets(mask_spans(text, key_spans(text))) == text


@pytest.mark.parametrize(
    "text",
    [
        "kind: Secret\ndata:\n  a: VALUE",
        "kind: Secret\ndata:\n  alertmanager.yaml: VALUE",
        "kind: Secret\nstringData:\n  alertmanager.yaml: |\n    route: {}\n  token: VALUE",
        "kind: Secret\nstringData:\n  alertmanager.yaml: |\n    global:\n      password: VALUE\n  b: c",
        "kind: Secret\nstringData:\n  alertmanager.yaml: |\n    route: {}\n  a.pem: |\n    VALUE\n",
        "data:\n  a: VALUE\nkind: Secret",
        "kind: ConfigMap\ndata:\n  a: shown\n---\ndata:\n  a: VALUE\nkind: Secret",
        "items:\n- kind: ConfigMap\n- data:\n    a: VALUE\n  kind: Secret",
        "items:\n- kind: ConfigMap\n-\n  data:\n    a: VALUE\nkind: Secret",
        '{"kind": "ConfigMap"}\n---\n{"data": {"a": "VALUE"}, "kind": "Secret"}\n---\nkind: Secret',
    ],
)
def test_the_data_of_a_secret_is_covered_wherever_its_kind_stands(text: str) -> None:
    assert "VALUE" not in mask_spans(text, key_spans(text))
