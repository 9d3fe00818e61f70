"""ConectCRM with a staging beside it: its own output stays what it is, and staging never wakes anybody.

The spec is derived here, and not changed: `output` is what ConectCRM deploys from, and with environments it
would move into a folder below.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from tocsin.cli.main import main
from tocsin.workspace.load import Planned, load

ROOT = Path(__file__).parents[2]
QUIET = {"title": "Ensaio", "slack": [{"channel": "#ensaio"}]}


def _run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args), catch_exceptions=False)


def _change(change: Any) -> None:
    path = Path("spec/projeto.yaml")
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _with_staging(data: dict[str, Any]) -> None:
    data["environments"] = {
        "production": {},
        "staging": {"title": "ConectCRM (ensaio)", "labels": {"env": "ensaio"}},
    }
    data["receivers"]["ensaio"] = QUIET
    routing = data["routing"]
    routing["routes"].insert(
        0, {"receiver": "ensaio", "except": [{"in": "production", "off": "lá se acorda"}]}
    )
    for test in routing["tests"]:
        test["in"] = "production"
    for severity in data["severities"]:
        routing["tests"].append(
            {"in": "staging", "labels": {"severity": severity, "type": "slo"}, "receivers": ["ensaio"]}
        )


@pytest.fixture(autouse=True)
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    monkeypatch.chdir(tmp_path)
    _change(_with_staging)


def _plan(environment: str) -> Planned:
    made = load([Path("spec")], environment)
    assert isinstance(made, Planned)
    assert made.diagnostics == ()
    return made


def test_the_production_of_the_derived_spec_is_the_output_of_conectcrm() -> None:
    assert _run("generate").exit_code == 0
    before, after = ROOT / "output", Path("output/production")
    files = json.loads((before / "manifest.json").read_text("utf-8"))["files"]
    own = sorted(path for path in files if (after / path).is_file())
    assert len(own) > 60
    different = [path for path in own if (after / path).read_bytes() != (before / path).read_bytes()]
    # The receiver of staging is known in both, and used in one.
    assert different == ["alertmanager/alertmanager.yaml"]
    old, new = (yaml.safe_load((folder / different[0]).read_text("utf-8")) for folder in (before, after))
    assert new["route"] == old["route"]
    assert [one for one in new["receivers"] if one["name"] != "ensaio"] == old["receivers"]


def test_no_alert_of_staging_reaches_a_pager_whatever_its_labels() -> None:
    staging, production = _plan("staging").plan, _plan("production").plan
    alerts = [alert for group in staging.groups for alert in group.alerts]
    assert len(alerts) == 38
    assert all(alert.told_complete for alert in alerts)
    assert {one.receiver for alert in alerts for one in alert.told} == {"ensaio"}
    woken = {one.receiver for group in production.groups for alert in group.alerts for one in alert.told}
    assert "critical-alerts" in woken
    # What takes everything and does not pass it on decides, for labels that nobody thought of as well.
    assert staging.route is not None
    first = staging.route.routes[0]
    assert (first.receiver, first.matchers, first.continues) == ("ensaio", (), False)


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_a_receiver_and_routes_of_another_environment_are_no_mistake(environment: str) -> None:
    for chosen in ((), ("--environment", environment)):
        found = json.loads(_run("check", *chosen, "--format", "json").stdout)
        assert [one for one in found if one["check"] in ("receiver/unused", "route/shadowed")] == []


def test_routes_that_are_put_aside_everywhere_are_found() -> None:
    _change(lambda data: data["routing"]["routes"][0].pop("except"))
    found = json.loads(_run("check", "--format", "json").stdout)
    assert [one["message"] for one in found if one["check"] == "route/shadowed"] == [
        "no alert gets to this route: an earlier one takes everything"
    ]


def test_the_check_tells_when_staging_would_wake_somebody() -> None:
    sound = _run("check", "--level", "warning")
    assert (sound.exit_code, sound.stdout) == (0, "spec: nothing found; alerts: 38, groups: 14\n")
    _change(lambda data: data["routing"]["routes"].pop(0))
    found = _run("check", "--level", "error")
    assert found.exit_code == 1
    assert "error[routing/test]" in found.stdout
    assert "critical-alerts" in found.stdout


def test_the_environments_differ_by_who_is_told() -> None:
    found = _run("diff", "production", "staging")
    assert found.exit_code == 1
    assert "critical-alerts → ensaio" in found.stdout
