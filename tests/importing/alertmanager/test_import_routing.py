"""An Alertmanager configuration becomes a file of a spec: as it is, but for its secrets."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.importing.alertmanager.configured import (
    CONFIG,
    SECRETS,
    configuration,
    generated,
    run,
    sound,
    spec,
)

from tocsin.cli.main import main
from tocsin.diff.compare import compare
from tocsin.engines.amtool import check_config, routed_receivers
from tocsin.existing.templates import Templates
from tocsin.files import File
from tocsin.importing.alertmanager import import_routing
from tocsin.importing.alertmanager.secret_files import is_secret_address
from tocsin.importing.alertmanager.write import routing_file
from tocsin.importing.import_files import import_files
from tocsin.source.document import Document
from tocsin.targets import alertmanager
from tocsin.workspace.import_files import read_files_to_import

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.importing.alertmanager.read import ImportedRouting
    from tocsin.importing.import_files import Imported
    from tocsin.plan.model import Plan


def _refusals(made: Imported) -> list[str]:
    found = [one for one in made.diagnostics if one.id == "import/refused"]
    return [f"{one.span.line if one.span else 0}: {one.message}" for one in found]


def test_no_secret_is_written_or_said() -> None:
    made = run(CONFIG)
    assert made.routing is not None
    texts = [file.content.decode() for file in made.files]
    texts += generated(made.routing).values()
    texts += [f"{one.message} {one.help}" for one in made.diagnostics]
    assert len(texts) > 3
    assert [secret for secret in SECRETS for text in texts if secret in text] == []


def test_secrets_become_files_and_are_listed_with_their_lines() -> None:
    made = run(CONFIG)
    report = next(file.content.decode() for file in made.files if file.path == "IMPORT.md")
    folder = "/etc/alertmanager/secrets"
    for line in (
        f"- `{folder}/global-slack_api_url`: `slack_api_url` in a.yaml:3",
        f"- `{folder}/global-smtp_auth_password`: `smtp_auth_password` in a.yaml:7",
        f"- `{folder}/pager-service_key`: `service_key` in a.yaml:47",
    ):
        assert line in report
    assert made.routing is not None
    pager = spec(made.routing)["receivers"]["pager"]
    assert pager["pagerduty"] == [{"service_key_file": f"{folder}/pager-service_key"}]
    assert pager["webhook"][0]["url_file"] == f"{folder}/pager-url"
    assert pager["webhook"][0]["http_config"]["http_headers"]["X-Team"] == {
        "values": ["shop"],
        "files": [f"{folder}/pager-header"],
    }
    assert pager["webhook"][1] == {"url": "http://alert-log:8080/alerts"}
    (client, _) = (one.get("http_config") for one in spec(made.routing)["receivers"]["db team"]["slack"])
    assert client == {"authorization": {"credentials_file": f"{folder}/db-team-bearer_token"}}


def test_every_comment_is_found_again_where_it_belongs() -> None:
    text = sound(CONFIG).file.content.decode()
    assert text.startswith("# The Alertmanager of the shop.\n")
    for line in (
        "slack_api_url_file: /etc/alertmanager/secrets/global-slack_api_url # rotated in May\n",
        "# smtp_auth_password: <hidden>\n",
        "group_by: [alertname, cluster] # one message for a cluster\n",
        "    # the database people\n    - matchers:\n",
        '- team =~ "web|shop" # both\n',
        "  # calls somebody\n  pager:\n",
    ):
        assert line in text


def test_what_is_generated_imports_as_itself() -> None:
    first = sound(CONFIG)
    again = sound(generated(first)["alertmanager/alertmanager.yaml"])
    assert again.file.content == sound(generated(again)["alertmanager/alertmanager.yaml"]).file.content
    assert configuration(again) == configuration(first)


def test_diff_says_that_nothing_changes_but_the_secrets() -> None:
    made = sound(CONFIG)
    changes = compare(made.read.plan, made.spec.plan)
    assert (changes.routing, changes.inhibitions) == ((), ())
    assert [one.receiver for one in changes.receivers] == ["db team", "pager"]
    plain = sound("""route: {receiver: a}
