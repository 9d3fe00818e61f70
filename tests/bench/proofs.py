"""How long `tocsin prove` takes on 1,000 alerts, again, and promtool alone on the proofs that it found."""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.engines.program import Program
from tocsin.existing.files import read_existing
from tocsin.prove.promtool.run import CaseGroup
from tocsin.prove.promtool.verify import case_failures
from tocsin.prove.rule_values import rule_value
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.verdict import Status
from tocsin.result_store import ResultStore
from tocsin.text.yaml import yaml_text
from tocsin.workspace.inputs import read_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMTOOL = Path(__file__).parents[2] / ".engines" / "bin" / "promtool"
A_FILE = 50
"""Alerts in each rule file."""

SHAPES = (
    'up{{job="j{n}"}} == 0',
    'absent(up{{job="j{n}"}})',
    "disk_free_bytes_{n} / disk_size_bytes_{n} * 100 < {a}",
    'sum by (job) (rate(bad_{n}_total{{code=~"5.."}}[5m])) / sum by (job) (rate(all_{n}_total[5m])) > 0.0{a}',
    "histogram_quantile(0.99, sum by (le) (rate(latency_{n}_seconds_bucket[10m]))) > {a}",
    "predict_linear(free_{n}_bytes[6h], 4 * 3600) < 0",
    "increase(restarts_{n}_total[1h]) > {a}",
    "avg_over_time(load_{n}[15m]) > {a} and on (instance) cores_{n} > 2",
    "max by (instance) (temperature_{n}_celsius) > {a}0 unless on (instance) maintenance_{n} == 1",
    "time() - last_success_{n}_timestamp_seconds > {a} * 3600",
    "(certificate_{n}_not_after - time()) / 86400 < {a}",
    "changes(leader_{n}[10m]) > {a}",
    "count by (version) (build_{n}_info) > {a}",
    "topk(3, queue_{n}_length) > {a}000",
    "resets(uptime_{n}_seconds[1h]) > {a}",
    "abs(clock_{n}_offset_seconds) > 0.{a}",
    "wanted_{n} != ready_{n}",
    "sum by (job) (rate(hits_{n}_total[5m] offset 1h)) > 2 * sum by (job) (rate(hits_{n}_total[5m]))",
    "max_over_time(rate(drops_{n}_total[5m])[30m:5m]) > {a}",
    'sum(rate(cpu_{n}_seconds_total{{mode!="idle"}}[5m])) without (mode, cpu) > 0.{a}',
    "memory_used_{n} > on (pod) group_left () (0.9 * memory_limit_{n})",
    "quantile_over_time(0.5, wait_{n}_seconds[10m]) >= {a}",
    "deriv(size_{n}_bytes[30m]) > {a}e6",
    "absent_over_time(heartbeat_{n}[20m]) or heartbeat_{n} < 1",
    'label_replace(fan_{n}_rpm, "host", "$1", "instance", "(.*):.*") < {a}00',
)
HOLDS = ("0s", "5m", "15m", "1h")


def main() -> None:
    """Print the times, the memory and what was proven."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=1000)
    given = parser.parse_args()
    promtool = Program("promtool", PROMTOOL)
    with tempfile.TemporaryDirectory() as name:
        for file, text in _files(given.alerts):
            (Path(name) / file).write_text(text, encoding="utf-8")
        start = _times()
        found = proof_subjects(read_existing(read_inputs([Path(name)]).files, ()).plan)
        store = ResultStore(Path(name))
        verdicts = prove(found, promtool, store=store)
        proving = _since(start)
        start = _times()
        assert prove(found, promtool, store=store) == verdicts
        again = _since(start)
    start = _times()
    groups = [{"name": "proof", "rules": [rule_value(one.subject.rule)]} for one in verdicts]
    case_groups = [
        CaseGroup(yaml_text({"groups": [group]}), one.cases)
        for group, one in zip(groups, verdicts, strict=True)
    ]
    refused = sum(said is not None for answers in case_failures(promtool, case_groups) for said in answers)
    judging = _since(start)
    both = sum(one.fires is one.silent is Status.PROVEN for one in verdicts)
    cases = sum(len(one.cases) for one in verdicts)
    most = [
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    print(f"tocsin prove, {len(found):,} alerts: {proving[0]:.1f} s, {proving[1]:.1f} s of CPU;", end=" ")
    print(f"{both:,} proven both ways; most memory of a process: {max(most)} MiB")
    print(f"once more, with what that run kept: {again[0]:.1f} s, {again[1]:.1f} s of CPU")
    print(f"promtool alone, on the {cases:,} tests: {judging[0]:.1f} s, {judging[1]:.1f} s of CPU;", end=" ")
    print(f"{refused} refused; ratio of CPU: {proving[1] / judging[1]:.2f}")


def _files(alerts: int) -> Iterator[tuple[str, str]]:
    for start in range(0, alerts, A_FILE):
        rules = [
            {
                "alert": f"Alert{number}",
                "expr": SHAPES[number % len(SHAPES)].format(n=number, a=1 + number % 7),
                "for": HOLDS[number // len(SHAPES) % len(HOLDS)],
            }
            for number in range(start, min(start + A_FILE, alerts))
        ]
        yield f"rules{start:04}.yaml", yaml_text({"groups": [{"name": f"group{start}", "rules": rules}]})


def _times() -> tuple[float, float]:
    used = os.times()
    return time.perf_counter(), used.user + used.system + used.children_user + used.children_system


def _since(start: tuple[float, float]) -> tuple[float, float]:
    """The time that has passed and the CPU time that was used, by this process and its children."""
    now = _times()
    return now[0] - start[0], now[1] - start[1]


if __name__ == "__main__":
    main()
