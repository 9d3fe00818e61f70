"""`tocsin generate` and the folder that it writes: what others changed in it, and what killed runs left."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import main
from tocsin.files import text_file
from tocsin.output import write

SHOP = Path(__file__).parents[1] / "specs" / "shop.yaml"


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


def _rename_group(shop: Path) -> None:
    before, groups, after = shop.read_text().partition("\ngroups:\n")
    shop.write_text(before + groups + after.replace("  web:\n", "  site:\n", 1))


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "spec").mkdir()
    shutil.copy(SHOP, tmp_path / "spec")
    return tmp_path / "spec"


@pytest.fixture
def out(spec: Path, tmp_path: Path) -> Path:
    assert _run("generate", spec, "-o", tmp_path / "out").exit_code == 0
    return tmp_path / "out"


def test_a_file_that_was_changed_by_hand_is_named(spec: Path, out: Path) -> None:
    rules = out / "prometheus/rules/web.yaml"
    generated = rules.read_text()
    rules.write_text("groups: []\n")
    checked = _run("generate", "--check", spec, "-o", out)
    assert (checked.exit_code, checked.stdout.splitlines()[0]) == (1, f"changed by hand: {rules}")
    as_json = json.loads(_run("generate", "--check", spec, "-o", out, "--format", "json").stdout)
    assert as_json["changed_by_hand"] == ["prometheus/rules/web.yaml"]
    made = _run("generate", spec, "-o", out)
    assert made.exit_code == 0
    assert made.stderr == f"note: {rules}: changed by hand since the last run; overwritten\n"
    assert rules.read_text() == generated
    assert _run("generate", spec, "-o", out).stderr == ""


def test_a_file_that_was_changed_by_hand_is_not_deleted(spec: Path, out: Path) -> None:
    _rename_group(spec / "shop.yaml")
    rules = out / "prometheus/rules/web.yaml"
    rules.write_text("groups: []\n")
    checked = _run("generate", "--check", spec, "-o", out)
    assert f"changed by hand and no longer generated: {rules}" in checked.stdout.splitlines()
    made = _run("generate", spec, "-o", out)
    assert made.stderr.splitlines() == [
        f"note: {rules}: changed by hand since the last run and no longer generated; left in place, delete "
        "it if it is not needed"
    ]
    assert rules.read_text() == "groups: []\n"
    assert _run("generate", "--check", spec, "-o", out).exit_code == 0


def test_many_files_are_not_listed_one_by_one(spec: Path, out: Path) -> None:
    files = {f"more/{number}": "x" for number in range(30)}
    write([text_file(*file) for file in files.items()], out, spec={}, version="1", keep=lambda _: True)
    for path in files:
        (out / path).write_text("y")
    said = _run("generate", spec, "-o", out).stderr.splitlines()
    assert len(said) == 21
    assert said[-1] == "note: and 10 more changed files"


def _kill_halfway(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is killed when one file is in its place, of a folder that is written file by file."""
    files = [
        text_file(path.relative_to(out).as_posix(), path.read_text() + "\n# changed\n")
        for path in sorted(out.rglob("*.yaml"))
    ]
    (out / ".git").mkdir()
    real, left = os.replace, 1

    def replace(source: str, target: str) -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= "/rules/" in str(target)
        real(source, target)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr("tocsin.output.inplace.os.replace", replace)
        write(files, out, spec={}, version="1", keep=lambda _: True)
        os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert list(out.glob(".tocsin-*"))


@pytest.mark.parametrize("command", ["generate", "check", "prove", "validate"])
def test_what_a_killed_run_began_is_completed_and_said(
    spec: Path, out: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    _kill_halfway(out, monkeypatch)
    if command == "validate":
        # It reads the folder, and then finds no program to judge it.
        monkeypatch.setenv("PATH", str(spec))
    done = {
        "generate": lambda: _run("generate", spec, "-o", out),
        "check": lambda: _run("generate", "--check", spec, "-o", out),
        "prove": lambda: _run("prove", spec, "--write", out),
        "validate": lambda: _run("validate", spec, "-o", out, "--engines", "programs"),
    }[command]()
    if command == "prove" and "is not on PATH" in done.stderr:
        pytest.skip("there is no promtool on PATH: `tocsin prove` ends before it reads the folder")
    said = f"note: {out}: an earlier run was killed while writing; its files are now complete"
    assert done.stderr.splitlines().count(said) == 1
    assert not list(out.glob(".tocsin-*"))
    changed = [path for path in out.rglob("*.yaml") if path.read_text().endswith("# changed\n")]
    assert bool(changed) == (command in ("check", "validate"))
    assert done.exit_code == (1 if command == "check" else done.exit_code)


def test_a_link_in_a_stage_is_not_followed(spec: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a repository brings along must not have files from elsewhere moved into the output."""
    _kill_halfway(out, monkeypatch)
    (stage,) = out.glob(".tocsin-*")
    secret = out.parent / "secret"
    secret.mkdir()
    (secret / "web.yaml").write_text("keep")
    shutil.rmtree(stage / "new")
    (stage / "new").symlink_to(secret)
    refused = _run("generate", spec, "-o", out)
    assert refused.exit_code == 2
    assert f"was not written by tocsin: move {stage} away" in refused.stderr
    assert (secret / "web.yaml").read_text() == "keep"


@pytest.mark.parametrize("undo", [False, True])
def test_a_stage_that_came_with_a_repository_moves_nothing(
    spec: Path, out: Path, monkeypatch: pytest.MonkeyPatch, undo: bool
) -> None:
    """A journal is believed about the files that the run which wrote it has seen and made, and no others."""
    _kill_halfway(out, monkeypatch)
    (stage,) = out.glob(".tocsin-*")
    copied = out / f".tocsin-{'0' * 16}"
    shutil.copytree(stage, copied)
    shutil.rmtree(stage)
    outside = out.parent / "outside"
    outside.mkdir()
    (out / "link").symlink_to(outside)
    (out / "notes").write_text("mine")
    journal = json.loads((copied / "journal.json").read_text())
    journal["fresh"].append("notes")
    journal["made"]["notes"] = journal["seen"]["notes"] = journal["seen"]["link/x"] = [1, 2, 3]
    journal["removed"].append("link/x")
    (copied / "journal.json").write_text(json.dumps(journal))
    (copied / "old" / f"changed-{len(journal['fresh']) - 1}").write_text("theirs")
    (copied / "old" / f"removed-{len(journal['removed']) - 1}").write_text("theirs")
    if undo:
        (copied / "undo").touch()
        shutil.rmtree(copied / "new")
    done = _run("generate", "--check", spec, "-o", out)
    assert undo or (done.exit_code, "was not written by tocsin" in done.stderr) == (2, True)
    assert (out / "notes").read_text() == "mine"
    assert not list(outside.iterdir())


def test_the_working_directory_stays_the_same_folder(spec: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    shutil.move(spec, work / "spec")
    before = work.stat().st_ino
    for _ in range(2):
        command = [sys.executable, "-m", "tocsin", "generate", "--output", "."]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        if not (work / "prometheus/rules/site.yaml").exists():
            _rename_group(work / "spec" / "shop.yaml")
    assert work.stat().st_ino == before
    assert (work / "prometheus/rules/site.yaml").exists()
    assert not (work / "prometheus/rules/web.yaml").exists()
