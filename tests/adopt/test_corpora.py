"""Real files as they are: none that promtool accepts is refused, and no check breaks off on one."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tocsin.adopt.files import Adopted, Input, adopt
from tocsin.checks import CHECKS
from tocsin.checks.run import run
from tocsin.diagnostics import Level
from tocsin.engines.promtool import check_rules
from tocsin.source import Document, read_stream

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program


def _adopt(path: Path) -> Adopted:
    document = Document(path.as_posix(), path.read_bytes().decode("utf-8"))
    return adopt([Input(document, read_stream(document), True)])


def _plain_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _refused(path: Path) -> bool:
    return any(one.level is Level.ERROR for one in _adopt(path).diagnostics)


def test_no_rule_file_that_promtool_accepts_is_refused(
    corpora: Path, promtool: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    files = _plain_files(corpora / "prom_rules")
    refused = [path for path in files if _refused(path)]
    wrong = [path.as_posix() for path in refused if check_rules(promtool, [path]) is None]
    with capsys.disabled():
        print(f"\n{len(files)} rule files of the wild: {len(refused)} refused, {len(wrong)} of them wrongly")
    assert wrong == []


def test_every_loki_file_is_read_as_one(corpora: Path) -> None:
    files = _plain_files(corpora / "loki_rules")
    engines = {group.engine.value for path in files for group in _adopt(path).plan.rule_groups}
    assert engines == {"loki"}


def test_no_sound_alertmanager_config_is_refused(corpora: Path) -> None:
    files = _plain_files(corpora / "alertmanager_crd")
    assert {path.name for path in files if _refused(path)} == {
        path.name for path in files if "invalid" in path.name
    }


@pytest.mark.parametrize("folder", ["prom_rules", "loki_rules", "alertmanager"])
def test_no_check_breaks_off_on_a_real_file(
    corpora: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each file by itself, as its owner would check it; the counts say what the checks find in the wild."""
    counts: Counter[str] = Counter()
    files = _plain_files(corpora / folder)
    rules = 0
    for path in files:
        adopted = _adopt(path)
        found = run(
            adopted.plan, adopted.sources, list(CHECKS.values()), known=CHECKS, today=date(2026, 1, 1)
        )
        assert [one.message for one in found if one.id == "tocsin/crash"] == [], path
        counts.update(one.id for one in found)
        rules += sum(len(group.rules) for group in adopted.plan.rule_groups)
    with capsys.disabled():
        said = ", ".join(f"{id_} {count}" for id_, count in sorted(counts.items())) or "nothing"
        print(f"\n{folder}: {len(files)} files, {rules} rules; found: {said}")
