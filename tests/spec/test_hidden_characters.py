"""Characters that nobody sees are refused in a spec, so that no page, dashboard or rule can hold one."""

from __future__ import annotations

import pytest

from tocsin.source.document import Document
from tocsin.source.fast_reader import read_values
from tocsin.spec.load import load_documents


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        (r'teams: {web: {title: "Web\e[31m"}}', 26, "U+001B"),
        (r'teams: {web: {title: "a\x9Bb"}}', 24, "U+009B"),
        ("teams: {web: {title: a\u202eb}}", 23, "U+202E"),
        (r'teams: {"w\reb": {title: a}}', 11, "U+000D"),
        ("teams: {web: {title: a\u2028b}}", 23, "U+2028"),
    ],
)
def test_they_are_refused_where_they_stand(line: str, column: int, said: str) -> None:
    document = Document("a.yaml", line)
    found = [one for one in load_documents([document]).diagnostics if one.id == "spec/hidden-character"]
    assert [(one.span and one.span.column, one.message.split()[2]) for one in found] == [(column, said)]
    # A large spec is read by another road, which has to leave it to this one.
    assert read_values(document) is None


@pytest.mark.parametrize(
    "line",
    [
        'teams: {web: {title: "a\\n\\tb"}}',
        "teams: {web: {title: 👩\u200d🚒 é}}",
        r"teams: {web: {title: 'a\e[31m'}}",
    ],
)
def test_others_are_not(line: str) -> None:
    document = Document("a.yaml", line)
    found = load_documents([document]).diagnostics
    assert not [one for one in found if one.id == "spec/hidden-character"]
