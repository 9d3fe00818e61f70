"""promtool is the judge of which joins fail: those of the case page, over two queues, pods and teams."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import PAGES

from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.parser import parse_promql

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

_PAGE = (PAGES / "query" / "several-matches.md").read_text(encoding="utf-8")
_CASES = [
    (found["expr"].strip(), found["mark"] is not None)
    for found in re.finditer(r"^  expr: (?P<expr>[^#\n]+)(?P<mark># warning)?", _PAGE, re.MULTILINE)
]
_ONE = {"jobs_limit", "jobs_in_all", "build_info", "licences_total"}
"""Metrics of which there is one series."""


def _series(name: str) -> list[dict[str, str]]:
    each = [("mail", "a", 1)] if name in _ONE else [("mail", "a", 100), ("web", "b", 100)]
    if name == "jobs_weight":
        # A comparison can choose one of them.
        each[1] = ("web", "b", 1)
    labels = (
        'queue="{0}", team="{1}", pod="{1}", node="{1}", container="{1}", version="{0}", host="h", pool="{0}"'
    )
    if name.startswith("kube_"):
        labels = 'node="a", resource="{0}"'
    if name == "kube_node_status_allocatable":
        labels = 'node="{1}", resource="cpu"'
    if name == "node_uname_info":
        labels += ', nodename="{1}"'
    return [{"series": f"{name}{{{labels.format(*one)}}}", "values": f"{one[2]}x20"} for one in each]


@pytest.mark.parametrize(("expr", "guilty"), _CASES)
def test_a_join_that_is_found_fails_and_others_do_not(
    expr: str, guilty: bool, promtool: Program, tmp_path: Path
) -> None:
    names = {one.name for one in promql.walk(parse_promql(expr)) if isinstance(one, promql.Selector)}
    rules = {"groups": [{"name": "g", "rules": [{"alert": "A", "expr": expr}]}]}
    (tmp_path / "rules.yml").write_text(json.dumps(rules))
    test = {
        "rule_files": ["rules.yml"],
        "tests": [
            {
                "interval": "1m",
                "input_series": [one for name in sorted(map(str, names)) for one in _series(name)],
                "alert_rule_test": [{"eval_time": "10m", "alertname": "Other", "exp_alerts": []}],
            }
        ],
    }
    (tmp_path / "test.yml").write_text(json.dumps(test))
    done = promtool.run(["test", "rules", str(tmp_path / "test.yml")])
    failed = re.search(r"duplicate series|many-to-one matching", done.stdout + done.stderr) is not None
    assert failed is guilty, done.stdout + done.stderr


def test_the_page_has_both_kinds() -> None:
    assert {guilty for _, guilty in _CASES} == {True, False}
    assert len(_CASES) > 12
