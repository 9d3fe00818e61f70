"""Prometheus' own configuration: what bears on rules is read, the rest is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tocsin.diagnostics import Level
from tocsin.existing.files import Adopted, read_existing
from tocsin.existing.input import Input
from tocsin.source import Document, read_stream

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Server

WHOLE = """
global:
  scrape_interval: 30s
  evaluation_interval: 1m30s
  external_labels: {cluster: lisbon, shard: 1}
  unheard_of: 5
rule_files: ["rules/*.yml", /etc/prometheus/first.yml, other/*.rules]
alerting:
  alert_relabel_configs:
  - {regex: replica, action: labeldrop}
  - {source_labels: [a, b], target_label: c}
scrape_configs:
- {job_name: slow, scrape_interval: 5m, static_configs: [{targets: [a]}]}
- {job_name: web}
remote_write: [{url: "http://a.example/"}]
storage: {tsdb: {out_of_order_time_window: 30m}}
"""
PLAIN = "global: {scrape_interval: 30s}\nscrape_configs: []\n"
RULES = "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]"
RESOURCE = """
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: monitoring}
spec: {scrapeInterval: 15s, externalLabels: {cluster: lisbon}}
"""


def _adopted(**texts: str) -> Adopted:
    documents = [Document(name.replace("__", "/") + ".yml", text) for name, text in texts.items()]
    return read_existing([Input(one, read_stream(one), True) for one in documents])


def _server(adopted: Adopted) -> Server:
    assert adopted.plan.server is not None
    return adopted.plan.server


def test_intervals_labels_and_relabelling_are_read_with_their_defaults() -> None:
    adopted = _adopted(prometheus=WHOLE)
    assert adopted.diagnostics == ()
    server = _server(adopted)
    assert (server.evaluation_interval, server.scrape_interval) == ("1m30s", "30s")
    assert server.jobs == {"slow": "5m", "web": "30s"}
    assert server.external_labels == {"cluster": "lisbon", "shard": "1"}
    drop, copy = server.relabellings
    assert (drop.action, drop.regex) == ("labeldrop", "replica")
    assert (copy.action, copy.sources, copy.separator, copy.regex, copy.target, copy.replacement) == (
        "replace",
        ("a", "b"),
        ";",
        "(.*)",
        "c",
        "$1",
    )
    bare = _server(_adopted(prometheus="rule_files: []"))
    assert (bare.evaluation_interval, bare.scrape_interval, bare.external_labels) == ("1m", "1m", {})


def test_rule_files_that_nobody_named_are_mentioned() -> None:
    adopted = _adopted(conf__prometheus=WHOLE, conf__rules__web=RULES, elsewhere__first=RULES)
    assert [(one.id, one.level, one.message) for one in adopted.diagnostics] == [
        ("file/rule-files", Level.INFO, "none of the checked files matches `other/*.rules`")
    ]


@pytest.mark.parametrize("key", ["groups", "recording_rules"])
def test_rules_in_the_configuration_keep_prometheus_from_starting(
    key: str, promtool: Program, tmp_path: Path
) -> None:
    group = "[{name: g, rules: [{record: 'a:b', expr: up}]}]"
    text = (
        f"scrape_configs: [{{job_name: a}}]\n{key}: {group if key == 'groups' else f'{{groups: {group}}}'}\n"
    )
    (told,) = _adopted(prometheus=text).diagnostics
    assert told.message.startswith(f"Prometheus' configuration has no key `{key}`")
    (tmp_path / "prometheus.yml").write_text(text)
    assert (
        f"field {key} not found" in promtool.run(["check", "config", str(tmp_path / "prometheus.yml")]).stderr
    )


def test_a_prometheus_resource_has_the_defaults_of_the_operator() -> None:
    server = _server(_adopted(resource=RESOURCE))
    assert (server.evaluation_interval, server.scrape_interval) == ("30s", "15s")
    assert server.external_labels == {"prometheus": "monitoring/main", "cluster": "lisbon"}


def test_of_two_servers_none_is_taken() -> None:
    other = PLAIN.replace("30s}", "30s, scrape_timeout: 7s}")
    adopted = _adopted(one=PLAIN, two=other, rules=RULES)
    assert adopted.plan.server is None
    assert [one.id for one in adopted.diagnostics] == ["file/second-server"]
    # With nothing to judge, which server it is does not matter.
    assert _adopted(one=PLAIN, two=other).diagnostics == ()


def test_a_configuration_that_only_names_rule_files_is_no_server() -> None:
    frame = "rule_files: [rules]"
    assert _adopted(frame=frame, rules=RULES).plan.server is None
    beside = _adopted(frame=frame, one=f"{PLAIN}\nrule_files: [rules]", rules=RULES)
    assert beside.plan.server is not None
    assert "file/second-server" not in {one.id for one in beside.diagnostics}
    assert _adopted(frame=f"{frame}\nscrape_configs: []", rules=RULES).plan.server is not None


def test_a_copy_of_a_server_is_no_second_one() -> None:
    adopted = _adopted(one=PLAIN, copy=PLAIN, rules=RULES)
    assert adopted.plan.server is not None
    assert adopted.diagnostics == ()


def test_a_rule_file_that_is_a_configuration_of_alertmanager_is_told() -> None:
    named = "global: {scrape_interval: 30s}\nrule_files: [rules.yml, alertmanager.yml]\n"
    routes = "route: {receiver: all}\nreceivers: [{name: all}]\n"
    adopted = _adopted(prometheus=named, rules=RULES, alertmanager=routes)
    said = "`alertmanager.yml` is a configuration of Alertmanager, and holds no rules"
    found = [(one.id, one.level, one.message) for one in adopted.diagnostics]
    assert ("file/rule-files", Level.WARNING, said) in found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1m30s", "90", "not a duration"),
        ("regex: replica", "regex: '('", "regular expression"),
        ("action: labeldrop", "action: dropp", "not a relabelling action"),
        ("{cluster: lisbon, shard: 1}", "[cluster]", "a mapping belongs here"),
        ("scrape_configs:\n", "scrape_configs: 5\nx:\n", "a list belongs here"),
        ("alerting:\n", "alerting: []\nx:\n", "a mapping belongs here"),
    ],
)
def test_what_is_broken_is_told_and_the_rest_is_read(old: str, new: str, message: str) -> None:
    adopted = _adopted(prometheus=WHOLE.replace(old, new))
    errors = [one.message for one in adopted.diagnostics if one.level is Level.ERROR]
    assert len(errors) == 1
    assert message in errors[0], errors
    assert adopted.plan.server is not None


def test_two_merges_are_taken_in_a_configuration_but_not_in_rules(promtool: Program, tmp_path: Path) -> None:
    scrapes = (
        "scrape_configs:\n- &a\n  job_name: a\n- &b\n  job_name: b\n  scheme: https\n"
        "- <<: *a\n  <<: *b\n  job_name: c\n"
    )
    rules = (
        "groups:\n- name: a\n  rules:\n  - {alert: A, expr: up, labels: &a {x: y}}\n"
        "  - {alert: B, expr: up, labels: &b {z: y}}\n  - alert: C\n    expr: up\n    labels:\n"
        "      <<: *a\n      <<: *b\n"
    )
    for kind, text, is_taken in (("config", scrapes, True), ("rules", rules, False)):
        file = tmp_path / f"{kind}.yml"
        file.write_text(text)
        document = Document(file.name, text)
        found = read_existing([Input(document, read_stream(document), True)]).diagnostics
        assert ("file/yaml" not in [one.id for one in found]) == is_taken
        assert (promtool.run(["check", kind, str(file)]).returncode == 0) == is_taken
