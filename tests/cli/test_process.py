"""The command as a process: what it says arrives whole, and its exit code with it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tocsin", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_long_answer_arrives_whole() -> None:
    done = _run("schema")
    assert done.returncode == 0
    assert done.stdout == CliRunner().invoke(main, ["schema"]).stdout
    assert len(done.stdout) > 65_536


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["check", "nowhere"], 2), (["check", "--only", "none/such"], 2), (["nonsense"], 2)],
)
def test_the_exit_code_is_that_of_the_command(arguments: list[str], code: int) -> None:
    done = _run(*arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr if code else done.stdout


def test_findings_end_with_1(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text("groups: [{name: g, rules: [{alert: A, expr: count(x) == 0}]}]", encoding="utf-8")
    done = _run("check", str(rules))
    assert done.returncode == 1
    assert "query/empty" in done.stdout


def test_a_reader_that_goes_away_is_no_failure_with_a_traceback() -> None:
    command = [sys.executable, "-m", "tocsin", "schema"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(timeout=60) == 1


def test_the_list_of_commands_is_shown_without_loading_them() -> None:
    program = (
        "import sys; from tocsin.cli.main import main; main(['--help'], standalone_mode=False); "
        "print(sorted(name for name in sys.modules if name.startswith(('tocsin', 'pydantic'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    listed, loaded = done.stdout.rsplit("[", 1)
    assert all(f"\n  {name} " in listed for name in main.list_commands(None))  # type: ignore[arg-type]
    assert "tocsin.cli.check" not in loaded
    assert "pydantic" not in loaded


def test_rule_files_are_checked_without_loading_what_a_spec_needs(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        "groups:\n  - name: a\n    rules:\n      - {alert: Down, expr: up == 0}\n"
    )
    program = (
        "import sys; from tocsin.cli.main import main; "
        f"main(['check', {str(tmp_path)!r}], standalone_mode=False)\n"
    )
    watched = (
        "import atexit, sys; atexit.register(lambda: print([one for one in sys.modules if one.startswith("
        "('pydantic', 'jinja2', 'tocsin.compile', 'tocsin.spec', 'tocsin.targets', 'tocsin.deliver'))]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched + program], capture_output=True, text=True, timeout=60, check=False
    )
    assert "alerts: 1" in done.stdout
    assert done.stdout.endswith("[]\n"), done.stdout
