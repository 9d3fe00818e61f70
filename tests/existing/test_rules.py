"""Plain rule files become rule groups with the places of their own lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tocsin.existing.files import Adopted, read_existing
from tocsin.existing.input import Input
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.plan.source_spans import expr_piece
from tocsin.source import Document, read_stream


def _adopt(*texts: str) -> Adopted:
    documents = [Document(f"{number}.yml", text) for number, text in enumerate(texts)]
    return read_existing(Input(document, read_stream(document), True) for document in documents)


def _rules(adopted: Adopted) -> list[Rule | Recording]:
    return [rule for group in adopted.plan.rule_groups for rule in group.rules]


def _said(adopted: Adopted) -> list[tuple[str, str, int]]:
    return [(one.id, one.message, one.span.line if one.span else 0) for one in adopted.diagnostics]


if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

PROMETHEUS = """\
groups:
  - name: web
    labels: {site: lisbon}
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: |
          # every instance
          up{job="é"} == 0
        for: 5m
        labels: {severity: critical, weight: 3}
        annotations:
          summary: "{{ $labels.instance }} is down"
"""


def test_a_rule_file_keeps_everything_with_its_place() -> None:
    adopted = _adopt(PROMETHEUS)
    assert adopted.diagnostics == ()
    (group,) = adopted.plan.rule_groups
    assert (group.name, group.engine, group.interval, group.file) == ("web", Engine.PROMETHEUS, None, "0.yml")
    record, alert = group.rules
    assert isinstance(record, Recording)
    assert (record.record, record.labels) == ("job:up:sum", {"site": "lisbon"})
    assert isinstance(alert, Rule)
    assert (alert.alert, alert.severity, alert.for_, alert.keep_firing_for) == (
        "Down",
        "critical",
        "5m",
        None,
    )
    assert alert.labels == {"site": "lisbon", "severity": "critical", "weight": "3"}
    assert (alert.comparison, alert.threshold) == ("==", 0.0)
    at = alert.expr.index("é")
    span = adopted.sources.locate(expr_piece(alert, (at, at + 1)))
    assert (span.line, span.column) == (10, 19)
    assert adopted.sources.locate(alert.written.labels["site"]).line == 3
    assert adopted.sources.locate(alert.written.name).column == 16
    assert (adopted.plan.route, adopted.plan.groups) == (None, ())


def test_resources_lists_and_several_documents_are_read() -> None:
    resource = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: a}
spec: {groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]}
---
apiVersion: v1
kind: List
items:
  - {apiVersion: apps/v1, kind: Deployment, spec: {replicas: 1}}
  - apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    spec:
      groups: [{name: b, rules: [{alert: B, expr: up == 0}]}]
"""
    adopted = _adopt(resource)
    assert adopted.diagnostics == ()
    first, second = _rules(adopted)
    assert isinstance(second, Rule)
    assert adopted.sources.locate(first.place).line == 4
    assert second.place.path == ("0.yml", 1, "items", 1, "spec", "groups", 0, "rules", 0)
    assert adopted.sources.locate(second.written.name).line == 13


@pytest.mark.parametrize(
    ("expressions", "engine"),
    [
        (['sum(rate({app="a"} |= "x" [5m])) > 1'], Engine.LOKI),
        (['sum(rate({app="a"}[5m])) > 1'], Engine.LOKI),
        (['sum(rate({app="a"}[5m])) > 1', "up == 0"], Engine.PROMETHEUS),
        (['sum(rate({__name__="a"}[5m])) > 1'], Engine.PROMETHEUS),
        (["up =="], Engine.PROMETHEUS),
        (['sum(rate({app="a"} |= "x" [5m]) > 1'], Engine.LOKI),
        (['sum(rate({app="a"} | json | level="x" [5m])'], Engine.LOKI),
        (['sum(rate(x{app="a"}[5m]) > 1'], Engine.PROMETHEUS),
        (['{a="b"} > (1'], Engine.PROMETHEUS),
        ([], Engine.PROMETHEUS),
    ],
)
def test_the_engine_is_told_by_the_expressions(expressions: list[str], engine: Engine) -> None:
    rules = "".join(f"\n      - {{alert: A, expr: '{text}'}}" for text in expressions) or " []"
    adopted = _adopt(f"groups:\n  - name: g\n    rules:{rules}\n")
    assert [group.engine for group in adopted.plan.rule_groups] == [engine]


