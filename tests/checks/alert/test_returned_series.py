"""What is said to fire for every series does: promtool evaluates the cases of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.checks.cases import PAGES, cases

from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.parser import parse_promql
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

PAGES_OF_ALWAYS = ("alert/no-condition", "alert/bool", "query/or-vector")
VALUES = (0, 1, 7)
"""What every sample is: the alerts fire in each of these worlds."""
# No sample may stand in a maintenance window.
_ABSENT = frozenset({"maintenance", "ssl_checked"})


@pytest.mark.parametrize("value", VALUES)
def test_what_has_no_condition_fires_whatever_the_value(
    promtool: Program, tmp_path: Path, value: int
) -> None:
    alerts = [rule for name in PAGES_OF_ALWAYS for rule in _marked(name)]
    assert len(alerts) > 15
    rules = [{"alert": f"A{number}", "expr": expr} for number, expr in enumerate(alerts)]
    (tmp_path / "rules.yaml").write_text(yaml_text({"groups": [{"name": "g", "rules": rules}]}))
    tests = []
    for number, expr in enumerate(alerts):
        test: dict[str, Any] = {
            "eval_time": "10m",
            "expr": f'count(ALERTS{{alertname="A{number}"}}) > bool 0',
        }
        test["exp_samples"] = [{"labels": "{}", "value": 1}]
        tests.append({"interval": "1m", "input_series": _series(expr, value), "promql_expr_test": [test]})
    file = tmp_path / "t.yaml"
    file.write_text(yaml_text({"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": tests}))
    done = promtool.run(["test", "rules", str(file)])
    assert "SUCCESS" in done.stdout + done.stderr, done.stdout + done.stderr


def _marked(name: str) -> list[str]:
    """The PromQL of the marked alerts of a page whose case is a list of rules."""
    found = []
    for case in cases(PAGES / f"{name}.md"):
        lines = case.text.split("\n")
        for _, number, check in case.marks():
            if check == name and case.text.startswith("- "):
                found.append(yaml.safe_load(lines[number - 1])["expr"])
    return found


def _series(expr: str, value: int) -> list[dict[str, str]]:
    series = {}
    for node in promql.walk(parse_promql(expr)):
        if isinstance(node, promql.Selector) and node.name is not None and node.name not in _ABSENT:
            labels = {"instance": "a", "job": "j", "pod": "p", "queue": "q"}
            labels |= {"le": "+Inf"} if node.name.endswith("_bucket") else {}
            labels |= {one.name: one.value for one in node.matchers if one.op == "="}
            text = ",".join(f'{label}="{text}"' for label, text in labels.items())
            # A factor of a join is 1 by its convention.
            sample = 1 if node.name.endswith("_info") else 5 if node.name == "y" else value
            series[f"{node.name}{{{text}}}"] = f"{sample}x10"
    return [{"series": name, "values": values} for name, values in series.items()]