receivers:
  - name: a
    webhook_configs: [{url: "http://x/y", send_resolved: no, max_alerts: 5, http_config: null}]
    email_configs: [{to: a@b.example, headers: {X-Prio: 1}, from: c@d.example, smarthost: "e.example:25"}]
""")
    assert not compare(plain.read.plan, plain.spec.plan)
    assert not compare(plain.spec.plan, plain.read.plan)


def test_amtool_loads_it_and_routes_alike(amtool: Program, tmp_path: Path) -> None:
    made = sound(CONFIG)
    for path, text in {**generated(made), "old.yaml": CONFIG}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    new, old = tmp_path / "alertmanager/alertmanager.yaml", tmp_path / "old.yaml"
    assert check_config(amtool, new) is None
    tried = [
        {"service": service, "severity": severity, "team": team, "env": env}
        for service in ("db", "x")
        for severity in ("critical", "info")
        for team in ("web", "x")
        for env in ("dev", "x")
    ]
    told = {routed_receivers(amtool, old, labels) for labels in tried}
    assert len(told) > 3
    for labels in tried:
        assert routed_receivers(amtool, old, labels) == routed_receivers(amtool, new, labels), labels


def test_templates_are_files_of_the_spec() -> None:
    config = CONFIG.replace("route:\n", "templates: ['/etc/am/*.tmpl', /else/where.tmpl]\nroute:\n", 1)
    texts = {"x/b.tmpl": '{{ define "t" }}\tone {{ end }}\n', "x/a.tmpl": '{{ define "u" }}ü{{ end }}'}
    documents = tuple(Document(name, text) for name, text in sorted(texts.items()))
    made = sound(config, templates=Templates({"/etc/am/*.tmpl": documents}))
    files = generated(made)
    assert files["alertmanager/templates/b.tmpl"] == texts["x/b.tmpl"]
    assert files["alertmanager/templates/a.tmpl"] == texts["x/a.tmpl"]
    assert configuration(made)["templates"] == ["templates/*.tmpl", "/else/where.tmpl"]


def test_templates_that_tocsin_generates_come_back_as_they_are(shop_plan: Plan, tmp_path: Path) -> None:
    files = {file.path: file.content.decode() for file in alertmanager.emit(shop_plan)}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["import", str(tmp_path), "--to", str(tmp_path / "spec")])
    assert result.exit_code == 0, result.output
    assert "1 template file: nobody is notified otherwise" in result.stdout
    again = CliRunner().invoke(main, ["generate", str(tmp_path / "spec"), "-o", str(tmp_path / "again")])
    assert again.exit_code == 0, again.output
    [template] = (tmp_path / "again/alertmanager/templates").iterdir()
    assert template.read_text(encoding="utf-8") == files["alertmanager/templates/tocsin.tmpl"]


def test_templates_whose_order_would_change_what_they_mean_stop_the_import() -> None:
    config = CONFIG.replace("route:\n", "templates: [b.tmpl, a.tmpl]\nroute:\n", 1)
    one, other = (Document(f"{name}.tmpl", f'{{{{ define "t" }}}}{name}{{{{ end }}}}') for name in "ba")
    made = run(config, templates=Templates({"b.tmpl": (one,), "a.tmpl": (other,)}))
    assert made.files == ()
    found = [one.message for one in made.diagnostics if one.id == "import/differs"]
    assert len(found) == 1
    assert "not decided" in found[0]


_OBJECT = "apiVersion: v1\nmetadata: {name: am}\n"
_INDENTED = "".join(f"    {line}\n" for line in CONFIG.splitlines())


@pytest.mark.parametrize(
    "wrapped",
    [
        f"{_OBJECT}kind: Secret\nstringData:\n  alertmanager.yaml: |\n{_INDENTED}",
        f"{_OBJECT}kind: ConfigMap\ndata:\n  alertmanager.yml: |\n{_INDENTED}",
        f"{_OBJECT}kind: Secret\ndata:\n  alertmanager.yaml: " + base64.b64encode(CONFIG.encode()).decode(),
        f"alertmanager:\n  config:\n{_INDENTED}",
    ],
    ids=["secret", "configmap", "encoded", "values"],
)
def test_it_is_the_same_inside_of_something_else(wrapped: str) -> None:
    plain, made = sound(CONFIG), sound(wrapped)
    assert configuration(made) == configuration(plain)
    assert [secret for secret in SECRETS if secret in made.file.content.decode()] == []


def test_of_values_of_a_chart_only_the_comments_of_the_configuration_come_along() -> None:
    values = f"# About Grafana.\ngrafana: {{}}\nalertmanager:\n  config:\n{_INDENTED}# The end.\n"
    text = sound(values).file.content.decode()
    assert "# the database people\n" in text
    assert "Grafana" not in text
    assert "The end" not in text


_RESOURCE = """\
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: web, namespace: shop}
spec:
  route:
    receiver: chat
    matchers: [{name: team, value: web, matchType: "="}]
  receivers:
    - name: chat
      slackConfigs:
        - apiURL: {name: slack, key: url}
          channel: "#web"
