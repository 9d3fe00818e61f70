from __future__ import annotations

import contextlib
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.missing import NO_CORPORA

from tocsin.lang.errors import LangError
from tocsin.lang.flow.model import Presence
from tocsin.lang.promql.ast import Binary
from tocsin.lang.promql.flow import RecordedExpression, Recordings, promql_flow, promql_flows
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.tokens import split_words

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPORA = Path(os.environ.get("TOCSIN_CORPORA") or Path(__file__).parents[3].parent / "shared" / "corpora")
WORDS = sorted(
    split_words(
        """
        x y{a='1'} 1 0 sum( count( abs( absent( topk(1, ) ( by (a) > == bool and or unless on / + - [5m]
        rate(x[5m]) label_replace(x,'a','$1','b','(.*)') vector(1) group_left ignoring sum(x)by(a)
        """
    )
)


@pytest.mark.parametrize(
    ("text", "guaranteed", "possible"),
    [
        ("sum by (a, b) (x)", "", "ab"),
        ('sum by (a, b) (x{a="1", b=~".+"})', "ab", ""),
        ("sum(x)", "", ""),
        ("sum(x) by (a) > 5", "", "a"),
        ("histogram_quantile(0.9, sum by (a, le) (rate(x[5m])))", "", "a"),
        ("a + on (b) c", "", "b"),
        ('a{b!=""} == on (b) c', "b", ""),
        ("sum by (a) (x) / on (a) group_left (b) sum by (a, b) (y)", "", "ab"),
        ("sum by (a) (x) / on (a) group_left (b) sum by (a) (y)", "", "a"),
        ("sum by (a, b) (x) / ignoring (b) sum by (a) (y)", "", "a"),
        ("x / sum by (a) (y)", "", "a"),
        ("sum by (a) (x) and y", "", "a"),
        ("sum by (a) (sum by (b) (x))", "", ""),
        ("sum by (a) (sum without (a) (x))", "", ""),
        ("topk(3, sum by (a) (x))", "", "a"),
        ('absent(x{a="b", c!="d", e=~"f"})', "a", ""),
        ('absent(x{a="b", a="c", d=""})', "", ""),
        ('absent_over_time(x{a="b"}[5m])', "a", ""),
        ("absent(sum(x))", "", ""),
        ('count_values by (a) ("b", x)', "b", "a"),
        ('count_values without (b) ("b", sum(x))', "", ""),
        ('label_replace(sum by (a) (x), "b", "$1", "a", "(.*)")', "", "ab"),
        ('label_replace(sum by (a) (x{a=~"1|2"}), "b", "n$1", "a", "(.)")', "ab", ""),
        ('label_replace(sum by (a) (x{a="1"}), "a", "", "", "")', "", ""),
        ('label_join(sum by (a) (x), "c", "-", "a", "b")', "c", "a"),
        ("1 - sum by (a) (x)", "", "a"),
        ("vector(1)", "", ""),
        ("time() > bool 5", "", ""),
        ("day_of_week()", "", ""),
        ("max_over_time(sum by (a) (x)[1h:])", "", "a"),
        ("sum by (a) (x) or sum by (a) (y)", "", "a"),
        ('sum by (a) (x{a="1"}) or sum by (b) (y{b="1"})', "", "ab"),
    ],
)
def test_labels_of_a_closed_result(text: str, guaranteed: str, possible: str) -> None:
    flow = promql_flow(text)
    assert not flow.is_open
    assert (flow.guaranteed, flow.possible) == (tuple(guaranteed), tuple(possible))


