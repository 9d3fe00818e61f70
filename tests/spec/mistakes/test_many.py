"""Many mistakes cost as much as the sum of them: the work for one does not grow with the others."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tocsin.source.document import Document
from tocsin.spec.load import load_documents

if TYPE_CHECKING:
    from types import FrameType


MOST = 2_200
"""Calls for one mistake; that of a key with another name is the dearest."""


def _work(text: str) -> int:
    """How many functions are called to read a spec and to say what is wrong with it."""
    calls = 0

    def count(_frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        found = load_documents([Document("a.yaml", text)]).diagnostics
    finally:
        sys.setprofile(None)
    assert found
    return calls


@pytest.mark.parametrize(
    "line",
    [
        "  unknown_{}: 1\n",
        "  langage{}: en\n",
        "  urls{}: {{prometheus: 5}}\n",
        "  '{}': [1, {{a: b}}]\n",
    ],
)
def test_a_mistake_costs_no_more_among_many(line: str) -> None:
    start = "project:\n  name: shop\n"
    _work(start + line.format(0))
    few, many, most = (
        _work(start + "".join(line.format(number) for number in range(count))) for count in (10, 60, 310)
    )
    assert (most - many) / 250 < 1.5 * (many - few) / 50
    assert (many - few) / 50 < MOST
