"""Outputs that another folder cannot replace: they are written file by file, and remain the same folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tocsin.files import text_file
from tocsin.output import write

FILES = {"a": "1", "b/c": "1"}


def put(folder: Path, files: dict[str, str]) -> None:
    write([text_file(path, text) for path, text in files.items()], folder, spec={}, version="1")


def stays(out: Path) -> bool:
    """Whether the folder and those in it are the same ones after files were added, changed and removed."""
    folders = [out, *(path for path in out.rglob("*") if path.is_dir() and path.name != "b")]
    before = {path: path.stat().st_ino for path in folders}
    put(out, {"a": "2", "d/e": "2"})
    assert ((out / "a").read_text(), (out / "d/e").read_text()) == ("2", "2")
    assert not (out / "b").exists()
    assert not list(out.parent.rglob(".*tocsin-*"))
    return before == {path: path.stat().st_ino for path in folders}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    put(tmp_path / "parent" / "out", FILES)
    return tmp_path / "parent" / "out"


def test_any_other_folder_is_exchanged(out: Path) -> None:
    assert not stays(out)


def test_the_working_directory(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(out)
    put(Path(), {"a": "1", "b/c": "1", "x": "1"})
    assert Path().samefile(out)
    assert stays(out)


def test_a_folder_that_holds_the_working_directory(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (out / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(out / "deep" / "er")
    assert stays(out)
    assert Path.cwd() == out / "deep" / "er"


@pytest.mark.parametrize("where", [".git", "deep/.git"])
def test_a_repository(out: Path, where: str) -> None:
    (out / where).mkdir(parents=True)
    (out / where / "HEAD").write_text("ref: refs/heads/main")
    assert stays(out)
    assert (out / where / "HEAD").read_text() == "ref: refs/heads/main"


def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "out" / "photos").mkdir(parents=True)
    (tmp_path / "out" / "photos" / "1.jpg").write_text("x")
    before = (tmp_path / "out").stat().st_ino
    put(tmp_path / "out", FILES)
    assert (tmp_path / "out").stat().st_ino == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_below_one_that_cannot_be_written(out: Path) -> None:
    out.parent.chmod(0o555)
    try:
        assert stays(out)
    finally:
        out.parent.chmod(0o755)


MOUNTED = """
import subprocess, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_in_place as tests
out = Path(sys.argv[2])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", out], check=True)
tests.put(out, tests.FILES)
assert tests.stays(out)
inside = out / "inside"
inside.mkdir()
tests.put(inside, {"x": "1"})
subprocess.run(["mount", "--bind", inside, inside], check=True)
assert tests.stays(inside)
try:
    tests.put(out, {"a": "3", "big": "x" * 2_000_000})
except Exception as error:
    print(error)
assert (out / "a").read_text() == "2"
assert not list(out.glob(".tocsin-*"))
subprocess.run(["mount", "-o", "remount,ro", out], check=True)
try:
    tests.put(out, {"a": "3"})
except Exception as error:
    print(error)
assert (out / "a").read_text() == "2"
"""


def test_a_mount_point_that_gets_full_and_then_read_only(tmp_path: Path) -> None:
    require_mounts()
    (tmp_path / "out").mkdir()
    command = [
        "unshare",
        "-m",
        sys.executable,
        "-c",
        MOUNTED,
        str(Path(__file__).parent),
        str(tmp_path / "out"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    full, read_only = done.stdout.splitlines()
    assert "No space left on device" in full
    assert "Read-only file system" in read_only


def require_mounts() -> None:
    """Skip the test where this user cannot mount anything."""
    tried = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"this user cannot mount a file system: {tried.stderr.decode().strip()}")
