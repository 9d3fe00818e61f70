"""Time intervals, inhibitions and groups come out as in a real Alertmanager, by its API and by a sink."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml
from tests.routing import random_trees
from tests.routing.alertmanager import running, sink, wait_for
from tests.spec.integrations import MINIMAL

from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.plan.model import TimeInterval
from tocsin.routing.config import FiringAlert, RoutingConfig
from tocsin.routing.decision import decide, present_labels
from tocsin.routing.inhibit import Inhibitor
from tocsin.routing.intervals import contains_time

if TYPE_CHECKING:
    from pathlib import Path

    from tests.routing.alertmanager import Alertmanager

    from tocsin.engines.program import Program

SEED = 20261124
THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
INTERVALS = 1500 if THOROUGH else 300
CASES = 1000 if THOROUGH else 250
TREES = 30 if THOROUGH else 4
ZONES = (
    *("UTC", "America/Sao_Paulo", "Europe/Lisbon", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago"),
    *("America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York", "Pacific/Chatham"),
)
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def _times(random: Random, now: datetime) -> list[dict[str, str]]:
    """Ranges that end or begin some minutes from now, or far from it, never within the next two."""
    found = []
    for _ in range(random.choice((1, 1, 2))):
        edges = sorted({random.randrange(0, 1441), random.randrange(0, 1441), 0, 1440})
        start, end = edges[0], random.choice(edges[1:])
        minute = now.hour * 60 + now.minute
        if random.random() < 0.5:
            start = max(0, min(1439, minute + random.choice((-90, -5, -1, 4, 5, 90))))
            end = max(start + 1, min(1440, minute + random.choice((4, 5, 600))))
        found.append(
            {"start_time": f"{start // 60:02}:{start % 60:02}", "end_time": f"{end // 60:02}:{end % 60:02}"}
        )
    return found


def _range(random: Random, value: int, low: int, high: int) -> str:
    first = max(low, value - random.choice((0, 1, 3)))
    last = min(high, value + random.choice((-1, 0, 0, 1, 4)))
    return f"{first}:{last}" if first < last else str(random.choice((first, value)))


def _period(random: Random) -> dict[str, Any]:
    location = random.choice(ZONES)
    now = datetime.now(ZoneInfo(location))
    period: dict[str, Any] = {"location": location} if random.random() < 0.8 else {}
    if not period:
        now = now.astimezone(UTC)
    if random.random() < 0.5:
        period["times"] = _times(random, now)
    if random.random() < 0.5:
        weekday = now.isoweekday() % 7
        first, last = max(0, weekday - random.randrange(2)), min(6, weekday + random.choice((0, 0, 2)))
        shown = (WEEKDAYS[first], WEEKDAYS[last]) if random.random() < 0.8 else (random.choice(WEEKDAYS),) * 2
        period["weekdays"] = [f"{shown[0]}:{shown[1]}".title()]
    if random.random() < 0.4:
        days = [
            _range(random, now.day, 1, 31),
            _range(random, now.day - 31, -31, -1),
            "1:-1",
            "5:-2",
            "-1",
            "30",
        ]
        period["days_of_month"] = random.sample(days, random.choice((1, 1, 2)))
    if random.random() < 0.3:
        period["months"] = [
            random.choice((_range(random, now.month, 1, 12), f"{now:%B}", "january:December"))
        ]
    if random.random() < 0.3:
        period["years"] = [random.choice((_range(random, now.year, 1, 9999), "2020:2030", str(now.year)))]
    if random.random() < 0.05:
        period[random.choice(("times", "weekdays"))] = []
    return period


def _firing(group: dict[str, Any]) -> set[str]:
    return {alert["labels"]["case"] for alert in group["alerts"]}


def test_time_intervals_mute_as_alertmanager_mutes(alertmanager: Program, tmp_path: Path) -> None:
    print(f"time intervals: seed {SEED}, routes: {INTERVALS}")
    random = Random(SEED)
    intervals = [
        TimeInterval(f"i{n}", tuple(_period(random) for _ in range(random.choice((1, 1, 2)))))
        for n in range(INTERVALS)
    ]
    names = [interval.name for interval in intervals]
    uses = [
        (
            random.sample(names, random.choice((0, 1, 1, 2))),
            random.sample(names, random.choice((0, 0, 1, 1, 2))),
        )
        for _ in names
    ]
    with sink() as heard:
        value = {
            "receivers": [{"name": "all"}]
            + [{"name": name, "webhook_configs": [{"url": heard.url(name)}]} for name in names],
            "route": {
                "receiver": "all",
                "group_wait": "0s",
                "routes": [
                    {
                        "matchers": [f'case="{n}"'],
                        "receiver": f"i{n}",
                        "mute_time_intervals": mute,
                        "active_time_intervals": active,
                    }
                    for n, (mute, active) in enumerate(uses)
                ],
            },
            "time_intervals": [
                {"name": interval.name, "time_intervals": list(interval.periods)} for interval in intervals
            ],
        }
        path = tmp_path / "alertmanager.yml"
        path.write_text(yaml.safe_dump(value), encoding="utf-8")
        with running(alertmanager, path, tmp_path) as server:
            before = datetime.now(UTC)
            server.post(*({"labels": {"alertname": "A", "case": str(n)}} for n in range(INTERVALS)))

            def quiet() -> set[str]:
                muted = (group for group in server.groups() if group["alerts"][0]["status"]["mutedBy"])
                return {case for group in muted for case in _firing(group)}

            def settled() -> bool:
                return len(heard.messages) + len(quiet()) >= INTERVALS

            assert wait_for(settled), (len(heard.messages), len(quiet()))
            after = datetime.now(UTC)
            told = {name for name, _ in heard.messages}
    by_name = {interval.name: interval for interval in intervals}

    def expected(n: int, moment: datetime) -> bool:
        mute, active = uses[n]
        inside = not active or any(contains_time(by_name[name], moment) for name in active)
        return inside and not any(contains_time(by_name[name], moment) for name in mute)

    # The clock may have passed a minute meanwhile: such a case says nothing.
    sure = [n for n in range(INTERVALS) if expected(n, before) == expected(n, after)]
    assert [(n, uses[n]) for n in sure if expected(n, before) != (f"i{n}" in told)] == []
    assert len(sure) > 0.9 * INTERVALS
    assert 0.1 < len(told) / INTERVALS < 0.9


def test_inhibitions_inhibit_as_in_alertmanager(alertmanager: Program, tmp_path: Path) -> None:
    print(f"inhibitions: seed {SEED}, cases: {CASES}")
    random = Random(SEED)
    cases = []
    for n in range(CASES):
        own = Matcher("case", "=", str(n))
        rules = tuple(random_trees.inhibition(random, own) for _ in range(random.choice((1, 1, 2))))
        sets = [
            present_labels({**random_trees.labels(random), "case": str(n)})
            for _ in range(random.choice((2, 3, 4, 5)))
        ]
        unique = list({tuple(sorted(one.items())): one for one in sets}.values())
        ends = [random.choice((None, None, 1, 2)) for _ in unique]
        cases.append((rules, unique, ends))
    with sink() as heard:
        value = {
            "receivers": [{"name": "all", "webhook_configs": [{"url": heard.url("all")}]}],
            "route": {"receiver": "all", "group_wait": "3s", "group_by": ["..."]},
            "inhibit_rules": [
                random_trees.written_inhibition(rule) for rules, _, _ in cases for rule in rules
            ],
        }
        path = tmp_path / "alertmanager.yml"
        path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
        with running(alertmanager, path, tmp_path) as server:
            now = datetime.now(UTC)
            # Without an end, Alertmanager assumes five minutes; these end after that.
            moments = {None: None, 1: now + timedelta(hours=1), 2: now + timedelta(hours=2)}
            for _, sets, ends in cases:
                server.post(
                    *(
                        {"labels": one, **({"endsAt": at.isoformat()} if (at := moments[end]) else {})}
                        for one, end in zip(sets, ends, strict=True)
                    )
                )
            total = sum(len(sets) for _, sets, _ in cases)

            def settled() -> bool:
                stopped = sum(bool(alert["status"]["inhibitedBy"]) for alert in server.alerts())
                return len(heard.messages) + stopped >= total

            assert wait_for(settled)
            shown = {tuple(sorted(one["labels"].items())): one for one in server.alerts()}
            told = {
                tuple(sorted(alert["labels"].items()))
                for _, body in heard.messages
                for alert in body["alerts"]
            }
    by_print = {one["fingerprint"]: key for key, one in shown.items()}
    wrong, inhibited_count = [], 0
    for rules, sets, ends in cases:
        assumed = now + timedelta(minutes=5)
        firing = [FiringAlert(one, now, moments[end] or assumed) for one, end in zip(sets, ends, strict=True)]
        inhibitor = Inhibitor(rules, firing)
        for one in sets:
            key = tuple(sorted(one.items()))
            found = inhibitor.inhibited_by(one)
            theirs = [by_print[mark] for mark in shown[key]["status"]["inhibitedBy"]]
            ours = [] if found is None else [tuple(sorted(found.source.labels.items()))]
            inhibited_count += bool(ours)
            if ours != theirs or (found is None) != (key in told):
                wrong.append((rules, sets, one, ours, theirs))
    assert wrong == []
    assert inhibited_count > CASES / 6


def test_groups_are_those_of_alertmanager(alertmanager: Program, tmp_path: Path) -> None:
    sets_of_tree = 60
    print(f"groups: seed {SEED}, trees: {TREES}, pairs of tree and labels: {TREES * sets_of_tree}")
    random = Random(SEED)
    path = tmp_path / "alertmanager.yml"
    names = tuple(f"r{number}" for number in range(5))
    for _ in range(TREES):
        root = random_trees.tree(random, names)
        value = {"route": random_trees.written(root), "receivers": [{"name": name} for name in names]}
        path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
        sets = [present_labels(random_trees.labels(random)) for _ in range(sets_of_tree)]
        unique = [one for one in {tuple(sorted(one.items())): one for one in sets}.values() if one]
        table = RoutingConfig(root)
        ours = {
            (notice.stop.receiver, _key(notice.group), _key(one))
            for one in unique
            for notice in decide(table, one, datetime.now(UTC)).notices
        }
        with running(alertmanager, path, tmp_path) as server:
            server.post(*({"labels": one} for one in unique))
            # Alerts come to their groups one after the other.
            wait_for(partial(_grouped_as, server, ours), 10)
            # The API joins groups of two nodes that go to one receiver and have the same labels.
            assert _groups(server) == ours


def _groups(server: Alertmanager) -> set[Any]:
    return {
        (group["receiver"]["name"], _key(group["labels"]), _key(alert["labels"]))
        for group in server.groups()
        for alert in group["alerts"]
    }


def _grouped_as(server: Alertmanager, expected: set[Any]) -> bool:
    return _groups(server) == expected


def _key(labels: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def test_the_end_is_notified_by_default_where_alertmanager_does(
    alertmanager: Program, tmp_path: Path
) -> None:
    receiver = {"name": "all", **{f"{name}_configs": [channel] for name, channel in MINIMAL.items()}}
    text = yaml.safe_dump({"route": {"receiver": "all"}, "receivers": [receiver]})
    for name in re.findall("/etc/am/([a-z-]+)", text):
        (tmp_path / name).write_text("secret", encoding="utf-8")
    path = tmp_path / "alertmanager.yml"
    path.write_text(text.replace("/etc/am", str(tmp_path)), encoding="utf-8")
    with running(alertmanager, path, tmp_path) as server:
        answer = server.request("GET", "/api/v2/status")
    (loaded,) = yaml.safe_load(answer["config"]["original"])["receivers"]
    defaults = {kind: channels[0]["send_resolved"] for kind, channels in loaded.items() if kind in BY_LIST}
    assert defaults == {kind: integration.send_resolved for kind, integration in BY_LIST.items()}
