"""Answers that are worked out once for a plan, a part of it or a spec, and kept as long as it lives."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable


class HasAnswers(Protocol):
    """An object of which functions that are `answered_once` may be asked."""

    @property
    def answers(self) -> dict[Any, Any]:
        """What it was asked, with the answers."""


class KeepsAnswers:
    """The base of an object that many ask the same; the answers are no part of its value."""

    __slots__ = ("_answers",)
    _answers: dict[Any, Any]

    @property
    def answers(self) -> dict[Any, Any]:
        """What it was asked, with the answers."""
        try:
            return self._answers
        except AttributeError:
            self._answers = {}
            return self._answers


Asked = TypeVar("Asked", bound=HasAnswers)
Further = ParamSpec("Further")
Answer = TypeVar("Answer")


def answered_once(
    function: Callable[Concatenate[Asked, Further], Answer],
) -> Callable[Concatenate[Asked, Further], Answer]:
    """Keep what the function returns for an object, and for hashable arguments behind it, with the object."""

    @wraps(function)
    def answered(of: Asked, /, *further: Further.args, **named: Further.kwargs) -> Answer:
        assert not named, "arguments by name are no part of the key"
        answers = of.answers
        key = (answered, *further) if further else answered
        if key not in answers:
            answers[key] = function(of, *further, **named)
        found: Answer = answers[key]
        return found

    return answered


def known_answer(function: Callable[[Asked], Answer], of: Asked) -> Answer | None:
    """What a function that is `answered_once` has answered for an object; None where nobody has asked."""
    found: Answer | None = of.answers.get(function)
    return found


def give_answer(function: Callable[[Asked], Answer], of: Asked, answer: Answer) -> None:
    """Let such a function answer this for an object: whoever knows it has it from an earlier run."""
    of.answers[function] = answer
