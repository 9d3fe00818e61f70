"""Real rule files come out equal with all of their comments, or are refused as their engine does."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING

import yaml

from tocsin.detect.kinds import DocumentKind
from tocsin.engines.promtool import check_rules
from tocsin.existing.files import read_input
from tocsin.importing.comment_secrets import without_secrets
from tocsin.importing.import_files import import_files
from tocsin.source.decode import decode_file
from tocsin.source.document import Document

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


def _comments(text: str) -> list[str]:
    """The comments, as PyYAML's scanner leaves them between its tokens."""
    try:
        tokens = list(yaml.scan(text))
    except yaml.YAMLError:
        return []
    inside = [
        (one.start_mark.index, one.end_mark.index) for one in tokens if isinstance(one, yaml.ScalarToken)
    ]
    return [
        without_secrets(found[0][1:].strip())
        for found in COMMENT.finditer(text)
        if not any(start <= found.start() < end for start, end in inside)
    ]


def _lost(document: Document, made: Imported) -> list[str]:
    texts = "\n".join(file.content.decode() for file in made.files)
    return [one for one in _comments(document.text) if one and one not in texts]


def test_what_promtool_takes_is_equal(
    corpora: Path, promtool: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    counts: Counter[str] = Counter()
    wrongly, lost = [], []
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
            counts["comments"] += len(_comments(document.text))
            lost += [(path.name, one) for one in _lost(document, made)]
            continue
        reasons = [one.message for one in made.diagnostics if one.id == "import/refused"]
        is_taken = check_rules(promtool, [path]) is None
        counts["refused, taken by promtool" if is_taken else "refused by promtool as well"] += 1
        if is_taken and reasons and not any(one in reasons[0] for one in REASONS):
            wrongly.append((path.as_posix(), reasons))
    with capsys.disabled():
        print(f"\nrule files: {dict(counts)}")
    assert lost == []
    assert wrongly == []
    assert counts["refused, taken by promtool"] <= max(1, counts["equal"] // 50)
    assert counts["equal"] >= 10