"""


def test_resources_come_with_the_matcher_of_their_namespace() -> None:
    made = sound(CONFIG, _RESOURCE)
    first = configuration(made)["route"]["routes"][0]
    assert first["matchers"] == ['team="web"', 'namespace="shop"']
    assert (first["receiver"], first["continue"]) == ("shop/web/chat", True)
    assert spec(made)["receivers"]["shop/web/chat"]["slack"] == [
        {"api_url_file": "/etc/alertmanager/secrets/slack/url", "channel": "#web"}
    ]


def test_rules_and_routes_become_one_spec() -> None:
    rules = """\
groups:
  - name: a
    rules:
      - {alert: Down, expr: up == 0, labels: {severity: critical}}
      - {alert: Slow, expr: latency > 1, labels: {severity: warning}}
"""
    made = run(rules, CONFIG)
    assert [one.message for one in made.diagnostics if one.id.startswith("import/")] == []
    assert {"rules/a.yaml", "routing.yaml", "project.yaml", "IMPORT.md"} == {file.path for file in made.files}
    assert made.spec is not None
    assert sum(len(group.rules) for group in made.spec.plan.rule_groups) == 2
    assert len(made.spec.plan.inhibitions) == 1


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        (
            "route:\n",
            "event_recorder: {webhook_outputs: [{url: 'https://x.example.org/a8f9c2d7e1b3'}]}\nroute:\n",
            9,
            "`url` may be a secret, and Alertmanager reads it from no file",
        ),
        ("receiver: db team\n", "receiver: dbteam\n", 17, "there is no receiver `dbteam`"),
        (
            "- url: http://alert-log:8080/alerts",
            "- url: 'http://x/{{ .Status }}?token=0123456789'",
            52,
            "`url` holds a secret and a template",
        ),
        (
            "{bearer_token: t0ken-t0ken}",
            "{proxy_url: 'http://p', proxy_connect_header: {Proxy-Authorization: [b]}}",
            42,
            "`proxy_connect_header` holds a secret, and Alertmanager reads it from no file",
        ),
    ],
)
def test_what_a_spec_cannot_hold_is_refused_with_its_line(
    before: str, after: str, line: int, said: str
) -> None:
    assert CONFIG.count(before) == 1
    made = run(CONFIG.replace(before, after))
    assert made.routing is None
    assert made.files == ()
    (found,) = _refusals(made)
    assert found.startswith(f"{line}: ")
    assert said in found


def test_keys_of_aws_become_a_profile() -> None:
    sns = """route: {receiver: ops}
