"""The verdict of LogQL's parser against Loki's own parser, where there is one.

`TOCSIN_LOGQL_VERDICT` names a program that reads a JSON string a line, each a query, and answers each with
a line `{"ok": …, "error": …, "pipeline": …}`: the verdict of Loki's `ParseExpr`, and what it says when it
builds the stages. Without such a program, the tests are skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.missing import NO_CORPORA

from tocsin.lang.errors import LangError
from tocsin.lang.logql.parser import parse_logql

PROGRAM = os.environ.get("TOCSIN_LOGQL_VERDICT", "")
COUNT = 20_000 if os.environ.get("TOCSIN_THOROUGH") else 1_500
CORPORA = Path(os.environ.get("TOCSIN_CORPORA", Path(__file__).parents[3].parent / "shared" / "corpora"))
TABLE = yaml.safe_load((Path(__file__).parent / "verdicts.yaml").read_text())

pytestmark = pytest.mark.skipif(
    not PROGRAM, reason="no program that asks Loki's parser: TOCSIN_LOGQL_VERDICT names it"
)


def lokis(queries: Any) -> Any:
    """Loki's answer to each query."""
    asked = "".join(f"{json.dumps(query)}\n" for query in queries)
    ran = subprocess.run([PROGRAM], input=asked, capture_output=True, text=True, timeout=600, check=True)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == len(queries)
    return answers


def refusal(query: str) -> Any:
    """What the parser says against the query; None if it takes it."""
    try:
        parse_logql(query)
    except LangError as error:
        return error.reason
    return None


def compare(queries: Any, record_property: Any) -> None:
    """Fail unless both parsers give the same verdict on each query."""
    answers = lokis(queries)
    wrong = [
        f"{query!r}\n  Loki: {answer.get('error', 'fine')}\n  Tocsin: {reason or 'fine'}"
        for query, answer in zip(queries, answers, strict=True)
        if ((reason := refusal(query)) is None) != answer["ok"]
    ]
    sound = sum(answer["ok"] for answer in answers)
    print(f"{len(queries)} queries, {sound} sound for Loki, {len(wrong)} verdicts differ")
    record_property("queries", len(queries))
    assert not wrong, "\n".join(wrong[:10])


def test_the_table_says_what_loki_says() -> None:
    bad = [case["query"] for case in TABLE["bad"]]
    run = [case["query"] for case in TABLE["refused_in_run"]]
    assert [answer.get("error") for answer in lokis(TABLE["good"]) if not answer["ok"]] == []
    assert [query for query, answer in zip(bad, lokis(bad), strict=True) if answer["ok"]] == []
    assert [
        query
        for query, answer in zip(run, lokis(run), strict=True)
        if not answer["ok"] or not answer["pipeline"]
    ] == []


@pytest.mark.parametrize(
    ("seed", "wrong", "kind"), [(1, 0.0, "query"), (2, 0.05, "query"), (3, 0.02, "mutated")]
)
def test_random_queries(seed: int, wrong: float, kind: str, queries: Any, record_property: Any) -> None:
    make = getattr(queries(seed, wrong), kind)
    compare([make() for _ in range(COUNT)], record_property)


def test_the_queries_of_the_wild(record_property: Any) -> None:
    if not CORPORA.is_dir():
        pytest.skip(NO_CORPORA)
    found = set()
    for path in sorted((CORPORA / "loki_rules").rglob("*")):
        if path.is_file():
            groups = yaml.load(path.read_text(), yaml.CSafeLoader)["groups"]
            found |= {rule["expr"] for group in groups for rule in group["rules"]}
    for path in sorted((CORPORA / "logql_queries").rglob("*.json")):
        found |= set(json.loads(path.read_text()))
    compare(sorted(found), record_property)
