"""Files that look like alerting and are for other programs: chart tests, bridges, templates of tools."""

from __future__ import annotations

import json
from datetime import date
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.cli.main import main
from tocsin.detect.kinds import DocumentKind
from tocsin.detect.signatures import IN_PARTS, IN_SECTION
from tocsin.diagnostics.incomplete import Incomplete
from tocsin.existing.files import read_existing
from tocsin.existing.input import read_input
from tocsin.existing.markdown import Markdown
from tocsin.existing.templates import Templates
from tocsin.source import Document
from tocsin.spec.alerts import Group
from tocsin.spec.delivery import Deliver
from tocsin.spec.integrations.models import Receiver
from tocsin.spec.notifications import Notifications
from tocsin.spec.policy import Policy
from tocsin.spec.project import Project
from tocsin.spec.routing import Routing
from tocsin.spec.runbook import Escalation
from tocsin.workspace.inputs import Inputs

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

RULES = "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]\n"
ROUTES = "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: 'http://h/'}]}]\n"
SUITE = """\
suite: rules of the chart
tests:
  - it: makes the rules
    asserts:
      - equal:
          path: spec
          value: {groups: [{name: a, rules: [{alert: A, expr: vector(1) == 1}]}]}
      - equal:
          path: spec
          value: {groups: [{name: a, rules: [{alert: A, expr: vector(1) == 1}]}]}
"""
JIRALERT = """\
config:
  defaults: {api_url: https://jira.example, project: OPS}
  receivers: [{name: jira-ops, project: OPS}]
  template: jiralert.tmpl
"""
PART = "config:\n  receivers: [{name: a, slack_configs: [{api_url_file: /a}]}]\n"


def _read(**texts: str) -> list[tuple[str, str, str]]:
    """Level, id and message of what is found in files, none of which was named."""
    inputs = [
        read_input(Document(f"{name.replace('__', '/')}.yaml", text), named=False)
        for name, text in texts.items()
    ]
    found = read_existing(inputs).diagnostics
    return [(one.level.value, one.id, one.message) for one in found]


def _not_read(text: str, name: str = "other.yaml") -> str:
    """What the summary says that a file is, beside rules that are read; it is no finding."""
    inputs = [
        read_input(Document(one, held), named=False) for one, held in (("rules.yaml", RULES), (name, text))
    ]
    found = read_existing(inputs)
    assert found.diagnostics == ()
    read = Inputs(tuple(inputs), False, (), (), Templates(), Markdown(), ()).files_read(found.unrendered)
    (one,) = [left for left in read.left if left.unread.is_alerting]
    assert one.name == name
    return one.unread.what


def test_the_rules_in_unit_tests_of_a_chart_are_no_rules() -> None:
    assert _read(rules=RULES, chart_test=SUITE) == []
    document = Document("t.yaml", SUITE)
    assert "unit tests of a Helm chart" in str(
        read_existing([read_input(document, named=True)]).diagnostics[0].message
    )


def test_receivers_of_a_bridge_are_no_part_of_alertmanager() -> None:
    assert _read(rules=RULES, jira=JIRALERT) == []
    assert _not_read(PART) == "a part of an Alertmanager configuration"


@pytest.mark.parametrize(
    "tag",
    [
        *('{{ requiredEnv "REGISTRY" }}', '{{ readFile "a.json" | toYaml | indent 4 }}'),
        *("{{ my_registry }}", "{{my_registry}}:5000"),
    ],
)
def test_a_tag_of_another_tool_makes_a_template_of_a_file(tag: str) -> None:
    text = f"releases:\n- name: a\n  set:\n  - name: registry\n    value: {tag}\n"
    assert "template" in _not_read(text)


@pytest.mark.parametrize(
    "tag", ["{{ $value }} is much", "{{ .CommonLabels.job }}", "{{ value }}", "{{ .Labels.host }}:80"]
)
def test_a_tag_of_alerting_without_quotes_is_a_fault(tag: str) -> None:
    text = RULES.replace("expr: up == 0", f"expr: up == 0, annotations: {{summary: {tag}}}")
    assert ("error", "file/yaml") in [(level, id_) for level, id_, _ in _read(rules=RULES, other=text)]


def test_rule_files_of_a_server_are_missed_only_beside_rules() -> None:
    server = "rule_files: ['/etc/prometheus/*_rules.yml']\nscrape_configs: [{job_name: a}]\n"
    assert _read(server=server, routes=ROUTES) == []
    assert [id_ for _, id_, _ in _read(server=server, rules=RULES)] == ["file/rule-files"]
    assert _read(server=server.replace("*_rules.yml", "*.yaml"), rules=RULES) == []
    both = server.replace(
        "['/etc/prometheus/*_rules.yml']", "['/etc/prometheus/*.yml', '/etc/prometheus/*.yaml']"
    )
    assert _read(server=both, rules=RULES) == []


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ('clamp_min(sum(count_over_time({app="g"}[5m])), 1)', "`clamp_min` is not a LogQL function"),
        ("avg_over_time(loki:errors:count[1h])", "this is PromQL, and its file is read as one of Loki"),
    ],
)
def test_a_query_that_loki_does_not_know_is_moved_only_if_it_selects_metrics(expr: str, said: str) -> None:
    log_rules = "".join(
        f'  - record: r{number}\n    expr: sum(rate({{app="g"}} |= `x` [5m]))\n' for number in range(3)
    )
    text = f"groups:\n- name: a\n  rules:\n{log_rules}  - record: r\n    expr: {expr}\n"
    assert _read(rules=text) == [("error", "file/logql", said)]


