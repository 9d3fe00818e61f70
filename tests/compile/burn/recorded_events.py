"""What burn-rate rules return, asked at some moments of the events alone that they record.

Only the recordings of events depend on time; everything else is a query of them and of the raw series. So
thousands of histories fit into one run of promtool.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tocsin.engines.promtool import check_tests
from tocsin.plan.model import Recording
from tocsin.prove.rule_values import recording_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan, Rule

EVENTS = ("slo:total:rate5m", "slo:bad:rate5m")


def queries_of(rules: Iterable[Rule | Recording]) -> dict[str, str]:
    """The expression of each rule, by its name, with the recordings that it reads written out."""
    found: dict[str, str] = {}
    for rule in rules:
        expr = rule.expr
        for name, known in found.items():
            for selector in re.findall(rf"{name}(?:\{{[^}}]*\}})?(?![\w:{{])", expr):
                expr = expr if name in EVENTS else expr.replace(selector, known)
        if isinstance(rule, Recording):
            for label, value in rule.labels.items():
                expr = f'label_replace({expr}, "{label}", "{value}", "", "")'
        found[rule.record if isinstance(rule, Recording) else rule.alert] = expr
    return found


def complaint_about(
    promtool: Program,
    folder: Path,
    plan: Plan,
    steps: tuple[str, str],
    series: Mapping[str, str],
    asked: Sequence[Mapping[str, Any]],
) -> str | None:
    """None where promtool's `promql_expr_test`s hold; `steps` are between evaluations and samples."""
    evaluation, samples = steps
    groups = [
        {
            "name": group.name,
            "interval": evaluation,
            "rules": [
                recording_value(rule)
                for rule in group.rules
                if isinstance(rule, Recording) and rule.record in EVENTS
            ],
        }
        for group in plan.rule_groups
    ]
    _write(folder / "rules.yaml", {"groups": groups})
    test = {
        "interval": samples,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": asked,
    }
    _write(
        folder / "test.yaml",
        {"rule_files": ["rules.yaml"], "evaluation_interval": evaluation, "tests": [test]},
    )
    return check_tests(promtool, [folder / "test.yaml"])


def _write(path: Path, value: Any) -> None:
    # JSON is YAML, and written much faster.
    path.write_text(json.dumps(value), encoding="utf-8")
