"""What the edit of a fix writes into a file."""

from __future__ import annotations

import pytest

from tocsin.diagnostics.fix import string_fix
from tocsin.source.document import Document, Span


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("team: X", "team: 'yes'"),
        ("teams: [a, X]", "teams: [a, 'yes']"),
        ("X: a", "'yes': a"),
        ("team: 'X'", "team: 'yes'"),
        ("route: team=X", "route: team=yes"),
        ("route: the team X of all", "route: the team yes of all"),
        ("route: X=team", "route: yes=team"),
    ],
)
def test_a_string_is_quoted_where_it_is_the_whole_of_a_scalar(line: str, written: str) -> None:
    at = line.index("X") - ("'X'" in line)
    end = line.index("X") + 1 + ("'X'" in line)
    fix = string_fix(Span(Document("a.yaml", line), at, end), "yes")
    assert (line[:at] + fix.text + line[end:]).replace('"', "'") == written