@pytest.mark.parametrize(
    ("text", "guaranteed", "impossible"),
    [
        ('{a="b", c=~"d.+", e="", f!="g", __name__="x"}', "ac", "e"),
        ('rate(x{a="b"}[5m]) > 1', "a", ""),
        ('sum without (a, c) (x{a="b", d="e"})', "d", "ac"),
        ("a / ignoring (b) c", "", "b"),
        ('x{a="b"} or y{a="b", c="d"}', "a", ""),
        ('label_replace(x{a="1", b="2"}, "a", "", "", "")', "b", "a"),
        ('label_replace(sum without (a) (x), "a", "$1", "b", "(.*)")', "", ""),
        ("a * on (i) group_left (n) b", "", ""),
        ('a * on (i) group_left (n) b{n="1"}', "n", ""),
        ('a{n="2"} * on (i) group_left (n) sum by (i) (b)', "", "n"),
        ("info(sum by (a) (x))", "", ""),
        (r'rate(x{a="b", c=~`\d`}[5m * 2])', "ac", ""),
        ('x{a="b"} and on (c) y{c="d"}', "ac", ""),
    ],
)
def test_labels_of_an_open_result(text: str, guaranteed: str, impossible: str) -> None:
    flow = promql_flow(text)
    assert flow.is_open
    assert flow.guaranteed == tuple(guaranteed)
    gone = {name for name, fact in flow.labels.items() if fact.is_impossible} - {"__name__"}
    assert gone == set(impossible)


@pytest.mark.parametrize(
    ("text", "presence"),
    [
        ("x", Presence.GUARANTEED),
        ("x > 1", Presence.GUARANTEED),
        ("topk(1, x) or x and y unless z", Presence.GUARANTEED),
        ("last_over_time(x[5m])", Presence.GUARANTEED),
        ("sort(x)", Presence.GUARANTEED),
        ("x + 1", Presence.IMPOSSIBLE),
        ("-x", Presence.IMPOSSIBLE),
        ("x > bool 1", Presence.IMPOSSIBLE),
        ("rate(x[5m])", Presence.IMPOSSIBLE),
        ("sum(x)", Presence.IMPOSSIBLE),
        ("sum by (__name__) (x)", Presence.GUARANTEED),
        ("a * on (b) group_left (__name__) x", Presence.GUARANTEED),
    ],
)
def test_what_becomes_of_the_name(text: str, presence: Any) -> None:
    assert promql_flow(text).label("__name__").presence is presence


@pytest.mark.parametrize(
    ("text", "label", "values"),
    [
        ('x{a=~"1|2", a!="2"}', "a", {"1"}),
        ('sum by (a) (x{a=~"[12]"}) / on (a) y{a!="1"}', "a", {"2"}),
        ('x{a="1"} or y{a="2"}', "a", {"1", "2"}),
        ('label_replace(x{a=~"h1:9|h2:9"}, "b", "$1", "a", "(.*):.*")', "b", {"h1", "h2"}),
        ('label_join(x{a="1", b="2"}, "c", "-", "a", "b")', "c", {"1-2"}),
        ('count_values("v", x == 3)', "v", {"3"}),
        ("x", "a", None),
    ],
)
def test_the_values_of_a_label(text: str, label: str, values: Any) -> None:
    assert promql_flow(text).label(label).values == values


@pytest.mark.parametrize(
    ("text", "label", "reason", "marked"),
    [
        ("sum(x) > 1", "a", "`sum` without `by` removes every label", "sum"),
        ("sum by (b) (x)", "a", "`sum by` keeps only `b`", "by (b)"),
        ("max(x) without (a, b)", "a", "`max without` removes `a`, `b`", "without (a, b)"),
        ("x / on (b) y", "a", "`on` keeps only `b`", "on (b)"),
        ("x / sum by (b) (y)", "a", "`sum by` keeps only `b`", "by (b)"),
        ('x{a=""}', "a", '`a=""` asks for series without it', 'a=""'),
        ('x{a="1"}', "a", '`a="1"` asks for it', 'a="1"'),
        ("x", "a", "the series of `x` may carry it", "x"),
        ("absent(x)", "a", "`absent` has only the labels of `=` matchers", "absent"),
        ("absent(x > 1)", "a", "`absent` of an expression has no labels", "absent"),
        ('label_replace(x, "a", "b", "", "")', "a", "`label_replace` sets `a`", "label_replace"),
        (
            "x * on (b) group_left (a) y",
            "a",
            "`group_left` takes it from the right side",
            "on (b) group_left (a)",
        ),
        ("vector(1)", "a", "`vector` has no labels", "vector"),
    ],
)
def test_who_decided_about_a_label(text: str, label: str, reason: str, marked: str) -> None:
    why = promql_flow(text).label(label).why
    assert why.reason == reason
    assert text[slice(*why.span)] == marked


