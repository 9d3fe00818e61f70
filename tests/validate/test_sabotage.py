"""What somebody broke is found by the real programs, and the message names the alert and the joint."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.engines import processes
from tocsin.validate import validate
from tocsin.validate.verdicts import Column, RuleKey, State, ValidationReport

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.processes import ProcessStack
    from tocsin.engines.stack import Running
    from tocsin.plan.model import Plan

    Made = Callable[[str], tuple[Plan, dict[str, str]]]

CRITICAL = RuleKey("CheckoutErrors", "critical")
SHOP_DOWN = RuleKey("ShopDown", "critical")
SLOW = RuleKey("SlowPages", "warning")


def _report(made: tuple[Plan, dict[str, str]], stack: Any, stage: Path) -> ValidationReport:
    return validate(*made, stack, stage, print)


def _cell(report: ValidationReport, key: RuleKey, column: Column) -> tuple[State, str]:
    cell = next(row.cells[column] for row in report.rows if row.key == key)
    return cell.state, cell.reason


def _changed(text: str, before: str, after: str) -> str:
    assert before in text, before
    return text.replace(before, after)


def test_the_shop_works(shop_text: str, made: Made, programs: ProcessStack, tmp_path: Path) -> None:
    report = _report(made(shop_text), programs, tmp_path)
    assert not report.failed, [
        row for row in report.rows if any(c.state is State.FAILED for c in row.cells.values())
    ]
    metrics = [row for row in report.rows if row.key.alert != "PaymentDeclined"]
    for row in metrics:
        for column, cell in row.cells.items():
            is_tried = column is not Column.OPENS or "grafana" not in report.not_run
            assert cell.state is (State.PROVEN if is_tried else State.SKIPPED), (row.key, cell.reason)
    assert _cell(report, RuleKey("PaymentDeclined", "warning"), Column.FIRES)[0] is State.SKIPPED
    assert "loki" in report.not_run
    assert not report.complete


def test_faults_of_rules_are_told_apart(
    shop_text: str, made: Made, programs: ProcessStack, tmp_path: Path
) -> None:
    plan, files = made(shop_text)
    web = files["prometheus/rules/web.yaml"]
    web = _changed(web, "> 0.8", "> 80000")
    web = _changed(web, 'max by (shop) (up{job="web"}) == 0', 'max(up{job="web"}) == 0')
    files["prometheus/rules/web.yaml"] = web
    files["prometheus/rules/checkout.yaml"] += "  - alert: Broken\n"
    del files["runbooks/DiskFull.md"]
    report = _report((plan, files), programs, tmp_path)
    assert report.failed
    unreachable = _cell(report, SLOW, Column.FIRES)
    assert unreachable[0] is State.FAILED
    assert "its query returns 4" in unreachable[1]
    removed = _cell(report, SHOP_DOWN, Column.FIRES)
    assert removed[0] is State.FAILED
    assert "prints the label `shop`, which the alert does not have" in removed[1]
    syntax = _cell(report, CRITICAL, Column.LOADS)
    assert syntax[0] is State.FAILED
    assert "prometheus/rules/checkout.yaml" in syntax[1]
    page = _cell(report, RuleKey("DiskFull", "warning"), Column.OPENS)
    assert page == (State.FAILED, "its runbook is missing: there is no runbooks/DiskFull.md")
    assert _cell(report, RuleKey("SlowPages", "critical"), Column.FIRES)[0] is State.PROVEN


def test_a_panel_that_does_not_show_what_fires_is_found(
    shop_text: str, made: Made, programs: ProcessStack, tmp_path: Path
) -> None:
    plan, files = made(shop_text)
    path = "grafana/dashboards/shop-web.json"
    # The rule keeps its query; that of the panel asks for something else, as after an edit by hand.
    files[path] = _changed(files[path], "page_duration_seconds_bucket", "page_seconds_bucket")
    files[path] = _changed(files[path], "node_filesystem_avail_bytes{", "rate(node_filesystem_avail_bytes{")
    report = _report((plan, files), programs, tmp_path)
    state, reason = _cell(report, SLOW, Column.OPENS)
    assert state is State.FAILED
    assert "its panel does not show what fired" in reason
    assert "page_seconds_bucket" in reason
    assert "returns nothing" in reason
    state, reason = _cell(report, RuleKey("DiskFull", "warning"), Column.OPENS)
    assert state is State.FAILED
    assert "which fails: " in reason
    # No Grafana has opened the others.
    state, reason = _cell(report, SHOP_DOWN, Column.OPENS)
    assert state is (State.SKIPPED if "grafana" in report.not_run else State.PROVEN)
    assert reason.startswith("no Grafana: ") == ("grafana" in report.not_run)


def test_a_misspelt_route_is_found(
    shop_text: str, made: Made, programs: ProcessStack, tmp_path: Path
) -> None:
    plan, files = made(shop_text)
    path = "alertmanager/alertmanager.yaml"
    files[path] = _changed(files[path], 'team="web"', 'team="webb"')
    report = _report((plan, files), programs, tmp_path)
    state, reason = _cell(report, SLOW, Column.ARRIVES)
    assert state is State.FAILED
    assert re.search(r"is routed to `\w+` and should reach `web`", reason)
    assert _cell(report, CRITICAL, Column.ARRIVES)[0] is State.PROVEN


def test_a_dropped_receiver_is_found(
    shop_text: str, made: Made, programs: ProcessStack, tmp_path: Path
) -> None:
    plan, files = made(shop_text)
    path = "alertmanager/alertmanager.yaml"
    files[path] = re.sub(r"  - name: web\n(?:    .*\n)+", "", files[path])
    report = _report((plan, files), programs, tmp_path)
    state, reason = _cell(report, SLOW, Column.ARRIVES)
    assert state is State.FAILED
    assert 'undefined receiver "web"' in reason


def test_an_inhibition_that_silences_too_much_is_found(
    shop_text: str, made: Made, programs: ProcessStack, tmp_path: Path
) -> None:
    plan, files = made(shop_text)
    path = "alertmanager/alertmanager.yaml"
    # The shop no longer has to be the same one.
    before = '      - alertname="CheckoutErrors"\n    equal:\n      - shop\n'
    files[path] = _changed(files[path], before, before.partition("    equal:")[0])
    report = _report((plan, files), programs, tmp_path)
    state, reason = _cell(report, CRITICAL, Column.INHIBITS)
    assert state is State.FAILED
    assert "kept quiet by `ShopDown` with another `shop` as well" in reason


def test_an_inhibition_that_is_lost_is_found(
    shop_text: str, made: Made, programs: ProcessStack, tmp_path: Path
) -> None:
    plan, files = made(shop_text)
    path = "alertmanager/alertmanager.yaml"
    files[path] = _changed(files[path], 'alertname="ShopDown"', 'alertname="ShopGone"')
    report = _report((plan, files), programs, tmp_path)
    state, reason = _cell(report, CRITICAL, Column.INHIBITS)
    assert state is State.FAILED
    assert "not kept quiet while `ShopDown` fires" in reason


class _Killer:
    """A stack that kills a program some moments after it was started."""

    def __init__(self, stack: ProcessStack, victim: str) -> None:
        self._stack = stack
        self._victim = victim

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stack, name)

    def start(self, program: str, name: str, folder: Path, arguments: list[str]) -> Running:
        running = self._stack.start(program, name, folder, arguments)
        if program == self._victim:
            process = self._stack._started[name].process
            threading.Timer(1.5, lambda: os.kill(process.pid, signal.SIGKILL)).start()
        return running


@pytest.mark.parametrize(
    ("victim", "column"), [("prometheus", Column.FIRES), ("alertmanager", Column.ARRIVES)]
)
def test_an_engine_that_dies_is_told(
    victim: str, column: Column, shop_text: str, made: Made, programs: ProcessStack, tmp_path: Path
) -> None:
    report = _report(made(shop_text), _Killer(programs, victim), tmp_path)
    states = {row.cells[column].state for row in report.rows}
    assert State.FAILED in states
    reasons = " ".join(row.cells[column].reason for row in report.rows)
    assert f"{victim} stopped" in reasons.lower() or "does not answer" in reasons


def test_a_port_that_somebody_takes_first_is_replaced(
    programs: ProcessStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = programs.start("recorder", "first", tmp_path, [])
    taken = int(first.url.rpartition(":")[2])
    real = processes.free_port
    offered = iter([taken])
    monkeypatch.setattr(processes, "free_port", lambda: next(offered, None) or real())
    time.sleep(0.5)
    second = programs.start("recorder", "second", tmp_path, [])
    assert second.url != first.url
    assert programs.alive(second)


def _without_tests(text: str) -> str:
    value = yaml.safe_load(text)
    for group in value["groups"].values():
        for alert in group["alerts"].values():
            alert.pop("tests", None)
    return yaml.safe_dump(value, sort_keys=False)


def test_a_spec_without_samples_is_shown_those_of_its_expressions(
    shop_text: str, made: Made, programs: ProcessStack, tmp_path: Path
) -> None:
    plan, files = made(_without_tests(shop_text))
    assert not any(alert.cases for group in plan.groups for alert in group.alerts)
    web = "prometheus/rules/web.yaml"
    files[web] = _changed(files[web], "== 0", "== 7")
    report = _report((plan, files), programs, tmp_path)
    metrics = [row for row in report.rows if row.key.alert != "PaymentDeclined"]
    assert {row.key: row.cells[Column.FIRES].state for row in metrics} == {
        row.key: State.FAILED if row.key == SHOP_DOWN else State.PROVEN for row in metrics
    }
