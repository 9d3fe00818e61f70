"""Proofs of log alerts: what a Loki confirmed is proven, and nothing else."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.engines.loki import own_loki
from tocsin.engines.program import EngineError, find_program
from tocsin.lang.logql.parser import parse_logql
from tocsin.plan.model import Engine
from tocsin.prove.logs.evaluate import LogEvaluator
from tocsin.prove.logs.model import LogLine, LogStream
from tocsin.prove.logs.verdicts import NO_LOKI, log_verdicts
from tocsin.prove.run import proof_subjects
from tocsin.prove.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tocsin.plan.model import Plan
    from tocsin.prove.verdict import Subject

ERRORS = 'sum by (host) (count_over_time({app="a"} |~ "(?i)failed.*login" | json | code >= 500 [5m])) > 5'
NEVER = 'sum(count_over_time({app="a"}[5m])) < 1'
RATIO = 'sum(rate({app="a"} | logfmt | level="error" [5m])) / sum(rate({app="a"}[5m])) > 0.1'


class OurOwn:
    """Stands for a Loki: our own reading of LogQL answers; `wrong` tells the opposite."""

    def __init__(self, *, wrong: bool = False, fails: bool = False) -> None:
        self.wrong = wrong
        self.fails = fails
        self.streams: dict[str, list[LogStream]] = {}

    def push(self, tenant: str, labels: Mapping[str, str], lines: Sequence[tuple[int, str]]) -> None:
        found = tuple(LogLine(at / 1e9, text) for at, text in lines)
        self.streams.setdefault(tenant, []).append(LogStream(tuple(labels.items()), found))

    def query(self, tenant: str, expression: str, at: int) -> list[object]:
        if self.fails:
            raise EngineError("pipeline error")
        found = LogEvaluator(parse_logql(expression), self.streams.get(tenant, ())).at(at / 1e9)
        return [found] if bool(found) != self.wrong else []

    @contextmanager
    def start(self) -> Iterator[OurOwn]:
        yield self


@pytest.fixture
def subject(shop_plan: Plan) -> Subject:
    """A log alert."""
    return next(one for one in proof_subjects(shop_plan) if one.group.engine is Engine.LOKI)


def with_query(subject: Subject, expr: str) -> Subject:
    return replace(subject, rule=replace(subject.rule, expr=expr, for_="2m"))


@pytest.mark.parametrize("expr", [ERRORS, RATIO, 'absent_over_time({app="a"}[5m])'])
def test_what_loki_confirms_is_proven(subject: Subject, expr: str) -> None:
    loki = OurOwn()
    (verdict,) = log_verdicts([with_query(subject, expr)], loki.start)
    assert (verdict.fires, verdict.silent) == (Status.PROVEN, Status.PROVEN)
    assert verdict.reasons == ()


def test_the_proof_says_which_lines_it_rests_on(subject: Subject) -> None:
    (verdict,) = log_verdicts([with_query(subject, ERRORS)], OurOwn().start)
    line = '{"code": 500, "msg": "failed login"}'
    assert verdict.assumptions == (f'a stream {{app="a", host="a"}} says `{line}`',)


def test_what_loki_denies_is_not_proven(subject: Subject) -> None:
    (verdict,) = log_verdicts([with_query(subject, ERRORS)], OurOwn(wrong=True).start)
    assert (verdict.fires, verdict.silent) == (Status.UNPROVEN, Status.UNPROVEN)
    assert [reason.split(" after ")[0] for reason in verdict.reasons] == [
        "Loki returns nothing",
        "Loki returns something",
    ]


def test_what_loki_refuses_to_answer_is_not_proven(subject: Subject) -> None:
    (verdict,) = log_verdicts([with_query(subject, ERRORS)], OurOwn(fails=True).start)
    assert verdict.fires is Status.UNPROVEN
    assert verdict.reasons == ("Loki refuses: pipeline error",)


def test_without_a_loki_nothing_is_proven_but_what_is_impossible_is_told(subject: Subject) -> None:
    verdicts = log_verdicts([with_query(subject, ERRORS), with_query(subject, NEVER)], None)
    assert [verdict.fires for verdict in verdicts] == [Status.UNPROVEN, Status.IMPOSSIBLE]
    assert verdicts[0].reasons == (NO_LOKI,)
    assert "can never be true" in verdicts[1].reasons[0]


def test_an_alert_that_is_not_read_says_why(subject: Subject) -> None:
    (verdict,) = log_verdicts(
        [with_query(subject, 'rate_counter({app="a"} | json | unwrap n [5m]) > 0')], OurOwn().start
    )
    assert verdict.fires is Status.UNPROVEN
    assert verdict.reasons == ("`rate_counter` is not followed",)


def needs_loki() -> None:
    if find_program("loki") is None:
        pytest.skip("no loki: put it on PATH, or TOCSIN_LOKI names it")


def test_a_real_loki_confirms_proofs(subject: Subject, tmp_path: Path) -> None:
    needs_loki()
    expressions = [ERRORS, RATIO, 'absent_over_time({app="a"} |= "alive" [1h])', 'rate({app="a"}[6h]) > 0']
    with own_loki(tmp_path) as loki:

        @contextmanager
        def start() -> Iterator[Any]:
            yield loki

        verdicts = log_verdicts([with_query(subject, expr) for expr in expressions], start)
    assert [(verdict.fires, verdict.silent, verdict.reasons) for verdict in verdicts] == [
        (Status.PROVEN, Status.PROVEN, ())
    ] * len(expressions)


def test_the_command_says_what_cannot_be_judged(tmp_path: Path, promtool: object) -> None:  # noqa: ARG001
    rules = tmp_path / "loki" / "rules.yml"
    rules.parent.mkdir()
    rule = {"alert": "Errors", "expr": RATIO, "for": "1m", "labels": {"severity": "critical"}}
    rules.write_text(json.dumps({"groups": [{"name": "logs", "rules": [rule]}]}))
    env = {"PATH": "/nowhere", "TOCSIN_PROMTOOL": "/bin/true", "TOCSIN_LOKI": None}
    result = CliRunner().invoke(main, ["prove", str(rules), "--format", "json"], env=env)
    (row,) = json.loads(result.stdout)
    assert (result.exit_code, row["fires"], row["silent"]) == (2, "unproven", "unproven")
    assert row["reason"] == NO_LOKI
