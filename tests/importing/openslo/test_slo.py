"""OpenSLO's SLOs, with what they refer to in other documents and files."""

from __future__ import annotations

import pytest
from tests.importing.written import run, said, slos

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout
  displayName: Checkouts succeed
  labels: {team: [web], costCentre: project1}
spec:
  description: Nine of ten.
  service: shop
  indicator:
    metadata: {name: checkouts}
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource: {type: Prometheus, spec: {query: 'sum(checkouts_total{result="ok"})'}}
        total:
          metricSource: {type: Prometheus, spec: {query: sum(checkouts_total)}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.995}]
"""
POLICIES = """\
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  description: Wakes somebody up.
  alertWhenBreaching: true
  alertWhenNoData: true
  conditions: [{conditionRef: fast-burn}]
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: fast-burn}
spec:
  severity: page
  condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
"""
HEAD = SLO[: SLO.index("  indicator:")]
TAIL = SLO[SLO.index("  timeWindow:") :]


def test_an_slo_of_counters() -> None:
    found = slos(run(SLO))["checkout"]
    assert found == {
        "title": "Checkouts succeed",
        "description": "Nine of ten.",
        "objective": "99.5%",
        "window": "4w",
        "ratio": {
            "good": 'sum(rate(checkouts_total{result="ok"}[4w]))',
            "total": "sum(rate(checkouts_total[4w]))",
        },
        "labels": {"service": "shop", "team": "web", "costCentre": "project1"},
    }


def test_policies_and_conditions_of_another_file() -> None:
    text = SLO.replace("  objectives:", "  alertPolicies: [{alertPolicyRef: fast}]\n  objectives:")
    burn = slos(run(text, POLICIES))["checkout"]["burn"]
    assert burn == {
        "tiers": {
            "fast-burn": {
                "severity": "page",
                "spent": ["14.4x in 1h and 1h"],
                "for": "5m",
                "annotations": {"description": "Wakes somebody up."},
            }
        },
        "missing": {"severity": "page"},
    }


def test_a_reference_that_leads_nowhere() -> None:
    text = SLO.replace("  objectives:", "  alertPolicies: [{alertPolicyRef: fast}]\n  objectives:")
    made = run(text)
    assert said(made) == [("import/refused", "21:fast")]
    assert "no file has the AlertPolicy `fast`" in made.diagnostics[0].message


def test_objects_that_no_slo_refers_to() -> None:
    made = run(SLO, POLICIES)
    assert said(made) == [("import/unused", "2:AlertPolicy"), ("import/unused", "11:AlertCondition")]


def test_an_indicator_and_a_source_by_reference() -> None:
    sli = SLO[SLO.index("      ratioMetric:") : SLO.index("  timeWindow:")].replace("      ", "", 1)
    text = f"{HEAD}  indicatorRef: checkouts\n{TAIL}---\napiVersion: openslo/v1\nkind: SLI\n"
    text += "metadata: {name: checkouts}\nspec:\n      " + sli.replace(
        "type: Prometheus", "metricSourceRef: main"
    )
    text += (
        "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: main}\nspec: {type: prometheus}\n"
    )
    assert slos(run(text))["checkout"] == slos(run(SLO))["checkout"]


@pytest.mark.parametrize("type_", ["mimir", "Mimir", "cortex", "thanos"])
def test_resources_of_an_operator(type_: str) -> None:
    """Its objects have a group of their own, and one of them another name."""
    text = SLO.replace("openslo/v1", "openslo.com/v1").replace("type: Prometheus", "metricSourceRef: main")
    text += "---\napiVersion: openslo.com/v1\nkind: Datasource\nmetadata: {name: main}\n"
    text += f"spec: {{type: {type_}, connectionDetails: {{address: 'http://localhost:9009/'}}}}\n"
    made = run(text)
    assert said(made) == []
    assert slos(made)["checkout"] == slos(run(SLO))["checkout"]


@pytest.mark.parametrize(
    ("query", "counter", "expected"),
    [
        ("sum(rate(x[{{.window}}]))", "", "sum(rate(x[4w]))"),
        ("sum(rate(x[5m]))", "", "sum(rate(x[4w]))"),
        ("sum by (a) (increase(x[4w]))", "", "sum by (a) (increase(x[4w]))"),
        ("x_total", "", "sum(rate(x_total[4w]))"),
        ("x_total - y_total", "", "rate(x_total[4w]) - rate(y_total[4w])"),
        ("sum(x)", "counter: false", "sum(sum_over_time(x[4w]))"),
    ],
)
def test_the_range_of_a_query(query: str, counter: str, expected: str) -> None:
    text = SLO.replace("query: sum(checkouts_total)", f"query: '{query}'")
    text = text.replace("        counter: true\n", f"        {counter}\n" if counter else "")
    text = text.replace('sum(checkouts_total{result="ok"})', "sum(rate(y[{{.window}}]))")
    assert slos(run(text))["checkout"]["ratio"]["total"] == expected


@pytest.mark.parametrize(
    "query",
    [
        "sum(x)",
        "count(x_total)",
        "sum(rate(x[5m])) + sum(rate(x[10m]))",
        "sum(rate(x[$__interval]))",
        "max(x_total)",
    ],
)
def test_a_query_whose_range_nobody_can_know(query: str) -> None:
    text = SLO.replace("query: sum(checkouts_total)", f"query: '{query}'").replace(
        "        counter: true\n", ""
    )
    made = run(text)
    assert [one for one in said(made) if one[0] == "import/refused"] != []
    assert slos(made) == {}


@pytest.mark.parametrize(
    ("operator", "key"), [("lt", "below"), ("lte", "at_most"), ("gt", "above"), ("gte", "at_least")]
)
def test_a_threshold_is_compared_at_each_time(operator: str, key: str) -> None:
    sli = "  indicator: {spec: {thresholdMetric: {metricSource: {type: Prometheus, spec: {query: lag}}}}}\n"
    text = f"{HEAD}{sli}{TAIL}".replace("{target: 0.995}", f"{{target: 0.995, op: {operator}, value: 200.5}}")
    assert slos(run(text))["checkout"]["slices"] == {"promql": "lag", key: 200.5}


def test_slices_of_a_ratio() -> None:
    text = SLO.replace("Occurrences", "Timeslices").replace(
        "{target: 0.995}", "{target: 0.995, timeSliceTarget: 0.9, timeSliceWindow: 5m}"
    )
    found = slos(run(text))["checkout"]["slices"]
    assert (
        found["promql"]
        == '(sum(rate(checkouts_total{result="ok"}[5m])))\n/\n(sum(rate(checkouts_total[5m])))'
    )
    assert found["at_least"] == 0.9


@pytest.mark.parametrize(
    ("kind", "share"), [("success", "1 - (avg_over_time(x[4w]))"), ("failure", "avg_over_time(x[4w])")]
)
def test_a_ready_made_ratio(kind: str, share: str) -> None:
    raw = f"{{rawType: {kind}, raw: {{metricSource: {{type: Prometheus, spec: {{query: x}}}}}}}}"
    text = f"{HEAD}  indicator: {{spec: {{ratioMetric: {raw}}}}}\n{TAIL}"
    assert slos(run(text))["checkout"]["ratio"] == {"share": share}


def test_events_in_logs() -> None:
    text = SLO.replace("type: Prometheus", "type: Loki").replace(
        "query: 'sum(checkouts_total{result=\"ok\"})'",
        'query: \'sum(count_over_time({app="shop"} |= "ok" [5m]))\'',
    )
    text = text.replace("query: sum(checkouts_total)", "query: 'sum(count_over_time({app=\"shop\"} [5m]))'")
    assert slos(run(text))["checkout"]["ratio"] == {
        "engine": "loki",
        "good": 'sum(count_over_time({app="shop"} |= "ok" [4w]))',
        "total": 'sum(count_over_time({app="shop"} [4w]))',
    }


def test_several_objectives_are_several_slos() -> None:
    text = SLO.replace(
        "[{target: 0.995}]", "[{displayName: SLA, target: 0.99}, {displayName: Us, targetPercent: 99.9}]"
    )
    found = slos(run(text))
    assert {key: one["objective"] for key, one in found.items()} == {
        "checkout-sla": "99%",
        "checkout-us": "99.9%",
    }
    assert found["checkout-sla"]["title"] == "Checkouts succeed: SLA"


@pytest.mark.parametrize(
    ("window", "expected", "is_said"),
    [
        ("[{duration: 30d, isRolling: true}]", "30d", False),
        ("[{duration: 1M, isRolling: true}]", "30d", True),
        ("[{duration: 1Q, calendar: {startTime: 2022-01-01, timeZone: UTC}}]", "90d", True),
        ("[]", "30d", True),
    ],
)
def test_windows(window: str, expected: str, is_said: bool) -> None:
    made = run(SLO.replace("[{duration: 4w, isRolling: true}]", window))
    assert slos(made)["checkout"]["window"] == expected
    assert ("import/changed" in {one for one, _ in said(made)}) == is_said


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("openslo/v1\n", "openslo.com/v2alpha\n", "1:openslo.com"),
        ("type: Prometheus", "type: Datadog", "16:Datadog"),
        ("Occurrences", "RatioTimeslices", "13:ratioMetric"),
        ("target: 0.995", "target: 1.0", "21:1.0"),
        ("target: 0.995", "target: 0.9, targetPercent: 90", "21:{target"),
        ("target: 0.995", "target: 0.9, compositeWeight: 2, indicatorRef: x", "21:{target"),
        ("  name: checkout\n", "", "4:displayName"),
        ("[{duration: 4w", "[{duration: four", "19:four"),
    ],
)
def test_what_a_spec_cannot_hold_is_refused_at_its_place(before: str, after: str, place: str) -> None:
    assert before in SLO
    made = run(SLO.replace(before, after, 1))
    found = [where for id_, where in said(made) if id_ == "import/refused"]
    assert len(found) == 1
    assert found[0].startswith(place)


def test_a_condition_on_a_low_burn_rate_is_refused() -> None:
    text = SLO.replace("  objectives:", "  alertPolicies: [fast]\n  objectives:")
    made = run(text, POLICIES.replace("gte", "lte"))
    assert ("import/refused", "15:lte") in said(made)


OLD = """\
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: my-service, displayName: Requests}
spec:
  service: my-service
  budgetingMethod: Occurrences
  objectives:
    - ratioMetrics:
        good: {source: prometheus, queryType: promql, query: 'sum(rate(x_total{code!~"5.."}[{{.window}}]))'}
        total: {source: prometheus, queryType: promql, query: "sum(rate(x_total[{{.window}}]))"}
      target: 0.999
  timeWindows: [{count: 30, unit: Day}]
