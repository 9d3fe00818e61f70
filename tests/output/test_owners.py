"""Files keep their owner and mode, and new ones belong to whoever has the folder."""

import os
from pathlib import Path

import pytest

from tocsin.files import text_file
from tocsin.output import write

WAYS = ["exchanged", "one by one"]


def put(folder: Path, files: dict[str, str]) -> None:
    write([text_file(path, text) for path, text in files.items()], folder, spec={}, version="1")


def begun(tmp_path: Path, way: str) -> Path:
    out = tmp_path / "out"
    put(out, {"a": "1", "b/c": "1", "b/d": "1"})
    if way == "one by one":
        (out / ".git").mkdir()
    return out


@pytest.mark.parametrize("way", WAYS)
def test_modes_stay(tmp_path: Path, way: str) -> None:
    out = begun(tmp_path, way)
    for path, mode in {"a": 0o600, "b/c": 0o664, "b": 0o750, ".": 0o711}.items():
        (out / path).chmod(mode)
    put(out, {"a": "2", "b/c": "2", "b/e": "2"})
    assert [(out / path).stat().st_mode & 0o7777 for path in ("a", "b/c", "b", ".")] == [
        0o600,
        0o664,
        0o750,
        0o711,
    ]


@pytest.mark.parametrize("way", WAYS)
def test_a_folder_hands_its_group_down(tmp_path: Path, way: str) -> None:
    out = begun(tmp_path, way)
    if os.geteuid() == 0:
        os.chown(out / "b", -1, 23456)
    (out / "b").chmod(0o2775)
    put(out, {"a": "2", "b/c": "2", "b/f/g": "2"})
    assert (out / "b").stat().st_mode & 0o7777 == 0o2775
    assert (out / "b/f").stat().st_mode & 0o2000
    assert (out / "b/f/g").stat().st_gid == (out / "b").stat().st_gid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to somebody else")
@pytest.mark.parametrize("way", WAYS)
def test_what_root_writes_belongs_to_whoever_has_the_folder(tmp_path: Path, way: str) -> None:
    out = begun(tmp_path, way)
    nobody, somebody = (65534, 65534), (12345, 23456)
    for path in (out, *out.rglob("*")):
        os.chown(path, *nobody)
    os.chown(out / "b/c", *somebody)
    (out / "theirs").write_text("x")
    os.chown(out / "theirs", *somebody)
    put(out, {"a": "2", "b/c": "2", "b/e": "2", "f/g/h": "2"})
    owners = {
        path.relative_to(out).as_posix(): (path.stat().st_uid, path.stat().st_gid)
        for path in out.rglob("*")
        if path.name != ".git"
    }
    assert owners == {
        **dict.fromkeys(("a", "b", "b/e", "f", "f/g", "f/g/h", "manifest.json"), nobody),
        "b/c": somebody,
        "theirs": somebody,
    }
    assert (out.stat().st_uid, out.stat().st_gid) == nobody


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to somebody else")
def test_a_new_output_belongs_to_whoever_has_the_folder_above(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    put(tmp_path / "deep" / "out", {"a/b": "1"})
    assert {path.stat().st_uid for path in tmp_path.rglob("*")} == {65534}
