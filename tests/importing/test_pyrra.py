"""Pyrra's SLOs: its four burn-rate alerts and the one on missing metrics, in the words of a spec."""

from __future__ import annotations

import pytest
from tests.importing.written import run, said, slos

RATIO = """\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: api-errors
  namespace: monitoring
  labels: {prometheus: k8s, pyrra.dev/team: web}
  annotations: {pyrra.dev/runbook: "https://wiki.example.org/api"}
spec:
  target: "99.0"
  window: 4w
  description: Requests succeed.
  indicator:
    ratio:
      errors: {metric: 'requests_total{job="api",code=~"5.."}'}
      total: {metric: 'requests_total{job="api"}'}
      grouping: [handler]
"""


def test_a_ratio_with_a_budget_for_each_group() -> None:
    found = slos(run(RATIO))["api-errors"]
    assert found["objective"] == "99.0%"
    assert found["window"] == "4w"
    assert found["ratio"] == {
        "bad": 'sum by (handler) (rate(requests_total{job="api",code=~"5.."}[4w]))',
        "total": 'sum by (handler) (rate(requests_total{job="api"}[4w]))',
    }
    assert found["labels"] == {"team": "web", "job": "api"}
    assert found["annotations"] == {"runbook": "https://wiki.example.org/api"}


def test_the_four_alerts() -> None:
    burn = slos(run(RATIO))["api-errors"]["burn"]
    assert burn["interval"] == "30s"
    tiers = {name: burn["tiers"][name] for name in ("fast", "medium", "slow", "long-term")}
    assert [one["severity"] for one in tiers.values()] == ["critical", "critical", "warning", "warning"]
    assert [one["for"] for one in tiers.values()] == ["2m", "15m", "1h", "3h"]
    assert [one["spent"] for one in tiers.values()] == [
        ["14x in 1h"],
        ["7x in 6h"],
        ["2x in 1d"],
        ["1x in 4d and 6h"],
    ]
    assert tiers["fast"]["labels"] == {"short": "5m", "long": "1h", "exhaustion": "2d"}
    assert tiers["long-term"]["labels"]["exhaustion"] == "4w"
    assert burn["alert"] == "ErrorBudgetBurn"
    assert tiers["medium"]["alert"] == "ErrorBudgetBurn-medium"


def test_an_alert_that_pyrra_reads_from_no_two_samples() -> None:
    """Its range would be 0s, and is written as 1s."""
    made = run(RATIO.replace("4w", "1d"))
    assert said(made)[-1] == ("import/left-out", "10:1d")
    tiers = slos(made)["api-errors"]["burn"]["tiers"]
    spent = [["7x in 13m and 1m"], ["2x in 51m and 4m"], ["1x in 3h26m and 13m"]]
    assert [one["spent"] for one in tiers.values()] == spent
    assert [one.get("for") for one in tiers.values()] == ["1m", "2m", "6m"]


def test_the_windows_follow_that_of_the_slo() -> None:
    burn = slos(run(RATIO.replace("4w", "1w")))["api-errors"]["burn"]
    assert burn["tiers"]["fast"]["spent"] == ["14x in 15m and 1m"]
    assert burn["tiers"]["fast"]["for"] == "1m"
    assert burn["tiers"]["medium"]["spent"] == ["7x in 1h30m and 8m"]
    assert burn["tiers"]["long-term"]["spent"] == ["1x in 1d and 1h30m"]


def test_missing_metrics_are_waited_for_as_long_as_an_outage() -> None:
    missing = slos(run(RATIO))["api-errors"]["burn"]["missing"]
    # 14 × 1 % of an hour is 504 s, and 2m more: rounded to minutes.
    assert missing == {"severity": "critical", "alert": "SLOMetricAbsent", "for": "10m"}


def test_alerts_that_are_switched_off() -> None:
    assert "missing" in slos(run(RATIO))["api-errors"]["burn"]
    found = slos(run(f"{RATIO}  alerting: {{absent: false}}\n"))["api-errors"]
    assert found["burn"]["missing"] == "none"
    found = slos(run(f"{RATIO}  alerting: {{absent: false, burnrates: false}}\n"))["api-errors"]
    assert "burn" not in found