RULE = """\
groups:
- name: a
  rules:
  - alert: A
    expr: EXPR
    for: FOR
    annotations: {summary: "SUMMARY"}
"""


def _rule(expr: str = "up == 0", for_: str = "5m", summary: str = "down") -> str:
    return RULE.replace("EXPR", expr).replace("FOR", for_).replace("SUMMARY", summary)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (_rule("__name_of_metric__ > 1"), []),
        (_rule(for_="$WINDOW"), [("error", "file/duration")]),
    ],
)
def test_what_looks_filled_in_is_read(text: str, found: list[tuple[str, str]]) -> None:
    assert [(level, id_) for level, id_, _ in _read(other=RULES, rules=text)] == found


@pytest.mark.parametrize(
    "text",
    [
        _rule(summary="{{ '{{ $labels.instance }}' }} is down"),
        _rule("sum_over_time(a[__WINDOW__]) > 1"),
    ],
)
def test_what_another_program_fills_in_is_no_fault(text: str) -> None:
    assert "template" in _not_read(text)


@pytest.mark.parametrize(("name", "told"), [("a.yaml.tmpl", False), ("a.yaml", True)])
def test_a_duration_that_is_a_variable_is_no_fault_in_a_template(name: str, told: bool) -> None:
    document = Document(name, _rule(for_="$WINDOW"))
    found = read_existing([read_input(document, named=False)]).diagnostics
    assert ("file/duration" in [one.id for one in found]) is told


@pytest.mark.parametrize(
    ("name", "told"),
    [("am.yml.template", False), ("config-template.yaml", False), ("am.yml", True), ("templates.yml", True)],
)
def test_a_variable_in_routes_is_told_unless_the_file_is_a_template(name: str, told: bool) -> None:
    text = "route: {receiver: a}\nreceivers: [{name: a, pagerduty_configs: [{routing_key: '${KEY}'}]}]\n"
    found = read_existing([read_input(Document(name, text), named=False)]).diagnostics
    assert ("alertmanager/variable" in [one.id for one in found]) is told


@pytest.mark.parametrize(
    ("name", "found"),
    [("deploy/vmalert/a.yaml", ("info", "file/promql")), ("deploy/alerts/a.yaml", ("error", "file/promql"))],
)
def test_metricsql_is_no_fault_where_vmalert_reads_it(name: str, found: tuple[str, str]) -> None:
    text = _rule("label_value(a, `b`) > 1")
    said = read_existing([read_input(Document(name, text), named=False)]).diagnostics
    assert [(one.level.value, one.id) for one in said] == [found]


_FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop}
spec:
  postBuild:
    substituteFrom: [{kind: Secret, name: settings}]
"""
_FILLED = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: shop}
spec:
  groups:
    - name: shop
      rules:
        - alert: ShopDown
          expr: up{job="shop"} == 0
          annotations:
            summary: "{{ $$labels.instance }} is down"
            runbook_url: "https://wiki.${DOMAIN}/ShopDown"
"""


def test_what_flux_fills_in_is_no_fault() -> None:
    def found(**texts: str) -> list[str]:
        read = read_existing(
            [read_input(Document(f"{name}.yaml", text), named=False) for name, text in texts.items()]
        )
        chosen = [CHECKS["link/placeholder"], CHECKS["template/syntax"]]
        said = check_plan(read.plan, read.sources, chosen, known=(), today=date(2026, 1, 1))
        return sorted(one.id for one in said)

    assert found(rules=_FILLED) == ["link/placeholder", "template/syntax"]
    assert found(rules=_FILLED, flux=_FLUX) == []
    assert found(rules=_FILLED, flux=_FLUX.replace("postBuild", "other")) == [
        "link/placeholder",
        "template/syntax",
    ]


@pytest.mark.parametrize("name", ["evidence/a.txt", "examples/a.yaml", "evidence/a.log"])
def test_alerts_are_followed_through_what_runs_and_a_copy_to_read_is_not_mentioned(name: str) -> None:
    other = ROUTES.replace("receivers:", "inhibit_rules: []\nreceivers:")

    def read(**texts: str) -> tuple[str | None, list[str]]:
        inputs = [read_input(Document(one, text), named=False) for one, text in texts.items()]
        found = read_existing(inputs)
        said = [one.id for one in found.diagnostics if one.id == "file/second-route"]
        return None if found.plan.route is None else str(found.plan.route.place.path[0]), said

    rules = {"evidence/rules.yaml": RULES}
    assert read(**rules, **{name: other, "z/alertmanager.yaml": ROUTES}) == ("z/alertmanager.yaml", [])
    assert read(**rules, **{name: other}) == (name, [])
    both = read(**rules, **{"y/alertmanager.yaml": other, "z/alertmanager.yaml": ROUTES})
    assert both == ("y/alertmanager.yaml", ["file/second-route"])


