"""Tests of an alert that say nothing about it are refused, with the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.compile import build
from tocsin.source.document import Document
from tocsin.spec.load import load_documents

SHOP = (Path(__file__).parents[1] / "specs" / "shop.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "id_", "words"),
    [
        ("fires: warning", "fires: page", "test/severity", "`CheckoutErrors` has no severity `page`"),
        ("fires: warning", "fires: [warning, page]", "test/severity", "has no severity `page`"),
        (
            """- series: {'up{job="web", instance="web-1:80", shop="lisbon"}': "1x5 0x5"}""",
            "- logs: [{stream: {a: b}, line: x}]",
            "test/data",
            "`ShopDown` reads metrics",
        ),
        ('"5e9x40"', '"5e9y40"', "spec/samples", "`5e9y40` is not a valid sample"),
        (
            '\'node_filesystem_avail_bytes{instance="web-1:9100", mountpoint="/"}\': "5e9x40"',
            "'sum(up)': '1'",
            "spec/series",
            "is not allowed in a series",
        ),
    ],
)
def test_a_useless_case_is_refused(before: str, after: str, id_: str, words: str) -> None:
    assert before in SHOP
    loaded = load_documents([Document("spec.yaml", SHOP.replace(before, after, 1))])
    found = loaded.diagnostics if loaded.spec is None else build(loaded.spec, loaded.sources).diagnostics
    assert [one.id for one in found] == [id_]
    assert words in found[0].message
    assert found[0].span is not None
