"""promtool agrees: what never fires by `check` returns nothing, and what has no condition fires of zeros."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import cases, planned
from tests.missing import NO_CORPORA

from tocsin.checks import CHECKS
from tocsin.checks.framework.collect import run_each
from tocsin.existing.files import read_existing
from tocsin.lang.promql.ast import Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.regex_samples import regex_samples
from tocsin.plan.model import Engine
from tocsin.plan_outputs import PlanOutputs
from tocsin.text.yaml import yaml_text
from tocsin.workspace.inputs import read_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
PAGES = Path(__file__).parent
RULES = Path(os.environ.get("TOCSIN_CORPORA") or PAGES.parents[2] / "shared" / "corpora") / "prom_rules"
FILES = 10_000 if _THOROUGH else 60
WORLDS = 40 if _THOROUGH else 6
MOMENTS = ("7m", "40m")
VALUES = ("0x45", "1x45", "0+1x45", "5x45", "0.5x45", "100x45", "-3x45", "1x20 0x25", "_x20 7x25")
_LABEL = re.compile(r"[A-Za-z_]\w*")
_OUT_OF_REACH = re.compile(r"\boffset\s+[0-9]+[dwy]|\bsort_by_label")
"""What promtool has no samples for in forty minutes, or does not know without a switch."""
_GROUPED = re.compile(r"\b(?:by|on|ignoring|without|group_left|group_right)\s*\(([^()]*)\)")


def _flagged(plan: Plan, check: str) -> list[str]:
    """The queries of Prometheus' alerts that a check has a finding of, each once."""
    (outcome,) = run_each([CHECKS[check]], plan, PlanOutputs(plan))
    assert outcome.broke_off is None
    places = {finding.about for finding in outcome.findings}
    rules = [rule for group in plan.rule_groups for rule in group.rules if rule.place in places]
    return list(dict.fromkeys(rule.expr for rule in rules if rule.engine is Engine.PROMETHEUS))


def _series(
    draw: random.Random, exprs: Iterable[str], values: Sequence[str], *, alike: bool = False
) -> dict[str, str]:
    """Some series for each selector: what its matchers ask for, and labels that the query speaks of.

    If they are alike, there is one for each, all with the same labels besides.
    """
    found: dict[str, str] = {}
    for expr in exprs:
        named = {name for text in _GROUPED.findall(expr) for name in _LABEL.findall(text)}
        for selector in walk(parse_promql(expr)):
            if not isinstance(selector, Selector) or selector.name is None:
                continue
            for _ in range(1 if alike else draw.randrange(1, 4)):
                names = [name for name in sorted({*named, "instance"}) if alike or draw.random() < 0.8]
                labels = {name: "a" if alike else draw.choice("ab") for name in names}
                if selector.name.endswith("_bucket"):
                    labels["le"] = "+Inf" if alike else draw.choice(("0.1", "1", "+Inf"))
                for one in selector.matchers:
                    if one.op == "=":
                        labels[one.name] = one.value
                    elif one.op == "=~":
                        labels[one.name] = draw.choice(regex_samples(one.value) or ("",))
                    elif not alike and draw.random() < 0.5:
                        labels[one.name] = "zz"
                inner = ",".join(f"{name}={_quoted(value)}" for name, value in labels.items() if value)
                found[f"{selector.name}{{{inner}}}"] = draw.choice(values)
    return found


def _quoted(value: str) -> str:
    """A label's value as PromQL writes it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _returned(
    promtool: Program, file: Path, exprs: Sequence[str], worlds: Sequence[dict[str, str]], at: Sequence[str]
) -> list[str]:
    """What promtool says of each query that returns something, for each world and moment."""
    asked = [{"expr": text, "eval_time": when, "exp_samples": []} for text in exprs for when in at]
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": one, "values": values} for one, values in world.items()],
            "promql_expr_test": asked,
        }
        for world in worlds
    ]
    file.write_text(yaml_text({"evaluation_interval": "1m", "tests": tests}), encoding="utf-8")
    done = promtool.run(["test", "rules", str(file)])
    said = done.stdout + done.stderr
    assert "SUCCESS" in said or " err: " in said or "exp:" in said, said
    parts = [part for part in said.split("expr: ")[1:] if "got:" in part and "got: nil" not in part]
    return [part for part in parts if " err: " not in part.split("got:")[0]]


def _from_pages(check: str) -> list[str]:
    found: dict[str, None] = {}
    for case in cases(PAGES / f"{check}.md"):
        made = planned(case.text)
        assert made is not None
        found |= dict.fromkeys(_flagged(made.plan, check))
    return list(found)


def _from_corpora(check: str) -> list[str]:
    if not RULES.is_dir():
        return []
    paths = sorted(path for path in RULES.rglob("*.y*ml"))
    files = random.Random(15).sample(paths, min(FILES, len(paths)))
    return _flagged(read_existing(read_inputs(files).files, ()).plan, check)


def test_what_never_fires_returns_nothing_whatever_the_series_are(
    promtool: Program, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    of_others = _from_corpora("query/empty")
    exprs = [*dict.fromkeys((*_from_pages("query/empty"), *of_others))]
    record_property("queries", len(exprs))
    draw = random.Random(15)
    worlds = [_series(draw, exprs, VALUES) for _ in range(WORLDS)]
    assert _returned(promtool, tmp_path / "t.yaml", exprs, worlds, MOMENTS) == []
    if not of_others:
        pytest.skip(NO_CORPORA)


def test_what_has_no_condition_fires_of_nothing_but_zeros(
    promtool: Program, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    exprs = [*dict.fromkeys((*_from_pages("alert/no-condition"), *_from_corpora("alert/no-condition")))]
    exprs = [one for one in exprs if " unless " not in one and not _OUT_OF_REACH.search(one)]
    record_property("queries", len(exprs))
    assert len(exprs) > 5
    silent: list[str] = []
    for number, expr in enumerate(exprs):
        worlds = [_series(random.Random(15), [expr], ["0x45"], alike=True)]
        if not _returned(promtool, tmp_path / f"{number}.yaml", [expr], worlds, ["40m"]):
            silent.append(expr)
    assert silent == []