def test_a_form_to_copy_counts_only_where_there_is_nothing_else() -> None:
    assert _read(rules=RULES, **{"alertmanager.example": ROUTES, "alertmanager": ROUTES}) == []
    other = ROUTES.replace("receivers:", "inhibit_rules: []\nreceivers:")
    assert [id_ for _, id_, _ in _read(rules=RULES, one=ROUTES, two=other)] == ["file/second-route"]
    assert _read(rules=RULES, one=ROUTES, copy=ROUTES) == []
    example = Document("alertmanager.yml.example", ROUTES)
    assert read_existing([read_input(example, named=True)]).plan.route is not None


_NOBODY = "route: {receiver: later}\nreceivers: [{name: later}]\n"


def _followed(**texts: str) -> tuple[str | None, list[str]]:
    """The receiver of the configuration that alerts are followed through, and what is said of it."""
    read = read_existing([read_input(Document(name, text), named=False) for name, text in texts.items()])
    checks = [CHECKS["route/nobody"]]
    said = check_plan(read.plan, read.sources, checks, known=(), today=date(2026, 1, 1), unread=read.unread)
    assert read.plan.route is not None
    return read.plan.route.receiver, [one.id for one in said]


def test_alerts_are_followed_through_the_configuration_nearest_to_their_rules() -> None:
    near = {"a/alertmanager.yml": ROUTES, "live/am/alertmanager.yml": _NOBODY, "live/rules/x.yml": RULES}
    assert _followed(**near)[0] == "later"
    assert _followed(**{"live/b/alertmanager.yml": ROUTES} | near)[0] != "later"


def test_an_example_is_followed_only_where_there_is_nothing_else_and_notifies_nobody() -> None:
    files = {"examples/alertmanager.yml": ROUTES, "manifests/am.yml": _NOBODY, "examples/rules.yml": RULES}
    assert _followed(**files) == ("later", ["route/nobody"])


def test_a_server_of_tests_is_no_second_one() -> None:
    server = "rule_files: [x.yml]\nscrape_configs: []\n"
    texts = {"tests/prometheus.yml": server + "global: {}\n", "prometheus.yml": server, "x.yml": RULES}
    read = read_existing([read_input(Document(name, text), named=False) for name, text in texts.items()])
    assert read.plan.server is not None
    assert [one.id for one in read.diagnostics] == []


def test_whom_one_alertmanager_leaves_out_another_one_may_notify() -> None:
    files = {"a/alertmanager.yml": _NOBODY, "b/alertmanager.yml": ROUTES, "a/rules.yml": RULES}
    assert _followed(**files) == ("later", [])
    assert _followed(**files | {"b/alertmanager.yml": _NOBODY}) == ("later", ["route/nobody"])


def test_the_configuration_of_a_test_says_nothing_of_rules_that_run() -> None:
    fixture = {"tests/alertmanager.yml": _NOBODY}
    assert _followed(**fixture, **{"rules/x.yml": RULES}) == ("later", [])
    assert _followed(**fixture, **{"tests/x.yml": RULES}) == ("later", ["route/nobody"])


_OF_GO = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: rules
  namespace: {{.Namespace}}
spec:
  groups:
    - name: a
      rules: [{alert: A, expr: up == 0}]
"""
_OF_TERRAFORM = """\
global: {scrape_interval: 30s}
rule_files: [rules.yaml]
scrape_configs:
%{ for cluster in clusters ~}
  - job_name: ${ cluster }
%{ endfor ~}
"""
_KEPT = RULES.replace("up == 0", "up == 0, annotations: {summary: 'down: {{`{{`}} $labels.job {{`}}`}}'}")


@pytest.mark.parametrize(
    ("name", "text"),
    [("rules.tmpl.yaml", _OF_GO), ("rules", _OF_GO), ("server", _OF_TERRAFORM), ("kept.tmpl", _KEPT)],
)
def test_templates_of_other_programs_are_told_as_such(name: str, text: str) -> None:
    assert "template" in _not_read(text, f"{name}.yml")


def test_data_of_an_alert_that_lacks_its_quotes_is_no_template() -> None:
    text = _OF_GO.replace("namespace: {{.Namespace}}", "annotations: {a: b}").replace(
        "expr: up == 0", "expr: up == 0, annotations: {summary: {{.Value}}}"
    )
    assert "file/template" not in [id_ for _, id_, _ in _read(other=RULES, rules=text)]


_VM_ROUTES = """\
apiVersion: operator.victoriametrics.com/v1beta1
kind: VMAlertmanagerConfig
metadata: {name: telegram}
spec:
  route: {receiver: telegram}
  receivers: [{name: telegram, telegram_configs: [{bot_token: {name: a, key: b}, chat_id: 1}]}]
