"""Parts of all series, told by matchers: gaps and overlaps are found with a series that shows them."""

from __future__ import annotations

import os
import random

import pytest
from tests.lang.partition import partition_faults

from tocsin.lang.listed_labels import (
    LabelSets,
    ListedValues,
    in_both_label_sets,
    label_sets_without,
    matchers_text,
    values_of,
)
from tocsin.lang.promql.ast import LabelMatcher, Selector
from tocsin.lang.promql.listed_matchers import listed_label_sets
from tocsin.lang.promql.parser import parse_promql

VALUES = [
    "",
    "lisbon",
    "porto",
    "a|b",
    'say "x"',
    "back\\slash",
    "a.c",
    "abc",
    "^x$",
    "São Tomé",
    "[a-z]+",
    "(",
    "*",
]
SETS = 1000 if os.environ.get("TOCSIN_THOROUGH") else 50


def _matchers(text: str) -> tuple[LabelMatcher, ...]:
    tree = parse_promql(f"x{{{text}}}")
    assert isinstance(tree, Selector)
    return tree.matchers


def _faults(*parts: str) -> list[tuple[dict[str, str], tuple[int, ...]]]:
    return [(dict(one.labels), one.parts) for one in partition_faults([_matchers(part) for part in parts])]


def test_parts_that_leave_nothing_out_and_do_not_overlap_have_no_fault() -> None:
    assert _faults("") == []
    assert _faults('shop="a"', 'shop!="a"') == []
    assert _faults('shop=~"a|b"', 'shop!~"a|b"') == []
    assert _faults('shop="a"', 'shop!="a",region="eu"', 'shop!="a",region!="eu"') == []
    # A missing label is one that is empty.
    assert _faults('shop=""', 'shop=~".+"') == []


@pytest.mark.parametrize(
    ("parts", "labels", "inside"),
    [
        (['shop="a"', 'shop=~"b|c"'], {"shop": ""}, ()),
        (['shop=~".+"'], {"shop": ""}, ()),
        (['shop=~".*"', 'shop="a"'], {"shop": "a"}, (0, 1)),
        (['shop=~"a.*"', 'shop=~".*b"', 'shop!~"a.*|.*b"'], {"shop": "ab"}, (0, 1)),
        (['shop="a.c"', 'shop!~"a.c"'], {"shop": "aac"}, ()),
        (['shop="a",region="eu"', 'shop!="a"'], {"shop": "a", "region": ""}, ()),
    ],
)
def test_a_gap_or_an_overlap_is_found(
    parts: list[str], labels: dict[str, str], inside: tuple[int, ...]
) -> None:
    found = _faults(*parts)
    assert any(
        which == inside and all(of.get(name) == value for name, value in labels.items() if value)
        for of, which in found
    ), found


def _divided(chosen: random.Random) -> list[LabelSets]:
    left: list[LabelSets] = [{}]
    parts: list[LabelSets] = []
    for _ in range(chosen.randint(1, 4)):
        names = chosen.sample(["shop", "region"], chosen.randint(1, 2))
        wanted = {name: values_of(chosen.sample(VALUES, chosen.randint(1, 3))) for name in names}
        parts += [both for sets in left if (both := in_both_label_sets(sets, wanted)) is not None]
        left = [rest for sets in left for rest in label_sets_without(sets, wanted)]
    return parts + left


@pytest.mark.parametrize("seed", range(5))
def test_label_sets_of_the_first_match_divide_everything_and_each_seeded_fault_is_found(seed: int) -> None:
    chosen = random.Random(seed)
    for _ in range(SETS // 5):
        parts = _divided(chosen)
        assert _faults(*map(matchers_text, parts)) == []
        number = chosen.randrange(len(parts))
        without = [*parts[:number], *parts[number + 1 :]]
        assert any(inside == () for _, inside in _faults(*map(matchers_text, without)))
        [label, *_] = [*parts[number], "shop"]
        wider = dict(parts[number])
        wider[label] = ListedValues(frozenset(), is_all_but=True)
        if len(parts) > 1 and wider != parts[number]:
            seeded = [*parts[:number], wider, *parts[number + 1 :]]
            assert any(len(inside) > 1 for _, inside in _faults(*map(matchers_text, seeded)))


def test_written_matchers_are_read_back_and_what_stands_there_twice_is_in_both() -> None:
    chosen = random.Random(5)
    for _ in range(SETS):
        parts = _divided(chosen)
        assert [listed_label_sets(matchers_text(part)) for part in parts] == parts
        one, other = chosen.choice(parts), {"shop": values_of(chosen.sample(VALUES, 2))}
        both = listed_label_sets(f"{matchers_text(other)}, {matchers_text(one)}")
        found = in_both_label_sets(one, other)
        assert both == found or (found is None and both["shop"].is_empty)
