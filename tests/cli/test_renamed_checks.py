"""Ids that checks had before are understood wherever users may have written them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.checks import CHECKS
from tocsin.checks.framework.renamed import REMOVED, RENAMED
from tocsin.cli.main import main
from tocsin.diagnostics.catalogue import MESSAGES

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
groups:
  - name: g
    rules:
      - alert: QueueTooLong
        expr: sum(jobs{job="queue"}) / sum(workers{job="pool"}) > 5
"""


@pytest.mark.parametrize("old", sorted(RENAMED))
def test_an_old_id_leads_to_a_check(old: str) -> None:
    assert RENAMED[old] in {*CHECKS, *MESSAGES}
    assert old not in CHECKS
    result = CliRunner().invoke(main, ["explain", old])
    assert result.exit_code == 0
    assert RENAMED[old] in result.stdout
    assert result.stderr == f"note: the check `{old}` is now called `{RENAMED[old]}`\n"


@pytest.mark.parametrize(("option", "found"), [("--only", True), ("--except", False)])
def test_an_old_id_selects_the_check(tmp_path: Path, option: str, found: bool) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(RULES, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(file), option, "query/two-jobs"])
    assert ("info[query/needs-for]" in result.stdout) is found
    assert "`query/two-jobs` is now called `query/needs-for`" in result.stderr


@pytest.mark.parametrize("old", sorted(REMOVED))
def test_a_check_that_was_removed_is_named_without_a_failure(tmp_path: Path, old: str) -> None:
    assert old not in {*CHECKS, *MESSAGES}
    file = tmp_path / "rules.yaml"
    file.write_text(
        RULES.replace("      - alert", f"      # tocsin: allow {old}: as we like it\n      - alert")
    )
    told = f"the check `{old}` was removed: {REMOVED[old]}"
    result = CliRunner().invoke(main, ["check", str(file), "--except", old])
    assert (result.exit_code, f"info[allow/renamed]: {told}" in result.stdout) == (0, True)
    assert result.stderr.startswith(f"note: {told}\n")
    explained = CliRunner().invoke(main, ["explain", old])
    assert (explained.exit_code, told in explained.stderr) == (2, True)
