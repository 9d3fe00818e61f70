"""For files that a team has, every command says the same of who is notified, and amtool agrees."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.agreement.estates import (
    LINE_BREAK,
    NAMES,
    VALUES,
    Alert,
    Estate,
    Route,
    estates,
    matcher_text,
    meets,
    recorded_estates,
)

from tocsin.cli.main import main
from tocsin.engines.amtool import routed_receivers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.engines.program import Program

THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
PLANS = 2000 if THOROUGH else 25
CHANGES = 2000 if THOROUGH else 30
SETTINGS: dict[str, Any] = {
    "derandomize": not THOROUGH,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}
UNREACHED = ("route/unreachable", "route/unused", "route/swallowed")
Way = tuple[str, ...]
"""The receivers of one alert, in the order of the tree."""


def _written(estate: Estate, folder: Path) -> Path:
    """The estate as the files of Prometheus and Alertmanager."""
    folder.mkdir()
    rules: list[dict[str, Any]] = [
        {"record": one.name, "expr": one.query.text, "labels": dict(one.labels)} for one in estate.recordings
    ]
    rules += [
        {
            "alert": one.name,
            "expr": f"{one.query.text} > 1",
            "labels": {"severity": one.severity, **dict(one.labels)},
        }
        for one in estate.alerts
    ]
    names = [route.receiver for route in estate.route.walk()]
    files = {
        "rules": {"groups": [{"name": "g", "rules": rules}]},
        "prometheus": {
            "global": {"external_labels": dict(estate.external)},
            "rule_files": ["rules.yml"],
            "alerting": {"alert_relabel_configs": [step.value() for step in estate.steps]},
        },
        "alertmanager": {
            "route": estate.route.value(),
            "inhibit_rules": [
                {"source_matchers": [matcher_text(source)], "target_matchers": [matcher_text(target)]}
                for source, target in estate.inhibitions
            ],
            "receivers": [
                {"name": name, "webhook_configs": [{"url": f"http://{name}.example"}]} for name in names
            ],
        },
    }
    for name, value in files.items():
        (folder / f"{name}.yml").write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")
    return folder


def _run(*arguments: str) -> Any:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def _routed(folder: Path, alert: Alert) -> list[dict[str, Any]] | None:
    """What `route` answers for each way of an alert; None where all of its alerts are dropped."""
    result = _run("route", str(folder), "--alert", alert.name, "--format", "json")
    if result.exit_code == 2:
        assert "drops every alert" in result.stderr, result.stderr
        return None
    return [json.loads(line) for line in result.stdout.splitlines()]


def _explained(folder: Path, alert: Alert) -> set[Way]:
    """The receivers of each line under "Notified"."""
    lines = _run("explain", alert.name, str(folder)).stdout.split("Notified\n")[1].splitlines()
    if "Prometheus drops every alert" in lines[0]:
        return set()
    return {tuple(line.strip().partition(" with ")[0].split(", ")) for line in lines}


def _findings(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        _run("check", str(folder), "--only", "route/*", "--only", "inhibit/un*", "--format", "json").stdout
        or "[]"
    )
    return found


def _flagged(folder: Path, findings: Iterable[dict[str, Any]]) -> set[str]:
    """The receivers of the routes at which findings are."""
    lines = (folder / "alertmanager.yml").read_text(encoding="utf-8").splitlines()
    return {
        [line for line in lines[: one["line"]] if "receiver:" in line][-1].split("receiver: ")[1]
        for one in findings
    }


def _fallen(findings: list[dict[str, Any]]) -> set[str]:
    """The alerts of which `check` says that no route takes them."""
    ids = ("route/catch-all", "route/dropped", "route/nobody")
    found = [one for one in findings if one["check"] in ids]
    said = " ".join(one["message"].partition(": ")[0] for one in found)
    dropped = [one for one in found if one["check"] == "route/dropped"]
    said += "".join(f"`{one['subject']['name']}`" for each in dropped for one in (each, *each["more"]))
    return set(re.findall(r"`(A\d)`", said))


def _is_exception(estate: Estate) -> bool:
    """Whether so few alerts are left to the root that `check` tells of them."""
    left = [one for one in estate.alerts if estate.ways(one) == {(estate.route.receiver,)}]
    return len(left) <= 3 and 4 * len(left) <= len(estate.alerts)


def test_check_route_and_explain_name_the_receivers_that_amtool_finds(amtool: Program) -> None:
    counts: Counter[str] = Counter()

    @settings(max_examples=PLANS, **SETTINGS)
    @given(estates() | recorded_estates())
    def agree(estate: Estate) -> None:
        with TemporaryDirectory() as name:
            folder = _written(estate, Path(name) / "files")
            findings = _findings(folder)
            absent = [one["message"] for one in findings if one["message"].endswith(" is never there")]
            findings = [one for one in findings if one["check"].startswith("route/")]
            fallen = _fallen(findings)
            unreached = _flagged(folder, (one for one in findings if one["check"] in UNREACHED))
            counts["plans"] += 1
            entered: set[str] = set()
            for alert in estate.alerts:
                expected = estate.ways(alert)
                answers = _routed(folder, alert)
                explained = _explained(folder, alert)
                if answers is None:
                    assert expected == set()
                    assert explained == set()
                    continue
                routed = {tuple(answer["receivers"]) for answer in answers}
                assert explained == routed
                for answer in answers:
                    counts["answers of amtool"] += 1
                    said = routed_receivers(amtool, folder / "alertmanager.yml", answer["labels"])
                    assert said == tuple(answer["receivers"]), answer
                if not expected:
                    continue
                counts["alerts"] += 1
                assert expected <= routed
                assert not unreached & {name for way in expected for name in way}
                if alert.name in fallen:
                    assert expected == {(estate.route.receiver,)}
                entered |= estate.entered(alert)
                if estate.is_decided(alert):
                    counts["alerts without open labels"] += 1
                    is_of_root = expected == {(estate.route.receiver,)}
                    assert is_of_root or alert.name not in fallen
                    assert alert.name in fallen or not is_of_root or not _is_exception(estate)
                if estate.is_exact(alert):
                    counts["alerts with independent labels"] += 1
                    assert expected == routed

            for sides in estate.inhibitions:
                counts["inhibitions"] += 1
                for side, matcher in zip(("source", "target"), sides, strict=True):
                    labels = [one for alert in estate.alerts for one in estate.label_sets(alert)]
                    if any(meets(one, [matcher]) for one in labels):
                        assert not any(f": the {side} is" in message for message in absent)
            # A label that queries drop is reported at these, and not at the routes again.
            dropped = any(one["check"] == "route/dropped" for one in findings)
            if not dropped and all(map(estate.is_decided, estate.alerts)):
                counts["plans without open labels"] += 1
                below = ((route, child) for route in estate.route.walk() for child in route.routes)
                missed = {
                    child.receiver
                    for route, child in below
                    if route.receiver in entered and child.receiver not in entered
                }
                assert missed <= _flagged(folder, findings)

    agree()
    print(f"agreement for plain files: {dict(counts)}")


@st.composite
def _changed(draw: st.DrawFn) -> tuple[Estate, Estate]:
    """An estate, and the same with one thing otherwise."""
    estate = draw(estates())
    labels = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(("a", "b")), max_size=2).map(
        lambda found: tuple(sorted(found.items()))
    )
    if draw(st.booleans()) and estate.recordings:
        changed = replace(estate.recordings[0], labels=draw(labels))
        return estate, replace(estate, recordings=(changed, *estate.recordings[1:]))
    if draw(st.booleans()):
        return estate, replace(estate, external=draw(labels))
    if draw(st.booleans()) and estate.inhibitions:
        return estate, replace(estate, inhibitions=())
    wanted = draw(st.sampled_from([route.receiver for route in estate.route.walk()]))
    return estate, replace(estate, route=_elsewhere(estate.route, wanted))


def _elsewhere(route: Route, receiver: str) -> Route:
    to = "elsewhere" if route.receiver == receiver else route.receiver
    return replace(route, receiver=to, routes=tuple(_elsewhere(one, receiver) for one in route.routes))


def _differ_by_line_breaks(estates_: tuple[Estate, Estate], alert: Alert) -> bool:
    was, now = ({tuple(sorted(way)) for way in one.ways(alert, (*VALUES, LINE_BREAK))} for one in estates_)
    return was != now


def test_diff_names_the_alerts_of_which_others_are_notified() -> None:
    counts: Counter[str] = Counter()

    @settings(max_examples=CHANGES, **SETTINGS)
    @given(_changed())
    def agree(estates_: tuple[Estate, Estate]) -> None:
        old, new = estates_
        with TemporaryDirectory() as name:
            before, after = (_written(one, Path(name) / side) for one, side in ((old, "old"), (new, "new")))
            said = json.loads(_run("diff", str(before), str(after), "--format", "json").stdout)
        assert said["complete"]
        counts["changes"] += 1
        notified = {
            one["alert"]
            for one in said["alerts"]
            if any(detail["what"] == "notified" for detail in one["details"])
        }
        routed = {alert for one in said["routing"] for alert in (*one["alerts"], *one["alerts_perhaps"])}
        inhibited = {alert for one in said["inhibitions"] for alert in one["alerts"]}
        for alert in old.alerts:
            for _, target in old.inhibitions if said["inhibitions"] else ():
                counts["targets of inhibitions"] += 1
                met = any(meets(one, [target]) for one in old.label_sets(alert))
                assert not met or alert.name in inhibited
            # In which order receivers are notified is not a difference.
            was, now = ({tuple(sorted(way)) for way in one.ways(alert)} for one in estates_)
            if not was or not now or not old.is_exact(alert) or not new.is_exact(alert):
                continue
            counts["alerts"] += 1
            if was != now:
                counts["alerts of which others are notified"] += 1
                assert alert.name in notified | routed
            elif old.is_closed(alert.query) and not _differ_by_line_breaks(estates_, alert):
                assert alert.name not in notified | routed

    agree()
    print(f"agreement of diff: {dict(counts)}")


def test_diff_follows_labels_of_recordings() -> None:
    @settings(max_examples=CHANGES // 2, **SETTINGS)
    @given(recorded_estates(("a",)))
    def agree(old: Estate) -> None:
        first, *others = old.recordings
        ((name, _),) = first.labels
        elsewhere = replace(old.route.routes[0], receiver="elsewhere")
        changes = {
            "label": replace(old, recordings=(replace(first, labels=((name, "b"),)), *others)),
            "route": replace(old, route=replace(old.route, routes=(elsewhere,))),
        }
        with TemporaryDirectory() as folder:
            before = _written(old, Path(folder) / "old")
            after = {what: _written(new, Path(folder) / what) for what, new in changes.items()}
            said = {
                what: json.loads(_run("diff", str(before), str(path), "--format", "json").stdout)
                for what, path in after.items()
            }
        (alert,) = [one for one in said["label"]["alerts"] if one["alert"] == "A0"]
        assert [one["what"] for one in alert["details"]] == ["notified"]
        assert [(one["alerts"][:1], "A0" in one["alerts_perhaps"]) for one in said["route"]["routing"]] == [
            (["A0"], False)
        ]

    agree()
