"""Generated burn-rate rules under promtool: samples in, the alerts that fire out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.compile import build
from tocsin.engines.promtool import check_tests
from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.targets.prometheus import emit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

BASE = """\
project: {name: shop, title: Shop}
severities: {critical: {rank: 1, title: Critical}, warning: {rank: 2, title: Warning}}
receivers: {mail: {webhook: [{url_file: /etc/hook}]}}
routing: {catch_all: mail}
"""
FAILED = 'checkouts_total{shop="a", result="failed"}'
DONE = 'checkouts_total{shop="a", result="ok"}'


def plan_with(slos: str, base: str = BASE) -> Plan:
    """The plan of a spec with these objectives."""
    text = f"{base}slos:\n{textwrap.indent(textwrap.dedent(slos), '  ')}"
    loaded = load_documents([Document("spec.yaml", text)])
    assert loaded.spec is not None, loaded.diagnostics
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None, built.diagnostics
    return built.plan


def checkout(more: str = "burn: {page: critical, ticket: warning}", objective: str = "99.9%") -> str:
    """An objective on checkouts by shop, with what stands beside its indicator."""
    return f"""\
checkout:
  title: Checkouts succeed
  objective: {objective}
  window: 30d
  ratio:
    bad: sum by (shop) (rate(checkouts_total{{result="failed"}}[30d]))
    total: sum by (shop) (rate(checkouts_total[30d]))
{textwrap.indent(textwrap.dedent(more), "  ")}
"""


def write_rules(plan: Plan, folder: Path) -> list[Path]:
    """The rule files of the plan for Prometheus."""
    paths = []
    for file in emit(plan):
        path = folder / file.path.rsplit("/", 1)[-1]
        path.write_bytes(file.content)
        paths.append(path)
    return paths


def complaint(
    promtool: Program,
    folder: Path,
    plan: Plan,
    series: Mapping[str, str],
    firing: Mapping[str, Sequence[str]],
    values: Mapping[str, Mapping[str, Mapping[str, float]]] | None = None,
) -> str | None:
    """None where just these alerts fire, a list of `NAME SEVERITY` and the labels in braces, at each time.

    `values` are what a query returns, by time and by series.
    """
    rules = write_rules(plan, folder)
    expr = 'ALERTS{alertstate="firing"}'
    tests: list[dict[str, Any]] = [
        {
            "expr": f"count by (alertname, severity, shop) ({expr})",
            "eval_time": at,
            "exp_samples": [{"labels": _labels(alert), "value": 1} for alert in alerts],
        }
        for at, alerts in firing.items()
    ]
    tests += [
        {
            "expr": query,
            "eval_time": at,
            "exp_samples": [{"labels": labels, "value": value} for labels, value in expected.items()],
        }
        for query, times in (values or {}).items()
        for at, expected in times.items()
    ]
    test = {
        "rule_files": [path.name for path in rules],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": samples} for name, samples in series.items()],
                "promql_expr_test": tests,
            }
        ],
    }
    (folder / "test.yaml").write_text(yaml.safe_dump(test), encoding="utf-8")
    return check_tests(promtool, [folder / "test.yaml"])


def _labels(alert: str) -> str:
    name, severity, *shop = alert.split()
    more = f', shop="{shop[0]}"' if shop else ""
    return f'{{alertname="{name}", severity="{severity}"{more}}}'