@pytest.mark.parametrize(
    ("text", "described", "integral"),
    [
        ("up == 0", "always 0", True),
        ("x > 5", "more than 5", False),
        ("5 > x", "less than 5", False),
        ("x > 0 < 1", "between 0 and 1", False),
        ("x >= 2 and y", "at least 2", False),
        ("count by (a) (x)", "at least 1", True),
        ("sum(x > bool 1)", "at least 0", True),
        ("avg(x > bool 1)", "between 0 and 1", False),
        ("group(x)", "always 1", True),
        ("absent(x)", "always 1", True),
        ("vector(3)", "always 3", True),
        ("time() - x", "any number", False),
        ("clamp(x, 0, 100)", "between 0 and 100", False),
        ("clamp_min(x, 1)", "at least 1", False),
        ("changes(x[5m])", "at least 0", True),
        ("rate(x[5m])", "any number", False),
        ("100 * (1 - clamp(x, 0, 1))", "between 0 and 100", False),
        ("abs(x)", "at least 0", False),
        ("floor(x)", "any number", True),
        ("hour() > bool 8", "between 0 and 1", True),
        ("count(up == 1) / count(up)", "between 0 and 1", False),
        ('count(up{a="b"}) / count(up)', "between 0 and 1", False),
        ("max_over_time((x > bool 1)[1h:])", "between 0 and 1", True),
        ("x == 1 or y == 3", "between 1 and 3", True),
        ("stddev(x)", "at least 0", False),
        ("quantile(0.5, x > 3)", "more than 3", False),
    ],
)
def test_the_range_of_the_value(text: str, described: str, integral: bool) -> None:
    value = promql_flow(text).value
    assert value.described() == described
    assert value.integral == integral


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("rate(x[5m])", "at least 0"),
        ("delta(x[5m])", "any number"),
        ('sum(rate(r_total{c=~"5.."}[5m])) / sum(rate(r_total[5m]))', "between 0 and 1"),
        ('sum by (a) (rate(r_total{c="5"}[5m])) / sum by (a) (rate(r_total[5m]))', "between 0 and 1"),
        (
            "sum by (a, c) (rate(r_total[5m])) / on (a) group_left sum by (a) (rate(r_total[5m]))",
            "between 0 and 1",
        ),
        ('sum by (a) (rate(r_total{c="5"}[5m])) / sum by (a) (rate(r_total[1m]))', "at least 0"),
        ('sum(rate(r_total{c="5"}[5m])) / sum(rate(r_total{d="1"}[5m]))', "at least 0"),
        ("sum(rate(q_total[5m])) / sum(rate(r_total[5m]))", "at least 0"),
        ("hits_total / (hits_total + misses_total)", "between 0 and 1"),
        ("100 - hits_total / (hits_total + misses_total) * 100", "between 0 and 100"),
        ("up", "between 0 and 1"),
        ("x_info", "always 1"),
        ("histogram_quantile(0.9, rate(x_seconds_bucket[5m]))", "at least 0"),
        ("3 / rate(x_total[5m])", "at least 0"),
        ("3 / (0 * x)", "any number"),
    ],
)
def test_the_range_that_names_promise(text: str, described: str) -> None:
    assert promql_flow(text, conventions=True).value.described() == described