def test_keys_of_other_systems_are_mentioned_and_slips_refused() -> None:
    adopted = _adopt(
        "namespace: a\ngroups:\n- name: g\n  source_tenants: [a]\n  rules:\n"
        "  - alert: A\n    expr: up == 0\n    anotations: {}\n    owner: me\n"
    )
    assert _said(adopted) == [
        ("file/foreign-key", "`namespace` is a key of Mimir and Cortex: it is kept and not judged", 1),
        ("file/foreign-key", "`source_tenants` is a key of Mimir: it is kept and not judged", 4),
        ("file/unknown-key", "a rule has no key `anotations`", 8),
        (
            "file/foreign-key",
            "`owner` is not a key that Tocsin knows in a rule; it is kept and not checked",
            9,
        ),
    ]
    assert len(_rules(adopted)) == 1


@pytest.mark.parametrize(
    ("rule", "id_", "message"),
    [
        ("{alert: A}", "file/rule", "this rule has no expression"),
        ("{alert: A, expr: }", "file/rule", "this rule has no expression"),
        ("{expr: up}", "file/rule", "this rule has neither `alert` nor `record`"),
        ("{alert: A, record: a, expr: up}", "file/rule", "this rule has both `record` and `alert`"),
        ("{alert: A, expr: up ==}", "file/promql", "expected an expression after `==`"),
        ("{alert: A, expr: up, for: 5}", "file/duration", "`5` is not a duration"),
        ("{record: a, expr: up, for: 5m}", "file/rule", "a recording rule has no `for`"),
        ("{record: 'a{b}', expr: up}", "file/rule", "a recording rule's name has no braces"),
        (
            "{alert: A, expr: up, labels: {__name__: b}}",
            "file/rule",
            "`__name__` cannot be the name of a label",
        ),
        ("{alert: A, expr: up, labels: [a]}", "file/type", "a mapping belongs here"),
        ("{alert: A, expr: [up]}", "file/type", "a string belongs here"),
        ("A", "file/type", "a mapping belongs here"),
    ],
)
def test_what_prometheus_refuses_is_told(rule: str, id_: str, message: str) -> None:
    found = _said(_adopt(f"groups:\n- name: g\n  rules:\n  - {rule}\n"))
    assert (id_, message, 4) in found


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("limit: 5", []),
        ("limit: many", [("file/type", "a whole number belongs here", 3)]),
        ("query_offset: 5", [("file/duration", "`5` is not a duration", 3)]),
        ("interval: 1h 5m", [("file/duration", "`1h 5m` is not a duration", 3)]),
        ("labels: {__name__: a}", [("file/rule", "`__name__` cannot be the name of a label", 3)]),
    ],
)
def test_what_prometheus_refuses_of_a_group_is_told(group: str, said: list[tuple[str, str, int]]) -> None:
    assert _said(_adopt(f"groups:\n- name: g\n  {group}\n  rules: []\n")) == said


def test_a_rule_whose_expression_cannot_be_read_stays() -> None:
    adopted = _adopt("groups:\n- name: g\n  rules:\n  - {alert: A, expr: 'sum(up'}\n")
    (rule,) = _rules(adopted)
    assert isinstance(rule, Rule)
    assert (rule.expr, rule.comparison) == ("sum(up", None)
    assert [one.id for one in adopted.diagnostics] == ["file/promql"]


def test_groups_need_a_name_of_their_own_in_a_file_but_not_among_files() -> None:
    group = "- name: g\n  rules: []\n"
    assert _said(_adopt(f"groups:\n{group}", f"groups:\n{group}")) == []
    assert _said(_adopt(f"groups:\n{group}{group}")) == [
        ("file/group", "two groups of this file are called `g`", 4)
    ]
    assert _said(_adopt("groups:\n- rules: []\n")) == [("file/group", "a rule group needs a name", 2)]


def test_rules_that_were_not_indented_are_one_finding() -> None:
    rule = "- {record: 'a:b', expr: up}\n"
    said = _said(_adopt(f"groups:\n- name: g\n  rules:\n{rule}{rule}"))
    assert said == [("file/group", "this rule and 1 more stand among the groups", 4)]