"""


def test_v1alpha() -> None:
    found = slos(run(OLD))["my-service"]
    assert found["window"] == "30d"
    assert found["objective"] == "99.9%"
    assert found["ratio"]["good"] == 'sum(rate(x_total{code!~"5.."}[30d]))'
    assert "burn" not in found


def test_a_source_that_no_file_has_is_known_by_its_name() -> None:
    text = SLO.replace("type: Prometheus", "metricSourceRef: my-prometheus")
    made = run(text)
    assert slos(made)["checkout"] == slos(run(SLO))["checkout"]
    assert [id_ for id_, _ in said(made)] == ["import/changed", "import/changed"]
    assert slos(run(SLO.replace("type: Prometheus", "metricSourceRef: main"))) == {}


def test_what_people_write_a_little_otherwise() -> None:
    """The window in the objective, the query beside the type, `.Window`, and no way of counting."""
    text = SLO.replace(
        "  timeWindow: [{duration: 4w, isRolling: true}]\n  budgetingMethod: Occurrences\n", ""
    )
    text = text.replace("{target: 0.995}", "{target: 0.995, timeWindow: [{duration: 4w, isRolling: true}]}")
    text = text.replace(
        "spec: {query: sum(checkouts_total)}", "query: 'sum(rate(checkouts_total[{{.Window}}]))'"
    )
    made = run(text)
    assert slos(made)["checkout"] == slos(run(SLO))["checkout"]
    assert [id_ for id_, _ in said(made)] == ["import/changed"]
