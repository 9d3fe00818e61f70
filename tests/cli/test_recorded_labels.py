"""Every command knows the labels that an alert has from the recording rules that its query reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.engines.amtool import routed_receivers

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tocsin.engines.program import Program

ROUTES = """
route:
  receiver: everybody
  routes:
    - {matchers: [team="payments"], receiver: payments}
    - {matchers: [team="web"], receiver: web}
receivers: [{name: everybody}, {name: payments}, {name: web}]
"""
RULES = """
groups:
  - name: checkout
    rules:
      - record: checkout:errors:rate5m
        expr: sum by (shop) (rate(errors_total[5m]))
        labels: {team: payments}
      - alert: CheckoutFails
        expr: checkout:errors:rate5m > 5
        labels: {severity: critical}
"""
CHAIN = """
groups:
  - name: checkout
    rules:
      - record: errors:rate5m
        expr: sum by (shop) (rate(errors_total[5m]))
        labels: {team: payments}
      - record: checkout:errors:rate5m
        expr: max by (shop, team) (errors:rate5m)
      - alert: CheckoutFails
        expr: checkout:errors:rate5m > 5
        labels: {severity: critical}
"""
LOGS = """
groups:
  - name: checkout
    rules:
      - record: checkout:errors:rate5m
        expr: sum by (shop) (rate({app="checkout"} |= "error" [5m]))
        labels: {team: payments}
"""
ALERT_ON_LOGS = """
groups:
  - name: alerts
    rules:
      - alert: CheckoutFails
        expr: checkout:errors:rate5m > 5
        labels: {severity: critical}
"""
COPIED = """
groups:
  - name: checkout
    rules:
      - record: checkout:errors:rate5m
        expr: sum by (shop) (rate(errors_total[5m]))
        labels: {squad: payments}
      - alert: CheckoutFails
        expr: checkout:errors:rate5m > 5
        labels: {severity: critical, team: "{{ $labels.squad }}"}
"""
SPEC = """
project:
  {name: shop, title: Shop, language: en}
severities:
  critical: {rank: 1, title: Critical}
  warning: {rank: 2, title: Warning}
teams:
  payments: {title: Payments, receiver: payments}
receivers:
  everybody: {webhook: [{url: "http://everybody.example"}]}
  payments: {webhook: [{url: "http://payments.example"}]}
routing: {catch_all: everybody, group_by: [alertname]}
recordings:
  checkout:
    rules:
      - record: checkout:errors:rate5m
        promql: sum by (shop) (rate(errors_total[5m]))
        labels: {team: payments}
      - record: shop:up
        promql: max by (shop) (up{job="shop"})
groups:
  checkout:
    title: Checkout
    alerts:
      CheckoutFails:
        summary: Checkouts fail
        description: Checkouts of {{ $labels.shop }} fail.
        promql: checkout:errors:rate5m
        thresholds: {critical: {above: 5}, warning: {above: 1}}
        depends_on: [ShopDown]
      ShopDown:
        summary: A shop is down
        description: "{{ $labels.shop }} is down."
        expr: shop:up == 0
        severity: critical
