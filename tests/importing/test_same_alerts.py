"""Imported SLOs fire when they did before: both tools' rules on the same histories, under promtool."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.importing.reference_rules import counters, evaluations, pyrra_rules, sloth_rules
from tests.importing.test_pyrra import RATIO
from tests.importing.test_sloth import SLO
from tests.importing.written import run

from tocsin.compile import build
from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.targets.prometheus import emit

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

_MINUTES = 540
_KINDS = ("outage", "trickle", "flapping", "no traffic")
_FIRING = 'ALERTS{{alertstate="firing",{}}}'


def _imported(text: str) -> list[dict[str, Any]]:
    """The rules that Tocsin makes of the import."""
    loaded = load_documents(Document(file.path, file.content.decode()) for file in run(text).files)
    assert loaded.spec is not None, loaded.diagnostics
    plan = build(loaded.spec, loaded.sources).plan
    assert plan is not None
    groups = [group for file in emit(plan) for group in yaml.safe_load(file.content)["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def _queries(alerts: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Where both fire, and where only one of them does, for each alert by its matchers here and there."""
    queries: dict[str, str] = {}
    for name, (here, there) in alerts.items():
        ours, theirs = _FIRING.format(here), _FIRING.format(there)
        queries[f"{name} fires"] = theirs
        queries[f"{name} only here"] = f"(max({ours}) unless max({theirs}))"
        queries[f"{name} only there"] = f"(max({theirs}) unless max({ours}))"
    return queries


def _differences(found: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in found.items() if count and not name.endswith(" fires")}


@pytest.mark.parametrize(("kind", "reset"), [*((kind, False) for kind in _KINDS), ("trickle", True)])
def test_sloth(promtool: Program, tmp_path: Path, kind: str, reset: bool) -> None:
    good, bad = counters(kind, _MINUTES, reset=reset)
    series = {'orders_total{code="200"}': good, 'orders_total{code="500"}': bad}
    alerts = {
        tier: (f'sloth_severity="{tier}",by=""', f'sloth_severity="{tier}",by="sloth"')
        for tier in ("page", "ticket")
    }
    rules = {"theirs": sloth_rules(SLO), "ours": _imported(SLO)}
    found = evaluations(promtool, tmp_path, rules, series, _queries(alerts), _MINUTES)
    page = {name: count for name, count in _differences(found).items() if name.startswith("page")}
    assert page == {}
    # The long windows of tickets are made of recorded ones: each turn may come an evaluation apart.
    assert all(count <= 2 for count in _differences(found).values()), found
    assert kind == "no traffic" or found["page fires"] + found["ticket fires"] > 0


def test_what_sloth_itself_generates(promtool: Program, tmp_path: Path) -> None:
    """The rules of the program, where there is one, instead of those by its formulas."""
    program = shutil.which("sloth")
    if program is None:
        pytest.skip("there is no program `sloth` on PATH")
    spec, made = tmp_path / "spec.yaml", tmp_path / "made.yaml"
    spec.write_text(SLO, encoding="utf-8")
    subprocess.run([program, "generate", "-i", spec, "-o", made], check=True, capture_output=True, timeout=60)
    theirs = [rule for group in yaml.safe_load(made.read_text())["groups"] for rule in group["rules"]]
    for rule in theirs:
        if "alert" in rule:
            rule["labels"]["by"] = "sloth"
    good, bad = counters("trickle", _MINUTES, reset=True)
    series = {'orders_total{code="200"}': good, 'orders_total{code="500"}': bad}
    alerts = {
        tier: (f'sloth_severity="{tier}",by=""', f'sloth_severity="{tier}",by="sloth"')
        for tier in ("page", "ticket")
    }
    rules = {"theirs": theirs, "ours": _imported(SLO)}
    found = evaluations(promtool, tmp_path, rules, series, _queries(alerts), _MINUTES)
    assert all(count <= 2 for count in _differences(found).values()), found
    assert not any(name.startswith("page") for name in _differences(found)), found
    assert found["page fires"] + found["ticket fires"] > 0


@pytest.mark.parametrize("kind", _KINDS)
def test_pyrra(promtool: Program, tmp_path: Path, kind: str) -> None:
    good, bad = counters(kind, _MINUTES, reset=False)
    series = {
        'requests_total{job="api",handler="/",code="200"}': good,
        'requests_total{job="api",handler="/",code="500"}': bad,
        'requests_total{job="api",handler="/well",code="200"}': "0+60x" + str(_MINUTES),
    }
    text = RATIO.replace("99.0", "99.9") + "  alerting: {absent: false}\n"
    alerts = {
        short: (f'short="{short}",by=""', f'short="{short}",by="pyrra"')
        for short in ("5m", "30m", "2h", "6h")
    }
    rules = {"theirs": pyrra_rules(text), "ours": _imported(text)}
    found = evaluations(promtool, tmp_path, rules, series, _queries(alerts), _MINUTES)
    exact = {name for name in _differences(found) if name.startswith(("5m", "30m"))}
    assert exact == set(), found
    assert all(count <= 2 for count in _differences(found).values()), found
    assert kind == "no traffic" or sum(found[f"{short} fires"] for short in alerts) > 0
