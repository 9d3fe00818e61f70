"""When groups are told: waits, intervals, repeats and ends, alone and beside a real Alertmanager."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.routing.alertmanager import running, sink

from tocsin.lang.alertmanager.matchers import Matcher, parse_matcher
from tocsin.plan.model import Inhibition, Route, TimeInterval, Timing
from tocsin.routing.config import FiringAlert, RoutingConfig, Silence
from tocsin.routing.timeline import Notification, TooLongError, timeline
from tocsin.source.place import Place

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

SEED = 20261124
CASES = 60
LENGTH = 20
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def _route(wait: str, interval: str, repeat: str, **more: Any) -> Route:
    settings: dict[str, Any] = {
        "receiver": "r",
        "group_by": ("alertname",),
        "mute_time_intervals": (),
        "routes": (),
        "matchers": (),
    }
    settings |= more
    return Route(
        settings["matchers"],
        settings["receiver"],
        settings["group_by"],
        Timing(wait, interval, repeat),
        False,
        settings["mute_time_intervals"],
        (),
        settings["routes"],
        Place(()),
    )


def _alert(name: str, starts: int = 0, ends: int | None = None, **labels: str) -> FiringAlert:
    until = None if ends is None else START + timedelta(minutes=ends)
    return FiringAlert({"alertname": name, **labels}, START + timedelta(minutes=starts), until)


def _told(
    table: RoutingConfig, *alerts: FiringAlert, hours: int = 1, silences: tuple[Silence, ...] = ()
) -> list[Any]:
    found = timeline(table, alerts, START, START + timedelta(hours=hours), silences)
    return [(_minutes(one), one.reason, len(one.firing), len(one.resolved)) for one in found]


def _minutes(one: Notification) -> float:
    return (one.at - START).total_seconds() / 60


def test_a_group_waits_and_then_looks_every_interval() -> None:
    table = RoutingConfig(_route("30s", "5m", "4h"))
    assert _told(table, _alert("A", i="1"), _alert("A", 2, i="2"), _alert("B", 1)) == [
        (0.5, "first", 1, 0),
        (1.5, "first", 1, 0),
        (5.5, "new alerts", 2, 0),
    ]


def test_a_repeat_waits_for_the_look_after_its_interval() -> None:
    table = RoutingConfig(_route("0s", "5m", "10m"))
    assert _told(table, _alert("A")) == [
        (0, "first", 1, 0),
        (15, "repeat", 1, 0),
        (30, "repeat", 1, 0),
        (45, "repeat", 1, 0),
    ]


def test_ends_are_told_to_those_who_want_to_know() -> None:
    route = _route("0s", "5m", "4h")
    alerts = (_alert("A", 0, 7, i="1"), _alert("A", 0, 12, i="2"))
    assert _told(RoutingConfig(route), *alerts) == [
        (0, "first", 2, 0),
        (10, "some resolved", 1, 1),
        (15, "all resolved", 0, 1),
    ]
    assert _told(RoutingConfig(route, tells_ends={"r": (False,)}), *alerts) == [(0, "first", 2, 0)]


def test_an_alert_that_is_over_before_the_wait_is_told_to_nobody() -> None:
    assert _told(RoutingConfig(_route("10m", "5m", "4h")), _alert("A", 0, 3)) == []


def test_an_alert_that_fires_again_begins_a_new_wait() -> None:
    table = RoutingConfig(_route("1m", "5m", "4h"))
    assert _told(table, _alert("A", 0, 3), _alert("A", 20)) == [
        (1, "first", 1, 0),
        (6, "all resolved", 0, 1),
        (21, "first", 1, 0),
    ]


def test_an_end_in_a_muted_time_is_never_told() -> None:
    quiet = TimeInterval("quiet", ({"times": [{"start_time": "12:05", "end_time": "12:30"}]},))
    child = _route("0s", "5m", "4h", mute_time_intervals=("quiet",))
    table = RoutingConfig(_route("0s", "5m", "4h", routes=(child,)), intervals={"quiet": quiet})
    assert _told(table, _alert("A", 0, 8)) == [(0, "first", 1, 0)]
    assert _told(table, _alert("A", 8)) == [(33, "first", 1, 0)]


def test_a_source_and_a_silence_hold_back_only_while_they_last() -> None:
    rule = Inhibition((parse_matcher("alertname=S"),), (parse_matcher("alertname=T"),), (), Place(()))
    table = RoutingConfig(_route("0s", "5m", "4h"), (rule,))
    assert _told(table, _alert("S", 0, 12), _alert("T"))[-1] == (15, "first", 1, 0)
    silence = Silence((parse_matcher("alertname=T"),), None, START + timedelta(minutes=6))
    assert _told(RoutingConfig(_route("0s", "5m", "4h")), _alert("T"), silences=(silence,)) == [
        (10, "first", 1, 0)
    ]


def test_a_stretch_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.routing.timeline.MOST_FLUSHES", 1000)
    with pytest.raises(TooLongError):
        _told(RoutingConfig(_route("0s", "1s", "4h")), _alert("A"), hours=100)


@pytest.mark.skipif(
    not os.environ.get("TOCSIN_THOROUGH"),
    reason="TOCSIN_THOROUGH=1 watches messages by the second, for which the machine has to be free",
)
def test_messages_come_as_from_a_real_alertmanager(alertmanager: Program, tmp_path: Path) -> None:
    print(f"timelines: seed {SEED}, groups: {CASES}")
    random = Random(SEED)
    names = [f"r{number}" for number in range(CASES)]
    ends: dict[str, tuple[bool, ...]] = {name: (random.random() < 0.7,) for name in names}
    # Groups are looked at on even seconds; later alerts begin, and all end, on odd ones: a delay is nothing.
    alerts = [
        (n, i, begins, random.choice([end for end in (5, 11, 1000) if end > begins]))
        for n in range(CASES)
        for i in range(random.choice((1, 2, 3)))
        for begins in [random.choice((0, 3, 7)) if i else 0]
    ]
    timings = [Timing(random.choice(("0s", "2s")), "6s", random.choice(("2s", "1h"))) for _ in names]
    routes = tuple(
        _route(
            timing.group_wait or "",
            timing.group_interval or "",
            timing.repeat_interval or "",
            receiver=name,
            matchers=(Matcher("case", "=", name),),
        )
        for name, timing in zip(names, timings, strict=True)
    )
    table = RoutingConfig(_route("0s", "1h", "1h", routes=routes), tells_ends=ends)
    ours: dict[str, list[Any]] = {name: [] for name in names}
    fires = [
        FiringAlert(_labels(n, i), START + timedelta(seconds=a), START + timedelta(seconds=b))
        for n, i, a, b in alerts
    ]
    for one in timeline(table, fires, START, START + timedelta(seconds=LENGTH)):
        ours[one.receiver].append((_instances(one.firing), _instances(one.resolved)))
    # On a busy machine a message may come too late to count: one such run says nothing yet.
    for attempt in ("first", "second"):
        theirs = _against(alertmanager, tmp_path / attempt, names, timings, ends, alerts)
        differences = {name: (ours[name], theirs[name]) for name in names if ours[name] != theirs[name]}
        if not differences:
            break
    assert differences == {}
    assert sum(map(len, ours.values())) > 2 * CASES


def _labels(n: int, i: int) -> dict[str, str]:
    return {"alertname": "A", "case": f"r{n}", "i": str(i)}


def _instances(alerts: Any) -> list[str]:
    return sorted(alert["i"] for alert in alerts)


def _against(
    program: Program,
    folder: Path,
    names: list[str],
    timings: list[Timing],
    ends: dict[str, tuple[bool, ...]],
    alerts: list[tuple[int, int, int, int]],
) -> dict[str, list[Any]]:
    """What the sink got for each receiver, in order, as the instances that fire and those that do not."""
    with sink() as heard:
        value = {
            "receivers": [{"name": "r"}]
            + [
                {"name": name, "webhook_configs": [{"url": heard.url(name), "send_resolved": ends[name][0]}]}
                for name in names
            ],
            "route": {
                "receiver": "r",
                "routes": [
                    {
                        "matchers": [f"case={name}"],
                        "receiver": name,
                        "group_by": ["alertname"],
                        "group_wait": timing.group_wait,
                        "group_interval": timing.group_interval,
                        "repeat_interval": timing.repeat_interval,
                    }
                    for name, timing in zip(names, timings, strict=True)
                ],
            },
        }
        folder.mkdir()
        path = folder / "alertmanager.yml"
        path.write_text(yaml.safe_dump(value), encoding="utf-8")
        with running(program, path, folder) as server:
            start, origin = time.monotonic(), datetime.now(UTC)
            for second in sorted({begins for _, _, begins, _ in alerts}):
                time.sleep(max(0.0, start + second - time.monotonic()))
                server.post(
                    *(
                        {
                            "labels": _labels(n, i),
                            "startsAt": (origin + timedelta(seconds=begins)).isoformat(),
                            "endsAt": (origin + timedelta(seconds=ends_at)).isoformat(),
                        }
                        for n, i, begins, ends_at in alerts
                        if begins == second
                    )
                )
            time.sleep(max(0.0, start + LENGTH - 0.1 - time.monotonic()))
            messages = list(heard.messages)
    found: dict[str, list[Any]] = {name: [] for name in names}
    for name, body in messages:
        by_state = {
            state: [alert["labels"] for alert in body["alerts"] if alert["status"] == state]
            for state in ("firing", "resolved")
        }
        found[name].append((_instances(by_state["firing"]), _instances(by_state["resolved"])))
    return found
