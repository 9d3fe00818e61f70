"""What the shell completes, asked as bash asks it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOCSIN = str(Path(sys.executable).parent / "tocsin")


def _completed(folder: Path, *words: str) -> list[str]:
    done = subprocess.run(
        [TOCSIN],
        cwd=folder,
        env={
            **os.environ,
            "_TOCSIN_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["tocsin", *words]),
            "COMP_CWORD": str(len(words)),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    subprocess.run([TOCSIN, "init"], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    return tmp_path


def test_alerts_of_the_spec_and_topics_complete(folder: Path) -> None:
    assert _completed(folder, "explain", "Ho") == ["HostDown"]
    assert _completed(folder, "route", "--alert", "Disk") == ["DiskFillingUp"]
    assert _completed(folder, "explain", "ex") == ["existing-files", "except/"]


def test_ids_of_checks_complete(folder: Path) -> None:
    assert _completed(folder, "explain", "rule/for-i") == ["rule/for-interval"]
    assert _completed(folder, "check", "--only", "slo/*") == ["slo/*"]
    assert "link/anchor" in _completed(folder, "check", "--except", "link/")


def test_alerts_of_the_files_that_settings_name_complete(tmp_path: Path) -> None:
    rules = (
        "groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: up == 0\n  - {alert: Slow, expr: a > 1}\n"
    )
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").write_text(rules)
    (tmp_path / "tocsin.toml").write_text('paths = ["rules"]\n')
    assert _completed(tmp_path, "route", "--alert", "") == ["Down", "Slow"]


def test_what_cannot_be_read_completes_to_nothing(tmp_path: Path) -> None:
    assert _completed(tmp_path, "route", "--alert", "") == []
    (tmp_path / "tocsin.toml").write_text("nonsense\n")
    assert _completed(tmp_path, "route", "--alert", "") == []
