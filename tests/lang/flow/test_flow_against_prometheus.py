"""Label flow against Prometheus itself: random expressions over random series, judged by promtool."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest
from tests.lang.flow.refute_flows import Asked, broken_claims, results

from tocsin.lang.errors import LangError
from tocsin.lang.promql.flow import RecordedExpression, Recordings, promql_flow
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.types import Type, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tocsin.engines.program import Program

THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
GROUPS = 60 if THOROUGH else 6
A_GROUP = 500 if THOROUGH else 150

LABELS = ("a", "b", "c")
TEXTS = ("x", "y", "z")


class Writer:
    """Writes random expressions that Prometheus accepts, most of which return something."""

    def __init__(self, chance: Any, *, counters_only: Any) -> None:
        self.chance = chance
        self.counters_only = counters_only

    def one_of(self, *ways: Any) -> Any:
        return self.chance.choice(ways)

    def some(self, *items: Any) -> Any:
        return [item for item in items if self.chance.random() < 0.5]

    def matcher(self) -> Any:
        label = self.one_of(*LABELS)
        text = self.one_of(*TEXTS)
        op, value = self.one_of(
            ("=", text),
            ("=", text),
            ("=", ""),
            ("!=", ""),
            ("!=", text),
            ("=~", "x|y"),
            ("=~", "x|"),
            ("=~", ".+"),
            ("=~", ".*"),
            ("=~", "[xy]"),
            ("=~", "x.?"),
            ("!~", "x|y"),
            ("!~", ".+"),
            ("!~", "y.*"),
        )
        return f'{label}{op}"{value}"'

    def metric(self) -> Any:
        return self.one_of("m", "m", "n", "n", "c_total", "up", "h_bucket", "recorded", "hist")

    def selector(self, name: str | None = None) -> Any:
        matchers = [self.matcher() for _ in range(self.one_of(0, 0, 0, 1, 1, 2))]
        inside = "{" + ", ".join(matchers) + "}" if matchers else ""
        return (name or self.metric()) + inside

    def modifiers(self) -> Any:
        return self.one_of("", "", "", "", " offset 2m", " @ 600")

    def labels(self) -> Any:
        return ", ".join(self.some(*LABELS))

    def number(self) -> Any:
        return self.one_of("0", "1", "2", "-1", "0.5", "3", "10", "NaN", "Inf", "2 ^ 3", "time()", "pi()")

    def scalar(self, depth: Any) -> Any:
        if depth > 0 and self.chance.random() < 0.2:
            return f"scalar({self.vector(depth - 1)})"
        return self.number()

    def ranged(self, depth: Any) -> Any:
        if depth > 1 and self.chance.random() < 0.2:
            return f"({self.vector(depth - 1)})[5m:{self.one_of('', '1m', '30s')}]"
        return f"{self.selector()}[{self.one_of('1m', '5m', '10m')}]{self.modifiers()}"

    def vector(self, depth: Any) -> Any:
        if depth <= 0 or self.chance.random() < 0.1:
            return self.selector() + self.modifiers()
        return self.chance.choice(
            (
                self.aggregation,
                self.aggregation,
                self.function,
                self.over_time,
                self.arithmetic,
                self.comparison,
                self.comparison,
                self.set_operator,
                self.relabelling,
                self.absence,
                self.signed,
                self.ratio,
                self.clock,
            )
        )(depth - 1)

    def clock(self, depth: Any) -> Any:
        moment = f"timestamp({self.vector(depth)})"
        if self.chance.random() < 0.3:
            moment += self.one_of(" - 60", " + 60")
        other = f"(time(){self.one_of('', ' - 60', ' + 60')})"
        return f"({moment} {self.one_of('-', '<', '>=', '==', '> bool ', '!=')} {other})"

    def grouped(self, op: Any, inside: Any) -> Any:
        how = self.one_of("", "", "by", "without")
        if not how:
            return f"{op}({inside})"
        labels = self.labels() if self.chance.random() < 0.9 else "__name__"
        return f"{op} {how} ({labels}) ({inside})"

    def aggregation(self, depth: Any) -> Any:
        inner = self.vector(depth)
        simple = self.one_of("sum", "sum", "count", "min", "max", "avg", "group", "stddev", "stdvar")
        parametric = self.one_of("topk", "bottomk", "limitk", "limit_ratio")
        return self.one_of(
            self.grouped(simple, inner),
            self.grouped(simple, inner),
            self.grouped(parametric, f"{self.one_of('0', '1', '1', '0.5')}, {inner}"),
            self.grouped("quantile", f"{self.one_of('0.5', '1', '2', '-1')}, {inner}"),
            self.grouped("count_values", f'"{self.one_of("v", "a")}", {inner}'),
        )

    def function(self, depth: Any) -> Any:
        inner = self.vector(depth)
        plain = self.one_of(
            "abs", "ceil", "floor", "sgn", "sqrt", "exp", "ln", "log2", "sin", "cos", "atan", "deg", "rad",
            "timestamp", "hour", "minute", "day_of_week", "days_in_month", "month", "year", "sort", "round",
            "cosh", "acos", "tanh",
        )  # fmt: skip
        return self.one_of(
            f"{plain}({inner})",
            f"{plain}({inner})",
            f"clamp({inner}, {self.one_of('0', '-1')}, {self.one_of('0', '2', '-2')})",
            f"{self.one_of('clamp_min', 'clamp_max')}({inner}, {self.scalar(depth)})",
            f"round({inner}, {self.one_of('1', '0.5', '5')})",
            f"vector({self.scalar(depth)})",
            f"histogram_quantile({self.one_of('0.5', '0.9', '2')}, {self.one_of('h_bucket', inner)})",
            f"histogram_quantile(0.9, sum by (le, a) (rate({self.selector('h_bucket')}[5m])))",
            f"histogram_{self.one_of('count', 'sum', 'avg', 'stddev')}({self.one_of('hist', inner)})",
            f"histogram_fraction(0, 2, {self.one_of('hist', 'h_bucket', inner)})",
            f"info({self.one_of('q', 'q or m', 'sum by (job, instance) (q)')})",
            f"info({self.one_of('q', 'q or m')}, {{ver=~'.+'}})",
            f"sort_by_label({inner}, 'a')",
        )

    def over_time(self, depth: Any) -> Any:
        if self.chance.random() < 0.3:
            of = "c_total" if self.counters_only else None
            return f"{self.one_of('rate', 'increase', 'irate')}({self.selector(of)}[5m])"
        name = self.one_of(
            "avg", "min", "max", "sum", "count", "last", "present", "stddev", "stdvar", "quantile"
        )  # fmt: skip
        first = f"{self.one_of('0.5', '-1', '1')}, " if name == "quantile" else ""
        other = self.one_of("changes", "resets", "delta", "idelta", "deriv")
        return self.one_of(f"{name}_over_time({first}{self.ranged(depth)})", f"{other}({self.ranged(depth)})")

    def matching(self) -> Any:
        how = self.one_of("", "", "on", "on", "ignoring")
        if not how:
            return ""
        labels = self.some(*LABELS)
        text = f"{how} ({', '.join(labels)})"
        if self.chance.random() < 0.4:
            include = [label for label in self.some(*LABELS) if label not in labels or how == "ignoring"]
            text += f" {self.one_of('group_left', 'group_right')} ({', '.join(include)})"
        return text

    def sides(self, depth: Any) -> Any:
        side, other = self.vector(depth), self.vector(depth)
        if self.chance.random() < 0.4:
            # Grouping makes it likely that the sides can be matched at all.
            return side, f"sum by ({self.labels()}) ({other})"
        return side, other

    def arithmetic(self, depth: Any) -> Any:
        op = self.one_of("+", "-", "*", "/", "%", "^", "atan2", "/")
        left, right = self.sides(depth)
        return self.one_of(
            f"({left}) {op} {self.scalar(depth)}",
            f"{self.scalar(depth)} {op} ({left})",
            f"({left}) {op} {self.matching()} ({right})",
        )

    def comparison(self, depth: Any) -> Any:
        op = self.one_of("==", "!=", ">", "<", ">=", "<=")
        returns = self.one_of("", "", "bool")
        left, right = self.sides(depth)
        return self.one_of(
            f"({left}) {op} {returns} {self.scalar(depth)}",
            f"{self.scalar(depth)} {op} {returns} ({left})",
            f"({left}) {op} {returns} {self.matching()} ({right})",
        )

    def set_operator(self, depth: Any) -> Any:
        op = self.one_of("and", "or", "unless")
        left, right = self.sides(depth)
        how = self.one_of("", "on", "on", "ignoring")
        matching = f"{how} ({self.labels()})" if how else ""
        return f"({left}) {op} {matching} ({right})"

    def relabelling(self, depth: Any) -> Any:
        inner = self.vector(depth)
        target, source = self.one_of(*LABELS, "d", "__name__"), self.one_of(*LABELS)
        replacement = self.one_of("$1", "x", "", "${1}y", "$0", "$2", "$$")
        pattern = self.one_of("(.*)", "(.+)", "x|y", "(x|y)", "(x).*", "(?P<n>y)", ".*", "")
        joined = ", ".join(f'"{label}"' for label in self.some(*LABELS))
        separator = self.one_of("-", "")
        return self.one_of(
            f'label_replace({inner}, "{target}", "{replacement}", "{source}", "{pattern}")',
            f'label_join({inner}, "{target}", "{separator}"{", " + joined if joined else ""})',
        )

    def absence(self, depth: Any) -> Any:
        inner = self.vector(depth)
        return self.one_of(
            f"absent({self.selector(self.one_of('m', 'gone', 'gone'))})",
            f"absent_over_time({self.selector('gone')}[5m])",
            f"absent({inner})",
        )

    def signed(self, depth: Any) -> Any:
        return f"{self.one_of('-', '+')}({self.vector(depth)})"

    def ratio(self, _depth: Any) -> Any:
        metric = self.one_of("c_total", "h_bucket", "m", "up", "n")
        op, by = self.one_of("sum", "count"), self.labels()
        part, whole = self.selector(metric), metric
        if self.chance.random() < 0.5:
            return f"{part} / ({part} + {self.selector(metric)})"
        if self.chance.random() < 0.5 and not (self.counters_only and metric in ("m", "n")):
            part, whole = f"rate({part}[5m])", f"rate({whole}[5m])"
        more = f"{by}, c" if by else "c"
        if self.chance.random() < 0.2:
            part = f"{part} {self.one_of('>', '==', '<')} {self.number()}"
        return self.one_of(
            f"{op} by ({by}) ({part}) / {op} by ({by}) ({whole})",
            f"{op} by ({more}) ({part}) / on ({by}) group_left {op} by ({by}) ({whole})",
        )


def random_series(chance: Any) -> Any:
    """Input series in promtool's notation: any numbers, small whole ones, counters, 0 or 1, histograms."""
    found = {}
    for _ in range(14):
        metric = chance.choice(("m", "m", "n", "c_total", "up", "recorded"))
        labels = {label: chance.choice(TEXTS) for label in LABELS if chance.random() < 0.6}
        if metric == "recorded":
            labels = {"a": chance.choice(("x", "y")), "d": "fixed"}
        found[named(metric, labels)] = " ".join(samples(chance, metric))
    for labels in ({}, {"a": "x"}):
        total = 0
        for le in ("0.1", "1", "+Inf"):
            total += chance.randrange(3)
            found[named("h_bucket", {**labels, "le": le})] = f"0+{total}x30"
    # Native histograms, beside floats of the same metric now and then.
    found[named("hist", {"a": "x"})] = "{{schema:0 sum:5 count:4 buckets:[1 2 1]}}x30"
    found[named("hist", {"b": "y"})] = (
        "{{schema:0 sum:-2 count:2 n_buckets:[1 1]}}+{{schema:0 sum:1 count:2 buckets:[2]}}x30"
    )
    found[named("hist", {"c": "z"})] = "0+1x30"
    found[named("q", {"job": "j", "instance": "i", "a": "x"})] = "1x30"
    found[named("target_info", {"job": "j", "instance": "i", "a": "no", "ver": "1"})] = "1x30"
    return [{"series": series, "values": values} for series, values in found.items()]


