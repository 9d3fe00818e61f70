"""Sloth's SLOs: the alerts that its own generator makes of them, in the words of a spec."""

from __future__ import annotations

import pytest
from tests.importing.written import run, said, slos

SLO = """\
version: "prometheus/v1"
service: "shop"
labels:
  owner: web
slos:
  - name: "availability"
    objective: 99.90
    description: "Orders succeed."
    labels: {category: availability}
    sli:
      events:
        error_query: sum(rate(orders_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(orders_total[{{ .window }}]))
    alerting:
      name: ShopErrors
      labels: {category: availability, shop: berlin}
      annotations: {runbook: "https://wiki.example.org/shop"}
      page_alert:
        labels: {severity: pageteam, routing_key: web}
      ticket_alert:
        labels: {severity: slack}
        annotations: {summary: "{{ $labels.shop }} spends its budget"}
"""
RAW = """\
version: prometheus/v1
service: wifi
slos:
  - name: satisfaction
    objective: 95
    sli:
      raw:
        error_ratio_query: |
          1 - (
            sum(sum_over_time(satisfaction_ratio[{{.window}}]))
            /
            sum(count_over_time(satisfaction_ratio[{{.window}}]))
          )
    alerting:
      name: Wifi
      page_alert: {disable: true}
      ticket_alert: {labels: {severity: warning}}
"""


def test_an_slo_of_events() -> None:
    found = slos(run(SLO))["shop-availability"]
    assert found["objective"] == "99.90%"
    assert found["window"] == "30d"
    assert found["ratio"] == {
        "bad": 'sum(rate(orders_total{code=~"5.."}[30d]))',
        "total": "sum(rate(orders_total[30d]))",
    }
    assert found["labels"] == {
        "sloth_id": "shop-availability",
        "sloth_service": "shop",
        "sloth_slo": "availability",
        "owner": "web",
        "category": "availability",
        "shop": "berlin",
    }
    burn = found["burn"]
    assert burn["alert"] == "ShopErrors"
    assert burn["missing"] == "none"
    assert burn["page"]["severity"] == "pageteam"
    assert burn["page"]["labels"] == {"sloth_severity": "page", "routing_key": "web"}
    assert burn["ticket"]["severity"] == "slack"
    assert burn["ticket"]["annotations"]["summary"] == "{{ $labels.shop }} spends its budget"
    # The factors 14.4, 6, 3 and 1 over 30 days are those that a spec has by itself.
    assert "spent" not in burn["page"]
    assert found["annotations"]["runbook"] == "https://wiki.example.org/shop"


def test_the_texts_that_sloth_writes_stay() -> None:
    found = slos(run(SLO))["shop-availability"]
    said_by_sloth = "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is"
    assert found["annotations"]["summary"] == f"{said_by_sloth} over expected."
    assert found["burn"]["page"]["annotations"]["title"] == f"(page) {said_by_sloth} too fast."


def test_a_ready_made_ratio_and_a_disabled_alert() -> None:
    found = slos(run(RAW))["wifi-satisfaction"]
    assert found["ratio"]["share"].count("[30d]") == 2
    assert "page" not in found["burn"]
    assert found["burn"]["ticket"]["severity"] == "warning"


def test_both_alerts_disabled_leave_the_promise() -> None:
    text = RAW.replace("{labels: {severity: warning}}", "{disable: true}")
    made = run(text)
    assert "burn" not in slos(made)["wifi-satisfaction"]
    assert said(made) == [("import/changed", "15:name: Wifi")]


def test_the_kubernetes_form_is_the_same_slo() -> None:
    keys = ("error_query", "total_query", "page_alert", "ticket_alert")
    text = SLO.replace('version: "prometheus/v1"\n', "")
    for key in keys:
        first, second = key.split("_")
        text = text.replace(key, first + second.capitalize())
    head = "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\nmetadata: {name: shop}\nspec:\n"
    resource = head + "".join(f"  {line}" for line in text.splitlines(keepends=True))
    assert slos(run(resource)) == slos(run(SLO))


