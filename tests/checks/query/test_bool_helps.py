"""What `query/bool` advises: parentheses for comparisons in a row, else another number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("expr", "advice"),
    [
        ('1 < bool up{a="b"} < bool 3', "put each comparison in parentheses"),
        ("(vector(5) > bool 3) * (up > bool 0) > bool 2", "compare it with a number that it can reach"),
    ],
)
def test_comparisons_in_a_row_get_parentheses(expr: str, advice: str, tmp_path: Path) -> None:
    rules = [{"alert": "A", "expr": expr, "annotations": {"summary": "s"}}]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
    shown = CliRunner().invoke(main, ["check", str(tmp_path), "--only", "query/bool", "--format", "json"])
    (found,) = json.loads(shown.stdout)
    assert advice in found["help"]
