from __future__ import annotations

import pickle
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING

import pytest

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable


@value_object
class Pair:
    """Two values."""

    first: int
    second: str = "b"
    cache: dict[str, int] = field(default_factory=dict, hash=False)


@value_object
class Narrow(Pair):
    """A pair with one more."""

    third: int = 3

    def __repr__(self) -> str:
        return "narrow"


@dataclass(slots=True, unsafe_hash=True)
class Plain:
    first: int
    second: str = "b"
    cache: dict[str, int] = field(default_factory=dict, hash=False)


def test_it_is_what_a_dataclass_is() -> None:
    one, plain = Pair(1), Plain(1)
    kind: type = Pair
    assert is_dataclass(kind)
    assert [f.name for f in fields(Pair)] == [f.name for f in fields(Plain)]
    assert repr(one) == repr(plain).replace("Plain", "Pair")
    assert hash(one) == hash(plain)
    assert replace(one, second="c") == Pair(1, "c") != one
    assert pickle.loads(pickle.dumps(one)) == one
    assert not hasattr(one, "__dict__")
    assert Pair(1).cache is not Pair(1).cache


def test_equality_needs_the_same_class() -> None:
    others: list[object] = [Plain(1), Narrow(1), 1]
    assert all(Pair(1) != other for other in others)
    assert len({Pair(1), Pair(1), Pair(2)}) == 2


def test_the_methods_of_a_class_stay() -> None:
    assert repr(Narrow(1)) == "narrow"
    assert Narrow(1, third=4) != Narrow(1)
    assert repr(Pair(1)).startswith("Pair(")


@pytest.mark.parametrize(("arguments", "named"), [((), {}), ((1, "b", {}, 4), {}), ((1,), {"other": 2})])
def test_wrong_arguments_are_refused(arguments: tuple[object, ...], named: dict[str, object]) -> None:
    make: Callable[..., Pair] = Pair
    with pytest.raises(TypeError, match=r"Pair\.__init__\(\)"):
        make(*arguments, **named)


def test_no_part_of_the_value_is_what_is_not_compared() -> None:
    one, other = Noted(1, ["a"]), Noted(1, ["b"])
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == "Noted(value=1)"
    assert one.whole == "1"


def test_fields_are_known_where_only_the_derived_class_is_asked() -> None:
    # In this order: each class is made known as a dataclass when somebody asks for it.
    assert [one.name for one in fields(Derived)] == ["value", "note", "whole", "more"]
    assert [one.name for one in fields(Noted)] == ["value", "note", "whole"]
    assert replace(Derived(1, ["a"], "b"), more="c").more == "c"


@value_object
class Noted:
    """A value with a note."""

    value: int
    note: list[str] = field(compare=False, repr=False)
    whole: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "whole", str(self.value))


@value_object
class Derived(Noted):
    """A noted value with one more."""

    more: str = ""
