"""What a finding is about, by its path or by its lines."""

from pathlib import Path

import pytest

from tocsin.diagnostics.subject import Subject, subject_at, subject_in
from tocsin.existing.files import read_existing
from tocsin.existing.input import read_input
from tocsin.source.document import Document, Span
from tocsin.source.place import Sources
from tocsin.spec.load import load_documents

RULES = """\
groups:
  - name: web
    rules:
      - record: errors:rate5m
        expr: sum(rate(errors_total[5m]))
      - alert: Errors
        expr: errors:rate5m > 1
        labels: {severity: page}
"""
ALERTMANAGER = """\
route:
  receiver: all
  routes:
    - matchers: [team="db"]
      routes:
        - match: {severity: page}
          match_re: {region: "eu|us"}
          receiver: oncall
        - receiver: all
receivers:
  - name: all
  - name: oncall
inhibit_rules:
  - source_matchers: [severity="page"]
    target_match: {severity: info}
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: "00:00", end_time: "06:00"}]}]
"""
DASHBOARD = """\
uid: shop
title: Shop
schemaVersion: 39
templating: {list: [{name: team, type: query}]}
panels:
  - title: Row
    type: row
    panels:
      - title: Errors
        id: 3
        targets: [{expr: errors}]
"""
RESOURCE = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: rules}
spec:
  groups:
    - name: web
      rules:
        - alert: Errors
          expr: up == 0
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: routes}
spec:
  route:
    receiver: all
    routes:
      - matchers: [{name: team, matchType: "=~", value: db|web}]
  receivers: [{name: all}]
"""
MAP = """\
apiVersion: v1
kind: ConfigMap
data:
  web.rules: |
    groups:
      - name: web
        rules:
          - alert: Errors
            expr: up == 0
"""
SPEC = """\
project: {name: p, title: P}
severities: {critical: {rank: 1, title: C}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing:
  catch_all: all
  routes:
    - {team: web, routes: [{severity: critical, receiver: all}]}
  time_intervals: {nights: [{weekdays: [sunday]}]}
"""
GROUPS = """\
groups:
  web:
    title: Web
    alerts:
      Errors: {summary: e, description: d, expr: up == 0, severity: critical}
recordings:
  web: {rules: [{record: "errors:rate5m", promql: "rate(errors_total[5m])"}]}
"""


def _plain(**files: str) -> tuple[Sources, dict[str, str]]:
    named = {name.replace("__", "/") + ".yml": text for name, text in files.items()}
    inputs = [read_input(Document(name, text), named=True) for name, text in named.items()]
    return read_existing(inputs).sources, named


@pytest.mark.parametrize(
    ("text", "written", "kind", "name", "within"),
    [
        (RULES, "errors:rate5m > 1", "alert", "Errors", "web"),
        (RULES, "severity: page", "alert", "Errors", "web"),
        (RULES, "sum(rate", "record", "errors:rate5m", "web"),
        (RULES, "name: web", "group", "web", ""),
        (RULES, "groups:", "file", "a.yml", "rules"),
        (ALERTMANAGER, "receiver: all", "route", "the root", ""),
        (ALERTMANAGER, 'matchers: [team="db"]', "route", 'team="db"', ""),
        (ALERTMANAGER, "receiver: oncall", "route", "severity=page, region=~eu|us", 'team="db"'),
        (ALERTMANAGER, "- receiver: all\nreceivers", "route", "every alert", 'team="db"'),
        (ALERTMANAGER, "name: oncall", "receiver", "oncall", ""),
        (ALERTMANAGER, "severity: info", "inhibition", 'severity="page" → severity=info', ""),
        (ALERTMANAGER, "start_time", "time_interval", "nights", ""),
        (DASHBOARD, "expr: errors", "panel", "Errors", "shop"),
        (DASHBOARD, "type: row", "panel", "Row", "shop"),
        (DASHBOARD, "type: query", "variable", "team", "shop"),
        (DASHBOARD, "schemaVersion", "dashboard", "shop", ""),
        (RESOURCE, "up == 0", "alert", "Errors", "web"),
        (RESOURCE, "value: db", "route", 'team=~"db|web"', ""),
        (MAP, "up == 0", "alert", "Errors", "web"),
    ],
)
def test_a_line_of_a_file_belongs_to_the_smallest_part_with_a_name(
    text: str, written: str, kind: str, name: str, within: str
) -> None:
    sources, named = _plain(rules__a=text)
    (file,) = named
    at = text.index(written) + written.startswith("- ") * 2

    found = subject_in(Span(Document(file, text), at, at), sources)

    assert found == Subject(kind, name, within, file)


def _spec() -> Sources:
    loaded = load_documents([Document("spec/a.yaml", SPEC), Document("spec/b.yaml", GROUPS)])
    assert loaded.spec is not None, loaded.diagnostics
    return loaded.sources


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("groups", "web", "alerts", "Errors", "expr"), Subject("alert", "Errors", "web", "spec/b.yaml")),
        (("groups", "web", "title"), Subject("group", "web", "", "spec/b.yaml")),
        (
            ("recordings", "web", "rules", 0, "promql"),
            Subject("record", "errors:rate5m", "web", "spec/b.yaml"),
        ),
        (("receivers", "all", "webhook", 0), Subject("receiver", "all", "", "spec/a.yaml")),
        (("routing", "catch_all"), Subject("section", "routing", "", "spec/a.yaml")),
        (("routing", "routes", 0), Subject("route", "team=web", "", "spec/a.yaml")),
        (
            ("routing", "routes", 0, "routes", 0, "severity"),
            Subject("route", "severity=critical", "team=web", "spec/a.yaml"),
        ),
        (("routing", "time_intervals", "nights"), Subject("time_interval", "nights", "", "spec/a.yaml")),
    ],
)
def test_a_path_of_a_spec_belongs_to_the_smallest_part_with_a_name(
    path: tuple[str | int, ...], expected: Subject
) -> None:
    assert subject_at(path, _spec()) == expected


def test_a_line_of_a_spec_is_found_in_whichever_file_it_stands() -> None:
    at = GROUPS.index("up == 0")

    found = subject_in(Span(Document("spec/b.yaml", GROUPS), at, at), _spec())

    assert found == Subject("alert", "Errors", "web", "spec/b.yaml")


def test_a_line_of_a_file_that_could_not_be_read_belongs_to_the_file() -> None:
    sources, _ = _plain(a=RULES)

    found = subject_in(Span(Document("rules/broken.yml", "groups: ["), 3, 3), sources)

    assert found == Subject("file", "broken.yml", "rules", "rules/broken.yml")


def test_conectcrm_has_a_subject_for_every_rule() -> None:
    from tocsin.cli.planning import load_or_exit

    made = load_or_exit([Path(__file__).parents[2] / "spec"], "text")

    rules = [rule for group in made.plan.rule_groups for rule in group.rules]
    found = [subject_at(rule.place.path, made.sources) for rule in rules]
    names = {getattr(rule, "alert", None) or getattr(rule, "record", None) for rule in rules}
    assert len(rules) > 36
    # What an objective makes is about the objective.
    names |= {slo.name for slo in made.plan.slos if slo.burn is not None}
    assert {one.name for one in found if one is not None} <= names
    assert {one.kind for one in found if one is not None} <= {"alert", "record", "slo"}