@pytest.mark.parametrize(
    ("text", "reason", "marked"),
    [
        ("sum(x == 0) > 0", "the comparison `>` can never be true", ">"),
        ("count(x) == 0", "the comparison `==` can never be true", "=="),
        ("a / ignoring (l) b > 80 and b{l='1'} > 0", "only the right side has `l`", "and"),
        ('sum by (i, s) (x{s="1"}) / sum by (i) (x)', "only the left side has `s`", "/"),
        (
            'x{a="1"} + y{a="2"}',
            "the two sides never agree in `a`: it is `1` on the left, `2` on the right",
            "+",
        ),
        ('sum(x) * on (a) group_right () y{a="1"}', "only the right side has `a`", "on (a) group_right ()"),
        ('x{a="1"} and on (a) y{a=~"2|3"}', "the two sides never agree in `a`", "and"),
        ('x{a!~".*"}', "no series can satisfy", 'a!~".*"'),
        ('sum(rate(x{a="1", a="2"}[5m])) > 5', "no series can satisfy", 'a="2"'),
        ("topk(0, x)", "chooses nothing", "0"),
        ("clamp(x, 5, 1) > 0", "`clamp` gives nothing", "clamp(x, 5, 1)"),
        ("x unless on () vector(1)", "`unless` takes everything away", "unless"),
        ("absent(vector(1))", "always exists", "absent"),
        ('label_replace(x, "a", "$1", "b", "(")', "`(` is not a valid regular expression", "label_replace"),
        ('label_join(x, "", "-", "a")', "has no name", "label_join"),
        ("x > 5 < 5", "can never be true", "<"),
        ("timestamp(x > 5) < time() - 3600", "the left one 3600 s later", "<"),
        ("time() - timestamp(x > 5) > 0", "the left side is always 0", ">"),
        ("timestamp(abs(x)) > time()", "both sides are the evaluation time", ">"),
    ],
)
def test_what_never_returns_anything(text: str, reason: str, marked: str) -> None:
    empty = promql_flow(text).empty
    assert empty is not None
    assert reason in empty.reason
    assert text[slice(*empty.span)] == marked


def test_a_quantile_without_buckets_is_empty_by_the_name_of_its_metric() -> None:
    text = "histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m])))"
    assert promql_flow(text).empty is None
    empty = promql_flow(text, conventions=True).empty
    assert empty is not None
    assert empty.sentence == (
        "`histogram_quantile` needs the label `le`, which is gone: `sum by` keeps only `job`"
    )


@pytest.mark.parametrize(
    "text",
    [
        "up == 0",
        "x > 5 and on (a) y",
        'x{a="1"} or x{a="1", a="2"}',
        'x{a="1"} unless y{a="2"}',
        "sum(x != 0) > 0",
        "absent(x) and vector(1)",
        'x{a=~"1|2"} / y{a=~"2|3"}',
        # A bare selector has samples, which are older than the evaluation.
        "timestamp((x)) < time() - 200",
        "time() - timestamp(x offset 1h) > 3000",
        "timestamp(x > 5) < time() + 1",
        "timestamp(x @ 0 > 5) < time() - 10",
    ],
)
def test_what_may_return_something(text: str) -> None:
    assert promql_flow(text).empty is None


@pytest.mark.parametrize("text", ["vector(1)", "sum(x) or vector(0)", "vector(2) > 1", "abs(-vector(1))"])
def test_what_always_returns_something(text: str) -> None:
    assert promql_flow(text).always


@pytest.mark.parametrize(
    "text", ["x", "absent(x)", "vector(0) > 1", "vector(scalar(x)) and y", "topk(0, vector(1))"]
)
def test_what_does_not_always_return_something(text: str) -> None:
    assert not promql_flow(text).always


def test_recording_rules_are_followed() -> None:
    rules = Recordings(
        [
            RecordedExpression(
                "job:errors:ratio", "clamp(sum by (job) (errors), 0, 1)", {"team": "sre", "gone": ""}
            ),
            RecordedExpression("loop:a", "loop:b + 1"),
            RecordedExpression("loop:b", "loop:a"),
            RecordedExpression("two", 'x{a="1"}'),
            RecordedExpression("two", 'x{a="2"}'),
            RecordedExpression("wrong", "sum("),
            RecordedExpression("dead", "count(x) == 0"),
        ]
    )
    text = "1 + job:errors:ratio > 1"
    flow = promql_flow(text, rules)
    assert not flow.is_open
    assert flow.label("team").values == frozenset({"sre"})
    assert flow.label("job").presence is Presence.POSSIBLE
    assert flow.label("gone").is_impossible
    why = flow.label("instance").why
    assert why.reason == "the recording rule `job:errors:ratio` decides it: `sum by` keeps only `job`"
    assert text[slice(*why.span)] == "job:errors:ratio"
    assert flow.value.described() == "between 1 and 2"
    assert promql_flow("loop:a", rules).is_open
    assert promql_flow("two", rules).label("a").values == frozenset({"1", "2"})
    assert promql_flow("wrong", rules).is_open
    dead = promql_flow("sum(dead)", rules).empty
    assert dead is not None
    assert "the recording rule `dead`" in dead.reason
    assert promql_flow('job:errors:ratio{team="dba"}', rules).empty is not None


