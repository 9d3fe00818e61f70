"""One spec in many files: however it is cut up and named, it is the same spec."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.text.yaml import yaml_text

SHOP: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "specs" / "shop.yaml").read_text(encoding="utf-8")
)
PIECES = [{section: {name: value}} for section, names in SHOP.items() for name, value in names.items()]
WHOLE = load_documents([Document("shop.yaml", yaml_text(SHOP))]).spec


def _joined(pieces: list[dict[str, Any]]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for piece in pieces:
        for section, names in piece.items():
            joined.setdefault(section, {}).update(names)
    return joined


@given(st.permutations(PIECES), st.lists(st.integers(0, len(PIECES)), max_size=6))
def test_any_cut_into_files_gives_the_same_spec(pieces: list[dict[str, Any]], cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(pieces)]
    parts = [pieces[start:end] for start, end in pairwise(edges)]
    documents = [
        Document(f"{number}.yaml", yaml_text(_joined(part))) for number, part in enumerate(parts) if part
    ]
    loaded = load_documents(documents)
    assert loaded.diagnostics == ()
    assert loaded.spec == WHOLE
