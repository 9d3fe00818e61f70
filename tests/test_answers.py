from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest

from tocsin.answers import KeepsAnswers, answered_once
from tocsin.value_object import value_object


@value_object
class Tree(KeepsAnswers):
    """A value with many questions about it."""

    leaves: tuple[int, ...]


class Answer:
    """Something that can be watched."""

    def __init__(self, tree: Tree, factor: int) -> None:
        self.tree = tree
        self.sum = sum(tree.leaves) * factor


@answered_once
def answer(tree: Tree, factor: int = 1) -> Answer:
    """An answer that refers to what was asked."""
    return Answer(tree, factor)


@answered_once
def never(tree: Tree) -> None:
    """A question that is wrong."""
    raise ValueError(tree)


def test_an_answer_is_worked_out_once_for_each_object_and_argument() -> None:
    tree, equal = Tree((1, 2)), Tree((1, 2))
    assert answer(tree) is answer(tree)
    assert answer(tree, 2) is answer(tree, 2)
    assert (answer(tree).sum, answer(tree, 2).sum) == (3, 6)
    assert answer(equal).tree is equal


def test_what_was_asked_is_no_part_of_the_value() -> None:
    tree, other = Tree((1, 2)), Tree((1, 2))
    answer(tree)
    assert tree == other
    assert hash(tree) == hash(other)
    assert repr(tree) == repr(other)
    assert answer(replace(tree, leaves=(4,))).sum == 4


def test_an_answer_lives_no_longer_than_its_object() -> None:
    tree = Tree((1,))
    found = weakref.ref(answer(tree))
    assert found() is not None
    del tree
    gc.collect()
    assert found() is None


def test_an_error_is_raised_each_time() -> None:
    tree = Tree((1,))
    for _ in range(2):
        with pytest.raises(ValueError, match="Tree"):
            never(tree)
