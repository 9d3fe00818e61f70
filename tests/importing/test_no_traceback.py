"""No file, however broken, ends in a traceback: each finding has a place and a way out."""

from __future__ import annotations

import os
import random

import pytest
import yaml
from tests.damage import damaged_text, damaged_tree
from tests.importing.openslo.test_slo import OLD, POLICIES
from tests.importing.openslo.test_slo import SLO as OPENSLO
from tests.importing.test_pyrra import RATIO
from tests.importing.test_sloth import RAW, SLO, WINDOWS

from tocsin.importing.import_slos import SourceFile, import_slos
from tocsin.source.document import Document
from tocsin.source.yaml import read_stream

COUNT = 3_000 if os.environ.get("TOCSIN_THOROUGH") else 40
TEXTS = (SLO, RAW, WINDOWS, RATIO, OPENSLO, OLD, f"{OPENSLO}  alertPolicies: [fast]\n---\n{POLICIES}")


def _import(text: str) -> None:
    document = Document("a.yaml", text)
    made = import_slos([SourceFile(document, read_stream(document).nodes, "a.yaml")], None)
    for one in made.diagnostics:
        assert one.span is not None
        assert one.span.document is document
        assert one.help


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_damaged_texts(number: int) -> None:
    chance = random.Random(number)
    for _ in range(COUNT):
        _import(damaged_text(TEXTS[number], chance))


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_damaged_values(number: int) -> None:
    chance = random.Random(number)
    trees = list(yaml.safe_load_all(TEXTS[number]))
    for _ in range(COUNT):
        _import(yaml.safe_dump_all([damaged_tree(tree, chance) for tree in trees]))
