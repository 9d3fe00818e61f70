"""The whole suite of an alert: every case is as promtool finds it, and notices mistakes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.prove.mutation.score import mutation_scores
from tocsin.prove.promtool.try_handwritten import OwnTests
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.store.plain_files import proof_files

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan
    from tocsin.prove.verdict import Verdict

EXPRESSIONS = [
    'rate(errors_total{env="prod"}[5m]) > 5',
    "sum by (job) (rate(errors_total[5m])) / sum by (job) (rate(requests_total[5m])) > 0.05",
    "histogram_quantile(0.9, sum by (le) (rate(seconds_bucket[5m]))) >= 2",
    'max by (job) (queue{kind!~"test.*"}) > 100 and on (job) up == 1',
    "avg_over_time(x[30m]) < 3",
    "absent(up{job='api'})",
    "time() - last_success_timestamp_seconds > 7200",
]


def _verdicts(plan: Plan, promtool: Program, texts: list[str]) -> list[Verdict]:
    subject = next(one for one in proof_subjects(plan) if one.group.engine == "prometheus")
    changed = [
        replace(subject, rule=replace(subject.rule, expr=text, annotations={"summary": "{{ $value }}"}))
        for text in texts
    ]
    return prove(changed, promtool, whole=True)


@pytest.fixture(scope="module")
def verdicts(shop_plan: Plan, promtool: Program) -> list[Verdict]:
    return _verdicts(shop_plan, promtool, EXPRESSIONS)


def test_promtool_finds_every_case_as_it_was_foretold(verdicts: list[Verdict]) -> None:
    assert [(v.subject.rule.expr, v.refused) for v in verdicts if v.refused] == []
    for verdict in verdicts:
        names = [case.name for case in verdict.cases]
        assert {"fires", "silent", "story", "no data"} <= set(names), verdict.subject.rule.expr
    first = [case.name for case in verdicts[0].cases]
    assert {"just inside", "just outside", "at the threshold", "decoy 1: env"} <= set(first)


def test_a_story_waits_for_the_time_that_it_has_to_last(verdicts: list[Verdict]) -> None:
    verdict = verdicts[0]
    story = next(case for case in verdict.cases if case.name == "story")
    firing = [moment.firing for moment in story.moments]
    assert firing[0] is False
    assert firing[-1] is False
    first = firing.index(True)
    before, at = story.moments[first - 1].at, story.moments[first].at
    # Prometheus 2 sees one more sample in a range, so that a step lies between what holds for both.
    assert at - before <= 2 * story.step


def test_the_files_pass_without_tocsin(verdicts: list[Verdict], promtool: Program, tmp_path: Path) -> None:
    files = {file.path: file.content for file in proof_files(verdicts, promtool).files}
    assert files == {file.path: file.content for file in proof_files(verdicts, promtool).files}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    tests = sorted(str(tmp_path / path) for path in files if path.endswith(".test.yaml"))
    done = promtool.run(["test", "rules", *tests])
    assert done.returncode == 0, done.stderr
    text = next(content.decode() for path, content in files.items() if path.endswith(".test.yaml"))
    assert "\n  # Healthy, then broken, firing only once it has lasted " in text


def test_what_does_not_hold_in_a_test_of_its_own_is_not_written(
    verdicts: list[Verdict], promtool: Program
) -> None:
    verdict = verdicts[0]
    fires = next(case for case in verdict.cases if case.name == "fires")
    wrong = replace(fires, name="wrong", moments=(replace(fires.moments[0], expected=()),))
    made = proof_files([replace(verdict, cases=(*verdict.cases, wrong))], promtool)
    assert len(made.refused) == 1
    assert made.refused[0].startswith(f"{fires.alert}: wrong: ")
    assert made.files == proof_files([verdict], promtool).files


def test_most_mistakes_in_a_rule_are_noticed(verdicts: list[Verdict], promtool: Program) -> None:
    score = mutation_scores(verdicts[:1], promtool)[0]
    assert [mutant.what for mutant in score.survivors] == []
    assert any(mutant.what == "> → >=" for mutant in score.killed)
    assert any(mutant.what.startswith("without env") for mutant in score.killed)


def test_a_test_that_says_little_notices_little(verdicts: list[Verdict], promtool: Program) -> None:
    poor = replace(verdicts[0], cases=tuple(c for c in verdicts[0].cases if c.name == "silent"))
    score = mutation_scores([poor], promtool)[0]
    assert score.share < 0.5
    assert "> → >=" in [mutant.what for mutant in score.survivors]


def test_a_matcher_that_a_join_repeats_may_go(shop_plan: Plan, promtool: Program) -> None:
    found = _verdicts(shop_plan, promtool, ['errors{env="prod"} / requests{env="prod"} > 0.1'])
    score = mutation_scores(found, promtool)[0]
    assert sum(mutant.what.startswith("without env") for mutant in score.equivalent) == 2


DISTURBED = [
    ("(sum(up) or vector(0)) < 2", "gap while healthy", "a gap of 11m in healthy data makes it fire"),
    ("delta(x_total[10m]) < 0", "counter reset while healthy", "a counter reset makes it fire"),
    ("x_total > 50", "counter reset while firing", None),
    ("absent(up{job='api'})", "gap while healthy", None),
    ("rate(x_total[5m]) > 5", "counter reset while healthy", None),
    ("up == 0", "gap while firing", None),
    ("rate(x_total[5m]) > 5", "gap while firing", None),
    ("a > 3 and on (instance) b > 2", "broken without b", None),
    ("time() - last_success_timestamp_seconds > 7200", "gap while firing", None),
]


@pytest.fixture(scope="module")
def disturbed(shop_plan: Plan, promtool: Program) -> list[Verdict]:
    return _verdicts(shop_plan, promtool, list(dict.fromkeys(text for text, _, _ in DISTURBED)))


@pytest.mark.parametrize(("text", "name", "finding"), DISTURBED)
def test_what_an_alert_does_with_disturbed_data_is_shown(
    disturbed: list[Verdict], text: str, name: str, finding: str | None
) -> None:
    verdict = next(one for one in disturbed if one.subject.rule.expr == text)
    assert verdict.refused == ()
    case = next(case for case in verdict.cases if case.name == name)
    if finding is None:
        assert case.finding is None
    else:
        assert finding in (case.finding or "")


def test_hand_written_tests_notice_mistakes_as_well(verdicts: list[Verdict], promtool: Program) -> None:
    rule = verdicts[0].subject.rule
    labels = {"alertname": rule.alert, "alertstate": "firing", "severity": rule.severity}
    inner = ", ".join(f'{name}="{value}"' for name, value in labels.items())
    entry = {
        "name": "a hand-written one",
        "interval": "1m",
        "input_series": [{"series": 'errors_total{env="prod"}', "values": "0+600x60"}],
        "promql_expr_test": [
            {
                "expr": f"count(ALERTS{{{inner}}})",
                "eval_time": "50m",
                "exp_samples": [{"labels": "{}", "value": 1}],
            }
        ],
    }
    silent = replace(verdicts[0], cases=tuple(c for c in verdicts[0].cases if c.name == "silent"))
    alone = mutation_scores([silent], promtool)[0]
    own = {(rule.alert, rule.severity, ""): OwnTests((entry,), "1m", ())}
    both = mutation_scores([silent], promtool, own=own)[0]
    assert alone.by_tests is None
    assert both.by_tests is not None
    assert both.by_proofs == alone.by_proofs
    assert len(both.survivors) < len(alone.survivors)
    assert any(mutant.what == "> → <" for mutant in both.killed)
    assert "another severity" in [mutant.what for mutant in both.killed]


def test_a_matcher_on_both_sides_of_a_ratio_cannot_be_dropped(shop_plan: Plan, promtool: Program) -> None:
    text = (
        'sum by (shop) (rate(errors_total{job=~"api.*"}[5m]))'
        ' / sum by (shop) (rate(calls_total{job=~"api.*"}[5m])) > 0.05'
    )
    verdict = _verdicts(shop_plan, promtool, [text])[0]
    assert verdict.refused == ()
    score = mutation_scores([verdict], promtool)[0]
    noticed = [mutant.what for mutant in score.killed]
    assert noticed.count('without job=~"api.*"') == 2
    assert noticed.count("sum → avg") == 2


def test_buckets_may_be_averaged_instead_of_summed(verdicts: list[Verdict], promtool: Program) -> None:
    score = mutation_scores(
        [one for one in verdicts if "histogram_quantile" in one.subject.rule.expr], promtool
    )[0]
    assert "sum → avg" in [mutant.what for mutant in score.equivalent]
