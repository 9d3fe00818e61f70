"""The name that was probably meant: the one rule behind every "did you mean"."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_SEPARATORS = re.compile(r"[-_. ]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MEANT = re.compile(r"did you mean `([^`]+)`\?")
_MOST_LISTED = 30
_LEAST_PART = 4
_LONG_WORD = 8
_DIGITS = re.compile(r"[0-9]+")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that differs least from a word, in at most a third of its letters.

    Of names that are equally near, the one that shares the longest beginning; where none is near, the only
    one of which the word is a part, as `upper` of `toUpper`. Letter case, `-` for `_` and the order of words
    count for nothing, two letters in each other's place for one. The limit is that of rustc
    (`rustc_span::edit_distance`), except that a letter has to stay.
    """
    known = sorted(known)
    best: tuple[int, int, str] | None = None
    shape, words, letters = _shape(word), _words(word), frozenset(word.lower())
    limit = min(max(len(word), 3) // 3, len(word) - 1)
    for name in known:
        if _shape(name) == shape or (len(words) > 1 and _words(name) == words):
            return name
        # An edit takes one letter away and brings one at most.
        if len(letters ^ _letters(name)) > 2 * limit:
            continue
        distance = edit_distance(word.lower(), name.lower(), limit)
        if distance is not None:
            found = distance, -_shared_beginning(word, name), name
            best = found if best is None else min(best, found)
    if best is not None:
        return best[2]
    # `upper` is the only one of its kind in `toUpper`.
    longer = [name for name in known if set(words) < set(_words(name))]
    return longer[0] if len(longer) == 1 and len(word) >= _LEAST_PART else None


def is_misspelling(word: str, name: str, known: Iterable[str]) -> bool:
    """Whether a word can only mean this one of the known names, so that a program may write it.

    It differs in letter case or separators, or one letter of a word of at least four is wrong, missing or too
    many, or changed places with its neighbour (two in a word of eight letters); no digit differs, and of no
    other known name the same could be said.
    """
    return [one for one in {*known, name} if _is_slip(word, one)] == [name]


def _is_slip(word: str, name: str) -> bool:
    if _shape(word) == _shape(name):
        return True
    own, other = _in_order(word), _in_order(name)
    if _DIGITS.findall(word) != _DIGITS.findall(name) or len(own) != len(other):
        return False
    differing = [pair for pair in zip(own, other, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and all(
        len(first) >= _LEAST_PART
        and len(second) >= _LEAST_PART
        and edit_distance(first, second, 2 if min(len(first), len(second)) >= _LONG_WORD else 1) is not None
        for first, second in differing
    )


def _in_order(name: str) -> list[str]:
    return [word.lower() for word in _SEPARATORS.split(_CAMEL.sub("_", name)) if word]


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The help that names the nearest known name, where one is near."""
    near = nearest(word, known)
    return None if near is None else f"did you mean `{near}`?"


def name_meant(help_: str | None) -> str | None:
    """The name that a help of `did_you_mean` gives; None where it gives none."""
    found = _MEANT.fullmatch(help_ or "")
    return None if found is None else found[1]


def suggest(word: str, known: Collection[str], most: int = _MOST_LISTED) -> str:
    """The help that names the nearest known name, or else those that are known, at `most` so many."""
    return did_you_mean(word, known) or list_known(known, most)


def list_known(known: Collection[str], most: int = _MOST_LISTED) -> str:
    """The help that names those that are known, at `most` so many."""
    names = ", ".join(f"`{name}`" for name in list(known)[:most])
    return f"known here: {names}{', …' if len(known) > most else ''}"


def edit_distance(first: str, second: str, limit: int) -> int | None:
    """How many letters to insert, delete, replace or swap with their neighbour; None for more than `limit`.

    This is the distance of optimal string alignment: no part of the text is edited twice.
    """
    if abs(len(first) - len(second)) > limit:
        return None
    before: list[int] = []
    row = list(range(len(second) + 1))
    for at, letter in enumerate(first, 1):
        earlier, before, row = before, row, [at]
        for column, other in enumerate(second, 1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != other))
            swapped = at > 1 and column > 1 and letter == second[column - 2] and first[at - 2] == other
            row.append(min(cost, earlier[column - 2] + 1) if swapped else cost)
        if min(row) > limit and min(before) > limit:
            return None
    return row[-1] if row[-1] <= limit else None


def _shared_beginning(first: str, second: str) -> int:
    pairs = zip(first.lower(), second.lower(), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@lru_cache(maxsize=4096)
def _letters(name: str) -> frozenset[str]:
    return frozenset(name.lower())


# The known names are the same ones for many words.
@lru_cache(maxsize=4096)
def _shape(name: str) -> str:
    return _SEPARATORS.sub("", name).lower()


@lru_cache(maxsize=4096)
def _words(name: str) -> list[str]:
    return sorted(word.lower() for word in _SEPARATORS.split(_CAMEL.sub("_", name)) if word)