@pytest.mark.parametrize("alerting", ["{burnrates: false}", "{disabled: true}"])
def test_an_alert_on_missing_metrics_alone_is_refused(alerting: str) -> None:
    made = run(f"{RATIO}  alerting: {alerting}\n")
    assert said(made)[0][0] == "import/refused"
    assert said(made)[0][1] == f"17:{alerting}"


def test_names_and_severities() -> None:
    text = f"{RATIO}  alerting: {{name: ApiBurns, absentName: ApiGone, severities: {{mediumBurn: page}}}}\n"
    burn = slos(run(text))["api-errors"]["burn"]
    assert burn["alert"] == "ApiBurns"
    assert burn["tiers"]["medium"]["severity"] == "page"
    assert "alert" not in burn["tiers"]["medium"]
    assert burn["missing"]["alert"] == "ApiGone"


def test_names_are_those_of_each_slo_where_pyrra_gives_one_to_all() -> None:
    made = run(RATIO, RATIO.replace("api-errors", "web-errors"))
    found = slos(made)
    assert found["api-errors"]["burn"]["alert"] == "ErrorBudgetBurn-api-errors"
    assert found["web-errors"]["burn"]["tiers"]["medium"]["alert"] == "ErrorBudgetBurn-web-errors-medium"
    assert [id_ for id_, _ in said(made)] == ["import/renamed", "import/renamed"]


def test_a_latency() -> None:
    text = RATIO.replace("ratio:", "latency:").replace(
        "errors: {metric: 'requests_total{", "success: {metric: '"
    )
    text = text.replace('job="api",code=~"5.."}', 'seconds_bucket{le="0.5"}').replace(
        "'requests_total{job=\"api\"}'", "seconds_count"
    )
    assert slos(run(text))["api-errors"]["ratio"] == {
        "good": 'sum by (handler) (rate(seconds_bucket{le="0.5"}[4w]))',
        "total": "sum by (handler) (rate(seconds_count[4w]))",
    }


def test_a_native_histogram() -> None:
    head = RATIO[: RATIO.index("    ratio:")]
    text = (
        f"{head}    latencyNative:\n      total: {{metric: 'seconds{{job=\"api\"}}'}}\n      latency: 200ms\n"
    )
    assert slos(run(text))["api-errors"]["latency"] == {
        "histogram": "seconds",
        "within": "200ms",
        "kind": "native",
        "matchers": ['job="api"'],
    }


def test_a_gauge_of_0_and_1() -> None:
    head = RATIO[: RATIO.index("    ratio:")]
    text = f"{head}    bool_gauge: {{metric: probe_success, grouping: [instance]}}\n"
    assert slos(run(text))["api-errors"]["up"] == {"gauge": "probe_success", "by": ["instance"]}
    text = f"{head}    bool_gauge: {{metric: 'probe_success{{job=\"x\"}}'}}\n"
    assert slos(run(text))["api-errors"]["up"] == 'probe_success{job="x"}'


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("'requests_total{job=\"api\"}'", "'sum(requests_total)'", "15:'sum"),
        ("'requests_total{job=\"api\"}'", "'requests_total{'", "15:'requests"),
        ('"99.0"', '"100"', '9:"100"'),
        ("window: 4w", "window: 30m", "10:30m"),
        ("window: 4w", "window: four weeks", "10:four weeks"),
        ("ratio:\n", "other: {}\n    ratios:\n", "13:other"),
        ("  name: api-errors\n", "", "4:namespace"),
        ("  indicator:\n", "  indicators:\n", "9:target"),
    ],
)
def test_what_a_spec_cannot_hold_is_refused_at_its_place(before: str, after: str, place: str) -> None:
    assert before in RATIO
    made = run(RATIO.replace(before, after))
    assert [id_ for id_, _ in said(made)] == ["import/refused"]
    assert said(made)[0][1].startswith(place)


def test_what_only_thanos_or_kubernetes_reads_is_said() -> None:
    made = run(f"{RATIO}  partial_response_strategy: warn\n  ruleOutput: {{shortRulesLabels: {{a: b}}}}\n")
    assert [one for one, _ in said(made)] == ["import/left-out", "import/left-out"]
