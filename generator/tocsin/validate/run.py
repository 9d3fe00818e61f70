"""One validation from start to end: the recorder, then metrics, logs, Alertmanager, and the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.engines.program import EngineError
from tocsin.engines.stack import NEEDED, wait_until_ready
from tocsin.plan.model import Engine
from tocsin.routing.config import routing_config
from tocsin.validate.alertmanagers import CONFIGURATION
from tocsin.validate.dashboards import judge_dashboards
from tocsin.validate.delivery import judge_delivery
from tocsin.validate.inhibition import judge_inhibition
from tocsin.validate.links import judge_opening
from tocsin.validate.logs import judge_logs
from tocsin.validate.metrics import judge_metrics
from tocsin.validate.verdicts import (
    Column,
    FiredAlerts,
    RuleKey,
    State,
    ValidationReport,
    ValidationRow,
    ValidationVerdict,
    Verdicts,
    alertnames,
    failed,
    rule_keys,
    skipped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Running, Stack
    from tocsin.plan.model import Plan

_NOT_FIRED = "it did not fire"


def validate(
    plan: Plan, output: Mapping[str, str], stack: Stack, stage: Path, tell: Callable[[str], None]
) -> ValidationReport:
    """What the programs of a stack show of every rule.

    `output` are the generated files by path, as they are on disk; `stage` is an empty folder for copies;
    `tell` hears what is being done.
    """
    recorder = stack.start("recorder", "recorder", stage, [])
    wait_until_ready(stack, recorder, "/recorded")
    metrics = judge_metrics(plan, output, stack, recorder, stage, tell)
    logs = judge_logs(plan, output, stack, stage, tell)
    loads, fires, fired = metrics[0] | logs[0], metrics[1] | logs[1], metrics[2] | logs[2]
    arrives, inhibits = _alertmanager(plan, output, stack, recorder, stage, fired, tell)
    opens = judge_opening(plan, output, fired)
    opens |= {key: verdict for key, verdict in metrics[3].items() if opens[key].state is not State.FAILED}
    faults: tuple[str, ...] = ()
    if "grafana" not in stack.missing:
        tell("Grafana opens the dashboards")
        try:
            found = judge_dashboards(plan, output, stack, stage)
            opens |= _shown(opens, found.alerts)
            faults += found.others
        except EngineError as error:
            faults += (str(error),)
            opens = _unopened(opens, "it gave no answer")
    else:
        opens = _unopened(opens, stack.missing["grafana"])
    columns = {
        Column.LOADS: loads,
        Column.FIRES: fires,
        Column.ARRIVES: arrives,
        Column.INHIBITS: inhibits,
        Column.OPENS: opens,
    }
    rows = tuple(
        ValidationRow(key, {column: _cell(verdicts, key, fires) for column, verdicts in columns.items()})
        for key in rule_keys(plan)
    )
    wanted = programs_for(plan)
    engines = tuple(program for program in wanted if program not in stack.missing)
    not_run = {program: stack.missing[program] for program in wanted if program in stack.missing}
    return ValidationReport(rows, engines, not_run, faults)


def programs_for(plan: Plan) -> tuple[str, ...]:
    """The programs in which the files of a plan are tried."""
    logs = any(group.engine is Engine.LOKI for group in plan.rule_groups)
    return (*NEEDED, *(("loki",) if logs else ()), "grafana")


def _cell(verdicts: Verdicts, key: RuleKey, fires: Verdicts) -> ValidationVerdict:
    if key in verdicts:
        return verdicts[key]
    return skipped(fires[key].reason if fires[key].reason.startswith("no Loki") else _NOT_FIRED)


def _unopened(opens: Verdicts, reason: str) -> Verdicts:
    """The same without a Grafana: whether it opens a panel that is in the files, nobody knows."""
    return {
        key: skipped(f"no Grafana: {reason}") if verdict.state is State.PROVEN else verdict
        for key, verdict in opens.items()
    }


def _shown(opens: Verdicts, faults: Mapping[str, str]) -> Verdicts:
    """The rules whose pages are there, and that Grafana does not show all the same."""
    return {
        key: failed(faults[key.alert])
        for key, verdict in opens.items()
        if key.alert in faults and verdict.state is not State.FAILED
    }


def _alertmanager(
    plan: Plan,
    output: Mapping[str, str],
    stack: Stack,
    recorder: Running,
    stage: Path,
    fired: FiredAlerts,
    tell: Callable[[str], None],
) -> tuple[Verdicts, Verdicts]:
    table = routing_config(plan)
    if table is None or not fired:
        return {}, {}
    if CONFIGURATION not in output:
        missing = dict.fromkeys(fired, failed(f"there is no file {CONFIGURATION}"))
        return missing, missing
    if (fault := _refused(output, stack, stage)) is not None:
        refused = dict.fromkeys(fired, failed(f"{CONFIGURATION}: {fault}"))
        return refused, refused
    tell(f"Alertmanager is sent {len(fired)} rules")
    return (
        judge_delivery(table, output, stack, recorder, stage, fired),
        judge_inhibition(table, output, stack, recorder, stage, fired, alertnames(plan)),
    )


def _refused(output: Mapping[str, str], stack: Stack, stage: Path) -> str | None:
    """What amtool says against the generated files as they are."""
    folder = stage / "amtool"
    for path, text in output.items():
        if path.startswith("alertmanager/"):
            target = folder / path.removeprefix("alertmanager/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    done = stack.run("alertmanager", "amtool", folder, ["check-config", "alertmanager.yaml"])
    if done.returncode == 0:
        return None
    said = " ".join(done.stdout.split())
    return said.partition("FAILED: ")[2][:600] or done.stderr.strip()[:600]