receivers:
  - name: ops
    sns_configs:
      - topic_arn: arn:aws:sns:eu:1:t
        sigv4: {region: eu, access_key: AKIAABCDEFGHIJKLMNOP, secret_key: s3cret-s3cret}
      - topic_arn: arn:aws:sns:eu:1:u
        sigv4: {profile: dev, access_key: AKIAABCDEFGHIJKLMNOQ, secret_key: s4cret-s4cret}
"""
    made = sound(sns)
    assert [one["sigv4"] for one in spec(made)["receivers"]["ops"]["sns"]] == [
        {"region": "eu", "profile": "ops"},
        {"profile": "dev"},
    ]
    files = {one.file for one in made.read.files.moved}
    assert files == {"~/.aws/credentials [ops]", "~/.aws/credentials [dev]"}


def test_the_oldest_alertmanager_that_knows_the_keys_is_named() -> None:
    newer = CONFIG.replace("channel: '#db'\n", "channel: '#db'\n        message_text: x\n")
    assert spec(sound(newer))["project"]["targets"] == {"alertmanager": "0.31"}
    assert "targets" not in spec(sound(CONFIG))["project"]


def test_the_key_that_a_secret_gets_may_need_a_newer_alertmanager() -> None:
    wechat = "{name: a, wechat_configs: [{corp_id: c, api_secret: s3cret-s3cret}]}"
    text = f"route: {{receiver: a}}\nreceivers: [{wechat}]\n"
    made = spec(sound(text))
    assert "api_secret_file" in made["receivers"]["a"]["wechat"][0]
    assert made["project"]["targets"] == {"alertmanager": "0.31"}


@pytest.mark.parametrize("order", [1, -1])
def test_an_address_that_is_a_secret_elsewhere_is_one_everywhere(order: int) -> None:
    address = "http://relay:8090/webhook"
    receivers = [
        f"{{name: a, webhook_configs: [{{url: '{address}'}}]}}",
        f"{{name: b, slack_configs: [{{api_url: '{address}', channel: c}}]}}",
    ]
    made = sound(f"route: {{receiver: a}}\nreceivers: [{', '.join(receivers[::order])}]\n")
    assert address not in made.file.content.decode()
    assert {"url_file"} == spec(made)["receivers"]["a"]["webhook"][0].keys()


def test_templates_that_alertmanager_cannot_read_are_refused_with_their_line() -> None:
    made = run(CONFIG.replace(".CommonLabels.alertname }}", ".CommonLabels.alertname | upper }}"))
    (found,) = _refusals(made)
    assert "Alertmanager cannot read this template: there is no function `upper`" in found


def test_a_file_of_templates_with_which_alertmanager_does_not_start(tmp_path: Path, amtool: Program) -> None:
    (tmp_path / "alertmanager.yml").write_text(
        "templates: ['*.tmpl']\nroute: {receiver: a}\nreceivers: [{name: a}]\n"
    )
    (tmp_path / "a.tmpl").write_text('{{ define "a" }}{{ $alert.Labels.job }}{{ end }}')
    assert check_config(amtool, tmp_path / "alertmanager.yml") is not None
    read = read_files_to_import([tmp_path])
    made = import_files(read.files, None, templates=read.templates)
    (found,) = [one for one in made.diagnostics if one.id == "import/refused"]
    assert found.span is not None
    assert found.span.document.name == (tmp_path / "a.tmpl").as_posix()
    assert found.message.startswith(f"`{(tmp_path / 'alertmanager.yml').as_posix()}` is not imported")


def test_a_second_configuration_is_refused() -> None:
    made = run(CONFIG, "route: {receiver: a}\nreceivers: [{name: a}]\n")
    assert made.routing is not None
    assert _refusals(made) == [
        "1: `b.yaml` is not imported: a spec is for one Alertmanager, and this is a second configuration"
    ]


def test_a_fault_of_the_importer_stops_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(read: ImportedRouting) -> File:
        file = routing_file(read)
        return File(file.path, file.content.replace(b"      continue: true\n", b""))

    monkeypatch.setattr(import_routing, "routing_file", forgetful)
    made = run(CONFIG)
    assert made.files == ()
    assert {one.id for one in made.diagnostics} >= {"import/differs"}


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("http://alert-log:8080/alerts", False),
        ("https://x.example.org/api/v1/alerts", False),
        ("http://prometheus-msteams:2000/high_priority_channel", False),
        ("http://127.0.0.1:5001/", False),
        ("https://hooks.example.org/a8f9c2d7e1b3", True),
        ("https://hooks.example.org/T0AB/B0CD", True),
        ("https://nosnch.in/abcdefabcd", True),
        ("https://hooks.example.org/ABCDEFGH", True),
        ("https://x.example.org/alerts?token=1", True),
        ("https://user:word@x.example.org/alerts", True),
    ],
)
def test_addresses_that_let_everybody_post_are_secrets(address: str, secret: bool) -> None:
    assert is_secret_address(address) is secret


ABOUT_ITSELF = """\
tracing: # to the collector
  endpoint: collector:4317
  sampling_fraction: 0.5
  headers: {X-Team: {values: [web], secrets: [tr4ce-s3cret]}}
