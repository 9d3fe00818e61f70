"""The verdict on a configuration is that of the real amtool, on files from the wild and on broken ones."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
import yaml
from tests.existing.mutations import WHOLE, mutated
from tests.missing import NO_CORPORA

from tocsin.engines.amtool import check_config
from tocsin.existing.alertmanager import adopt_alertmanager
from tocsin.source import Document, MappingNode, read_yaml

if TYPE_CHECKING:
    from tocsin.engines.program import Program

SEED = 20261124
COUNT = 3000 if os.environ.get("TOCSIN_THOROUGH") else 120
CORPORA = Path(os.environ.get("TOCSIN_CORPORA") or Path(__file__).parents[2].parent / "shared" / "corpora")


def _refusals(text: str) -> list[str]:
    reading = read_yaml(Document("alertmanager.yml", text))
    if reading.faults:
        return [fault.message for fault in reading.faults]
    if not isinstance(reading.node, MappingNode):
        return ["this is no configuration"]
    return [problem.message for problem in adopt_alertmanager(reading.node).problems]


def test_files_from_the_wild_are_judged_as_amtool_judges_them(amtool: Program) -> None:
    folder = CORPORA / "alertmanager"
    if not folder.is_dir():
        pytest.skip(NO_CORPORA)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    differ = {
        path.name: (said, found)
        for path in files
        for said, found in [(check_config(amtool, path), _refusals(path.read_text(encoding="utf-8")))]
        if (said is None) != (not found)
    }
    assert not differ
    assert len(files) > 50


def test_broken_configurations_are_judged_as_amtool_judges_them(amtool: Program, tmp_path: Path) -> None:
    print(f"seed {SEED}, configurations: {COUNT}")

    def differs(number: int) -> tuple[str, str | None, list[str]] | None:
        text = yaml.safe_dump(mutated(WHOLE, Random(f"{SEED}/{number}")), sort_keys=False)
        path = tmp_path / f"{number}.yml"
        path.write_text(text, encoding="utf-8")
        said, found = check_config(amtool, path), _refusals(text)
        return (text, said, found) if (said is None) != (not found) else None

    with ThreadPoolExecutor(2) as pool:
        differences = [one for one in pool.map(differs, range(COUNT)) if one is not None]
    assert differences == []
