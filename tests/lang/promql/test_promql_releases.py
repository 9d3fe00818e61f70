"""What a release refuses, against the promtool of that release."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
import yaml

from tocsin.lang.errors import LangError
from tocsin.lang.promql.functions import AGGREGATIONS, FUNCTIONS
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.releases import FEATURES, refused
from tocsin.lang.promql.types import SIGNATURES, Type

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tocsin.engines.program import Program

EXPERIMENTAL = frozenset({"promql-experimental-functions"})
EVERYTHING = frozenset(FEATURES)
QUERIES = [
    *("a </ 1", "a >/ b", "x > 5m", "5m", "x > 1_000", "x > 0x1d", "x > 1e5", "x > 1h30m"),
    *(
        "rate(x[300])",
        "rate(x[5m*2])",
        "rate(x[-5m+10m])",
        "rate(x[(5m)])",
        "rate(x[5m:30])",
        "rate(x[5m:(1m)])",
    ),
    *("x offset 5", "x offset -5", "x offset -5m", "x offset (5m)", "x offset -(5)", "x offset step()"),
    *("max_over_time(x[1h:5m] offset 5)", "x @ 5", "x @ 5m", "x @ -5", "x @ start()", "x @ 1_0"),
    *("rate(x[step()])", "rate(x[range()+1m])", "rate(x[min(1m,2m)])", "rate(x[max_of(1m,2m)])"),
    *("rate(x[5m] anchored)", "x smoothed", "a + fill(0) b", "a + on (c) group_left () fill_left(1) b"),
    *('sum by ("a.b") (x)', 'a + on ("b") c', 'a + on (b) group_left ("c") c', '{"a.b"}', '{"a.b"="c"}'),
    *(
        "x[5m:]",
        "count_values('a', x)",
        "min_of(1, 2) > x",
        "sum(max(x)) > max_of(1, 2)",
        "start_timestamp(x)",
    ),
    *(
        "x == start()",
        "x == end() - range() + step()",
        "x{a='5m', b='</'} + step",
        "sum(x) by (fill, anchored)",
    ),
    *(
        "topk(scalar(x), y)",
        "limitk(1, x)",
        "limit_ratio(0.5, x)",
        "limitk",
        "sum(limitk)",
        "info",
        "smoothed",
    ),
]
PARTS = [
    *(
        "x",
        "y{a='5m'}",
        "rate(x[5m])",
        "rate(y[300])",
        "max_over_time(x[5m*2:1m])",
        "(a + b)",
        "5",
        "5m",
        "1_0",
    ),
    *("mad_over_time(x[5m])", "holt_winters(x[5m],0.1,0.2)", "limitk(2, x)", "info(x)", "vector(time())"),
    *(
        "x offset 5",
        "y offset (1m)",
        "first_over_time(x[5m])",
        "sum by (a) (x)",
        'avg without ("b") (y)',
        "-y",
    ),
]
OPERATORS = ["+", ">", "/ on (a)", "* on (a) group_left ()", "</", ">/", "and", "- fill(0)", "or", "== bool"]


def _calls() -> list[str]:
    """A call of each function and of each aggregation."""
    written = {Type.VECTOR: "x", Type.RANGE: "x[5m]", Type.SCALAR: "0.5", Type.STRING: "'a'"}
    found = []
    for name in sorted(FUNCTIONS):
        signature = SIGNATURES.get(name)
        types = [Type.VECTOR] if signature is None else list(signature.arguments[: signature.least])
        found.append(f"{name}({', '.join(written[one] for one in types)})")
    for name in sorted(AGGREGATIONS):
        first = {"count_values": "'a', "}.get(name, "0.5, " if name in ("quantile", "limit_ratio") else "2, ")
        takes_two = name in ("quantile", "limit_ratio", "limitk", "topk", "bottomk", "count_values")
        found.append(f"{name}({first if takes_two else ''}x)")
    return found


def _random_queries(count: int) -> list[str]:
    chance = random.Random(5)
    found: list[str] = []
    while len(found) < count:
        text = chance.choice(PARTS)
        for _ in range(chance.randrange(4)):
            text += f" {chance.choice(OPERATORS)} {chance.choice(PARTS)}"
        try:
            parse_promql(text)
        except LangError:
            continue
        found.append(text)
    return found


def _refused_by(promtool: Program, texts: Sequence[str], folder: Path, features: frozenset[str]) -> set[int]:
    """The numbers of the queries that promtool refuses."""
    rules = [{"record": f"r{number}", "expr": text} for number, text in enumerate(texts)]
    path = folder / "rules.yaml"
    document = {"groups": [{"name": "g", "rules": rules}]}
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, width=10**9), encoding="utf-8")
    enabled = [f"--enable-feature={','.join(sorted(features))}"] if features else []
    # The old promtool reads the flag behind the command only.
    finished = promtool.run(["check", "rules", *enabled, "--lint=none", str(path)], timeout=120)
    return {
        int(line.partition(', "r')[2].partition('": ')[0])
        for line in (finished.stdout + finished.stderr).splitlines()
        if ', "r' in line and '": ' in line
    }


@pytest.mark.parametrize(
    ("version", "features"),
    [("2.53", frozenset()), ("3.5", frozenset()), ("3.5", EXPERIMENTAL)],
    ids=["2.53", "3.5", "3.5 with experimental functions"],
)
def test_a_release_refuses_exactly_what_its_promtool_refuses(
    version: str,
    features: frozenset[str],
    promtool: Program,
    promtool_old: Program,
    tmp_path: Path,
) -> None:
    texts = [*QUERIES, *_calls(), *_random_queries(2_000)]
    for text in texts:
        parse_promql(text)
    program = promtool_old if version == "2.53" else promtool
    expected = _refused_by(program, texts, tmp_path, features)
    assert 100 < len(expected) < len(texts) - 100
    own = {number for number, text in enumerate(texts) if refused(text, version, features)}
    assert {texts[number] for number in own ^ expected} == set()


def test_a_current_release_with_everything_enabled_takes_all_but_what_is_gone() -> None:
    for text in (*QUERIES, *_calls()):
        whys = {use.why for use in refused(text, "3.99", EVERYTHING)}
        assert whys == ({"gone"} if "holt_winters" in text or "[min(" in text else set()), text


@pytest.mark.parametrize("text", [*QUERIES, *_calls(), *_random_queries(300)])
def test_the_place_of_what_is_refused_lies_in_the_query(text: str) -> None:
    for use in refused(text, "2.53", frozenset()):
        assert 0 <= use.span[0] < use.span[1] <= len(text)
        assert text[slice(*use.span)].strip() == text[slice(*use.span)]
