"""What the help of a finding proposes, where it depends on the query or on who wrote a matcher."""

from __future__ import annotations

import pytest
from tests.checks.cases import planned

from tocsin.checks import CHECKS
from tocsin.diagnostics.catalogue import MESSAGES


def _helps(text: str, id_: str) -> list[str]:
    made = planned(text)
    assert made is not None
    assert id_ in CHECKS or id_ in MESSAGES
    return [one.help or "" for one in made.found(CHECKS.values()) if one.id == id_]


def _rule(expr: str, summary: str = "s") -> str:
    return f"- alert: A\n  expr: {expr}\n  annotations: {{summary: '{summary}'}}\n"


@pytest.mark.parametrize(
    ("expr", "used", "help_"),
    [
        ("avg(a) > 1", "zone", "write `avg by (zone) (…)`, or leave the label out"),
        ("avg by (instance) (a) > 1", "instace", "did you mean `instance`, which the query keeps?"),
        (
            "avg by (job) (a) > 1",
            "instace",
            "did you mean `instance`? To keep that, write `avg by (job, instance) (…)`",
        ),
        ("sum without (pod) (a) > 1", "pod", "take `pod` out of the `without`, or leave the label out"),
        ("avg by (mode) (a) > 1", "node", "write `avg by (mode, node) (…)`, or leave the label out"),
        (
            "a / on (node) b > 1",
            "device",
            "leave the label out, or change the query so that its result has it",
        ),
    ],
)
def test_the_label_that_was_meant_is_proposed_rather_than_the_slip(expr: str, used: str, help_: str) -> None:
    assert _helps(_rule(expr, f"{{{{ $labels.{used} }}}}"), "label/dropped") == [help_]


def test_the_buckets_of_a_histogram_are_kept() -> None:
    expr = "histogram_quantile(0.9, sum by (job) (rate(latency_seconds_bucket[5m]))) > 1"
    kept = ["write `sum by (job, le) (…)`, so that the buckets are still there"]
    assert _helps(_rule(expr), "query/empty-by-name") == kept
    assert _helps(_rule(expr.replace("(job)", "(job, le)")), "query/empty-by-name") == []


def test_the_namespace_that_an_operator_adds_is_explained() -> None:
    text = """\
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: pods, namespace: monitoring}
spec:
  route:
    receiver: hook
    matchers: [{name: namespace, value: linked}]
  receivers: [{name: hook, webhookConfigs: [{url: "http://h.example/"}]}]
"""
    (help_,) = _helps(text, "route/impossible")
    assert "alertmanagerConfigMatcherStrategy: {type: None}" in help_
    assert _helps(text.replace("value: linked", "value: monitoring"), "route/impossible") == []


def test_the_other_engine_is_named_where_its_language_stands() -> None:
    logql = 'sum(count_over_time({app="shop"} |= "error" [5m])) > 1'
    beside = [f"- alert: B{number}\n  expr: rate(b_total[5m]) > {number}\n" for number in (1, 2)]
    advice = "a file is for one engine: move the rule to a file of its own"
    assert _helps(_rule(logql) + "".join(beside), "file/promql") == [advice]
    assert _helps(_rule(logql), "file/promql") == []


def test_functions_of_metricsql_are_known_as_such() -> None:
    assert _helps(_rule('quantiles_over_time("phi", 0.5, 0.9, a[5m]) > 1'), "file/promql") == [
        "write one `quantile_over_time(…)` for each quantile"
    ]


@pytest.mark.parametrize("null", ["null", "~", "Null"])
def test_a_receiver_called_null_needs_quotes(null: str) -> None:
    text = f"route: {{receiver: {null}}}\nreceivers: [{{name: {null}}}]\n"
    assert _helps(text, "alertmanager/root") == [f'write `"{null}"`']
    quoted = text.replace(null, f'"{null}"')
    assert _helps(quoted, "alertmanager/root") == []


def test_a_unit_that_makes_a_condition_hold_always_is_one_finding_with_the_help_of_the_unit() -> None:
    text = _rule("100 - avg(rate(node_cpu_seconds_total{mode='idle'}[5m])) > 80")
    assert _helps(text, "query/always") == ["multiply the share by 100 before it is taken from 100"]
    assert _helps(text, "query/unit") == []
    assert _helps(_rule("rate(errors_total[5m]) >= 0"), "query/always") == [
        "compare with a number that is not reached on a good day"
    ]


def test_an_environment_variable_is_called_no_label() -> None:
    (help_,) = _helps(_rule("up == 0", "{{ .Env.CLUSTER }}"), "template/field")
    assert "no environment variables" in help_
    assert "$labels" not in help_


def test_nothing_is_put_beside_groups_where_it_would_always_be_0() -> None:
    whole, grouped = "count(up) == 0", "count by (job) (up) == 0"
    assert _helps(_rule(whole), "query/empty") == [
        "`count` of nothing is not 0: write `absent(…)`, or `(count(…) or vector(0)) == 0`"
    ]
    assert _helps(_rule(grouped), "query/empty") == ["`count` of nothing is not 0: write `absent(…)`"]
    followed = _rule("(count by (job) (up) or vector(0)) == 0")
    assert _helps(followed, "query/or-vector") != []


def test_a_speed_in_the_unit_of_a_query_is_the_round_number() -> None:
    expr = "rate(node_network_receive_bytes_total[5m]) / 1024 / 1024 > 100"
    assert _helps(_rule(expr, "gets more than 60 MB/s"), "alert/threshold-mismatch") == [
        "in the unit of the query, 60 MB/s is 60"
    ]


def test_a_colon_within_a_name_is_no_assignment() -> None:
    for text, help_ in (
        ("{{ $values.shop:up }}", "a name has letters, digits and `_` only"),
        ("{{ $x : 1 }}", "write `:=`"),
    ):
        assert _helps(_rule("a > 1", text), "template/syntax") == [help_]
