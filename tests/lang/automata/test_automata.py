"""Patterns as sets of texts: the same texts that RE2 matches, and witnesses that are what they should be."""

from __future__ import annotations

import re
from random import Random

import pytest

from tocsin.lang.automata import (
    UndecidedError,
    UnsupportedError,
    compatible,
    finite_texts,
    known_ends,
    witness,
)
from tocsin.lang.automata.dfa import automaton
from tocsin.lang.errors import LangError
from tocsin.lang.regexes import check_regex, matches_whole

SEED = 20261124
ATOMS = (
    *(
        "a",
        "b",
        "ab",
        ".",
        "[ab]",
        "[^a]",
        r"\d",
        r"\w",
        r"\S",
        "(?i:a)",
        "(?i)b",
        "^",
        "$",
        "é",
        r"\.",
        "\n",
    ),
    *("[a-c1-3]", "[[:alpha:]]", r"\x41", r"\pL", "(?s:.)", "-", "[-a]", r"[a\-b]", r"\Qa.b\E", r"\A", r"\z"),
    *("{", "a{2}", "b{1,2}", "a{2,}", r"[^\d]", r"[\d\-x]", "()"),
)
SIGNS = "abcABC123.é\n-+ {_k"


@pytest.mark.parametrize("pattern", [".*a.{14}", "(a|b)*a(a|b){22}", ".*(x|y).{30}z"])
def test_a_pattern_with_too_many_states_is_given_up_early(pattern: str) -> None:
    assert automaton(pattern) is None
    with pytest.raises(UndecidedError):
        witness([pattern], [pattern + "x?"], [])
    # One text that matches is found all the same, and nothing is said to be impossible.
    found = witness([pattern], [])
    assert found is not None
    assert re.fullmatch(pattern, found)
    assert compatible(pattern, ".*b.{13}")


@pytest.mark.parametrize(
    "pattern",
    [
        ".*foo.*bar.*",
        "|".join(f"host-{n:04}" for n in range(200)),
        "a{500}",
        "(api|web)-(eu|us)-[0-9]{1,3}(:[0-9]+)?",
    ],
)
def test_a_common_pattern_is_not_given_up(pattern: str) -> None:
    assert automaton(pattern) is not None


def _pattern(random: Random, depth: int = 4) -> str:
    kind = random.randrange(7) if depth else 0
    if kind <= 2:
        return random.choice(ATOMS)
    left, right = _pattern(random, depth - 1), _pattern(random, depth - 1)
    if kind == 3:
        return left + right
    if kind == 4:
        return f"({left}|{right})"
    return (
        f"(?:{left}){random.choice(('*', '+', '?', '{0,2}', '{2}', '*?'))}"
        if kind == 5
        else f"{left}|{right}"
    )


def test_an_automaton_takes_what_re2_takes() -> None:
    random = Random(SEED)
    count = 0
    while count < 400:
        pattern = _pattern(random)
        try:
            check_regex(pattern, (0, 0))
        except LangError:
            continue
        count += 1
        states = automaton(pattern)
        assert states is not None
        few = finite_texts(pattern, 64)
        for _ in range(20):
            text = "".join(random.choice(SIGNS) for _ in range(random.randrange(5)))
            begins, finish = known_ends(pattern)
            state = 0
            for char in text:
                state = states.step(state, ord(char))
            expected = matches_whole(pattern, text, dot_is_any=False)
            assert states.accepts(state) == expected, (pattern, text)
            assert not expected or (text.startswith(begins) and text.endswith(finish)), (pattern, text)
            assert few is None or (text in few) == expected, (pattern, text)


@pytest.mark.parametrize(
    ("matching", "others", "excluded", "found"),
    [
        (["a.*", ".*b"], ["ab"], [], True),
        (["a|b"], ["a", "b"], [], False),
        (["a|b"], [], ["a"], True),
        (["[ab]"], [], ["a", "b"], False),
        ([".*foo.*", ".*bar.*"], [".*foobar.*"], [], True),
        ([".*"], [".+"], [""], False),
        ([], [".*"], [], True),
        (["kube-.*"], ["kube-(a|b).*", "kube-[c-z].*"], ["kube-"], True),
        (["(?i)PROD"], ["[a-z]+", "[A-Z]+"], [], True),
    ],
)
def test_a_witness_is_in_some_sets_and_not_in_others(
    matching: list[str], others: list[str], excluded: list[str], found: bool
) -> None:
    text = witness(matching, others, excluded)
    assert (text is not None) == found
    if text is not None:
        assert all(matches_whole(one, text, dot_is_any=False) for one in matching)
        assert not any(matches_whole(one, text, dot_is_any=False) for one in others)
        assert text not in excluded


def test_few_texts_are_listed_and_many_are_not() -> None:
    assert finite_texts("a|b(c|d)?|(e|f){2}") == ("a", "b", "bc", "bd", "ee", "ef", "fe", "ff")
    assert finite_texts("prod-[0-3]") == ("prod-0", "prod-1", "prod-2", "prod-3")
    assert finite_texts("a.") is None
    assert finite_texts("a*") is None


def test_what_no_set_of_texts_tells_is_refused() -> None:
    with pytest.raises(UnsupportedError):
        automaton(r"\bfoo")
    assert compatible(r"\bfoo", "x")
    assert not compatible("a.*", "b.*")
