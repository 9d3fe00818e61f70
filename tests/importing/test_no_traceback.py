"""No file, however broken, ends in a traceback: each finding has a place and a way out."""

from __future__ import annotations

import os
import random

import pytest
import yaml
from tests.damage import damaged_text, damaged_tree
from tests.importing.alertmanager.configured import CONFIG
from tests.importing.openslo.test_slo import OLD, POLICIES
from tests.importing.openslo.test_slo import SLO as OPENSLO
from tests.importing.rules.test_import_rules import DISK, MIXED
from tests.importing.rules.test_lifts import BURN, SEVERAL
from tests.importing.test_pyrra import RATIO
from tests.importing.test_sloth import RAW, SLO, WINDOWS

from tocsin.existing.input import read_input
from tocsin.importing.import_files import import_files
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


ALERTING = (DISK, MIXED, BURN, SEVERAL, CONFIG)


def _import_file(text: str) -> None:
    made = import_files([(read_input(Document("a.yaml", text), named=True), "a.yaml")], None)
    for one in made.diagnostics:
        assert one.span is not None
        assert one.help
        assert one.id != "import/differs", text


@pytest.mark.parametrize("number", range(len(ALERTING)))
def test_damaged_rules_and_routes(number: int) -> None:
    chance = random.Random(number)
    for _ in range(COUNT):
        _import_file(damaged_text(ALERTING[number], chance))
        _import_file(yaml.safe_dump(damaged_tree(yaml.safe_load(ALERTING[number]), chance)))


@pytest.mark.parametrize("limit", ["( 25 / 100 )", "10 / 2", "2 ^ 10 * 3", "-(3 * 4)", "1e3 * 2", "0x10 * 2"])
def test_limits_that_are_calculated(limit: str) -> None:
    for query in ("x", 'x{job=~"a.*"} * 100'):
        rules = f"[{{alert: A, expr: '{query} > {limit}', labels: {{severity: warning}}}}]"
        _import_file(f"groups: [{{name: a, rules: {rules}}}]\n")
