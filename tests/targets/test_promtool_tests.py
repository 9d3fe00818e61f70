"""The cases of a spec as unit tests, which the real promtool runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tocsin.engines.promtool import check_tests
from tocsin.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

ROOT = Path(__file__).parents[2]
SHOP = (ROOT / "tests" / "specs" / "shop.yaml").read_text(encoding="utf-8")
STARTER = ROOT / "generator" / "tocsin" / "starter"


def _tests(plan: Plan, folder: Path) -> list[Path]:
    for target in ("prometheus", "promtool tests"):
        for file in TARGETS[target].emit(plan):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
    return sorted((folder / "prometheus" / "tests").glob("*.yaml"))


@pytest.mark.parametrize("which", ["promtool", "promtool_old"])
def test_every_case_of_the_shop_holds(
    which: str, shop_plan: Plan, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    files = _tests(shop_plan, tmp_path)
    assert [file.name for file in files] == ["checkout.test.yaml", "web.test.yaml"]
    assert check_tests(request.getfixturevalue(which), files) is None


@pytest.mark.parametrize("which", ["promtool", "promtool_old"])
def test_every_case_of_conectcrm_holds(which: str, request: pytest.FixtureRequest) -> None:
    files = sorted((ROOT / "output" / "prometheus" / "tests").glob("*.yaml"))
    assert check_tests(request.getfixturevalue(which), files) is None


def test_each_metric_alert_of_conectcrm_has_a_firing_and_a_quiet_case() -> None:
    seen: dict[str, set[bool]] = {}
    proofs = set((ROOT / "output" / "prometheus" / "tests").glob("*.proof-*"))
    assert proofs
    for file in set((ROOT / "output" / "prometheus" / "tests").glob("*.yaml")) - proofs:
        for test in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]:
            fires = bool(test["promql_expr_test"][0]["exp_samples"])
            seen.setdefault(test["name"].partition(":")[0], set()).add(fires)
    rules = [
        rule["alert"]
        for file in (ROOT / "output" / "prometheus" / "rules").glob("*.yaml")
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
        # What follows from an objective is proven; its author writes no cases.
        if "alert" in rule and not group["name"].startswith("slo-")
    ]
    assert seen == {name: {True, False} for name in rules}


def test_the_starter_holds_as_well(promtool: Program, tmp_path: Path, plan_of: Callable[[str], Plan]) -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(STARTER.glob("*.yaml")))
    assert check_tests(promtool, _tests(plan_of(text), tmp_path)) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("{below: 10GiB, for: 30m}", "{below: 1GiB, for: 30m}"), "DiskFull"),
        (("fires: warning", "fires: critical"), "CheckoutErrors"),
    ],
)
def test_a_case_that_does_not_hold_is_told_by_its_name(
    change: tuple[str, str], said: str, promtool: Program, tmp_path: Path, plan_of: Callable[[str], Plan]
) -> None:
    assert change[0] in SHOP
    failure = check_tests(promtool, _tests(plan_of(SHOP.replace(*change)), tmp_path))
    assert failure is not None
    assert said in failure
