"""Real rule files come out equal with all of their comments, or are refused as their engine does.

What is generated has no comments, so that the way back is compared without them: importing the generated file
gives the same spec, byte for byte.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING

import yaml

from tocsin.detect.kinds import DocumentKind
from tocsin.engines.promtool import check_rules
from tocsin.existing.input import read_input
from tocsin.importing.comment_secrets import without_secrets
from tocsin.importing.import_files import import_files
from tocsin.source.decode import decode_file
from tocsin.source.document import Document
from tocsin.targets import loki, prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from tocsin.engines.program import Program
    from tocsin.importing.import_files import Imported

EACH = 1 if os.environ.get("TOCSIN_THOROUGH") else 12
"""Of so many files, one is imported."""
COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*")
# Names that need quotes in a query, and documents that Prometheus does not load: the reasons are right.
REASONS = ("a spec holds no", "Prometheus loads only the first document")


def _files(corpora: Path) -> Iterator[tuple[Path, Document]]:
    for path in sorted((corpora / "prom_rules").rglob("*")):
        document = decode_file(path.as_posix(), path.read_bytes()) if path.is_file() else None
        if isinstance(document, Document):
            yield path, document


def _found(text: str) -> list[re.Match[str]]:
    """The comments, as PyYAML's scanner leaves them between its tokens, and behind the headers of blocks."""
    try:
        tokens = list(yaml.scan(text))
    except yaml.YAMLError:
        return []
    inside = [
        (text.find("\n", one.start_mark.index) if one.style in ("|", ">") else one.start_mark.index, one)
        for one in tokens
        if isinstance(one, yaml.ScalarToken)
    ]
    return [
        found
        for found in COMMENT.finditer(text)
        if not any(start <= found.start() < one.end_mark.index for start, one in inside)
    ]


def _comments(text: str) -> Counter[str]:
    """The lines of comments, each with how often it is there."""
    said = (without_secrets(found[0][1:].strip()) for found in _found(text))
    return Counter(one for one in said if one)


def _without_comments(text: str) -> str:
    for found in reversed(_found(text)):
        text = text[: found.start()].rstrip(" \t") + text[found.end() :]
    return text


def _lost(document: Document, made: Imported) -> list[str]:
    specs = (_comments(file.content.decode()) for file in made.files if file.path.endswith(".yaml"))
    return [*(_comments(document.text) - sum(specs, Counter())).elements()]


def _imported(name: str, text: str) -> Imported:
    return import_files([(read_input(Document(name, text), named=True), name)], None)


def _spec(made: Imported) -> dict[str, bytes]:
    """What the files of a spec say, but for the report and the accepted findings."""
    return {file.path: file.content for file in made.files if file.path.endswith(".yaml")}


def _comes_back(name: str, text: str) -> bool:
    """Whether importing what is generated gives the spec that it was generated from."""
    made = _imported(name, text)
    if made.spec is None:
        return False
    files = [*prometheus.emit(made.spec.plan), *loki.emit(made.spec.plan)]
    (rules,) = [file for file in files if "/rules/" in file.path]
    return _spec(_imported(f"{made.rules.rules[0].source.file}.yaml", rules.content.decode())) == _spec(made)


def test_what_promtool_takes_is_equal(
    corpora: Path, promtool: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    counts: Counter[str] = Counter()
    wrongly, lost, changed = [], [], []
    for path, document in list(_files(corpora))[::EACH]:
        file = read_input(document, named=True)
        if {part.kind for part in file.parts()} != {DocumentKind.RULES} or file.parts()[
            0
        ].resource is not None:
            continue
        made = import_files([(file, path.name)], None)
        assert "import/differs" not in {one.id for one in made.diagnostics}, path
        if made.files:
            counts["equal"] += 1
            counts["comments"] += _comments(document.text).total()
            lost += [(path.name, one) for one in _lost(document, made)]
            if not _comes_back(path.name, _without_comments(document.text)):
                changed.append(path.as_posix())
            continue
        reasons = [one.message for one in made.diagnostics if one.id == "import/refused"]
        is_taken = check_rules(promtool, [path]) is None
        counts["refused, taken by promtool" if is_taken else "refused by promtool as well"] += 1
        if is_taken and reasons and not any(one in reasons[0] for one in REASONS):
            wrongly.append((path.as_posix(), reasons))
    with capsys.disabled():
        print(f"\nrule files: {dict(counts)}")
    assert lost == []
    assert changed == []
    assert wrongly == []
    assert counts["refused, taken by promtool"] <= max(1, counts["equal"] // 50)
    assert counts["equal"] >= 10
