"""Value objects written as JSON and read again."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tocsin.value_json import ValueJson
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping


class Colour(StrEnum):
    RED = "red"


@value_object
class Leaf:
    number: float
    colour: Colour = Colour.RED


@value_object
class Tree:
    leaves: tuple[Leaf, ...]
    by_name: Mapping[str, Any]
    shadow: Tree | None = None


JSON = ValueJson((Leaf, Tree, Colour), shared=(Leaf, Tree))


def _again(value: object) -> Any:
    return JSON.read(orjson.loads(orjson.dumps(JSON.write(value))))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1.5,
        "é",
        (),
        [],
        ((1, "a"), [2, (3,)]),
        {"a": (1,), "b": {"c": [(), {}]}, "5": None},
        frozenset({"a"}),
        date(2026, 2, 28),
        (float("inf"), Leaf(float("-inf"))),
        Colour.RED,
        Tree((Leaf(1.0), Leaf(2.0)), {"x": Leaf(3.0), "y": [Colour.RED]}, Tree((), {})),
        (5, [6, (7, 8)], 4),
    ],
)
def test_what_is_read_again_is_equal_and_of_the_same_types(value: object) -> None:
    found = _again(value)
    assert found == value
    assert repr(found) == repr(value)


def test_an_object_that_is_shared_is_one_object_again() -> None:
    leaf = Leaf(1.0)
    inner = Tree((leaf,), {})
    outer, again = _again((Tree((leaf, Leaf(1.0)), {"x": leaf}, inner), inner))
    assert outer.leaves[0] is outer.by_name["x"] is again.leaves[0]
    assert outer.leaves[0] is not outer.leaves[1]
    assert outer.shadow is again


@pytest.mark.parametrize("value", [{1: 2}, object(), {"a"}, b"", (1, 1j)])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        JSON.write(value)
