"""Value objects written as JSON and read again."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tocsin.value_json import ValueJson
from tocsin.value_object import ReadOnUse, value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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


@value_object
class Note(ReadOnUse):
    text: str
    leaf: Leaf
    marks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.text.title()


NOTE = Note("a word", Leaf(2.0), ("x",))


def _read_later() -> Any:
    json = ValueJson((Leaf, Note, Colour))
    return json.read(orjson.loads(orjson.dumps(json.write(NOTE))))


@pytest.mark.parametrize(
    "look",
    [
        lambda note: note.leaf == Leaf(2.0),
        lambda note: note.title == "A Word",
        lambda note: note == NOTE,
        lambda note: NOTE.__eq__(note),
        lambda note: hash(note) == hash(NOTE),
        lambda note: repr(note) == repr(NOTE),
        lambda note: replace(note, text="b") == Note("b", Leaf(2.0), ("x",)),
        lambda note: pickle.loads(pickle.dumps(note)) == NOTE,
        lambda note: not hasattr(note, "other"),
    ],
)
def test_what_is_read_on_use_is_the_same_however_it_is_looked_at(look: Callable[[Note], bool]) -> None:
    assert look(_read_later())


def test_what_is_read_on_use_is_not_read_before() -> None:
    json = ValueJson((Leaf, Note, Colour))
    number = json.write(NOTE)
    assert isinstance(number, list)
    later = json.read([number[0], "no JSON"])
    with pytest.raises(ValueError, match="invalid literal"):
        later.text  # noqa: B018
    with pytest.raises(TypeError):
        json.read([number[0], 5])
