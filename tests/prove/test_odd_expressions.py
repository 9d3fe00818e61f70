"""No expression, however odd, crashes the search or keeps it busy for long."""

from __future__ import annotations

import os
import random

import pytest

from tocsin.lang.errors import LangError
from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.cases.simulate import AlertTiming
from tocsin.prove.question import Question, answer_question, find_witnesses
from tocsin.prove.witness.find import Answer, find_witness

COUNT = 60 * (20 if os.environ.get("TOCSIN_THOROUGH") else 1)
PIECES = (
    *("x", "y{a='1'}", "z{a!~'.*'}", "{__name__=~'.+'}", "1", "0", "NaN", "Inf", "-1", "time()", "hour()"),
    *("vector(1)", "x[5m]", "y[1h:1m]", "x[1d]", "absent(x)", "rate(x[5m])", "increase(y[30d])", "sum(x)"),
    *("count(x)", "topk(3,x)", "scalar(x)", "histogram_quantile(0.9,x)", "x@0", "x@end()", "limitk(1,x)"),
    *("label_replace(x,'b','$1','a','(.*)')", "max_over_time(x[1h:])", "predict_linear(x[1h],60)"),
    *("count_values('v',x)", "x[5m:1ms]", "quantile(2,x)", "info(x)"),
)
JOINTS = (
    *("+", "-", "*", "/", "%", "^", "atan2", ">", "<", "==", "!=", ">=", "and", "or", "unless"),
    *("/ on (a)", "* ignoring (b) group_left (c)", "> bool"),
)


def _random(draw: random.Random) -> str:
    text = draw.choice(PIECES)
    for _ in range(draw.randrange(4)):
        text = f"({text}) {draw.choice(JOINTS)} ({draw.choice(PIECES)})"
    return text


def test_random_expressions_come_to_an_end() -> None:
    draw = random.Random(3)
    read = 0
    for _ in range(COUNT * 4):
        try:
            tree = parse_promql(_random(draw))
        except LangError:
            continue
        read += 1
        find_witness(tree, draw.choice((0, 300)), budget=40)
        if read == COUNT:
            break
    assert read == COUNT


@pytest.mark.parametrize(
    "text",
    [
        "(" * 200 + "x" + ")" * 200 + " > 1",
        " + ".join(["x"] * 200) + " > 1",
        " or ".join(f"m{n} > {n}" for n in range(60)),
        "count(x) > 100000000",
        "max_over_time(rate(x[1m])[400d:1s]) > 1",
        'x{a=~"' + "(a|b)" * 40 + '"} > 1',
        'x{a=~"a{1,1000}"} > 1',
        "x > 1e308 * 10",
        "x offset 100y > 1",
        "rate(x[5m] offset 1y) > 1",
        '{"ключ", "a.b"="é"} > NaN',
    ],
)
def test_huge_expressions_are_answered(text: str) -> None:
    found = answer_question(Question(text, AlertTiming(0, 0), whole=True))
    assert found is not None


@pytest.mark.parametrize("text", ["x > 1", "rate(x_total[5m]) > 1", "sum(x) > 1e18"])
def test_what_would_have_to_last_for_centuries_says_that_the_search_was_limited(text: str) -> None:
    found = find_witnesses(text, 292 * 365 * 86_400)
    assert isinstance(found, Answer)
    assert found.fires is None
    assert found.limited