def test_the_windows_of_28_days_are_shares_of_the_budget() -> None:
    burn = slos(run(SLO, window="28d"))["shop-availability"]["burn"]
    assert burn["page"]["spent"] == ["2% in 1h", "5% in 6h"]
    assert burn["ticket"]["spent"] == ["10% in 1d", "10% in 3d"]


WINDOWS = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: {errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 12.5, shortWindow: 20m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d}
"""


def test_windows_of_a_file_replace_those_of_sloth() -> None:
    made = run(SLO, WINDOWS)
    found = slos(made)["shop-availability"]
    # Without a word from the command line, the only period of the catalogue is the one in use.
    assert found["window"] == "7d"
    assert found["burn"]["page"]["spent"] == ["8% in 1h", "12.5% in 6h and 20m"]
    assert found["burn"]["ticket"]["spent"] == ["20% in 1d", "42% in 3d"]
    assert ("import/windows", "4:7d") in said(made)


def test_a_period_without_windows_is_refused() -> None:
    made = run(SLO, window="90d")
    assert said(made) == [("import/refused", '6:"availability"')]
    assert made.files == ()


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("events:\n", "plugin: {id: common/x}\n      was:\n", "11:common/x"),
        ("slos:\n", "slo_plugins: {chain: [{id: x}]}\nslos:\n", "5:chain"),
        ("objective: 99.90", "objective: 100", "7:100"),
        ("objective: 99.90", "objective: most", "7:most"),
        ("{{.window}}]", "{{.window}}] offset {{.window}}", "12:sum(rate"),
        ("[{{ .window }}]", "[5m]", "13:sum(rate"),
        ("[{{ .window }}]", "[{{ .window }}])) / sum(rate(x[30d]", "13:sum(rate"),
        ("[{{ .window }}]", "[{{ .other }}]", "13:{{ .other }}"),
        ("sum(rate(orders_total[", "sum(rate(orders_total)[", "13:sum(rate"),
        ("      name: ShopErrors\n", "", "15:labels"),
    ],
)
def test_what_a_spec_cannot_hold_is_refused_at_its_place(before: str, after: str, place: str) -> None:
    assert before in SLO
    made = run(SLO.replace(before, after))
    found = [where for id_, where in said(made) if id_ == "import/refused"]
    assert len(found) == 1
    assert found[0].startswith(place)
    assert all(one.help for one in made.diagnostics)
    assert slos(made) == {}


def test_one_that_is_refused_leaves_the_others() -> None:
    second = SLO[SLO.index('  - name: "availability"') :].replace('"availability"', '"latency"')
    made = run(SLO.replace("objective: 99.90", "objective: 100") + second)
    assert list(slos(made)) == ["shop-latency"]


def test_keys_that_nobody_knows_are_said() -> None:
    made = run(SLO.replace("    sli:\n", "    slis: {}\n    owners: [web]\n    sli:\n"))
    assert ("import/left-out", "10:slis") in said(made)
    assert ("import/left-out", "11:owners") in said(made)


def test_an_alert_without_severity_gets_one_and_it_is_said() -> None:
    made = run(SLO.replace("severity: pageteam, ", ""))
    assert slos(made)["shop-availability"]["burn"]["page"]["severity"] == "critical"
    assert ("import/changed", "18:page_alert") in said(made)


def test_tiers_of_one_severity_are_two_alerts() -> None:
    burn = slos(run(SLO.replace("severity: slack", "severity: pageteam")))["shop-availability"]["burn"]
    assert burn["alert"] == "ShopErrors"
    assert burn["ticket"]["alert"] == "ShopErrors-ticket"


def test_one_name_for_the_alerts_of_several_slos() -> None:
    second = SLO[SLO.index('  - name: "availability"') :].replace('"availability"', '"latency"')
    made = run(SLO + second)
    names = [one["burn"]["alert"] for one in slos(made).values()]
    assert names == ["ShopErrors-shop-availability", "ShopErrors-shop-latency"]
    assert said(made) == [("import/renamed", "15:ShopErrors")]


def test_the_most_urgent_severity_comes_first() -> None:
    project = next(file.content.decode() for file in run(SLO).files if file.path == "project.yaml")
    assert project.index("pageteam") < project.index("slack")