def test_a_group_that_was_indented_too_far_is_one_finding() -> None:
    inner = "    - name: other\n      interval: 60s\n      rules:\n        - {alert: B, expr: up == 0}\n"
    text = f"groups:\n  - name: g\n    rules:\n    - {{alert: A, expr: up == 0}}\n{inner}"
    assert _said(_adopt(text)) == [("file/group", "this group stands among the rules of another", 5)]
    dedented = inner.replace("\n  ", "\n").removeprefix("  ")
    assert _said(_adopt(text.replace(inner, dedented))) == []


@pytest.mark.parametrize(
    ("key", "below"),
    [
        ("description: d", "annotations"),
        ("runbook_url: http://r", "annotations"),
        ("severity: page", "labels"),
    ],
)
def test_a_text_or_a_label_that_was_not_indented_is_sent_to_its_place(key: str, below: str) -> None:
    text = f"groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up == 0\n        {key}\n"
    # A chart of its own may have such keys in its values.
    values = Document("chart/values.yaml", text)
    assert {one.id for one in read_existing([Input(values, read_stream(values), True)]).diagnostics} == {
        "file/foreign-key"
    }
    told = [(one.id, one.help) for one in _adopt(text).diagnostics]
    assert told == [("file/unknown-key", f"indent it below `{below}:`")]


def test_several_keys_that_prometheus_refuses_are_one_finding() -> None:
    text = "groups: [{name: a, rules: []}]\nslack: {}\npager: {}\n"
    (told,) = _adopt(text).diagnostics
    assert told.message == "a rule file has no key `slack`, and Prometheus refuses the file for them"
    assert [note.text for note in told.related] == ["nor this one"]


def test_rule_files_as_texts_beside_the_groups_are_one_finding() -> None:
    group = "groups:\n- {name: g, rules: [{alert: A, expr: up == 0}]}\n"
    texts = "".join(f"{name}.yml: |\n  groups:\n  - name: {name}\n    rules: []\n" for name in ("a", "b"))
    said = "`a.yml` and 1 more are texts beside the groups, and nothing loads the rules there"
    assert _said(_adopt(group + texts)) == [("file/unknown-key", said, 3)]
    assert "are texts" not in str(_said(_adopt(group + "note: |\n  all groups: see the manual\n")))


def test_a_template_of_a_chart_gets_one_finding() -> None:
    text = "{{- if .Values.on }}\ngroups:\n- name: {{ .Values.a }}\n  rules: {{ toYaml . }}\n{{- end }}\n"
    assert _said(_adopt(text)) == [("file/template", "this is a template of a Helm chart, not YAML yet", 1)]
    # Templates of alerts are none of a chart.
    annotated = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: up, annotations: {a: {{ $value }}}}\n"
    assert "file/template" not in {id_ for id_, _, _ in _said(_adopt(annotated))}


@pytest.mark.parametrize(
    ("text", "groups", "said"),
    [
        ("groups: []\n", 0, []),
        ("groups: [{name: a}]\n", 1, []),
        ("groups: [{name: a, rules: []}]\nextra: 1\n", 1, ["file/refused-key"]),
    ],
)
def test_a_rule_file_may_have_no_rules_yet(text: str, groups: int, said: list[str]) -> None:
    adopted = _adopt(text)
    assert (len(adopted.plan.rule_groups), [id_ for id_, _, _ in _said(adopted)]) == (groups, said)


def test_a_file_of_another_kind_is_told() -> None:
    assert [id_ for id_, _, _ in _said(_adopt("services: []\n"))] == ["file/kind"]
    assert [id_ for id_, _, _ in _said(_adopt(""))] == ["file/kind"]
    levels = [
        [one.level.value for one in _adopt("a: 1\n", *others).diagnostics] for others in ((), (PROMETHEUS,))
    ]
    assert levels == [["error"], ["info"]]


def test_a_duration_of_nothing_is_left_alone() -> None:
    rule = "groups: [{name: a, rules: [{alert: A, expr: up == 0, for: 0s, keep_firing_for: 0m}]}]\n"
    assert _said(_adopt(rule)) == []
    assert _said(_adopt(rule.replace("0s", "soon"))) != []


REFUSED = (
    "remove it, or write it as a comment: a rule has only `alert`, `record`, `expr`, `for`, "
    "`keep_firing_for`, `labels`, `annotations`"
)
ODD = """\
foo: 1
x-labels: &l {team: web}
groups:
  - name: g
    owner: me
    rules:
      - {alert: A, expr: up == 0, labels: *l, team: c}
"""


