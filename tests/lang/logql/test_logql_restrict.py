"""Queries of logs for some values of a label: the parts together are the whole query."""

from __future__ import annotations

import json
import os
import random

import pytest

from tocsin.lang.errors import LangError
from tocsin.lang.listed_labels import EVERY_VALUE, LabelSets, label_sets_without, values_of
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.logql.restrict import restrict_log_query
from tocsin.prove.logs.evaluate import LogEvaluator
from tocsin.prove.logs.model import LogLine, LogStream, Series

LISBON = {"shop": values_of(["lisbon"])}
ODD = ["lisbon", "", "a|b", 'say "x"', "back\\slash", "a.c", "São Tomé"]
QUERIES = [
    'rate({app="web"}[5m])',
    'rate({app="web", shop=~".*"} |= "error" [5m])',
    'count_over_time({app=~"web|api"}[5m]) > 2',
    'sum by (shop) (rate({app="web"} |= "error" or "warn" [5m]))',
    'sum by (shop, kind) (count_over_time({app="api"} | json | __error__="" [5m]))',
    'sum without (kind, size) (count_over_time({app="api"}[5m] | json))',
    'sum by (shop) (count_over_time({app="api"} | json | shop != "a.c" [5m]))',
    'max by (shop) (max_over_time({app="api"} | json | unwrap size | kind="a" [5m]))',
    'avg_over_time({app="api"} | json | unwrap size [5m]) by (shop)',
    'sum by (shop) (count_over_time({app="api"} | json | label_format shop=kind [5m]))',
    'sum by (shop) (count_over_time({app="web"} | drop kind [5m]))',
    'topk by (shop) (1, sum by (shop, kind) (rate({app="web"}[5m])))',
    'sum by (shop) (rate({app="web"} |= "error" [5m])) / sum by (shop) (rate({app="web"}[5m]))',
    'sum by (shop) (rate({app="web"}[5m])) or sum by (shop) (rate({app="api"} | json [5m]))',
    'sum by (shop) (rate({app="web"}[5m])) '
    'unless on (shop) sum by (shop) (rate({app="api"} |= "lis" | json [5m]))',
    'label_replace(sum by (shop) (rate({app="web"}[5m])), "other", "$1", "shop", "(.*)")',
]


def _streams(chosen: random.Random) -> list[LogStream]:
    """The shop is a label of one app's streams, and stands in the other one's lines."""
    found = []
    for kind in ("a", "b"):
        for shop in ODD:
            labels = {"app": "web", "kind": kind, **({"shop": shop} if shop else {})}
            texts = [f"{chosen.choice(['error', 'warn', 'fine'])} {number}" for number in range(5)]
            found.append(_stream(labels, texts))
        texts = []
        for _ in range(30):
            shop = chosen.choice(ODD)
            line = {"size": str(chosen.randint(1, 9)), **({"shop": shop} if shop else {})}
            texts.append(json.dumps(line, ensure_ascii=False))
        found.append(_stream({"app": "api", "kind": kind}, texts))
    return found


def _stream(labels: dict[str, str], texts: list[str]) -> LogStream:
    lines = tuple(LogLine(float(10 * number), text) for number, text in enumerate(texts))
    return LogStream(tuple(sorted(labels.items())), lines)


def _parts(chosen: random.Random) -> list[LabelSets]:
    left: list[LabelSets] = [{}]
    found: list[LabelSets] = []
    for _ in range(chosen.randint(1, 3)):
        wanted: LabelSets = {"shop": values_of(chosen.sample([*ODD, "none"], chosen.randint(1, 3)))}
        for sets in left:
            both = sets.get("shop", EVERY_VALUE).both(wanted["shop"])
            found += [] if both.is_empty else [{"shop": both}]
        left = [rest for sets in left for rest in label_sets_without(sets, wanted)]
    return [*found, *left]


def _answer(query: str, streams: list[LogStream]) -> Series:
    return LogEvaluator(parse_logql(query), streams).at(300.0)


@pytest.mark.parametrize("query", QUERIES)
def test_the_parts_of_a_query_are_the_query(query: str) -> None:
    """Each series of it, with its value, is in one part, and nothing else is in any."""
    chosen = random.Random(query)
    seen = 0
    for _ in range(200 if os.environ.get("TOCSIN_THOROUGH") else 5):
        streams = _streams(chosen)
        whole = dict(_answer(query, streams))
        parts = [text for sets in _parts(chosen) if (text := restrict_log_query(query, sets)) is not None]
        answers = [dict(_answer(part, streams)) for part in parts]
        together = {labels: value for answer in answers for labels, value in answer.items()}
        assert together == whole, parts
        assert sum(map(len, answers)) == len(whole), parts
        seen += len(whole)
    assert seen > 5


def test_a_label_of_the_streams_is_selected_and_another_one_filtered() -> None:
    assert restrict_log_query('rate({app="a", shop=~".+"} |= "x" [5m])', LISBON) == (
        'rate({app="a", shop=~".+",shop="lisbon"} |= "x" [5m])'
    )
    assert restrict_log_query('rate({app="a"} |= "x" [5m])', LISBON) == (
        'rate({app="a"} |= "x" | shop="lisbon" [5m])'
    )


def test_a_filter_has_no_pattern_which_loki_would_search_anywhere_in_a_value() -> None:
    two = values_of(["prod", "preprod"])
    assert restrict_log_query('rate({app="a"}[5m])', {"env": two}) == (
        'rate({app="a"} | env="preprod" or env="prod"[5m])'
    )
    rest = EVERY_VALUE.without(two)
    assert restrict_log_query('rate({app="a"}[5m])', {"env": rest}) == (
        'rate({app="a"} | env!="preprod" | env!="prod"[5m])'
    )


def test_streams_without_any_of_the_values_are_not_asked() -> None:
    assert restrict_log_query('rate({app="a", shop="porto"}[5m])', LISBON) is None


@pytest.mark.parametrize(
    ("query", "reason", "place"),
    [
        ('sum(rate({a="b"}[5m]))', "`sum` removes the label", "sum"),
        ('sum by (kind) (rate({a="b"}[5m]))', "`sum` removes the label", "by (kind)"),
        ('topk(3, rate({a="b"}[5m]))', "`topk` chooses among all series", "topk"),
        ('sum_over_time({a="b"} | json | unwrap shop [5m])', "`unwrap` takes the label away", "shop"),
        ('max_over_time({a="b"} | unwrap c [5m]) by (kind)', "`max_over_time` removes", "by (kind)"),
        ('absent_over_time({a="b"}[5m])', "`absent_over_time` returns something", "absent_over_time"),
        (
            'label_replace(rate({a="b"}[5m]), "shop", "x", "k", ".*")',
            "`label_replace` makes the label",
            "label_replace",
        ),
    ],
)
def test_a_query_that_loses_the_label_is_not_divided(query: str, reason: str, place: str) -> None:
    with pytest.raises(LangError, match=f"^{reason}") as caught:
        restrict_log_query(query, LISBON)
    assert query[slice(*caught.value.span)] == place
