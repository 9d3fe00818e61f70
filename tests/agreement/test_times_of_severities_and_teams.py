"""Time intervals of severities and teams: the generated Alertmanager mutes what the spec's words say.

What the words say is written down here once more, without a tree: a route's own intervals, then the team's,
then the severity's, for the muting ones and the active ones each by itself.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.engines.amtool import check_config, routed_receivers

if TYPE_CHECKING:
    from tocsin.engines.program import Program

ACTIVE, MUTE = "active_time_intervals", "mute_time_intervals"
# Of each pair, the first hour of the day tells it from the others.
HOURS = {"severity-active": 1, "team-active": 2, "route-active": 3}
MUTES = {"severity-mute": 4, "team-mute": 5, "route-mute": 6}


def _named(owner: str, *keys: str) -> dict[str, list[str]]:
    return {key: [f"{owner}-{key.partition('_')[0]}"] for key in keys}


CHOICES = ((), (ACTIVE,), (MUTE,), (ACTIVE, MUTE))
TEAMS: tuple[dict[str, Any], ...] = (
    {},
    {"receiver": "team"},
    {"receivers": {"bad": "team-bad"}},
    {"receiver": "team", "receivers": {"bad": "team-bad"}},
)
ROUTES: tuple[dict[str, Any] | None, ...] = (
    None,
    {"receiver": "slo", "continue": True},
    {"receiver": "slo", "severity": "bad", "continue": True, **_named("route", ACTIVE)},
    {"receiver": "slo", "severity": ["bad", "mild"], "continue": True, **_named("route", MUTE)},
)


def _spec(severity: tuple[str, ...], team: dict[str, Any], route: dict[str, Any] | None) -> dict[str, Any]:
    def daily(start: int) -> list[dict[str, Any]]:
        return [{"times": [{"start_time": f"{start:02}:00", "end_time": f"{start + 1:02}:00"}]}]

    return {
        "project": {"name": "p", "title": "P", "timezone": "Asia/Tokyo"},
        "severities": {
            "bad": {"rank": 1, "title": "B", "receiver": "bad", **_named("severity", *severity)},
            "mild": {"rank": 2, "title": "M", "notify": {"group_wait": "5m"}},
        },
        "teams": {"web": {"title": "W", **team}},
        "receivers": {
            name: {"webhook": [{"url": f"http://{name}.example"}]}
            for name in ("all", "bad", "team", "team-bad", "slo")
        },
        "routing": {
            "catch_all": "all",
            "time_intervals": {name: daily(hour) for name, hour in (HOURS | MUTES).items()},
            "routes": [] if route is None else [{"matchers": ['type="slo"'], **route}],
        },
    }


def _expected(
    severity: tuple[str, ...], team: dict[str, Any], route: dict[str, Any] | None, labels: dict[str, str]
) -> list[tuple[str, set[str]]]:
    """The receivers in order, each with the time intervals of its route."""
    bad, ours, slo = labels["severity"] == "bad", labels.get("team") == "web", labels.get("type") == "slo"
    of_severity = _named("severity", *severity) if bad else {}
    found = []
    if route is not None and slo and (bad or "severity" not in route or "mild" in route["severity"]):
        found.append(("slo", of_severity | {key: route[key] for key in (ACTIVE, MUTE) if key in route}))
    takes = any(key in team for key in ("receiver", ACTIVE, MUTE)) or (bad and "receivers" in team)
    of_team = {key: team[key] for key in (ACTIVE, MUTE) if ours and key in team}
    named = team.get("receivers", {}).get(labels["severity"]) or team.get("receiver")
    receiver = (named if ours and takes else None) or ("bad" if bad else "all")
    found.append((receiver, of_severity | of_team))
    return [(name, {one for names in intervals.values() for one in names}) for name, intervals in found]


def _told(where: Path, questions: list[dict[str, Any]]) -> list[list[str]]:
    """Who is notified, for each question."""
    lines = "\n".join(map(json.dumps, questions))
    result = CliRunner().invoke(main, ["route", str(where), "--batch", "-"], input=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line)["told"] for line in result.stdout.splitlines()]


def _muted(intervals: set[str], hour: int) -> bool:
    active = [HOURS[name] for name in intervals if name in HOURS]
    return (bool(active) and hour not in active) or hour in [
        MUTES[name] for name in intervals if name in MUTES
    ]


@pytest.mark.parametrize("severity", CHOICES, ids=str)
def test_the_generated_alertmanager_mutes_what_the_spec_says(
    severity: tuple[str, ...], amtool: Program
) -> None:
    for team, times, route in product(TEAMS, CHOICES, ROUTES):
        ours = {**team, **_named("team", *times)}
        with TemporaryDirectory() as name:
            spec, output = Path(name) / "spec", Path(name) / "output"
            spec.mkdir()
            text = yaml.safe_dump(_spec(severity, ours, route), sort_keys=False)
            (spec / "spec.yaml").write_text(text, encoding="utf-8")
            done = CliRunner().invoke(main, ["generate", str(spec), "--output", str(output)])
            assert done.exit_code == 0, done.output
            file = output / "alertmanager" / "alertmanager.yaml"
            assert check_config(amtool, file) is None, text
            questions, expected = [], []
            for level, owner, kind in product(("bad", "mild"), ("web", ""), ("slo", "")):
                labels = {"severity": level}
                labels |= {key: value for key, value in (("team", owner), ("type", kind)) if value}
                stops = _expected(severity, ours, route, labels)
                assert routed_receivers(amtool, file, labels) == tuple(one for one, _ in stops), text
                for hour in range(7):
                    questions.append({"labels": labels, "at": f"2026-03-03T{hour:02}:30+09:00"})
                    expected.append([one for one, times in stops if not _muted(times, hour)])
            assert _told(spec, questions) == expected, text
            assert _told(file, questions) == expected, text
