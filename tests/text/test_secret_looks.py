"""Where secrets stand in a text that looks like them, line by line."""

from __future__ import annotations

import pytest

from tocsin.text.secret_looks import secret_spans

_TOKEN = "glpat-" + "a1B2" * 5


def test_a_secret_is_found_on_each_line_and_nothing_around_it() -> None:
    text = f"first line\n\nsecond: token={_TOKEN}\nurl: https://me:{_TOKEN}@git.example/x\nlast"
    found = {text[start:end] for start, end in secret_spans(text)}
    assert found == {_TOKEN, f"me:{_TOKEN}"}


@pytest.mark.parametrize(
    "stand_in", ["{{ .Values.password }}", "${PASSWORD_OF_ALL}", "<your password>", "********"]
)
def test_what_stands_for_a_secret_is_none(stand_in: str) -> None:
    assert not [*secret_spans(f"url: https://x.example/?password={stand_in}")]
