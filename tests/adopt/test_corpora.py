"""Real files as they are: none that promtool accepts is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.adopt.files import Adopted, Input, adopt
from tocsin.diagnostics import Level
from tocsin.engines.promtool import check_rules
from tocsin.source import Document, read_stream

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tocsin.engines.program import Program


def _adopt(path: Path) -> Adopted:
    document = Document(path.as_posix(), path.read_bytes().decode("utf-8"))
    return adopt([Input(document, read_stream(document), True)])


def _refused(path: Path) -> bool:
    return any(one.level is Level.ERROR for one in _adopt(path).diagnostics)


def test_no_rule_file_that_promtool_accepts_is_refused(
    corpora: Path, promtool: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted(path for path in (corpora / "prom_rules").rglob("*") if path.is_file())
    refused = [path for path in files if _refused(path)]
    wrong = [path.as_posix() for path in refused if check_rules(promtool, [path]) is None]
    with capsys.disabled():
        print(f"\n{len(files)} rule files of the wild: {len(refused)} refused, {len(wrong)} of them wrongly")
    assert wrong == []


def test_every_loki_file_is_read_as_one(corpora: Path) -> None:
    files = sorted(path for path in (corpora / "loki_rules").rglob("*") if path.is_file())
    engines = {group.engine.value for path in files for group in _adopt(path).plan.rule_groups}
    assert engines == {"loki"}
