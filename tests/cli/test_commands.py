"""The command line as its user sees it: exit codes, messages, and what is left in the folders."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from tocsin.cli.main import main

SHOP = Path(__file__).parents[1] / "specs" / "shop.yaml"


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "spec"
    folder.mkdir()
    shutil.copy(SHOP, folder)
    return folder


def test_a_sound_spec_is_checked_and_generated(spec: Path, tmp_path: Path) -> None:
    checked = _run("check", spec)
    assert (checked.exit_code, checked.stdout) == (0, f"{spec}: nothing found; alerts: 5, groups: 2\n")
    made = _run("generate", spec, "--output", tmp_path / "out")
    assert made.exit_code == 0
    assert "prometheus/rules/web.yaml" in _files(tmp_path / "out")
    again = _run("generate", spec, "--output", tmp_path / "out")
    assert again.stdout == f"{tmp_path / 'out'}: {len(_files(tmp_path / 'out'))} unchanged\n"


def test_check_tells_what_is_out_of_date_and_writes_nothing(spec: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run("generate", spec, "-o", out)
    assert _run("generate", spec, "-o", out, "--check").exit_code == 0
    (out / "prometheus/rules/web.yaml").write_text("changed")
    (out / "loki/rules/fake/checkout.yaml").unlink()
    before = _files(out)
    outdated = _run("generate", spec, "-o", out, "--check")
    assert outdated.exit_code == 1
    assert outdated.stdout.splitlines()[:2] == [
        f"missing: {out}/loki/rules/fake/checkout.yaml",
        f"changed by hand: {out}/prometheus/rules/web.yaml",
    ]
    as_json = json.loads(_run("generate", spec, "-o", out, "--check", "--format", "json").stdout)
    assert as_json == {
        "missing": ["loki/rules/fake/checkout.yaml"],
        "changed": ["prometheus/rules/web.yaml"],
        "left_over": [],
        "changed_by_hand": ["prometheus/rules/web.yaml"],
        "proofs": [],
    }
    assert _files(out) == before


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("language: en", "language: [en", "6:11", "spec/yaml"),
        ("title: Web Shop", "title: Web Shop\n  title: Again", "5:3", "`title` is given twice"),
        ("language: en", "langage: en", "5:3", "did you mean `language`?"),
        ("order: 1\n    interval", "order: first\n    interval", "116:12", "a whole number belongs here"),
        ("team: payments\n    panels", "team: payment\n    panels", "118:11", "there is no team `payment`"),
        ("{above: 2%, for: 10m}", "{above: 2%, for: 10 m}", "136:37", "not a duration"),
        ("{below: 10GiB, for: 30m}", "{below: 10Gib, for: 30m}", "240:28", "10Gib"),
        (
            'sum by (shop) (rate(checkouts_total{result="failed"}[5m]))\n            /',
            'sum by (shop) (rate(checkouts_total{result="failed"}[5m])\n            /',
            "131:25",
            "spec/promql",
        ),
        (
            "{component: checkout}",
            "{1component: checkout}",
            "138:18",
            "`1component` is not a valid label name",
        ),
        (
            "record: shop:checkouts:rate5m",
            "record: shop-rate",
            "250:17",
            "`shop-rate` is not a valid metric name",
        ),
        ("routing_key_file: /etc/alertmanager/secrets/pagerduty", "routing_key: hunter2", "48:31", "secret"),
    ],
)
def test_a_mistake_is_shown_with_its_line_and_nothing_is_written(
    spec: Path, tmp_path: Path, old: str, new: str, where: str, message: str
) -> None:
    text = SHOP.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    (spec / "shop.yaml").write_text(text.replace(old, new), encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine").write_text("mine")
    result = _run("generate", spec, "-o", out)
    assert result.exit_code == 1
    assert f"{spec}/shop.yaml:{where}" in result.stdout
    assert message in result.stdout
    assert "hunter2" not in result.stdout
    assert _files(out) == {"mine": b"mine"}


def test_all_mistakes_of_all_files_are_shown_in_one_run(spec: Path) -> None:
    (spec / "more.yaml").write_text("groups:\n  x:\n    titel: X\nteams:\n  web: {title: Again}\n")
    result = _run("check", spec)
    assert result.exit_code == 1
    assert "`teams.web` is defined twice" in result.stdout
    assert "first defined here" in result.stdout
    assert "did you mean `title`?" in result.stdout


def test_findings_are_json_when_asked_for(spec: Path) -> None:
    (spec / "more.yaml").write_text("team: {}\n")
    (found,) = json.loads(_run("check", spec, "--format", "json").stdout)
    assert (found["file"], found["line"], found["column"]) == (f"{spec}/more.yaml", 1, 1)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_bytes_depend_on_neither_the_order_of_files_nor_on_hashes(tmp_path: Path, seed: int) -> None:
    sections = _sections(SHOP.read_text(encoding="utf-8"))
    outputs = []
    for run in range(2):
        order = sorted(sections)
        random.Random(seed * 10 + run).shuffle(order)
        spec = tmp_path / f"spec{run}"
        spec.mkdir()
        for number, name in enumerate(order):
            (spec / f"{number}-{name}.yaml").write_text(sections[name], encoding="utf-8")
        out = tmp_path / f"out{run}"
        subprocess.run(
            [sys.executable, "-m", "tocsin", "generate", str(spec), "-o", str(out)],
            env={**os.environ, "PYTHONHASHSEED": str(seed + run)},
            check=True,
            capture_output=True,
            timeout=60,
        )
        # The manifest names the files of the spec, and these are others.
        outputs.append({path: content for path, content in _files(out).items() if path != "manifest.json"})
    assert outputs[0] == outputs[1]


def _sections(text: str) -> dict[str, str]:
    sections: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if line[0].isalpha():
            name = line.split(":")[0]
        sections[name] = sections.get(name, "") + line
    sections.pop("", None)
    return sections


def test_the_schema_describes_every_field_and_takes_the_shop() -> None:
    import yaml

    schema = json.loads(_run("schema").stdout)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(yaml.safe_load(SHOP.read_text(encoding="utf-8")))
    assert _undescribed(schema) == []


def _undescribed(schema: dict[str, Any]) -> list[str]:
    models = {"Spec": schema, **schema["$defs"]}
    return [
        f"{name}.{field}"
        for name, model in models.items()
        for field, value in model.get("properties", {}).items()
        if not value.get("description")
    ]


def test_init_writes_a_spec_that_is_sound_and_teaches(tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    assert _run("init", folder).exit_code == 0
    checked = _run("check", folder)
    assert (checked.exit_code, "nothing found" in checked.stdout) == (0, True)
    assert (folder / ".schema.json").read_text() == _run("schema").stdout
    for file in folder.glob("*.yaml"):
        assert file.read_text().startswith("# yaml-language-server: $schema=.schema.json\n")
    assert _run("generate", folder, "-o", tmp_path / "out").exit_code == 0
    assert "# " in (folder / "project.yaml").read_text()
    again = _run("init", folder)
    assert (again.exit_code, "is not empty" in again.stderr) == (2, True)


def test_explain_knows_rules_receivers_inhibitions_panel_and_runbook(spec: Path) -> None:
    text = _run("explain", "CheckoutErrors", spec).stdout
    for line in (
        "critical: > 10 % for 5m, keeps firing for 10m",
        "critical: payments group_wait 10s, repeat_interval 30m",
        "warning: payments group_wait 1m, repeat_interval 4h, only in office-hours",
        "warning by critical",
        "ShopDown with the same shop",
        "https://grafana.shop.example/d/shop-checkout?viewPanel=",
        "/output/runbooks/CheckoutErrors.md",
    ):
        assert line in text
    assert "CheckoutErrors" in _run("explain", "ShopDown", spec).stdout.split("Inhibits")[1]
    assert "checkout: 98 % over 30d, error budget 2 % (14h24m)" in text.split("Watches")[1]


def test_an_unknown_alert_is_met_with_the_nearest_one(spec: Path) -> None:
    result = _run("explain", "SlowPage", spec)
    assert (result.exit_code, "did you mean `SlowPages`?" in result.stderr) == (2, True)


def test_what_cannot_be_read_or_written_ends_without_a_traceback(spec: Path, tmp_path: Path) -> None:
    missing = _run("check", tmp_path / "nowhere")
    assert (missing.exit_code, "nowhere" in missing.stderr) == (2, True)
    (tmp_path / "file").write_text("")
    blocked = _run("generate", spec, "-o", tmp_path / "file" / "out")
    assert blocked.exit_code == 2
    assert blocked.stderr.startswith("Error: ")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert _run("check", empty).exit_code == 1


def test_an_output_folder_inside_the_spec_is_refused(spec: Path) -> None:
    for folder in (spec, spec / "out"):
        result = _run("generate", spec, "-o", folder)
        assert (result.exit_code, "is inside the spec" in result.stderr) == (2, True)
    assert list(_files(spec)) == ["shop.yaml"]


def test_a_section_that_holds_nothing_is_no_section(spec: Path) -> None:
    (spec / "later.yaml").write_text("groups:\n  # to come\nteams: ~\n")
    assert _run("check", spec).exit_code == 0
