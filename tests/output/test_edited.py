"""Generated files that somebody has changed since: overwritten or left, and named."""

import hashlib
import json
from pathlib import Path

import pytest

from tocsin.files import text_file
from tocsin.output import OutputError, WrittenPaths, compare, write


def put(folder: Path, files: dict[str, str]) -> WrittenPaths:
    return write([text_file(path, text) for path, text in files.items()], folder, spec={}, version="1")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    put(tmp_path / "out", {"a": "1", "b/c": "1", "b/d": "1"})
    return tmp_path / "out"


def test_a_changed_file_is_written_anew_and_named(out: Path) -> None:
    (out / "a").write_text("by hand")
    wanted = [text_file(path, "1") for path in ("a", "b/c", "b/d")]
    assert compare(wanted, out, spec={}, version="1").edited == ("a",)
    written = put(out, {"a": "1", "b/c": "2", "b/d": "1"})
    assert written.changed == ("a", "b/c", "manifest.json")
    assert written.edited == ("a",)
    assert (out / "a").read_text() == "1"
    assert not put(out, {"a": "1", "b/c": "2", "b/d": "1"}).edited


def test_the_same_change_as_in_the_spec_is_none(out: Path) -> None:
    (out / "a").write_text("2")
    written = put(out, {"a": "2", "b/c": "1", "b/d": "1"})
    assert (written.edited, written.changed) == ((), ("manifest.json",))


def test_a_changed_file_is_not_deleted(out: Path) -> None:
    (out / "b/c").write_text("by hand")
    written = put(out, {"a": "1"})
    assert (written.removed, written.left) == (("b/d",), ("b/c",))
    assert (out / "b/c").read_text() == "by hand"
    # From now on it is somebody's file like any other.
    assert put(out, {"a": "1"}) == WrittenPaths(unchanged=("a", "manifest.json"))
    with pytest.raises(OutputError, match="b/c exists and was not written by tocsin"):
        put(out, {"a": "1", "b/c": "1"})


@pytest.mark.parametrize("wanted", ["b", "b/c/d"])
def test_a_changed_file_in_the_way(out: Path, wanted: str) -> None:
    (out / "b/c").write_text("by hand")
    with pytest.raises(OutputError, match="b/c is in the way and was changed by hand since the last run"):
        put(out, {"a": "2", wanted: "1"})
    assert ((out / "a").read_text(), (out / "b/c").read_text()) == ("1", "by hand")


def test_a_manifest_does_not_make_a_file_ours(tmp_path: Path) -> None:
    """A manifest that lists what nobody generated deletes nothing."""
    out = tmp_path / "out"
    put(out, {"a": "1"})
    (out / "notes").write_text("mine")
    manifest = json.loads((out / "manifest.json").read_text())
    for listed in ("", "0" * 64, hashlib.sha256(b"yours").hexdigest()):
        manifest["files"]["notes"] = listed
        (out / "manifest.json").write_text(json.dumps(manifest))
        assert put(out, {"a": "1"}).left == ("notes",)
        assert (out / "notes").read_text() == "mine"


def test_files_that_are_kept_stay_listed(out: Path) -> None:
    written = write([text_file("a", "2")], out, spec={}, version="1", keep=lambda path: path.startswith("b/"))
    assert written == WrittenPaths((), ("a", "manifest.json"), (), ("b/c", "b/d"))
    assert json.loads((out / "manifest.json").read_text())["files"].keys() == {"a", "b/c", "b/d"}
    assert put(out, {"a": "2"}).removed == ("b/c", "b/d")


@pytest.mark.parametrize(
    "path", ["con", "nul.yaml", "d/COM1.tar.gz", "aux .md", "a.", "b /c", 'x"', "q?", "lpt²"]
)
def test_paths_that_windows_has_not(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutputError, match="cannot be a file on Windows"):
        put(tmp_path / "out", {path: "1"})
    assert not (tmp_path / "out").exists()


def test_paths_that_windows_has(tmp_path: Path) -> None:
    put(tmp_path / "out", dict.fromkeys(("console", "com10.md", "a.con", "conf.yaml", ".nul", "à b"), "1"))
