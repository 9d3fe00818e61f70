from __future__ import annotations

import dataclasses
import os
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.missing import NO_CORPORA

from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import (
    Aggregation,
    At,
    Binary,
    Call,
    Number,
    Paren,
    Range,
    Selector,
    Subquery,
    Unary,
    walk,
)
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.tokens import TokenKind, tokenize
from tocsin.lang.tokens import split_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.engines.program import Program

CORPORA = Path(os.environ.get("TOCSIN_CORPORA") or Path(__file__).parents[3].parent / "shared" / "corpora")
# promtool 3.5 does not know the newest syntax yet, or only behind a switch that `check rules` lacks.
NEWER = ("experimental duration expression", "anchored", "smoothed", 'name "fill', "histogram_quantiles")
# It has lost a function that older ones have, and passes over a name behind the length of a range.
LENIENT = (re.compile("holt_winters"), re.compile(r"\[ \w+ [a-z]"))


def shown(node: Any) -> Any:
    """The tree with a pair of parentheses round every operation."""
    match node:
        case Binary():
            return f"({shown(node.left)} {node.op} {shown(node.right)})"
        case Unary():
            return f"({node.sign}{shown(node.expr)})"
        case Paren():
            return shown(node.expr)
        case Subquery():
            return f"{shown(node.expr)}[:]"
        case Range():
            return f"{shown(node.selector)}[]"
        case Number():
            return f"{node.value:g}"
        case Selector():
            return node.name or "{}"
        case Call():
            return f"{node.function}({','.join(map(shown, node.arguments))})"
        case Aggregation():
            return f"{node.op}({shown(node.expr)})"
        case _:
            return repr(node.value)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a ^ b ^ c", "(a ^ (b ^ c))"),
        ("-a ^ b", "(-(a ^ b))"),
        ("-a * b", "((-a) * b)"),
        ("2 ^ -a * b", "((2 ^ (-a)) * b)"),
        ("2 ^ -a ^ b", "(2 ^ (-(a ^ b)))"),
        ("- + a", "(-(+a))"),
        ("a atan2 b + c % d", "((a atan2 b) + (c % d))"),
        ("a > b + c == d", "((a > (b + c)) == d)"),
        ("a or b and c unless d", "(a or ((b and c) unless d))"),
        ("a OR b", "(a or b)"),
        ("a + rate(b[5m:])", "(a + rate(b[:]))"),
        ("-b offset 5m", "(-b)"),
        ("and and and", "(and and and)"),
        ("sum by (a) (b) + rate", "(sum(b) + rate)"),
        ("rate(x[5m]) > 1e3", "(rate(x[]) > 1000)"),
        ("5m + 0x1F + 010 + 1_000", "(((300 + 31) + 8) + 1000)"),
        ("SUM(by)", "sum(by)"),
    ],
)
def test_precedence(text: str, tree: str) -> None:
    assert shown(parse_promql(text)) == tree


def test_a_selector_with_everything() -> None:
    text = "foo{a='b', \"c d\"=~`e|f`,} [1h30m] @ end() offset -5m"
    tree = parse_promql(text)
    assert isinstance(tree, Range)
    assert tree.range.seconds == 5400
    selector = tree.selector
    assert selector.name == "foo"
    assert [(m.name, m.op, m.value) for m in selector.matchers] == [("a", "=", "b"), ("c d", "=~", "e|f")]
    assert text[slice(*selector.matchers[1].span)] == '"c d"=~`e|f`'
    assert text[slice(*selector.matchers[1].value_span)] == "`e|f`"
    assert selector.at == At("end", (34, 41))
    assert selector.offset is not None
    assert selector.offset.seconds == -300
    assert text[slice(*selector.span)] == "foo{a='b', \"c d\"=~`e|f`,}"
    assert text[slice(*tree.span)] == text


def test_a_binary_operator_with_everything() -> None:
    text = "a > bool on (x, `y z`) group_left (v) fill_left (-1) b"
    tree = parse_promql(text)
    assert isinstance(tree, Binary)
    matching = tree.matching
    assert tree.returns_bool
    assert (matching.how, matching.labels) == ("on", ("x", "y z"))
    assert (matching.many, matching.include) == ("left", ("v",))
    assert (matching.fill_left, matching.fill_right) == (-1, None)
    assert text[slice(*matching.include_spans[0])] == "v"
    assert matching.span is not None
    assert text[slice(*matching.span)] == "on (x, `y z`) group_left (v) fill_left (-1)"


def test_a_quoted_metric_and_computed_durations() -> None:
    tree = parse_promql('rate({"foo.bar", a="b"}[5m * 2] smoothed)')
    assert isinstance(tree, Call)
    window = tree.arguments[0]
    assert isinstance(window, Range)
    assert window.selector.name == "foo.bar"
    assert window.selector.interpolation == "smoothed"
    assert window.range.seconds == 600
    subquery = parse_promql("x[(1h - 2 ^ 2):max(step(), 5s)] offset -(5m + 1)")
    assert isinstance(subquery, Subquery)
    assert subquery.range.seconds == 3596
    assert subquery.step is not None
    assert subquery.step.seconds is None
    assert subquery.offset is not None
    assert subquery.offset.seconds == -301


