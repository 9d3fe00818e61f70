"""A mistake of indentation is one finding at its line, whose help makes the file load."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.existing.indentation_mistakes import ALERTMANAGER, RULES

from tocsin.cli.main import main
from tocsin.engines.amtool import check_config
from tocsin.engines.promtool import check_rules

if TYPE_CHECKING:
    from pathlib import Path

    from tests.existing.indentation_mistakes import Mistake

    from tocsin.engines.program import Program


def _errors(folder: Path, name: str, text: str) -> list[dict[str, object]]:
    (folder / name).write_text(text)
    result = CliRunner().invoke(main, ["check", str(folder), "--level", "error", "--format", "json"])
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def _judge(folder: Path, name: str, mistake: Mistake) -> None:
    found = _errors(folder, name, mistake.text)
    assert [one["line"] for one in found] == [mistake.line], found
    help_ = str(found[0]["help"])
    column = re.search(r"start (?:it|the `-`|its first key) in column (\d+)", help_)
    if column is not None and mistake.mended.get(mistake.line):
        # The column that the help tells is the one of the mended line.
        line = str(mistake.mended[mistake.line])
        columns = {len(line) - len(line.lstrip(" ")) + 1, len(line) - len(line.lstrip(" -")) + 1}
        assert int(column[1]) in columns, (help_, line)
    assert _errors(folder, name, mistake.as_mended()) == []


@pytest.mark.parametrize("mistake", ALERTMANAGER, ids=[one.name for one in ALERTMANAGER])
def test_in_a_configuration_of_alertmanager(mistake: Mistake, tmp_path: Path, amtool: Program) -> None:
    _judge(tmp_path, "alertmanager.yml", mistake)
    path = tmp_path / "alertmanager.yml"
    assert check_config(amtool, path) is None
    path.write_text(mistake.text)
    assert check_config(amtool, path) is not None


@pytest.mark.parametrize("mistake", RULES, ids=[one.name for one in RULES])
def test_in_a_rule_file(mistake: Mistake, tmp_path: Path, promtool: Program) -> None:
    _judge(tmp_path, "rules.yml", mistake)
    path = tmp_path / "rules.yml"
    assert check_rules(promtool, [path]) is None
    path.write_text(mistake.text)
    assert check_rules(promtool, [path]) is not None
