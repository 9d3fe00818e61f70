"""Real files as they are: none that promtool accepts is refused, and no check breaks off on one."""

from __future__ import annotations

import os
import random
from datetime import date
from typing import TYPE_CHECKING

from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.diagnostics import Level
from tocsin.engines.promtool import check_rules
from tocsin.existing.files import Adopted, read_existing
from tocsin.existing.input import Input
from tocsin.source import Document, read_stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from tocsin.diagnostics import Diagnostic
    from tocsin.engines.program import Program

SEED = 20_260_115
SAMPLE = 20


def _adopt(path: Path) -> Adopted:
    document = Document(path.as_posix(), path.read_bytes().decode("utf-8"))
    return read_existing([Input(document, read_stream(document), True)])


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


def _tried(corpora: Path) -> Iterator[list[Path]]:
    """Each file by itself, and each Alertmanager configuration with the rules of its repository."""
    for folder in ("prom_rules", "loki_rules", "alertmanager"):
        yield from ([path] for path in _plain_files(corpora / folder))
    for path in _plain_files(corpora / "alertmanager"):
        repository = path.relative_to(corpora / "alertmanager").parts[0]
        rules = [
            rule
            for folder in ("prom_rules", "loki_rules")
            for rule in _plain_files(corpora / folder / repository)
        ]
        if rules:
            yield [path, *rules]


def test_no_check_breaks_off_on_real_files(corpora: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The counts stand in `corpora.md`, with a judgement of the sample that `TOCSIN_THOROUGH=1` prints."""
    found: dict[tuple[str, str, int, int], Diagnostic] = {}
    tried = 0
    for paths in _tried(corpora):
        tried += 1
        documents = [Document(path.as_posix(), path.read_bytes().decode("utf-8")) for path in paths]
        adopted = read_existing([Input(one, read_stream(one), True) for one in documents])
        for one in check_plan(
            adopted.plan,
            adopted.sources,
            list(CHECKS.values()),
            known=CHECKS,
            today=date(2026, 1, 1),
            found=adopted.diagnostics,
        ):
            assert one.id != "tocsin/crash", (paths[0], one.message)
            if one.span is not None:
                found[one.id, one.span.document.name, one.span.line, one.span.column] = one
    kinds: dict[str, list[Diagnostic]] = {}
    for (id_, *_), one in found.items():
        kinds.setdefault(id_, []).append(one)
    with capsys.disabled():
        print(f"\n{tried} times checked: {len(found)} findings of {len(kinds)} kinds")
        for id_, many in sorted(kinds.items()):
            sample = random.Random(f"{SEED} {id_}").sample(many, min(SAMPLE, len(many)))
            print(f"| `{id_}` | {len(many)} | {len(sample)} |")
            for one in sample if os.environ.get("TOCSIN_THOROUGH") else ():
                where = one.span.document.name if one.span else ""
                print(f"    {where}:{one.span.line if one.span else 0}: {one.message}")
