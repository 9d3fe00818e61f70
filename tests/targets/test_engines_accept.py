"""The real programs, old and new, accept what is generated, and route as the plan says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tocsin.engines.amtool import check_config, routed_receivers
from tocsin.engines.promtool import check_rules
from tocsin.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

STARTER = Path(__file__).parents[2] / "generator" / "tocsin" / "starter"


@pytest.fixture
def generated(tmp_path: Path, shop_plan: Plan) -> Path:
    return _written(shop_plan, tmp_path)


def _written(plan: Plan, folder: Path) -> Path:
    for target in TARGETS.values():
        for file in target.emit(plan):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
    return folder


@pytest.mark.parametrize("which", ["promtool", "promtool_old"])
def test_promtool_accepts_every_rule_file(
    which: str, generated: Path, request: pytest.FixtureRequest
) -> None:
    promtool: Program = request.getfixturevalue(which)
    files = sorted((generated / "prometheus" / "rules").glob("*.yaml"))
    assert files
    assert check_rules(promtool, files) is None


def test_promtool_refuses_a_broken_one(promtool: Program, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("groups: [{name: g, rules: [{alert: A, expr: 'sum(('}]}]\n")
    said = check_rules(promtool, [tmp_path / "bad.yaml"])
    assert said is not None
    assert "parse error" in said


@pytest.mark.parametrize("which", ["amtool", "amtool_old"])
def test_amtool_accepts_the_configuration_and_its_templates(
    which: str, generated: Path, request: pytest.FixtureRequest
) -> None:
    amtool: Program = request.getfixturevalue(which)
    assert check_config(amtool, generated / "alertmanager" / "alertmanager.yaml") is None


def test_amtool_tells_the_receivers_that_the_plan_tells(
    amtool: Program, generated: Path, shop_plan: Plan
) -> None:
    configuration = generated / "alertmanager" / "alertmanager.yaml"
    for group in shop_plan.groups:
        for alert in group.alerts:
            for rule in alert.rules:
                labels = {"alertname": alert.name, **rule.labels}
                told = tuple(one.receiver for one in alert.told if one.severity == rule.severity)
                assert routed_receivers(amtool, configuration, labels) == told


def test_what_init_writes_is_accepted_as_well(
    promtool: Program, amtool: Program, tmp_path: Path, plan_of: Callable[[str], Plan]
) -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(STARTER.glob("*.yaml")))
    folder = _written(plan_of(text), tmp_path)
    assert check_rules(promtool, sorted((folder / "prometheus" / "rules").glob("*.yaml"))) is None
    assert check_config(amtool, folder / "alertmanager" / "alertmanager.yaml") is None