def samples(chance: Any, metric: Any) -> Iterator[Any]:
    count = 0.0
    for _ in range(31):
        if chance.random() < 0.05:
            yield "_"
        elif metric == "m":
            yield chance.choice(("0", "1", "-1", "-2.5", "0.3", "1e9", "NaN", "Inf", "-Inf", "7", "2"))
        elif metric == "c_total":
            count = 0.0 if chance.random() < 0.1 else count + chance.choice((0, 1, 0.5, 20))
            yield f"{count:g}"
        elif metric == "up":
            yield chance.choice("01")
        else:
            yield chance.choice("0123")


def named(metric: Any, labels: Any) -> Any:
    return metric + "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


# What the series named `recorded` are: at least zero, with `a` one of two, and `d` set.
RECORDINGS = Recordings(
    [RecordedExpression("recorded", 'max by (a, c) (abs(source{a=~"x|y"}))', {"d": "fixed", "c": ""})]
)


@pytest.mark.parametrize("conventions", [False, True], ids=["certain", "by convention"])
def test_no_claim_is_ever_wrong(
    promtool: Program, tmp_path: Path, record_property: Any, conventions: bool
) -> None:
    chance = random.Random(20_26 + conventions)
    groups = []
    for _ in range(GROUPS):
        texts: set[str] = set()
        while len(texts) < A_GROUP:
            text = Writer(chance, counters_only=conventions).vector(chance.choice((1, 2, 2, 3, 3, 4)))
            if accepted(text):
                texts.add(text)
        groups.append(Asked(random_series(chance), sorted(texts)))
    answers = results(promtool, groups, tmp_path)
    questions = [text for group in groups for text in group.texts]
    assert len(answers) == len(questions)
    counts = dict.fromkeys(("compared", "errors", "not empty", "labels said", "ranges said", "empty said"), 0)
    wrong = []
    for text, result in zip(questions, answers, strict=True):
        if result is None:
            counts["errors"] += 1
            continue
        flow = promql_flow(text, RECORDINGS, conventions=conventions)
        counts["compared"] += 1
        counts["not empty"] += bool(result)
        counts["empty said"] += flow.empty is not None
        counts["ranges said"] += not flow.value.is_unbounded
        counts["labels said"] += bool(flow.guaranteed) or not flow.is_open
        wrong += [(text, claim) for claim in broken_claims(flow, result, LABELS)]
    for name, count in counts.items():
        record_property(name, count)
    print(counts)
    assert not wrong, "\n".join(f"{text}\n    {claim}" for text, claim in wrong[:10])
    assert counts["not empty"] > len(questions) / 4


def accepted(text: str) -> Any:
    try:
        return type_of(parse_promql(text)) is Type.VECTOR
    except LangError:
        return False