@pytest.mark.parametrize(
    ("text", "marked", "reason"),
    [
        ("sum(x) offset 5m", "offset", "follows a selector"),
        ("x offset 5m offset 5m", "offset", "twice"),
        ("x offset 5m [5m]", "[", "comes before `offset`"),
        ("x[5m][5m]", "[", "a range cannot follow"),
        ("(x)[5m]", "[", "cannot take a range"),
        ("1[5m:]", "1", "needs an instant vector"),
        ("-x[5m:]", "[", "not on a range"),
        ("RATE(x[5m])", "RATE", "not a PromQL function"),
        ("a:b(x)", "a:b", "not a PromQL function"),
        ("a + group_left (b) c", "group_left", "is not allowed here"),
        ("a > on (x) bool b", "bool", "expected an expression"),
        ("a + on (x) 1", "on (x)", "only between instant vectors"),
        ("a + on (x) group_left (y, x) b", "x", "both in `on`"),
        ('x{a="b" or c="d"}', "or", "expected a comma"),
        ('x{__name__="y"}', 'x{__name__="y"}', "names its metric twice"),
        ("info(x, y)", "y", "labels in braces"),
        ("rate(x[5m],)", ")", "expected an expression"),
        ("x @ inf", "inf", "not a valid time"),
        ("x offset inf", "inf", "not a duration"),
        ("x[5m / 0]", "/", "cannot be computed"),
        ("1e + x", "1e", "not a number"),
        ("sum by (inf) (x)", "inf", "expected a label"),
        ("sum by (without) (x)", "without", "expected a label"),
    ],
)
def test_what_prometheus_refuses_is_refused_at_its_place(text: str, marked: str, reason: str) -> None:
    with pytest.raises(LangError) as caught:
        parse_promql(text)
    assert text[slice(*caught.value.span)] == marked
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    "text",
    [
        "-" * 9_000 + "x",
        "2" + "^2" * 5_000,
        "x[" + "-" * 5_000 + "5m]",
        "x[5m" + "^2" * 5_000 + "]",
        "x offset " + "(" * 5_000 + "5m" + ")" * 5_000,
        "abs(-(" * 90 + "x",
        "{" * 500,
        "sum(" * 5_000,
        "a + " * 30_000 + "a",
    ],
)
def test_nothing_is_too_deep_to_be_refused_in_order(text: str) -> None:
    with pytest.raises(LangError):
        parse_promql(text)


def test_ninety_brackets_and_nine_hundred_operators_are_read() -> None:
    assert len(list(walk(parse_promql("abs(-(" * 45 + "x" + "))" * 45)))) == 136
    assert len(list(walk(parse_promql("+".join("x" * 900))))) == 1799


def test_each_part_of_the_text_stands_for_its_part_of_the_tree() -> None:
    for text in (*WORTHY, *expressions()[::10]):
        try:
            tree = parse_promql(text)
        except LangError:
            continue
        for node in walk(tree):
            expected = node
            if isinstance(node, Selector):
                expected = dataclasses.replace(node, offset=None, at=None, interpolation=None)
            assert bare(parse_promql(text[slice(*node.span)])) == bare(expected)


WORTHY = (
    "-x offset 5m ^ 2 > bool on (a) group_right (b) (rate(y[5m] @ 3 offset 1h) or idelta(z[5m:1m] offset 2))",
    "topk(3, sum(x) by ('é') or count_values('v', y))",
    "label_replace(x, 'ä', '$1', 'b', '(.*)') == - - 3",
)


def bare(node: Any) -> Any:
    """A tree without the places of its nodes."""
    if dataclasses.is_dataclass(node):
        fields = dataclasses.fields(node)
        return type(node), *(bare(getattr(node, f.name)) for f in fields if "span" not in f.name)
    return tuple(map(bare, node)) if isinstance(node, tuple) else node


def expressions() -> Any:
    """The distinct expressions of the rule files from the wild."""
    found: set[str] = set()
    for path in sorted((CORPORA / "prom_rules").rglob("*")):
        if path.is_file():
            try:
                found.update(_expressions(list(yaml.load_all(path.read_text(), yaml.CSafeLoader))))
            except yaml.YAMLError:
                continue
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


def refused_by(promtool: Program, texts: Any, folder: Any) -> Any:
    """The errors of promtool by the index of the expression."""
    rules = [{"record": f"r{index}", "expr": text} for index, text in enumerate(texts)]
    path = folder / "rules.yaml"
    document = {"groups": [{"name": "g", "rules": rules}]}
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, width=10**9), encoding="utf-8")
    feature = "--enable-feature=promql-experimental-functions"
    finished = promtool.run(["check", "rules", feature, "--lint=none", str(path)], timeout=120)
    found = {}
    for line in (finished.stdout + finished.stderr).splitlines():
        if ', "r' in line and '": ' in line:
            name, _, message = line.partition(', "r')[2].partition('": ')
            found[int(name)] = message
    return found