"""
_PARAMETERS = """\
parameters:
  monitoring:
    alertManagerConfig:
      receivers: [{name: foo, opsgenie_configs: [{source: x}]}]
      route: {routes: [{receiver: other, matchers: ['other="true"']}]}
"""
_EVENTS = """\
logLevel: error
route: {routes: [{match: [{receiver: dump}]}]}
receivers: [{name: dump, file: {path: /dev/stdout}}]
"""
_CATALOGUE = """\
groups:
  - name: Basic
    services: [{name: Prometheus, exporters: [{slug: a, rules: [{name: b, query: up == 0}]}]}]
"""


@pytest.mark.parametrize("text", [_VM_ROUTES, _PARAMETERS])
def test_routes_that_are_not_whole_are_not_read(text: str) -> None:
    assert "Alertmanager" in _not_read(text)


@pytest.mark.parametrize("text", [_EVENTS, _CATALOGUE])
def test_what_only_looks_like_alerting_is_left_alone(text: str) -> None:
    assert _read(rules=RULES, other=text) == []


def test_values_that_external_secrets_writes_are_no_errors() -> None:
    text = (
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: a}\n"
        "spec:\n  target:\n    template:\n      data:\n        alertmanager.yaml: |\n"
        "          route: {receiver: a}\n          receivers:\n            - name: a\n"
        "              discord_configs: [{webhook_url: '{{ .DISCORD_URL }}'}]\n"
    )
    assert _read(rules=RULES, secret=text) == []
    assert _read(rules=RULES, secret=text.replace("{{ .DISCORD_URL }}", "discord")) != []


_INVENTORY = "plugin: yamlgroup\ngroups:\n  web: [a.example, b.example]\n  all: []\n"
_USERS = "groups: {media: {friendly_name: Media}}\nclients: {a: {subdomain: a}}\n"
_PROOFS = "project: {name: parser, assurance: L3, specs: [a], commands: {}, audit: {}}\n"
_SERVERS = "project: {name: My Project, repo: git}\nenvironments: {cloud: {host: a, user: root}}\n"
_APPROVALS = "policy: {approval: [a], disapproval: {requires: {}}}\napproval_rules: [{name: a}]\n"
_RIGHTS = "policy: {approval: [a]}\n"
_POLICIES = "policy: [{name: a, instance: {name: vault}, rules: b}]\n"


@pytest.mark.parametrize("text", [_INVENTORY, _USERS, _PROOFS, _SERVERS, _APPROVALS, _RIGHTS, _POLICIES])
def test_groups_and_projects_of_others_are_no_spec(text: str) -> None:
    file = read_input(Document("other.yaml", text), named=False)
    assert {part.kind for part in file.parts()} == {DocumentKind.OTHER}


def test_a_fallback_that_notifies_nobody_is_no_configuration() -> None:
    values = "alertmanager:\n  fallbackConfig: |\n    route: {receiver: a}\n    receivers: [{name: a}]\n"

    def kinds(text: str) -> set[DocumentKind]:
        return {part.kind for part in read_input(Document("values.yaml", text), named=False).parts()}

    assert kinds(values) == {DocumentKind.OTHER}
    assert kinds(values.replace("fallbackConfig", "config")) == {DocumentKind.ALERTMANAGER}
    assert kinds(values.replace("{name: a}", "{name: a, webhook_configs: []}")) == {DocumentKind.ALERTMANAGER}


def test_the_marks_of_a_spec_are_the_keys_of_its_models() -> None:
    sections: dict[str, type[BaseModel]] = {
        "project": Project,
        "routing": Routing,
        "policy": Policy,
        "escalation": Escalation,
        "notifications": Notifications,
        "deliver": Deliver,
    }
    assert sections.keys() == IN_SECTION.keys()
    parts: list[tuple[frozenset[str], type[BaseModel]]] = [
        (IN_PARTS["groups"], Group),
        (IN_PARTS["receivers"], Receiver),
    ]
    for known, model in (*parts, *((IN_SECTION[name], model) for name, model in sections.items())):
        fields = {field.alias or name for name, field in model.model_fields.items()}
        assert known == fields - {".branches", "except"}


def test_settings_beside_a_configuration_may_be_those_of_its_global_section() -> None:
    job = (
        "properties:\n  alertmanager:\n    route: {receiver: a}\n"
        "    receivers: [{name: a, email_configs: [{to: ops@x.example}]}]\n"
    )
    assert [id_ for _, id_, _ in _read(manifest=job)] == ["alertmanager/rule"]
    assert _read(manifest=job + "    smtp: {from: a@x.example, smarthost: 'mail:25'}\n") == []


_SECOND = """\
global: {slack_api_url_file: /slack}
route: {receiver: b}
receivers:
  - name: b
    slack_configs: [{channel: "#b", chanel: "#c", title: '{{ .CommonLabels.a | default "x" }}'}]
    webhook_configs: [{url: 'http://h/?token=Zq81kPw0'}]
