"""Real files inside of a ConfigMap: everything is at the place where it stands there."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tocsin.existing.files import Adopted, read_existing
from tocsin.existing.input import read_input
from tocsin.source import Document, Place

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SEED = 20_261_129
_HEAD = "apiVersion: v1\nkind: ConfigMap\ndata:\n"


def _adopt(text: str) -> Adopted:
    return read_existing([read_input(Document("file", text), named=True)])


def _inside(text: str, indentation: int) -> str:
    """The file as an entry; an indicator says where lines begin, as the first one may be indented itself."""
    lines = (" " * indentation + line if line.strip() else line for line in text.splitlines(keepends=True))
    return f"{_HEAD}  key: |{indentation - 2}\n{''.join(lines)}"


def _expressions(adopted: Adopted) -> list[tuple[str, Place]]:
    return [(rule.expr, rule.written.expr) for group in adopted.plan.rule_groups for rule in group.rules]


def test_every_query_of_a_real_file_is_where_it_stands_in_the_config_map(
    corpora: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted(path for path in (corpora / "prom_rules").rglob("*") if path.is_file())
    places = 0
    for path in random.Random(SEED).sample(files, 80):
        text = path.read_bytes().decode("utf-8")
        alone = _adopt(text)
        for indentation in (4, 7):
            held = _adopt(_inside(text, indentation))
            pairs = list(zip(_expressions(alone), _expressions(held), strict=True))
            assert pairs or not alone.plan.rule_groups
            for (query, here), (same, there) in pairs:
                assert query == same
                for at in range(0, len(query), 5):
                    first = alone.sources.locate(Place(here.path, (at, at + 1)))
                    second = held.sources.locate(Place(there.path, (at, at + 1)))
                    where = first.line + 4, first.column + indentation
                    assert (second.line, second.column) == where, (path, query, at)
                    places += 1
            told = [(one.id, one.message) for one in held.diagnostics]
            assert told == [(one.id, one.message) for one in alone.diagnostics], path
    with capsys.disabled():
        print(f"\n{places} characters of queries in ConfigMaps, each at its place (seed {SEED})")
    assert places > 10_000
