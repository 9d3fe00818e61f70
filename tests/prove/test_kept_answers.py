"""What `prove` takes from earlier runs: the same proofs, and nothing where rules or promtool are others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.engines.program import Program
from tocsin.existing.files import read_existing
from tocsin.prove.question import FoundCases, Question, answer_question
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.store.plain_files import PlainProofs, proof_files
from tocsin.result_store import ResultStore
from tocsin.text.yaml import yaml_text
from tocsin.workspace.inputs import read_inputs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tocsin.prove.verdict import Verdict

RECORDING = {"record": "job:bad:rate5m", "expr": "sum by (job) (rate(bad_total[5m]))"}
EXPRESSIONS = {
    "Down": 'up{job="api"} == 0',
    "Slow": "histogram_quantile(0.9, sum by (le) (rate(seconds_bucket[5m]))) > 2",
    "Bad": "job:bad:rate5m > 3",
    "Never": "vector(1) > 2",
}


class Prover:
    """Proves rules again and again, with a promtool that counts how often it tests."""

    def __init__(self, folder: Path, promtool: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.store = ResultStore(folder)
        self.searched: list[str] = []
        self._real = promtool
        monkeypatch.setattr("tocsin.prove.run.answer_question", self._noted)

    def _noted(self, question: Question) -> FoundCases | str:
        self.searched.append(question.expr)
        return answer_question(question)

    def prove(
        self, expressions: dict[str, str], options: Sequence[str] = (), said: str = "own 1"
    ) -> tuple[list[Verdict], int]:
        """The verdicts, and how often promtool was called to test."""
        alerts = [{"alert": name, "expr": text, "for": "5m"} for name, text in expressions.items()]
        file = self.folder / "rules.yaml"
        file.write_text(yaml_text({"groups": [{"name": "g", "rules": [RECORDING, *alerts]}]}))
        script, calls = self.folder / "promtool.sh", self.folder / "calls"
        script.write_text(
            f'#!/bin/sh\nif [ "$1" = --version ]; then echo "{said}"; exit; fi\n'
            f'[ "$1" = test ] && echo >> {calls}\nexec {self._real.path} "$@"\n'
        )
        script.chmod(0o755)
        calls.write_text("")
        self.searched = []
        subjects = proof_subjects(read_existing(read_inputs([file]).files, ()).plan)
        program = Program("promtool", script, tuple(options))
        self._program = program
        return prove(subjects, program, whole=True, store=self.store), len(calls.read_text())

    def write(self, verdicts: Sequence[Verdict]) -> tuple[PlainProofs, int]:
        """The files, and how often promtool was called to test them."""
        calls = self.folder / "calls"
        calls.write_text("")
        return proof_files(verdicts, self._program, self.store), len(calls.read_text())


@pytest.fixture
def prover(tmp_path: Path, promtool: Program, monkeypatch: pytest.MonkeyPatch) -> Prover:
    return Prover(tmp_path, promtool, monkeypatch)


def test_nothing_is_searched_or_tested_again(prover: Prover) -> None:
    first, tested = prover.prove(EXPRESSIONS)
    assert tested > 0
    assert set(EXPRESSIONS.values()) - {EXPRESSIONS["Bad"]} <= set(prover.searched)
    again, tested = prover.prove(EXPRESSIONS)
    assert (prover.searched, tested) == ([], 0)
    assert again == first
    assert [len(one.cases) > 1 for one in again] == [True, True, True, False]


def test_files_are_tested_again_only_where_they_or_their_rules_differ(prover: Prover) -> None:
    found, _ = prover.prove(EXPRESSIONS)
    files, tested = prover.write(found)
    assert tested > 0
    assert prover.write(found) == (files, 0)
    first = found[0]
    rule = replace(first.subject.rule, annotations={"summary": "another text"})
    texts = [replace(first, subject=replace(first.subject, rule=rule)), *found[1:]]
    assert prover.write(texts)[1] == 1


def test_a_changed_rule_is_proven_anew_and_the_others_are_not(prover: Prover) -> None:
    prover.prove(EXPRESSIONS)
    changed = {**EXPRESSIONS, "Down": 'up{job="api"} == 0 or absent(up{job="api"})'}
    found, tested = prover.prove(changed)
    assert (prover.searched, tested) == ([changed["Down"]], 1)
    prover.store = ResultStore(prover.folder / "other")
    assert prover.prove(changed)[0] == found


@pytest.mark.parametrize(
    ("options", "said"), [(("--enable-feature=promql-experimental-functions",), "own 1"), ((), "own 2")]
)
def test_another_promtool_is_asked_itself(prover: Prover, options: tuple[str, ...], said: str) -> None:
    first, _ = prover.prove(EXPRESSIONS)
    again, tested = prover.prove(EXPRESSIONS, options, said)
    assert tested > 0
    assert prover.searched == []
    assert again == first