"""


def test_a_second_configuration_is_judged_by_itself() -> None:
    inputs = [
        read_input(Document(f"{name}.yaml", text), named=False)
        for name, text in (("rules", RULES), ("one", ROUTES), ("two", _SECOND))
    ]
    read = read_existing(inputs)
    found = {(one.id, one.span.document.name, one.span.line) for one in read.diagnostics if one.span}
    assert {("file/second-route", "two.yaml", 1), ("alertmanager/key", "two.yaml", 5)} <= found
    assert {span.document.name for span in read.secrets} == {"one.yaml", "two.yaml"}
    checks = [CHECKS["notification/syntax"], CHECKS["receiver/unused"]]
    said = check_plan(
        read.plan, read.sources, checks, known=(), today=date(2026, 1, 1), unread=Incomplete(("alerts",))
    )
    # No alert is followed to its receivers.
    assert [(one.id, one.span.line) for one in said if one.span] == [("notification/syntax", 5)]
    assert "`default`" in said[0].message


def test_the_settings_of_a_program_that_notifies_are_no_part_of_a_spec() -> None:
    def kinds(text: str) -> list[DocumentKind]:
        return [part.kind for part in read_input(Document("a.yaml", text), named=False).parts()]

    assert kinds("notifications: {apprise: {urls: [a]}, verbosity: normal}") == [DocumentKind.OTHER]
    assert kinds("notifications: {texts: own}") == [DocumentKind.SPEC]


def test_braces_kept_from_helm_that_end_a_string_are_told_as_a_template() -> None:
    text = RULES.replace(
        "expr: up == 0", 'expr: up == 0, annotations: {a: "rate {{ "{{" }} $value {{ "}}" }}"}'
    )
    assert "template" in _not_read(text)


def test_routes_of_grafana_are_called_so() -> None:
    policy = (
        "apiVersion: grafana.integreatly.org/v1beta1\nkind: GrafanaNotificationPolicy\n"
        "metadata: {name: root}\nspec: {route: {receiver: a, routes: [{receiver: b}]}}\n"
    )
    assert _not_read(policy) == "notification settings of Grafana"


def test_who_else_is_notified_is_not_judged_where_rules_are_elsewhere() -> None:
    server = "rule_files: [rules.yaml, more/*.rules]\nscrape_configs: [{job_name: a}]\n"
    named = RULES.replace("alert: A", "alert: Down")
    read = read_existing(
        [
            read_input(Document(f"{name}.yaml", text), named=False)
            for name, text in {"prometheus": server, "rules": named}.items()
        ]
    )
    assert {"alerts", "recordings"} <= read.unread.areas


def test_a_json_schema_of_a_chart_holds_no_rules() -> None:
    schema = "$schema: http://json-schema.org/\nproperties: {defaultRules: {type: object, rules: {}}}\n"
    assert _read(rules=RULES, schema=schema) == []
    assert _not_read("defaultRules: {rules: {etcd: true}}") == "the chart's own rules"


def test_a_server_that_was_put_aside_does_not_count() -> None:
    server = "global: {scrape_interval: 30s}\nscrape_configs: []\n"
    assert _read(rules=RULES, **{"prometheus.old": server, "prometheus": server}) == []


def test_of_several_servers_the_one_with_rule_files_evaluates_the_rules() -> None:
    scraping = "global: {scrape_interval: 30s}\nscrape_configs: [{job_name: a}]\n"
    with_rules = f"{scraping}rule_files: [rules.yaml]\n"
    assert _read(rules=RULES, agent=scraping, prometheus=with_rules) == []
    collector = "receivers:\n  prometheus:\n    config: {scrape_configs: [{job_name: a}]}\nservice: {}\n"
    assert _read(rules=RULES, collector=collector, prometheus=scraping) == []


def test_a_secret_that_another_program_writes_makes_a_template_of_a_file() -> None:
    block = (
        "route: {receiver: a}\nreceivers:\n  - name: a\n    telegram_configs:\n"
        "      - bot_token: {{ .BOT_TOKEN }}\n        chat_id: {{ .CHAT_ID }}\n"
    )
    assert "template" in _not_read(block)


def test_forms_of_rule_files_are_those_that_a_server_reads() -> None:
    server = "rule_files: [/etc/prometheus/rules.d/*.yml]\nscrape_configs: [{job_name: a}]\n"
    inputs = [
        read_input(Document(name, text), named=False)
        for name, text in (("prometheus.yml", server), ("rules.d/shop.yml.example", RULES))
    ]
    assert read_existing(inputs).diagnostics == ()


def test_a_placeholder_in_a_template_of_another_program_is_no_fault() -> None:
    routes = ROUTES.replace(
        "webhook_configs: [{url: 'http://h/'}]", "telegram_configs: [{bot_token_file: /t, chat_id: __CHAT__}]"
    )
    document = Document("alertmanager.yml.template", routes)
    assert read_existing([read_input(document, named=True)]).diagnostics == ()
    (found,) = read_existing([read_input(Document("alertmanager.yml", routes), named=True)]).diagnostics
    assert found.id == "alertmanager/variable"


def test_a_receiver_whose_channels_cannot_be_read_is_not_empty() -> None:
    routes = ROUTES.replace("[{url: 'http://h/'}]", "{url: 'http://h/'}")
    read = read_existing([read_input(Document("alertmanager.yml", routes), named=True)])
    assert [one.id for one in read.diagnostics] == ["alertmanager/type"]
    assert "routing" in read.unread.areas


def test_routes_for_the_operator_of_victoriametrics_are_called_so() -> None:
    routes = (
        "{route: {receiver: a}, receivers: [{name: a, webhook_configs: [{url_secret: {name: s, key: k}}]}]}"
    )
    values = f"alertmanager: {{useManagedConfig: true, config: {routes}}}\n"
    assert "the operator of VictoriaMetrics" in _not_read(values)


_JOIN = """\
groups:
  - name: space
    rules:
      - alert: Full
        expr: rate(added_total[1d]) * (sum(size_bytes) / sum(rows)) > 9
        annotations: {summary: "{{ $labels.instance }} fills up"}
