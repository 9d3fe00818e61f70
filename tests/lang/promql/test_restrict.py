"""Queries for some values of a label: the parts together are the whole query, as promtool evaluates them."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest
import yaml

from tocsin.lang.errors import LangError
from tocsin.lang.listed_labels import EVERY_VALUE, LabelSets, label_sets_without, values_of
from tocsin.lang.promql.restrict import restrict_query

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

LISBON = {"shop": values_of(["lisbon"])}
ODD = ["lisbon", "", "a|b", 'say "x"', "back\\slash", "a.c", "São Tomé"]
QUERIES = [
    "m",
    "m{}",
    'm{kind="a"}',
    'm{kind="a",}',
    '{"m"}',
    '{__name__="m", kind=~"a|b"}',
    "m # of all\n* 2",
    "-m",
    "(m)",
    "m > 3",
    "3 < bool m",
    "rate(m[5m])",
    "max_over_time(m[5m:1m])",
    "max_over_time((sum by (shop) (m))[5m:1m])",
    "sum by (shop) (m)",
    "sum without (kind) (m)",
    "topk by (shop) (1, m)",
    "quantile by (shop, kind) (0.5, m)",
    'count_values by (shop) ("v", m)',
    "m offset 1m",
    "sum by (shop) (m) / sum by (shop) (n)",
    "sum by (shop) (m) / on (shop) sum by (shop, kind) (n{kind='a'})",
    "m / ignoring (kind) group_left sum by (shop) (n)",
    "m * on (kind) group_left (region) max by (kind, region) (i)",
    "sum by (kind) (m) * on (kind) group_right max by (kind, shop) (n)",
    "sum without (shop) (m) * on (kind) group_left (shop) max by (kind, shop) (n{shop='lisbon'})",
    "m and n",
    "m and on (kind) n",
    "m unless n",
    "m unless on (kind) n{shop='lisbon'}",
    "m or n",
    "m or vector(0)",
    "(m or vector(0)) + 1",
    "n * scalar(sum(m))",
    "clamp_max(m, 5)",
    "round(m, 2)",
    "m > 2 and n < 100",
    'label_replace(m, "other", "$1", "kind", "(.*)")',
    "histogram_quantile(0.9, sum by (le, shop) (b_bucket))",
    "absent(nothing)",
    "absent(nothing{shop='lisbon'})",
    "sum by (shop) (m) > bool 3",
    "sort_desc(m)",
    "timestamp(m)",
]


def _series(chosen: random.Random) -> list[dict[str, str]]:
    found = []
    for name in ("m", "n", "b_bucket"):
        for shop in ODD:
            for kind in ("a", "b"):
                labels = {"shop": shop} if shop else {}
                labels |= {"le": {"a": "1", "b": "+Inf"}[kind]} if name == "b_bucket" else {"kind": kind}
                shown = ",".join(f"{key}={yaml_quoted(value)}" for key, value in labels.items())
                found.append({"series": f"{name}{{{shown}}}", "values": f"{chosen.randint(1, 9)}+1x20"})
    return [
        *found,
        *({"series": f'i{{kind="{kind}",region="eu"}}', "values": "1+0x20"} for kind in ("a", "b")),
    ]


def yaml_quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _parts(chosen: random.Random) -> list[LabelSets]:
    """What the first of some exceptions take, and what is left."""
    left: list[LabelSets] = [{}]
    found: list[LabelSets] = []
    for _ in range(chosen.randint(1, 3)):
        wanted: LabelSets = {"shop": values_of(chosen.sample([*ODD, "none"], chosen.randint(1, 3)))}
        for sets in left:
            both = sets.get("shop", EVERY_VALUE).both(wanted["shop"])
            found += [] if both.is_empty else [{"shop": both}]
        left = [rest for sets in left for rest in label_sets_without(sets, wanted)]
    return [*found, *left]


def test_the_parts_of_a_query_are_the_query(tmp_path: Path, promtool: Program) -> None:
    """Each series of it, with its value, is in one part, and nothing else is in any."""
    chosen = random.Random(1)
    tests = []
    for query in QUERIES * (20 if os.environ.get("TOCSIN_THOROUGH") else 2):
        parts = [text for sets in _parts(chosen) if (text := restrict_query(query, sets)) is not None]
        assert parts, query
        union = " or ".join(f"({part}\n)" for part in parts)
        same = f"(({query}\n) == ({union}))"
        counts = " + ".join(f"(count({part}\n) or vector(0))" for part in parts)
        whole = f"(count({query}\n) or vector(0))"
        tests += [
            {"expr": expr, "eval_time": "10m", "exp_samples": [{"labels": "{}", "value": 0}]}
            for expr in (f"{whole} - (count({same}) or vector(0))", f"{whole} - ({counts})")
        ]
    data = {
        "evaluation_interval": "1m",
        "tests": [{"input_series": _series(chosen), "promql_expr_test": tests}],
    }
    (tmp_path / "t.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    done = promtool.run(["test", "rules", str(tmp_path / "t.yml")])
    assert done.returncode == 0, (done.stdout + done.stderr)[:3000]


@pytest.mark.parametrize(
    ("query", "reason", "place"),
    [
        ("sum(m)", "`sum` removes the label", "sum"),
        ("sum by (kind) (m)", "`sum` removes the label", "by (kind)"),
        ("sum without (shop) (m)", "`sum without` removes the label", "without (shop)"),
        ("topk(3, m)", "`topk` chooses among all series", "topk"),
        ('label_replace(m, "shop", "x", "kind", ".*")', "`label_replace` makes the label", "label_replace"),
        ('count_values("shop", m)', "`count_values` makes the label", "count_values"),
        ("m / on (kind) n", "`/` matches its sides without the label", "on (kind)"),
        ("m / ignoring (shop) n", "`/` matches its sides without the label", "ignoring (shop)"),
        ("m or on (kind) n", "`or` compares its sides without the label", "or"),
        ("absent(m{shop=~'a|b'})", "`absent` returns something where series are missing", "absent"),
        ("time()", "`time` has no labels", "time"),
    ],
)
def test_a_query_that_loses_the_label_is_not_divided(query: str, reason: str, place: str) -> None:
    with pytest.raises(LangError) as caught:
        restrict_query(query, LISBON)
    assert caught.value.reason.startswith(reason)
    assert query[slice(*caught.value.span)] == place


def test_matchers_go_into_exactly_the_selectors_that_give_the_label() -> None:
    query = 'sum by (shop) (rate(a{x="y"}[5m])) * on (shop) group_left b > scalar(sum(c))'
    assert restrict_query(query, LISBON) == (
        'sum by (shop) (rate(a{x="y",shop="lisbon"}[5m])) * on (shop) group_left b{shop="lisbon"}'
        " > scalar(sum(c))"
    )
    rest = label_sets_without({}, {"shop": values_of(["a.b", 'c"'])})
    assert [restrict_query("m", sets) for sets in rest] == ['m{shop!~"a\\\\.b|c\\""}']
