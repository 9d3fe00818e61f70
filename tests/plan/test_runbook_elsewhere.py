"""An alert whose runbook is kept elsewhere: what its notification, its panel and its pages link to."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import orjson
import yaml
from click.testing import CliRunner
from tests.conftest import SPECS

from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.cli.main import main
from tocsin.compile import build
from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.targets import grafana, prometheus, runbooks
from tocsin.validate.links import judge_opening
from tocsin.validate.verdicts import State

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.plan.model import Alert, Plan
    from tocsin.source.place import Sources

WIKI = "https://wiki.shop.example/runbooks/checkout?a=1|2"


def _plan(url: str = WIKI) -> tuple[Plan, Sources]:
    values = yaml.safe_load((SPECS / "shop.yaml").read_text(encoding="utf-8"))
    group = next(group for group in values["groups"].values() if "CheckoutErrors" in group["alerts"])
    group["alerts"]["CheckoutErrors"]["runbook"] = {"url": url}
    loaded = load_documents([Document("spec.yaml", yaml.safe_dump(values, allow_unicode=True))])
    assert loaded.spec is not None, loaded.diagnostics
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None, built.diagnostics
    return built.plan, loaded.sources


def _alert(plan: Plan) -> Alert:
    return next(one for group in plan.groups for one in group.alerts if one.name == "CheckoutErrors")


def test_the_rules_and_the_panel_link_to_the_page_elsewhere() -> None:
    plan, _ = _plan()
    assert {rule.annotations["runbook_url"] for rule in _alert(plan).rules} == {WIKI}
    rules = "".join(file.content.decode() for file in prometheus.emit(plan))
    assert f"runbook_url: {WIKI}" in rules.replace('"', "")
    dashboards = "".join(file.content.decode() for file in grafana.emit(plan))
    assert f'"url":"{WIKI}"' in dashboards.replace(" ", "")


def test_the_generated_page_and_the_index_lead_there_and_ask_nobody_to_write_steps() -> None:
    plan, _ = _plan()
    pages = {file.path: file.content.decode() for file in runbooks.emit(plan)}
    page = pages["runbooks/CheckoutErrors.md"]
    link = "<https://wiki.shop.example/runbooks/checkout?a=1%7C2>"
    assert f"**[The runbook of this alert]({link})**" in page
    assert "Nobody has written" not in page
    assert "## When it fires" in page
    row = next(
        line for line in pages["runbooks/README.md"].splitlines() if line.startswith("| [CheckoutErrors]")
    )
    assert f"[elsewhere]({link})" in row


def test_no_check_misses_the_steps_and_a_link_that_nobody_filled_in_is_found() -> None:
    def found(url: str) -> set[str]:
        plan, sources = _plan(url)
        every = check_plan(
            plan, sources, list(CHECKS.values()), known=set(CHECKS), today=date(2026, 1, 1), found=()
        )
        return {one.id for one in every if "CheckoutErrors" in one.message or "example.com" in one.message}

    assert "runbook/empty" not in found(WIKI)
    assert "link/placeholder" not in found(WIKI)
    assert "link/placeholder" in found("https://example.com/runbook")


def test_a_fired_alert_has_to_carry_the_address_that_was_written() -> None:
    plan, _ = _plan()
    emitted = (*runbooks.emit(plan), *grafana.emit(plan))
    output = {file.path: file.content.decode() for file in emitted}
    verdicts = judge_opening(plan, output, {})
    assert {verdicts[key].state for key in verdicts if key.alert == "CheckoutErrors"} == {State.PROVEN}


def test_a_link_that_the_author_wrote_stands_instead_of_the_one_that_tocsin_makes(tmp_path: Path) -> None:
    text = (SPECS / "shop.yaml").read_text(encoding="utf-8")
    own = "annotations: {runbook_url: https://wiki.shop.io/slow}"
    changed = re.sub(r"(\n +)unit: seconds\n", rf"\1unit: seconds\1{own}\n", text, count=1)
    spec = tmp_path / "spec" / "spec.yaml"
    spec.parent.mkdir()
    spec.write_text(re.sub(r"(runbooks: ).*", r"\1https://git.example.org/r", changed))
    found = CliRunner().invoke(main, ["check", str(spec), "--format", "json"]).output
    assert [one for one in orjson.loads(found) if "runbook_url" in one["message"]] == []
    result = CliRunner().invoke(main, ["generate", str(spec.parent), "--output", str(tmp_path / "output")])
    assert result.exit_code == 0, result.output
    rules = "".join(file.read_text("utf-8") for file in (tmp_path / "output/prometheus/rules").glob("*.yaml"))
    assert "runbook_url: https://wiki.shop.io/slow" in rules
