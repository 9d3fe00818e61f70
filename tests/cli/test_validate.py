"""`tocsin validate` says what it cannot do, and does not hide it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.conftest import SPECS

from tocsin.cli.main import main
from tocsin.cli.planning import load_or_exit
from tocsin.cli.validate import route_findings

if TYPE_CHECKING:
    from tocsin.engines.program import Program

ROOT = Path(__file__).parents[2]


def _run(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tocsin", "validate", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=environment,
        check=False,
    )


def test_without_any_engine_it_says_what_is_missing(tmp_path: Path) -> None:
    done = _run(environment={"PATH": str(tmp_path), "HOME": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Error: could not run:",
        "  containers: there is no Docker here",
        "  programs: there is no program `prometheus` on PATH",
        "  programs: there is no program `alertmanager` on PATH",
    ]


def test_containers_that_are_asked_for_and_cannot_be_had_are_an_error(tmp_path: Path) -> None:
    done = _run("--engines", "containers", environment={"PATH": str(tmp_path), "HOME": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == "Error: could not run:\n  containers: there is no Docker here\n"


def test_programs_that_cannot_start_are_no_finding_about_the_rules(tmp_path: Path) -> None:
    for name in ("prometheus", "promtool", "alertmanager", "amtool"):
        (tmp_path / name).write_text("#!/bin/sh\necho no such library >&2\nexit 127\n")
        (tmp_path / name).chmod(0o755)
    done = _run("--engines", "programs", environment={"PATH": f"{tmp_path}:/bin", "HOME": str(tmp_path)})
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "Error: could not run:",
        "  programs: promtool cannot be used: it ends with exit code 127: no such library",
        "  programs: amtool cannot be used: it ends with exit code 127: no such library",
    ]


def test_a_spec_with_a_mistake_is_told_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("project: 3\n")
    result = CliRunner().invoke(main, ["validate", str(tmp_path)])
    assert result.exit_code == 1
    assert "spec.yaml:1" in result.stdout


def test_what_the_checks_of_routes_warn_of_is_reported(tmp_path: Path) -> None:
    text = (SPECS / "shop.yaml").read_text(encoding="utf-8")
    written = "    - team: payments\n      severity: warning"
    assert written in text
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    assert route_findings(load_or_exit([tmp_path], "text")) == ()
    misspelt = text.replace(written, "    - matchers: ['severity=\"warnin\"']")
    (tmp_path / "shop.yaml").write_text(misspelt, encoding="utf-8")
    (found,) = route_findings(load_or_exit([tmp_path], "text"))
    assert found.startswith('warning[route/unreachable]: no alert of these rules has `severity="warnin"`')
    line = misspelt[: misspelt.index('warnin"')].count("\n") + 1
    assert found.endswith(f"shop.yaml:{line})")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a full disk")
def test_a_full_disk_is_told(tmp_path: Path, prometheus: Program) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)],
        capture_output=True,
        timeout=20,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        environment = {
            **os.environ,
            "PATH": f"{prometheus.path.parent}:{os.environ['PATH']}",
            "TMPDIR": str(disk),
        }
        done = _run("--engines", "programs", environment=environment)
    finally:
        subprocess.run(["umount", str(disk)], timeout=20, check=False)
    assert done.returncode in (1, 2)
    assert "no space left on device" in (done.stderr + done.stdout).lower()
    assert "Traceback" not in done.stderr