def accepts(text: str) -> Any:
    try:
        parse_promql(text)
    except LangError:
        return False
    return True


def disagreements(promtool: Program, texts: Any, folder: Any) -> Any:
    refused = refused_by(promtool, texts, folder)
    return [
        (text, refused.get(index, "accepted"))
        for index, text in enumerate(texts)
        if accepts(text) == (index in refused)
        and not any(mark in refused.get(index, "") for mark in NEWER)
        and not any(pattern.search(text) for pattern in LENIENT)
    ]


def test_it_accepts_of_the_wild_exactly_what_promtool_accepts(
    promtool: Program, tmp_path: Path, record_property: Any
) -> None:
    texts = expressions()
    if not texts:
        pytest.skip(NO_CORPORA)
    record_property("expressions", len(texts))
    assert disagreements(promtool, texts, tmp_path) == []


SEEDS = (
    "sum by (a, b) (rate(x{a=~'b|c', d!='e'}[5m])) / on (a) group_left (b) y > 0.5",
    "histogram_quantile(0.9, sum(rate(x[5m])) by (le)) > bool 1 and z offset 5m or absent(w{a='b'})",
    "topk(5, max_over_time(x[1h:5m] @ 5)) unless ignoring (a, b) -y ^ 2",
    "label_replace(x, 'a', '$1', 'b', '(.*)') == count_values without (c) ('v', {'m', a='b'})",
    "clamp(time() - z @ 5, 0, 1) + scalar(x) * vector(1) <= x atan2 y % 3",
    "x > 1 and y < 2 or z != 3 unless w >= 4",
)
PIECES = sorted(
    split_words(
        """
        bool on (a) ignoring group_left offset @ by without and or unless @start() [5m] [5m:] [:] - + ^
        atan2 { } ( ) , = == =~ 'a' 5m inf nan 0x1f 1_0 * by(a) sum rate( x y{} 5 'b'} {a=
        """
    )
)


def test_it_agrees_with_promtool_on_broken_expressions(
    promtool: Program, tmp_path: Path, record_property: Any
) -> None:
    chance = random.Random(7)
    count = 20_000 if os.environ.get("TOCSIN_THOROUGH") else 2_000
    seeds = [[t.text for t in tokenize(seed) if t.kind is not TokenKind.COMMENT] for seed in SEEDS]
    texts = sorted({_broken(chance, list(chance.choice(seeds))) for _ in range(count)})
    record_property("expressions", len(texts))
    assert sum(map(accepts, texts)) > len(texts) / 50
    assert disagreements(promtool, texts, tmp_path) == []


def _broken(chance: Any, tokens: Any) -> Any:
    start = chance.randrange(len(tokens)) if chance.random() < 0.3 else 0
    words = tokens[start:]
    for _ in range(chance.choice((1, 1, 2))):
        index = chance.randrange(len(words))
        match chance.randrange(4):
            case 0 if len(words) > 1:
                del words[index]
            case 1:
                words[index] = chance.choice(PIECES)
            case 2:
                words.insert(index, chance.choice(PIECES))
            case _:
                other = chance.randrange(len(words))
                words[index], words[other] = words[other], words[index]
    return " ".join(words)


ENDINGS = (
    "up > 5",
    "sum(a) by (b) <= 0.5",
    "a > b > 5",
    "a or b > 5",
    "-a ^ 2 != 08",
    "a[5m:] > 5",
    'a{b=~"c"} == 1',
)
STRANGE = (
    "a =~ 5",
    "a => 5",
    "a > 5 > 6",
    "(a > 5",
    "1 > 5",
    "a offset > 5",
    "a </ 5",
    "a > bool 5",
    "\n a\t>\n5 ",
)


@pytest.mark.parametrize("text", [*ENDINGS, *STRANGE])
def test_a_comparison_with_a_number_is_read_as_any_other_expression(text: Any) -> None:
    def read(written: Any) -> Any:
        try:
            return parse_promql(written)
        except LangError as error:
            return error.reason, error.span, error.help

    # Behind a comment nothing is shared.
    assert read(text) == read(f"{text} # all of it")


def test_expressions_with_other_numbers_share_the_tree_of_their_query() -> None:
    query = "sum by (job) (rate(errors_total[5m]))"
    first, second = parse_promql(f"{query} > 1"), parse_promql(f"{query} > 20")
    assert isinstance(first, Binary)
    assert isinstance(second, Binary)
    assert first.left is second.left is parse_promql(query)
    assert isinstance(first.right, Number)
    assert isinstance(second.right, Number)
    assert (first.right.value, second.right.value) == (1, 20)


def test_many_ranges_are_no_long_duration() -> None:
    text = " + ".join(f"rate(a[5m] offset {number}m)" for number in range(1, 151))
    assert len([node for node in walk(parse_promql(text)) if isinstance(node, Range)]) == 150
    with pytest.raises(LangError, match="the duration has too many operators"):
        parse_promql(f"rate(a[{'+'.join(['1m'] * 101)}])")