def test_rules_of_one_name_are_told_apart_by_the_labels_they_set() -> None:
    rules = Recordings(
        [
            RecordedExpression("slo:bad", "sum by (shop) (a)", {"slo": "checkout"}),
            RecordedExpression("slo:bad", "sum by (page) (b)", {"slo": "pages"}),
            RecordedExpression("slo:bad", "sum by (slo, job) (c)"),
        ]
    )

    def labels(selector: str) -> set[str]:
        flow = promql_flow(selector, rules)
        return {name for name in ("shop", "page", "job") if not flow.label(name).is_impossible}

    assert labels('slo:bad{slo="checkout"}') == {"shop", "job"}
    assert labels('slo:bad{slo="pages", page=""}') == {"job"}
    assert labels('slo:bad{slo="other"}') == {"job"}
    assert labels('slo:bad{slo=~"checkout|pages"}') == labels("slo:bad") == {"shop", "page", "job"}
    sure = Recordings(
        [RecordedExpression("a", "sum(x)", {"k": "1"}), RecordedExpression("a", "sum(x)", {"k": "2"})]
    )
    assert promql_flow('a{k="3"}', sure).empty is not None


def test_every_part_has_its_flow() -> None:
    flows = promql_flows("count(up == 0) > 0")
    assert isinstance(flows.tree, Binary)
    left, right = flows.of(flows.tree.left), flows.of(flows.tree.right)
    assert left.value.holds(">", right.value) is True
    assert right.value.constant == 0
    assert left.has_one_series
    assert flows.result.value.high == math.inf


def test_a_text_that_is_no_query_is_an_error() -> None:
    with pytest.raises(LangError):
        promql_flow("sum(")


@pytest.mark.parametrize("conventions", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "+".join("x" * 900),
        "abs(-(" * 45 + "x" + "))" * 45,
        "sum(x" + " > 1" * 900 + ") / sum(x)",
        "x / (" + "+".join(["x"] * 900) + ")",
        "x or " * 900 + "x",
        "x{a=~'" + "|".join(map(str, range(3000))) + "'}",
        "x{a=~'" + "(a|b)" * 300 + "'}",
        "x{a=~'" + "(" * 50 + "a" + ")" * 50 + "'}",
        "x{" + ", ".join(f"a!='{n}'" for n in range(2000)) + "}",
    ],
)
def test_what_is_long_and_deep_has_a_flow_too(text: Any, conventions: bool) -> None:
    assert promql_flow(text, conventions=conventions).empty is None


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.booleans())
def test_whatever_is_a_query_has_a_flow_with_places_inside_it(found: Any, conventions: Any) -> None:
    check_places(" ".join(found), conventions)


def test_the_queries_of_the_wild_have_flows_with_places_inside_them(record_property: Any) -> None:
    texts = expressions()[:: 1 if os.environ.get("TOCSIN_THOROUGH") else 5]
    if not texts:
        pytest.skip(NO_CORPORA)
    record_property("expressions", len(texts))
    for text in texts:
        check_places(text, conventions=False)
        check_places(text, conventions=True)


def check_places(text: str, conventions: Any) -> None:
    try:
        parse_promql(text)
    except LangError:
        return
    for flow in promql_flows(text, conventions=conventions).by_node.values():
        reasons = [flow.others.why, flow.value_why, *(fact.why for fact in flow.labels.values())]
        waiting = [why for why in (*reasons, flow.empty) if why is not None]
        while waiting:
            why = waiting.pop()
            assert 0 <= why.span[0] < why.span[1] <= len(text)
            assert why.reason
            waiting += [why.because] if why.because is not None else []


def expressions() -> Any:
    """The distinct expressions of the rule files from the wild."""
    found: set[str] = set()
    for path in sorted((CORPORA / "prom_rules").rglob("*")):
        if path.is_file():
            with contextlib.suppress(yaml.YAMLError):
                found.update(_expressions(list(yaml.load_all(path.read_text(), yaml.CSafeLoader))))
    return sorted(found)


def _expressions(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        if isinstance(node.get("expr"), str):
            yield node["expr"]
        for value in node.values():
            yield from _expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from _expressions(value)