event_recorder:
  # kept for a month
  file_outputs: [{path: /var/log/events.jsonl}]
  webhook_outputs:
    - url: https://events.example.org/in
      http_config: {authorization: {credentials: ev3nt-s3cret}}
  kafka_outputs: [{brokers: ["kafka:9092"], topic: alerts}]
"""


def test_sections_about_alertmanager_itself_are_taken_over(amtool: Program, tmp_path: Path) -> None:
    labelled = CONFIG.replace("  - name: db team\n", "  - name: db team\n    labels: {owner: dba, tier: 1}\n")
    made = sound(ABOUT_ITSELF + labelled.replace("{bearer_token: t0ken-t0ken}", PROXY))
    project = spec(made)["project"]
    assert project["targets"] == {"alertmanager": "0.33"}
    assert project["tracing"]["headers"]["X-Team"] == {
        "values": ["web"],
        "files": ["/etc/alertmanager/secrets/tracing-header"],
    }
    written = configuration(made)
    assert written["tracing"]["sampling_fraction"] == 0.5
    assert written["event_recorder"]["kafka_outputs"] == [{"brokers": ["kafka:9092"], "topic": "alerts"}]
    labels = {one["name"]: one.get("labels") for one in written["receivers"]}
    assert labels["db team"] == {"owner": "dba", "tier": "1"}
    assert "s3cret" not in made.file.content.decode()
    assert "# kept for a month" in made.file.content.decode()
    path = tmp_path / "alertmanager.yaml"
    path.write_text(generated(made)["alertmanager/alertmanager.yaml"], encoding="utf-8")
    assert check_config(amtool, path) is None


def test_labels_of_routes_are_taken_over() -> None:
    labels = "  labels: {reason: '{{ .GroupLabels.alertname }}', tier: 1}\n"
    made = sound(CONFIG.replace("route:\n", f"route:\n{labels}", 1))
    assert spec(made)["project"]["targets"] == {"alertmanager": "0.34"}
    expected = {"reason": "{{ .GroupLabels.alertname }}", "tier": "1"}
    assert spec(made)["routing"]["labels"] == expected
    assert configuration(made)["route"]["labels"] == expected


PROXY = "{proxy_url: 'http://p.example.org:3128', proxy_connect_header: {X-Tenant: [web]}}"


def test_the_label_of_its_name_is_alertmanagers_own() -> None:
    made = sound(CONFIG.replace("  - name: db team\n", "  - name: db team\n    labels: {name: db team}\n"))
    assert "labels" not in spec(made)["receivers"]["db team"]
    assert "targets" not in spec(made)["project"]


def test_the_spec_is_for_an_alertmanager_that_knows_the_functions_of_templates() -> None:
    made = sound(CONFIG.replace("{{ .CommonLabels.alertname }}", "{{ toJson .CommonLabels }}"))
    assert spec(made)["project"]["targets"] == {"alertmanager": "0.30"}