def test_a_key_that_prometheus_refuses_is_answered_with_the_one_that_is_meant() -> None:
    rule = "groups: [{name: g, rules: [{alert: A, exrp: up == 0, fro: 5m, Labels: {a: b}, severity: c}]}]\n"
    assert [(one.id, one.help) for one in _adopt(rule).diagnostics if "key" in one.id] == [
        ("file/unknown-key", "did you mean `expr`?"),
        ("file/unknown-key", "did you mean `for`?"),
        ("file/unknown-key", "did you mean `labels`?"),
        ("file/unknown-key", "indent it below `labels:`"),
    ]


def test_a_plain_rule_file_has_no_keys_that_prometheus_refuses(promtool: Program, tmp_path: Path) -> None:
    assert [(id_, line) for id_, _, line in _said(_adopt(ODD))] == [
        ("file/refused-key", 1),
        ("file/refused-key", 5),
        ("file/refused-key", 7),
    ]
    path = tmp_path / "a.yml"
    for text in (
        "{groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]}",
        "{foo: 1, groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]}",
        "{groups: [{name: g, owner: me, rules: [{alert: A, expr: up == 0}]}]}",
        "{groups: [{name: g, rules: [{alert: A, expr: up == 0, team: c}]}]}",
    ):
        path.write_text(text)
        is_taken = promtool.run(["check", "rules", str(path)]).returncode == 0
        assert (_adopt(text).diagnostics == ()) is is_taken
    assert len(_rules(_adopt(ODD))) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", f"namespace: web\n{ODD}"),
        ("a.yml", ODD.replace("owner: me", "owner: me\n    partial_response_strategy: warn")),
        ("a.yml", ODD.replace("up == 0", '\'sum(rate({app="a"} |= "x" [5m])) > 1\'')),
        ("chart/values-prod.yaml", ODD),
        ("rules.yml.tmpl", ODD),
        (
            "a.yml",
            "kind: PrometheusRule\napiVersion: monitoring.coreos.com/v1\nspec:\n  foo: 1\n  groups: []\n",
        ),
    ],
)
def test_what_something_else_reads_may_have_other_keys(name: str, text: str) -> None:
    document = Document(name, text)
    adopted = read_existing([Input(document, read_stream(document), True)])
    assert {one.id for one in adopted.diagnostics} == {"file/foreign-key"}


_OF_LOKI = """
apiVersion: loki.grafana.com/v1
kind: AlertingRule
spec:
  tenantID: a
  groups: [{name: g, rules: [{alert: A, expr: 'sum(rate({a="b"} [5m])) > 1'}]}]
"""
_OF_THANOS = "groups: [{name: g, partial_response_strategy: warn, rules: [{alert: A, expr: up == 0}]}]"


@pytest.mark.parametrize(("name", "text"), [("thanos-rules/a.yml", _OF_THANOS), ("a.yml", _OF_LOKI)])
def test_keys_of_the_program_that_reads_the_rules_are_not_mentioned(name: str, text: str) -> None:
    def found(name: str, text: str) -> set[str]:
        document = Document(name, text)
        return {one.id for one in read_existing([Input(document, read_stream(document), True)]).diagnostics}

    assert found(name, text) == set()
    assert found("b.yml", text.replace("AlertingRule", "Rules")) == {"file/foreign-key"}


def test_vmalert_refuses_what_neither_it_nor_prometheus_knows() -> None:
    def found(name: str, text: str) -> list[tuple[str, str, str | None]]:
        document = Document(name, text)
        adopted = read_existing([Input(document, read_stream(document), True)])
        return [(one.id, one.message, one.help) for one in adopted.diagnostics]

    rules = "groups: [{name: g, KEY: 2, rules: [{alert: A, expr: up == 0}]}]"
    ((id_, message, help_),) = found("vmalert/a.yml", rules.replace("KEY", "inhibit_rules"))
    assert (id_, message) == (
        "file/refused-key",
        "a rule group has no key `inhibit_rules`, and vmalert refuses the file for it",
    )
    assert help_ is not None
    assert "`limit`" in help_
    assert "`concurrency`" in help_
    (slip,) = found("vmalert/a.yml", rules.replace("KEY", "concurency"))
    assert (slip[0], slip[2]) == ("file/unknown-key", "did you mean `concurrency`?")
    for name, key in (("vmalert/a.yml", "concurrency"), ("vmalert/a.yml.tmpl", "inhibit_rules")):
        assert {one[0] for one in found(name, rules.replace("KEY", key))} == {"file/foreign-key"}
