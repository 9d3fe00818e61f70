"""Inhibitions that came or went: found where trying everything finds them, and nowhere else."""

from __future__ import annotations

import os
from itertools import product
from random import Random

import pytest
from tests.routing import random_trees

from tocsin.diff.changes import Changes, InhibitionChange
from tocsin.diff.inhibitions import inhibits, lost_inhibitions
from tocsin.diff.render.text import as_text
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.plan.model import Inhibition
from tocsin.source.place import Place

SEED = 20261124
PAIRS = 400 if os.environ.get("TOCSIN_THOROUGH") else 20
NAMES = ("team", "x")
VALUES = ("", "a", "b", "ab", "critical", "A", "é", '"', "\\", "a\nb", "other", "x1", "cri")


def _effects(rules: list[Inhibition]) -> set[tuple[int, int]]:
    sets = [dict(zip(NAMES, chosen, strict=True)) for chosen in product(VALUES, repeat=2)]
    return {
        (i, j)
        for i, source in enumerate(sets)
        for j, target in enumerate(sets)
        if any(inhibits(rule, source, target) for rule in rules)
    }


@pytest.mark.parametrize("number", range(PAIRS))
def test_a_change_is_found_when_trying_everything_finds_one(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random_trees, "NAMES", NAMES)
    random = Random(f"{SEED}/{number}")
    rules = [random_trees.inhibition(random) for _ in range(3)]
    kept = random.sample(rules, 2)
    old, new = rules[:2], kept
    gone, come = list(lost_inhibitions(old, new)), list(lost_inhibitions(new, old))
    for found, one, other in ((gone, old, new), (come, new, old)):
        for rule, example in found:
            assert example is not None
            source, target = example
            assert inhibits(rule, source, target)
            assert not any(inhibits(each, source, target) for each in other)
        if _effects(one) - _effects(other):
            assert found


def test_a_rule_that_another_one_covers_is_no_change() -> None:
    narrow = Inhibition((), (), ("team", "x"), Place(()))
    assert list(lost_inhibitions([narrow], [narrow])) == []
    assert list(lost_inhibitions([narrow], [])) == []


def test_what_was_too_much_to_try_is_said_and_counts_as_a_change() -> None:
    def one(*patterns: str) -> Inhibition:
        matchers = tuple(Matcher("x", "=~", pattern) for pattern in patterns)
        return Inhibition(matchers, matchers[:1], (), Place(()))

    many = one(*(f".*{letter}.*" for letter in "abcdefgh"))
    other = Inhibition(many.source[:1], many.target, (), Place(()))
    assert list(lost_inhibitions([many], [other])) == [(many, None)]
    rule = InhibitionChange("added", many, None, ())
    changes = Changes((), (), (rule,), (), (), complete=True, undecided=())
    assert changes
    assert "possibly: its labels can be combined in too many ways" in as_text(changes)
