"""The shortest text that matches some patterns and none of others."""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.lang.automata.dfa import Automaton, automaton
from tocsin.lang.automata.syntax import UnsupportedError, known_ends
from tocsin.lang.regex_samples import regex_samples
from tocsin.lang.regexes import matches_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_MOST_STEPS = 50_000
_GUESSES = ("other", "another", "x", "a1", "something-else", "0")
_PREFERRED = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:/ "


class UndecidedError(Exception):
    """The search was given up: so many combinations of patterns are possible."""


def witness(matching: Collection[str], others: Collection[str], excluded: Collection[str] = ()) -> str | None:
    """A text that matches all of the first patterns, none of the others, and is none of the excluded ones.

    None when there is no such text. UnsupportedError and UndecidedError when that cannot be determined.
    """
    excluded = {text for text in excluded if _fits(text, matching, others)}
    guesses: tuple[str, ...] = _GUESSES
    if matching:
        # Where the patterns exclude each other, the others need not be looked at.
        first = _together(tuple(matching))
        if first is None:
            return None
        guesses = (first, *_examples(next(iter(matching))))
    for guess in guesses:
        if guess not in excluded and _fits(guess, matching, others):
            return guess
    return _search(matching, others, excluded)


@lru_cache(maxsize=65536)
def compatible(left: str, right: str) -> bool:
    """Whether some text matches both patterns, as far as that can be determined."""
    (begin, end), (other_begin, other_end) = known_ends(left), known_ends(right)
    if not (begin.startswith(other_begin) or other_begin.startswith(begin)):
        return False
    if not (end.endswith(other_end) or other_end.endswith(end)):
        return False
    try:
        return _together((left, right)) is not None
    except (UndecidedError, UnsupportedError):
        return True


def _together(matching: tuple[str, ...]) -> str | None:
    """A text that matches all of the patterns: often examples of them in a row do."""
    found = [text for one in matching for text in _examples(one)[:1]]
    for text in ("".join(found), "".join(reversed(found)), *found):
        if _fits(text, matching, ()):
            return text
    return _search(matching, (), ())


def _fits(text: str, matching: Collection[str], others: Collection[str]) -> bool:
    return all(matches_whole(one, text, dot_is_any=False) for one in matching) and not any(
        matches_whole(one, text, dot_is_any=False) for one in others
    )


@lru_cache(maxsize=4096)
def _examples(pattern: str) -> tuple[str, ...]:
    """A few texts that match a pattern, to be tried before anything is searched."""
    found: list[str] = []
    for more in ("", "x", "other", "-1"):
        try:
            text = _search((pattern,), (), found)
        except UndecidedError:
            # Nothing can be searched, and one text that matches is more than none.
            found += regex_samples(pattern)[:2]
            break
        if text is None:
            break
        found.append(text)
        if matches_whole(pattern, text + more, dot_is_any=False):
            found.append(text + more)
    return tuple(dict.fromkeys(found))


def _search(matching: Collection[str], others: Collection[str], excluded: Collection[str]) -> str | None:
    found = _searched(tuple(matching), tuple(others), frozenset(excluded))
    if isinstance(found, _Undecided):
        raise UndecidedError
    return found


class _Undecided:
    """The search was given up, which is worth remembering as well."""


@lru_cache(maxsize=4096)
def _searched(
    patterns: tuple[str, ...], other_patterns: tuple[str, ...], excluded: frozenset[str]
) -> str | _Undecided | None:
    matching, others = ([automaton(one) for one in side] for side in (patterns, other_patterns))
    if None in matching or None in others:
        return _Undecided()
    return _breadth_first(
        [one for one in matching if one is not None], [one for one in others if one is not None], excluded
    )


def _breadth_first(
    matching: list[Automaton], others: list[Automaton], excluded: frozenset[str]
) -> str | _Undecided | None:
    prefixes = {text[:end] for text in excluded for end in range(len(text) + 1)}
    everything = [*matching, *others]
    alphabet = _alphabet(everything, excluded)
    wanted = len(matching)
    start = tuple(0 for _ in everything)
    seen = {(start, "" if prefixes else None)}
    waiting: deque[tuple[tuple[int, ...], str]] = deque([(start, "")])
    steps = 0
    while waiting:
        states, text = waiting.popleft()
        if (
            text not in excluded
            and all(one.accepts(state) for one, state in zip(matching, states, strict=False))
            and not any(one.accepts(state) for one, state in zip(others, states[wanted:], strict=True))
        ):
            return text
        for char in alphabet:
            steps += 1
            if steps > _MOST_STEPS:
                return _Undecided()
            code = ord(char)
            after = tuple(one.step(state, code) for one, state in zip(matching, states, strict=False))
            if any(one.dead(state) for one, state in zip(matching, after, strict=True)):
                continue
            after += tuple(one.step(state, code) for one, state in zip(others, states[wanted:], strict=True))
            longer = text + char
            key = (after, longer if longer in prefixes else None)
            if key not in seen:
                seen.add(key)
                waiting.append((after, longer))
    return None


def _alphabet(automata: Iterable[Automaton], excluded: Iterable[str]) -> str:
    """One character of each class that automata and excluded texts tell apart, the best to read first."""
    borders = {0, 0xD800, 0xE000}
    for one in automata:
        borders.update(one.borders)
    borders.update(code for text in excluded for char in text for code in (ord(char), ord(char) + 1))
    edges = [*sorted(border for border in borders if border <= 0x10FFFF), 0x110000]
    preferred = [ord(char) for char in _PREFERRED]
    found: list[int] = []
    for first, end in pairwise(edges):
        if first == 0xD800:
            continue
        found.append(next((code for code in preferred if first <= code < end), first))
    rank = {code: place for place, code in enumerate(preferred)}
    return "".join(map(chr, sorted(found, key=lambda code: (rank.get(code, 1000), code))))
