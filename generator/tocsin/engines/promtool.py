"""Prometheus' judgement of rule files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tocsin.engines.program import Program


def check_rules(promtool: Program, files: Sequence[Path]) -> str | None:
    """None when `promtool check rules` accepts all the files, else what it says."""
    done = promtool.run(["check", "rules", *(str(file) for file in files)])
    return None if done.returncode == 0 else (done.stderr or done.stdout).strip()


def check_tests(promtool: Program, files: Sequence[Path]) -> str | None:
    """None when `promtool test rules` finds every test of the files to hold, else what it says."""
    done = promtool.run(["test", "rules", *(str(file) for file in files)], timeout=600)
    return None if done.returncode == 0 else (done.stdout + done.stderr).strip()
