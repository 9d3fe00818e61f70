"""For specs, the pages and the commands say of who is notified what the generated Alertmanager does."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from tests.agreement.estates import Estate, Recording, estates, matcher_text, recorded_estates

from tocsin.cli.main import main
from tocsin.engines.amtool import routed_receivers

if TYPE_CHECKING:
    from tests.agreement.estates import Alert, Route

    from tocsin.engines.program import Program

THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
SPECS = 1000 if THOROUGH else 10
SEVERITIES = ("critical", "warning")


def _route(route: Route) -> dict[str, Any]:
    value: dict[str, Any] = {
        "receiver": route.receiver,
        "matchers": [matcher_text(one) for one in route.matchers],
        "continue": route.goes_on,
    }
    return value | ({"routes": [_route(one) for one in route.routes]} if route.routes else {})


def _recording(rule: Recording) -> dict[str, Any]:
    return {"record": rule.name, "promql": rule.query.text, "labels": dict(rule.labels)}


def _spec(estate: Estate) -> dict[str, Any]:
    alerts = {
        one.name: {
            "summary": "s",
            "description": "d",
            "promql": one.query.text,
            "thresholds": {"critical": {"above": 5}, "warning": {"above": 1}},
            "labels": dict(one.labels),
            # Where samples decide the labels of a result, only the author knows the instances.
            **({} if estate.is_closed(one.query) else {"per": []}),
        }
        for one in estate.alerts
    }
    spec: dict[str, Any] = {
        "project": {"name": "shop", "title": "Shop", "language": "en"},
        "severities": {name: {"rank": n, "title": name} for n, name in enumerate(SEVERITIES, 1)},
        "receivers": {
            route.receiver: {"webhook": [{"url": f"http://{route.receiver}.example"}]}
            for route in estate.route.walk()
        },
        "routing": {
            "catch_all": estate.route.receiver,
            "group_by": ["alertname"],
            "routes": [_route(one) for one in estate.route.routes],
        },
        "groups": {"g": {"title": "G", "alerts": alerts}},
    }
    if estate.recordings:
        spec["recordings"] = {"r": {"rules": [_recording(one) for one in estate.recordings]}}
    return spec


def _run(*arguments: str) -> Any:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result


def _rows(page: str, *start: str) -> set[str]:
    """The receivers in the rows of a page's table that begin with these cells."""
    found = set()
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[: len(start)] == list(start):
            found |= set(re.findall(r"`(n\d+)`", line))
    return found


def _explained(spec: str, alert: Alert) -> set[str]:
    said = _run("explain", alert.name, spec).stdout.split("Notified\n")[1].split("\nInhibited by")[0]
    lines = [line.strip() for line in said.splitlines() if line.strip().startswith(alert.severity)]
    return {re.sub(r".*: (n\d+) .*", r"\1", line) for line in lines}


def test_pages_and_commands_name_the_receivers_that_the_generated_alertmanager_reaches(
    amtool: Program,
) -> None:
    counts: Counter[str] = Counter()

    @settings(
        max_examples=SPECS,
        derandomize=not THOROUGH,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(estates(served=False, severities=SEVERITIES) | recorded_estates(severities=SEVERITIES))
    def agree(estate: Estate) -> None:
        with TemporaryDirectory() as name:
            spec, output = Path(name) / "spec", Path(name) / "output"
            spec.mkdir()
            (spec / "spec.yaml").write_text(yaml.safe_dump(_spec(estate), sort_keys=False), encoding="utf-8")
            _run("generate", str(spec), "--output", str(output))
            pages = {
                page: (output / "runbooks" / f"{page}.md").read_text(encoding="utf-8")
                for page in ("routing", *(alert.name for alert in estate.alerts))
            }
            counts["specs"] += 1
            for alert in estate.alerts:
                counts["alerts by severity"] += 1
                answers = _run("route", str(spec), "--alert", alert.name, "--format", "json").stdout
                routed = set()
                for answer in map(json.loads, answers.splitlines()):
                    if answer["labels"]["severity"] != alert.severity:
                        continue
                    counts["answers of amtool"] += 1
                    reached = routed_receivers(
                        amtool, output / "alertmanager/alertmanager.yaml", answer["labels"]
                    )
                    assert reached == tuple(answer["receivers"])
                    routed |= set(reached)
                assert _rows(pages[alert.name], alert.severity) == routed
                link = f"[{alert.name}]({alert.name}.md)"
                assert _rows(pages["routing"], link, alert.severity) == routed
                assert _explained(str(spec), alert) == routed
                expected = {one for way in estate.ways(alert) for one in way}
                assert expected <= routed
                if estate.is_decided(alert):
                    counts["alerts without open labels"] += 1
                    assert expected == routed

    agree()
    print(f"agreement for specs: {dict(counts)}")
