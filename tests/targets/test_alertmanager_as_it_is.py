"""Routing that a spec takes over as it is: inhibitions, texts and templates of one's own, free names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.compile import build
from tocsin.compile.partial import build_loaded
from tocsin.diff.compare import compare
from tocsin.engines.amtool import check_config
from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.targets import alertmanager

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

_SPEC = """
project:
  name: shop
  title: Shop
  targets: {alertmanager: "0.31"}
  alertmanager: {smtp_smarthost: "mail.example:25", smtp_from: a@mail.example}
severities: {critical: {rank: 1, title: C}, warning: {rank: 2, title: W}}
notifications:
  texts: own
  templates:
    slack.tmpl: '{{ define "slack.title" }}{{ .CommonLabels.alertname }}{{ end }}'
    body.gotmpl: '{{ define "body" }}body{{ end }}'
  template_files: [/etc/alertmanager/custom/*.tmpl]
receivers:
  "Web team / night":
    slack:
      - {api_url_file: /etc/slack, channel: "#a", title: '{{ template "slack.title" . }}'}
      - {api_url_file: /etc/slack, channel: "#b"}
    email: [{to: ops@example.org}]
  plain: {texts: generated, email: [{to: all@example.org}]}
routing:
  catch_all: "Web team / night"
  group_by: []
  time_intervals: {"out of hours": [{weekdays: [saturday]}]}
  routes:
    - {matchers: ['team="web"'], continue: true, mute_time_intervals: [out of hours]}
    - {matchers: ['team="web"'], receiver: plain, group_by: ["..."], group_wait: 0s}
  inhibitions:
    - {name: node, source: [alertname="NodeDown"], target: [alertname!="NodeDown"], equal: [instance]}
    - {source: [], target: [severity="info"]}
  derive_inhibitions: false
groups:
  g:
    title: G
    alerts:
      Full:
        {summary: F, promql: max by (disk) (used), thresholds: {warning: {above: 1}, critical: {above: 2}}}
"""


def _files(plan: Plan) -> dict[str, str]:
    return {file.path: file.content.decode() for file in alertmanager.emit(plan)}


def _configuration(plan: Plan) -> dict[str, Any]:
    value: dict[str, Any] = yaml.safe_load(_files(plan)["alertmanager/alertmanager.yaml"])
    return value


def test_inhibitions_are_those_that_are_written(plan_of: Callable[[str], Plan]) -> None:
    assert _configuration(plan_of(_SPEC))["inhibit_rules"] == [
        {
            "name": "node",
            "source_matchers": ['alertname="NodeDown"'],
            "target_matchers": ['alertname!="NodeDown"'],
            "equal": ["instance"],
        },
        {"target_matchers": ['severity="info"']},
    ]


def test_the_derived_ones_follow_those_that_are_written(plan_of: Callable[[str], Plan]) -> None:
    rules = _configuration(plan_of(_SPEC.replace("derive_inhibitions: false", "")))["inhibit_rules"]
    assert len(rules) == 3
    assert rules[2]["source_matchers"] == ['severity="critical"', 'alertname="Full"']


def test_a_channel_with_own_texts_is_written_as_it_stands(plan_of: Callable[[str], Plan]) -> None:
    own, plain = _configuration(plan_of(_SPEC))["receivers"]
    assert own == {
        "name": "Web team / night",
        "email_configs": [{"to": "ops@example.org"}],
        "slack_configs": [
            {"api_url_file": "/etc/slack", "channel": "#a", "title": '{{ template "slack.title" . }}'},
            {"api_url_file": "/etc/slack", "channel": "#b"},
        ],
    }
    assert plain["email_configs"][0].keys() == {"to", "html", "text", "headers", "send_resolved"}


def test_own_templates_stand_beside_the_generated_ones(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(_SPEC)
    files = _files(plan)
    assert files.keys() == {
        "alertmanager/alertmanager.yaml",
        "alertmanager/templates/tocsin.tmpl",
        "alertmanager/templates/slack.tmpl",
        "alertmanager/templates/body.gotmpl",
    }
    assert files["alertmanager/templates/body.gotmpl"] == '{{ define "body" }}body{{ end }}'
    assert _configuration(plan)["templates"] == [
        "templates/*.tmpl",
        "templates/body.gotmpl",
        "/etc/alertmanager/custom/*.tmpl",
    ]


def test_no_template_is_generated_that_nothing_calls(plan_of: Callable[[str], Plan]) -> None:
    own = _SPEC.replace("texts: generated, ", "")
    assert "alertmanager/templates/tocsin.tmpl" not in _files(plan_of(own))
    calling = own.replace('"#b"', """'#{{ template "tocsin.title" . }}'""")
    assert "alertmanager/templates/tocsin.tmpl" in _files(plan_of(calling))
    defining = calling.replace('define "body"', 'define "tocsin.title"')
    assert "alertmanager/templates/tocsin.tmpl" not in _files(plan_of(defining))


def test_alertmanager_loads_it(plan_of: Callable[[str], Plan], amtool: Program, tmp_path: Path) -> None:
    plan = plan_of(_SPEC)
    for file in alertmanager.emit(plan):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    assert check_config(amtool, tmp_path / "alertmanager/alertmanager.yaml") is None


def test_without_derived_inhibitions_nobody_has_to_tell_instances_apart(
    plan_of: Callable[[str], Plan],
) -> None:
    vague = _SPEC.replace("max by (disk) (used)", "used")
    assert len(plan_of(vague).inhibitions) == 2
    loaded = load_documents([Document("spec.yaml", vague.replace("derive_inhibitions: false", ""))])
    assert loaded.spec is not None
    found = build(loaded.spec, loaded.sources).diagnostics
    assert [one.id for one in found] == ["inhibition/instances"]


@pytest.mark.parametrize(
    ("old", "new", "id_"),
    [
        ('alertname!="NodeDown"', 'alertname="NodeDown"', "inhibit/same"),
        ('slack.title" . }}', 'slack.titel" . }}', "notification/unknown-template"),
        (".CommonLabels.alertname", ".CommonLabel.alertname", "notification/field"),
    ],
)
def test_the_checks_judge_it(old: str, new: str, id_: str) -> None:
    # Where files are elsewhere, nobody knows which templates they define.
    text = _SPEC.replace("  template_files: [/etc/alertmanager/custom/*.tmpl]\n", "")
    assert text.count(old) == 1
    assert id_ not in _found(text)
    assert id_ in _found(text.replace(old, new))


def _found(text: str) -> set[str]:
    made = build_loaded(load_documents([Document("spec.yaml", text)]))
    assert made.plan is not None, made.diagnostics
    found = check_plan(made.plan, made.sources, list(CHECKS.values()), known=CHECKS, today=date(2026, 1, 1))
    return {one.id for one in found}


def test_a_changed_inhibition_and_whose_texts_are_sent_are_differences(
    plan_of: Callable[[str], Plan],
) -> None:
    plan = plan_of(_SPEC)
    assert not compare(plan, plan)
    fewer = compare(plan, plan_of(_SPEC.replace("equal: [instance]", "equal: [job]")))
    assert {one.kind for one in fewer.inhibitions} == {"removed", "added"}
    texts = compare(plan, plan_of(_SPEC.replace("  texts: own\n", "")))
    assert [one.receiver for one in texts.receivers] == ["Web team / night"]
    assert not compare(plan, replace(plan, templates=()))
