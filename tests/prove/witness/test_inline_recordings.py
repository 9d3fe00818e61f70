"""Alerts over recorded series: their proofs go through the recording rules beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tocsin.existing.files import read_existing
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.store.plain_files import proof_files
from tocsin.prove.verdict import Status
from tocsin.text.yaml import yaml_text
from tocsin.workspace.inputs import read_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.prove.verdict import Verdict

RECORDINGS = [
    {"record": "job:errors:rate5m", "expr": "sum by (job) (rate(errors_total[5m]))"},
    {
        "record": "job:requests:rate5m",
        "expr": 'sum by (job) (rate(requests_total{env="prod"}[5m]))',
        "labels": {"team": "web"},
    },
    {"record": "job:ratio", "expr": "job:errors:rate5m / ignoring (team) job:requests:rate5m"},
]
THROUGH = [
    'job:ratio{job="api"} > 0.1',
    "max_over_time(job:ratio[30m]) > 0.1 and on (job) job:requests:rate5m > 5",
    'job:requests:rate5m{team=~"w.*"} < 0.5 * job:requests:rate5m offset 1h',
    "absent(job:ratio)",
]


def _verdicts(folder: Path, promtool: Program, texts: list[str]) -> list[Verdict]:
    alerts = [{"alert": f"A{n}", "expr": text, "for": "2m"} for n, text in enumerate(texts)]
    file = folder / "rules.yaml"
    file.write_text(yaml_text({"groups": [{"name": "g", "rules": [*RECORDINGS, *alerts]}]}))
    return prove(proof_subjects(read_existing(read_inputs([file]).files, ()).plan), promtool)


def test_recorded_series_come_from_their_rules(tmp_path: Path, promtool: Program) -> None:
    for verdict in _verdicts(tmp_path, promtool, THROUGH):
        assert verdict.fires is verdict.silent is Status.PROVEN, verdict.reasons
        assert verdict.through, verdict.assumptions
        fed = [series for case in verdict.cases for series, _ in case.series]
        assert fed
        assert not any(series.startswith("job:") for series in fed)


def test_the_files_bring_the_recording_rules_along(tmp_path: Path, promtool: Program) -> None:
    folder = tmp_path / "proofs"
    for file in proof_files(_verdicts(tmp_path, promtool, THROUGH), promtool).files:
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(file.content)
    done = promtool.run(["test", "rules", *sorted(map(str, folder.glob("*/*.test.yaml")))])
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("text", "why"), [('job:ratio{pod="x"} > 1', "pod"), ('job:requests:rate5m{team="db"} > 1', "team")]
)
def test_what_its_rule_never_records_is_told(tmp_path: Path, promtool: Program, text: str, why: str) -> None:
    verdict = _verdicts(tmp_path, promtool, [text])[0]
    assert verdict.through == ()
    assert (verdict.fires, verdict.silent) == (Status.ON_PAPER, Status.ON_PAPER)
    assert any("not from the recording rule beside it" in one and why in one for one in verdict.reasons)


def test_what_is_recorded_elsewhere_is_taken_as_it_is(tmp_path: Path, promtool: Program) -> None:
    verdict = _verdicts(tmp_path, promtool, ["instance:cpu:ratio > 0.9"])[0]
    assert verdict.fires is Status.PROVEN
    assert verdict.through == ()


@pytest.mark.parametrize(("text", "said"), [("foo{ > 3", "unexpected character"), ("rate(x) > 1", "range")])
def test_what_prometheus_does_not_load_is_told_apart(
    tmp_path: Path, promtool: Program, text: str, said: str
) -> None:
    verdict = _verdicts(tmp_path, promtool, [text])[0]
    assert verdict.invalid is not None
    assert said in verdict.invalid
    assert verdict.fires is verdict.silent is Status.UNPROVEN


SELDOM = {
    "name": "slow",
    "interval": "15m",
    "rules": [{"record": "app:lag:max", "expr": "max by (app) (lag)"}],
}


@pytest.mark.parametrize(
    ("text", "hold", "fires"),
    [
        ("app:lag:max > 5", "30m", Status.ON_PAPER),
        ("deriv(app:lag:max[10m]) > 5", "0s", Status.ON_PAPER),
        ("app:lag:max > 5", "0s", Status.PROVEN),
        ("max_over_time(app:lag:max[30m]) > 5", "30m", Status.PROVEN),
    ],
)
def test_between_two_recordings_nothing_lasts(
    tmp_path: Path, promtool: Program, text: str, hold: str, fires: Status
) -> None:
    alerts = {"name": "alerts", "rules": [{"alert": "A", "expr": text, "for": hold}]}
    file = tmp_path / "rules.yaml"
    file.write_text(yaml_text({"groups": [SELDOM, alerts]}))
    (verdict,) = prove(proof_subjects(read_existing(read_inputs([file]).files, ()).plan), promtool)
    assert verdict.fires is fires, verdict.reasons
    assert fires is Status.PROVEN or "recorded every 15m" in verdict.reasons[0]


def test_any_of_several_rules_of_one_metric_may_give_its_series(tmp_path: Path, promtool: Program) -> None:
    rules = [
        {"record": "team:load", "expr": "vector(0)", "labels": {"team": "none"}},
        {"record": "team:load", "expr": "sum by (team) (rate(requests_total[5m]))"},
        {"alert": "A", "expr": "team:load > 5"},
    ]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml_text({"groups": [{"name": "g", "rules": rules}]}))
    (verdict,) = prove(proof_subjects(read_existing(read_inputs([file]).files, ()).plan), promtool)
    assert (verdict.fires, verdict.silent) == (Status.PROVEN, Status.PROVEN)
    assert [rule.expr for rule in verdict.through] == ["sum by (team) (rate(requests_total[5m]))"]


def test_a_label_that_rules_ask_for_again_and_again_comes_from_elsewhere(
    tmp_path: Path, promtool: Program
) -> None:
    alerts = [
        {"alert": "A", "expr": 'job:ratio{region="eu"} > 1'},
        {"alert": "B", "expr": 'job:errors:rate5m{region="eu"} > 1'},
    ]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml_text({"groups": [{"name": "g", "rules": [*RECORDINGS, *alerts]}]}))
    for verdict in prove(proof_subjects(read_existing(read_inputs([file]).files, ()).plan), promtool):
        assert verdict.fires is verdict.silent is Status.PROVEN
        assert any("adds `region`" in one for one in verdict.assumptions)
