"""Which regular expressions in a filter of labels Loki searches for, instead of matching them as a whole.

The answers are those of a real Loki, asked with values around each pattern.
"""

from __future__ import annotations

import pytest

from tocsin.lang.logql.label_regexes import is_searched, passing_pattern
from tocsin.lang.regexes import matches_whole


@pytest.mark.parametrize(
    "pattern",
    [
        "p.*",
        ".*prod",
        "prod|preprod",
        "(?:prod|preprod)",
        "warn|warning",
        "err|error",
        "ab|abc",
        "a.*|b",
        "e.*|x",
        "a|ab|b",
        "warn(ing|)",
        "a|err|error",
    ],
)
def test_what_loki_searches_for(pattern: str) -> None:
    assert is_searched(pattern)
    assert matches_whole(
        passing_pattern(pattern), f"x{pattern.split('|')[0].strip('(?:)').replace('.*', '')}x"
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "api",
        "(api)",
        "prod|dev",
        "(prod|dev)",
        "500|501",
        "500|501|600",
        "500|6001",
        "a|b",
        "5..",
        "[a-c]+",
        "(?i)get",
        "get|GET",
        "500|600",
        "err(or)?",
        "erro?r?",
        "501|500|warn|warning",
        ".*",
        ".+",
    ],
)
def test_what_loki_matches_as_a_whole(pattern: str) -> None:
    assert not is_searched(pattern)
    assert passing_pattern(pattern) == pattern