"""
_DROPPED = """\
groups:
  - name: space
    concurrency: 2
    rules:
      - alert: Full
        expr: avg by (disk) (rate(added_total[1d])) > 2 * 60
        annotations: {summary: "{{ $labels.instance }} fills up"}
      - alert: Gone
        expr: count by (job) (up) == 0
"""
_VMALERT = """\
apiVersion: operator.victoriametrics.com/v1beta1
kind: VMAlert
metadata: {name: main}
spec: {datasource: {url: http://vmsingle/}}
"""
_VMRULE = f"""\
apiVersion: operator.victoriametrics.com/v1beta1
kind: VMRule
metadata: {{name: space}}
spec:
{indent(_JOIN, "  ")}"""
_SERVER = "rule_files: [a]\nscrape_configs: [{job_name: a, static_configs: [{targets: [a]}]}]\n"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"rules": _JOIN}, True),
        ({"rules": _JOIN.replace("    rules:", "    concurrency: 2\n    rules:")}, False),
        ({"rules": _VMRULE}, False),
        ({"rules": _JOIN, "operator": _VMALERT}, False),
        ({"rules": _JOIN, "operator": _VMALERT, "prometheus": _SERVER}, True),
    ],
)
def test_victoriametrics_computes_with_one_series_without_labels(files: dict[str, str], told: bool) -> None:
    inputs = [read_input(Document(f"{name}.yaml", text), named=False) for name, text in files.items()]
    read = read_existing(inputs)
    chosen = [CHECKS["query/scraped-join"], CHECKS["label/dropped"]]
    said = check_plan(read.plan, read.sources, chosen, known=(), today=date(2026, 1, 1))
    assert [one.id for one in said] == (["query/scraped-join", "label/dropped"] if told else [])


def test_numbers_are_no_series_where_vmalert_evaluates_the_rules() -> None:
    read = read_existing([read_input(Document("rules.yaml", _DROPPED), named=False)])
    chosen = [CHECKS["label/dropped"], CHECKS["query/empty"]]
    said = check_plan(read.plan, read.sources, chosen, known=(), today=date(2026, 1, 1))
    assert [one.id for one in said] == ["label/dropped", "query/empty"]


def test_victoriametrics_counts_what_grew_exactly() -> None:
    rules = _DROPPED.replace("count by (job) (up) == 0", "increase(runs_total[1d]) == 1")
    for text, told in ((rules, []), (rules.replace("    concurrency: 2\n", ""), ["query/exact-number"])):
        read = read_existing([read_input(Document("rules.yaml", text), named=False)])
        chosen = [CHECKS["query/exact-number"]]
        said = check_plan(read.plan, read.sources, chosen, known=(), today=date(2026, 1, 1))
        assert [one.id for one in said] == told


def test_groups_that_kustomize_fills_in_are_no_fault() -> None:
    resource = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: {groups: {}}\n"
    assert _read(rules=RULES, base=resource) == []
    assert [one[1] for one in _read(rules=RULES, base=resource.replace("{}", "{a: 1}"))] == ["file/type"]


def test_a_value_that_is_no_yaml_is_one_fault() -> None:
    routes = ROUTES + "global: {smtp_from: a@b.example, smtp_require_tls: {{ settings.TLS }}}\n"
    assert [one[1] for one in _read(rules=RULES, routes=routes)] == ["file/yaml"]


def test_a_template_is_shown_where_its_query_is_filled_in() -> None:
    rules = RULES.replace("up == 0", "'up{a=\"b\", ${filter}} == 0'").replace(
        "alert: A", "alert: A, annotations: {summary: '{{ $value }}'}"
    )
    (found,) = read_existing([read_input(Document("a.yaml", rules), named=False)]).diagnostics
    assert found.id == "file/template"
    assert found.span is not None
    assert rules[found.span.start :].startswith("${filter}")


@pytest.mark.parametrize(("name", "told"), [("am.yml.template", False), ("am.yml", True)])
def test_a_number_that_a_template_leaves_at_0_is_no_fault(name: str, told: bool) -> None:
    text = ROUTES.replace(
        "webhook_configs: [{url: 'http://h/'}]", "telegram_configs: [{chat_id: 0, bot_token: a}]"
    )
    found = read_existing([read_input(Document(name, text), named=False)]).diagnostics
    assert ("alertmanager/rule" in [one.id for one in found]) is told


_IN_LINES = "groups:\n  - name: b\n    rules:\n      - alert: B\n        expr: up == 0\n"


@pytest.mark.parametrize("tag", ["{{ .zoneCount }}", "{{ .mgmt.prometheus.replicas }}"])
def test_a_tag_of_what_no_alert_has_makes_a_template_of_a_file(tag: str) -> None:
    assert "template" in _not_read(_IN_LINES + f"        for: {tag}\n")
    assert "template" in _not_read(f"prometheus:\n  prometheusSpec:\n    replicas: {tag}\n")


_OF_ANSIBLE = """\
alertmanager_config:
  global: {smtp_smarthost: "m.example:25", smtp_from: a@b.example}
  route: {receiver: a}
  receivers: [{name: a, CHANNEL}]
"""


@pytest.mark.parametrize(
    ("name", "channel", "told"),
    [
        ("group_vars/all.yml", "email_configs: [{to: \"{{ lookup('env', 'MAIL') }}\"}]", []),
        ("group_vars/all.yml", "slack_configs: [{api_url: '{{ slack_url }}', channel: '{{ a | b }}'}]", []),
        ("roles/a/defaults/main.yml", """email_configs: [{to: a@b.c, html: '{{ "{{" }} .Status'}]""", []),
        ("group_vars/all.yml", "email_configs: [{to: '{{ .Status | upper }}'}]", ["notification/syntax"]),
        ("group_vars/all.yml", "email_configs: [{to: '{{ toUper .Status }}'}]", []),
        ("roles/x/files/am.yml", "email_configs: [{to: '{{ mail }}'}]", ["notification/syntax"]),
        ("group_vars/all.yml", "slack_configs: [{api_url: 'slack.com/x'}]", ["alertmanager/value"]),
    ],
)
def test_variables_of_ansible_are_rendered_before_alertmanager_reads_them(
    name: str, channel: str, told: list[str], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(_OF_ANSIBLE.replace("CHANNEL", channel))
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json", "--level", "warning"])
    assert [one["check"] for one in json.loads(result.stdout)] == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("alertmanager.yml.tpl", []),
        ("other.yml.tpl", ["file/second-route"]),
        ("live.yml", ["file/second-route"]),
    ],
)
def test_the_template_of_a_configuration_is_no_second_one(name: str, told: list[str]) -> None:
    texts = {"a.yml": RULES, "alertmanager.yml": ROUTES, name: ROUTES.replace("h/", "g/")}
    files = [read_input(Document(one, text), named=False) for one, text in texts.items()]
    assert [one.id for one in read_existing(files).diagnostics] == told


def test_the_default_of_a_variable_that_others_set_is_no_second_configuration() -> None:
    own = _OF_ANSIBLE.replace("CHANNEL", "webhook_configs: [{url: 'http://h/'}]")
    for name, told in (("defaults", []), ("vars", ["file/second-route"])):
        texts = {"group_vars/all.yml": own, f"roles/a/{name}/main.yml": own.replace("h/", "g/")}
        files = [read_input(Document(one, text), named=False) for one, text in texts.items()]
        assert [one.id for one in read_existing(files).diagnostics if "second" in one.id] == told


_SERVER_OF_ROLE = """\
global: {scrape_interval: 15s}
scrape_configs:
  - job_name: node
    static_configs:
      - targets: [TARGET]
"""


@pytest.mark.parametrize(
    ("target", "is_template"),
    [
        ("'{{ hostvars[groups['node'][0]].address }}:9100'", True),
        ("'{{ lookup('env', 'NODE') }}'", True),
        ("'{{ printf '%s' .Node }}'", False),
        ("'a'b'", False),
    ],
)
def test_quotes_of_a_tag_that_end_its_string_are_those_of_a_template(target: str, is_template: bool) -> None:
    found = [id_ for _, id_, _ in _read(rules=RULES, server=_SERVER_OF_ROLE.replace("TARGET", target))]
    assert found == ([] if is_template else ["file/yaml"])


@pytest.mark.parametrize(
    ("interval", "told"), [("'{{ interval }}'", []), ("'{{ seconds }}s'", []), ("15 s", ["file/duration"])]
)
def test_a_duration_that_is_a_tag_is_filled_in_before_prometheus_reads_it(
    interval: str, told: list[str]
) -> None:
    text = f"global: {{scrape_interval: {interval}}}\nscrape_configs: []\n"
    assert [id_ for _, id_, _ in _read(rules=RULES, prometheus=text)] == told


@pytest.mark.parametrize("tag", ["{{ .labels.job }}", "{{ .job }}"])
def test_a_tag_of_what_an_alert_nearly_has_is_a_fault(tag: str) -> None:
    text = _IN_LINES + f"        annotations:\n          summary: {tag}\n"
    assert "file/yaml" in [id_ for _, id_, _ in _read(rules=RULES, other=text)]


@pytest.mark.parametrize(
    ("old", "new", "is_template"),
    [
        ("namespace: shop", 'namespace: "{{ team }}"', True),
        ("name: web", "name: '{{ team }}-web'", True),
        ("team: shop", 'team: "{{ team }}"', True),
        ("about: web", 'about: "{{ team }}"', False),
        ("namespace: shop", 'namespace: "${SPACE}"', False),
    ],
)
def test_a_tag_in_the_name_of_a_resource_makes_a_template_of_a_file(
    old: str, new: str, is_template: bool
) -> None:
    resource = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n"
    resource += "  {name: web, namespace: shop, labels: {team: shop}, annotations: {about: web}}\nspec:\n"
    resource += indent(_IN_LINES + '        annotations: {summary: "{{ team }} is down"}\n', "  ")
    read = read_existing([read_input(Document("a.yaml", resource.replace(old, new)), named=False)])
    assert bool(read.unrendered) is is_template
    assert bool(read.plan.rule_groups) is not is_template


def test_an_empty_resource_of_rules_is_filled_in_later() -> None:
    resource = "apiVersion: monitoring.rhobs/v1\nkind: PrometheusRule\nmetadata: {name: a}\nspec:\n"
    assert _read(rules=RULES, base=resource) == []
    assert [one[1] for one in _read(rules=RULES, base=resource.replace("spec:", "spec: [a]"))] == [
        "file/type"
    ]


def test_what_chainsaw_asserts_of_rules_is_no_fault() -> None:
    resource = (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: a}\n"
        "spec: {groups: [{name: a, KEY: {labels: {team: web}}}]}\n"
    )
    assert _read(rules=RULES, test=resource.replace("KEY", "~.rules")) == []
    told = [one[1] for one in _read(rules=RULES, test=resource.replace("KEY", "~rules"))]
    assert "file/unknown-key" in told


@pytest.mark.parametrize(
    "text",
    [
        "prometheus_alert_rules: [{alert: A, expr: up == 0}, {alert: B, expr: up == 1}]\n",
        "- {type: replace, path: /rules, value: {name: a, rules: [{record: a:b, expr: sum(up)}]}}\n",
        "a: {b: [{alert: A, expr: up == 0}]}\nc: [{alert: A, expr: up == 0}]\n",
    ],
)
def test_rules_that_another_program_writes_into_groups_are_called_so(text: str) -> None:
    assert _not_read(text) == "rules in a file of another program"
    file = read_input(Document("a.yaml", text), named=False)
    assert len([part for part in file.parts() if part.unread is not None and part.unread.is_alerting]) == 1


def test_a_text_that_is_blank_for_alerts_that_are_read_is_told_beside_rules_that_are_not() -> None:
    routes = ROUTES.replace("receiver: a}", "receiver: a, group_by: [alertname]}").replace(
        "webhook_configs: [{url: 'http://h/'}]",
        "slack_configs: [{api_url: 'http://h/', text: '{{ .CommonAnnotations.summary }}'}]",
    )
    rules = RULES.replace("up == 0}", "up == 0, annotations: {summary: '{{ $labels.instance }} is down'}}")
    others = "prometheus_alert_rules: [{alert: A, expr: up == 0}]\n"
    inputs = [
        read_input(Document(f"{name}.yaml", text), named=False)
        for name, text in {"rules": rules, "alertmanager": routes, "others": others}.items()
    ]
    read = read_existing(inputs)
    checks = [CHECKS["notification/common-annotation"]]
    found = check_plan(read.plan, read.sources, checks, known=(), today=date(2026, 1, 1), unread=read.unread)
    assert [one.id for one in found] == ["notification/common-annotation"]


def test_rules_without_groups_are_called_so() -> None:
    assert _not_read("- {alert: A, expr: up == 0}\n") == "a list of rules"
    assert _read(rules=RULES, other="- {alert: A, severity: high}\n") == []


def test_the_namespace_of_a_scaffold_is_written_by_kustomize() -> None:
    resource = """\
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: a, namespace: NAMESPACE}
spec:
  route: {receiver: a, routes: [{receiver: a, matchers: [{name: alertname, value: A}]}]}
  receivers: [{name: a, webhookConfigs: [{url: 'http://h/'}]}]
"""
    rules = RULES.replace("up == 0", "\"absent(up{namespace='shop'})\"")
    for namespace, told in (("system", []), ("other", ["route/unused"]), ("shop", [])):
        texts = {"rules.yaml": rules, "routes.yaml": resource.replace("NAMESPACE", namespace)}
        read = read_existing([read_input(Document(*one), named=False) for one in texts.items()])
        chosen = [CHECKS["route/unused"]]
        said = check_plan(read.plan, read.sources, chosen, known=(), today=date(2026, 1, 1))
        assert [one.id for one in said] == told
