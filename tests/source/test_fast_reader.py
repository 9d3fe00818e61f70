"""Values without nodes: the same as those of the nodes, or none at all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tocsin.source.document import Document
from tocsin.source.fast_reader import read_values
from tocsin.source.node import MappingNode, plain_data
from tocsin.source.yaml import read_yaml

ROOT = Path(__file__).parents[2]
SPECS = [*sorted((ROOT / "spec").glob("*.yaml")), ROOT / "tests" / "specs" / "shop.yaml"]


def _of_nodes(document: Document) -> object:
    """The values by the nodes; None where something is wrong, or there is no mapping."""
    reading = read_yaml(document)
    if reading.node is None and not reading.faults:
        return {}
    return None if reading.faults or not isinstance(reading.node, MappingNode) else plain_data(reading.node)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "a: 1\nb: [x, '2', 3.5, ~, {c: true, d: no}]\n",
        'a: |\n  two\n  lines\nb: >-\n  fol\n  ded\nc: "é\\n"\n',
        "1: x\nnull: y\n'<<<': z\n",
        "a:\n  - b:\n      - c\n  - ~\nd:\n",
    ],
)
def test_usual_texts_have_the_values_of_their_nodes(text: str) -> None:
    document = Document("a.yaml", text)
    values = read_values(document)
    assert values is not None
    assert values == _of_nodes(document)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x\n",
        "a: {b: 1}\n<<: {c: 2}\n",
        "a: !!str 1\n",
        "a: 1\na: 2\n",
        "[a]: 1\n",
        "- a\n",
        "word\n",
        "a: [\n",
        "a:\n  - b:\n      - c\n  -\n",
        "a: {b: }\n",
        "a: 1\n---\nb: 2\n",
        "\ufeffa: 1\n",
        'a: "\\ud83d"\n',
        f"a: {'9' * 500}\n",
        f"a: {'[' * 70}{']' * 70}\n",
        "a: \x07\n",
    ],
)
def test_what_takes_nodes_has_none(text: str) -> None:
    assert read_values(Document("a.yaml", text)) is None


def test_a_text_with_slips_has_the_values_of_its_nodes_or_none() -> None:
    chance = random.Random(11)
    texts = [path.read_text(encoding="utf-8") for path in SPECS]
    read = 0
    for _ in range(60):
        text = chance.choice(texts)
        text = text[: chance.randrange(50, 4000)]
        at = chance.randrange(len(text))
        slip = chance.choice(["&a ", "*a ", "{{", "]", "- ", ": ", "\t", "'", '"', "? ", "---\n", "<<: ", ""])
        document = Document("a.yaml", text[:at] + slip + text[at + chance.randrange(3) :])
        values = read_values(document)
        assert values is None or values == _of_nodes(document)
        read += values is not None
    assert read > 5


def test_whole_specs_need_no_nodes() -> None:
    for path in SPECS:
        document = Document(path.name, path.read_text(encoding="utf-8"))
        values = read_values(document)
        assert values is not None
        assert values == _of_nodes(document)