"""


def _run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def _written(folder: Path, **files: str) -> str:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(
    "rules",
    [{"rules": RULES}, {"rules": CHAIN}, {"loki": LOGS, "rules": ALERT_ON_LOGS}, {"rules": COPIED}],
    ids=["recording", "chain of recordings", "recording of logs", "copied by a template"],
)
def test_an_alert_on_a_recording_goes_where_the_recorded_label_leads(
    rules: dict[str, str], tmp_path: Path
) -> None:
    files = _written(tmp_path / "files", alertmanager=ROUTES, **rules)
    routed = _run("route", files, "--alert", "CheckoutFails", "--format", "json")
    (answer,) = map(json.loads, routed.stdout.splitlines())
    assert answer["receivers"] == ["payments"]
    explained = _run("explain", "CheckoutFails", files).output
    assert "Notified\n  payments\n" in explained
    checked = json.loads(_run("check", files, "--only", "route/*", "--format", "json").stdout)
    assert [one["message"] for one in checked] == ['no alert of these rules has `team="web"`']


def test_a_label_that_a_recording_sets_otherwise_notifies_somebody_else(tmp_path: Path) -> None:
    old = _written(tmp_path / "old", alertmanager=ROUTES, rules=RULES)
    new = _written(tmp_path / "new", alertmanager=ROUTES, rules=RULES.replace("team: payments", "team: web"))
    result = _run("diff", old, new)
    assert result.exit_code == 1
    assert "CheckoutFails (critical): notified: payments → web" in result.output


def test_pages_of_a_spec_name_the_receiver_that_its_alertmanager_reaches(
    tmp_path: Path, amtool: Program
) -> None:
    spec, output = _written(tmp_path / "spec", shop=SPEC), tmp_path / "output"
    result = _run("generate", spec, "--output", str(output))
    assert result.exit_code == 0, result.output
    path = output / "alertmanager" / "alertmanager.yaml"
    labels = {"alertname": "CheckoutFails", "severity": "warning", "team": "payments", "shop": "north"}
    assert routed_receivers(amtool, path, labels) == ("payments",)
    runbook = (output / "runbooks" / "CheckoutFails.md").read_text(encoding="utf-8")
    routing = (output / "runbooks" / "routing.md").read_text(encoding="utf-8")
    assert "| Warning | `payments` |" in runbook
    assert "| [CheckoutFails](CheckoutFails.md) | Warning | `payments` |" in routing
    assert "`everybody`" not in runbook


def test_a_spec_alert_is_explained_with_the_recorded_label_that_identifies_no_instance(
    tmp_path: Path,
) -> None:
    spec, output = _written(tmp_path / "spec", shop=SPEC), tmp_path / "output"
    explained = _run("explain", "CheckoutFails", spec).output
    assert 'Labels\n  team="payments", from the query or the server\n' in explained
    assert _run("generate", spec, "--output", str(output)).exit_code == 0
    runbook = (output / "runbooks" / "CheckoutFails.md").read_text(encoding="utf-8")
    assert "`warning` is inhibited while `critical` is firing, with the same `shop`\n" in runbook


def test_a_test_of_routing_knows_the_recorded_label(tmp_path: Path) -> None:
    plain = "routing: {catch_all: everybody, group_by: [alertname]}"
    test = "{tests: [{alert: CheckoutFails, receivers: [payments]}], "
    text = SPEC.replace(plain, plain.replace("{", test))
    result = _run("check", _written(tmp_path / "spec", shop=text), "--only", "routing/*")
    assert result.exit_code == 0, result.output


def test_severities_and_causes_on_recorded_metrics_inhibit_by_what_these_are_grouped_by(
    tmp_path: Path,
) -> None:
    result = _run("generate", _written(tmp_path / "spec", shop=SPEC), "--output", str(tmp_path / "output"))
    assert result.exit_code == 0, result.output
    path = tmp_path / "output" / "alertmanager" / "alertmanager.yaml"
    severities, cause = yaml.safe_load(path.read_text(encoding="utf-8"))["inhibit_rules"]
    assert severities["equal"] == ["alertname", "shop", "team"]
    assert cause["source_matchers"] == ['alertname="ShopDown"']
    assert cause["equal"] == ["shop"]


def test_alerts_that_the_server_drops_unless_a_sample_has_another_label_are_followed_with_that_label(
    tmp_path: Path,
) -> None:
    (tmp_path / "rules.yml").write_text("groups: [{name: g, rules: [{alert: Down, expr: up == 0}]}]\n")
    (tmp_path / "alertmanager.yml").write_text(ROUTES)
    (tmp_path / "prometheus.yml").write_text(
        "global: {external_labels: {team: web}}\nalerting:\n  alert_relabel_configs:\n"
        "  - {action: drop, source_labels: [team], regex: web}\n"
    )
    explained = CliRunner().invoke(main, ["explain", "Down", str(tmp_path)]).stdout
    assert 'payments with team="payments"' in explained
    assert "too many" not in explained
    assert "\n  web" not in explained
