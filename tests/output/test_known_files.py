"""Files that an earlier run has read: taken for unchanged while nothing about them says otherwise."""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING

import pytest

from tocsin.files import KeptFile, text_file
from tocsin.output import OutputError, WrittenPaths, compare, write
from tocsin.output import changes as changes_module
from tocsin.result_store import ResultStore

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"a": "1", "b/c": "1", "b/d": "1"}
LONG_AGO = 10**9


class Output:
    """A folder that is written again and again with one store."""

    def __init__(self, folder: Path, store: ResultStore | None) -> None:
        self.folder = folder
        self.store = store

    def put(self, files: dict[str, str], *, settle: bool = True) -> WrittenPaths:
        """Write the files; then a while passes, so that whatever changes has another time."""
        wanted = [text_file(path, text) for path, text in files.items()]
        done = write(wanted, self.folder, spec={}, version="1", store=self.store)
        for path in self.folder.rglob("*") if settle else ():
            if path.is_file() and path.stat().st_mtime > LONG_AGO * 1.1:
                os.utime(path, (LONG_AGO, LONG_AGO))
        return done


@pytest.fixture
def out(tmp_path: Path) -> Output:
    store = ResultStore(tmp_path / "store")
    (tmp_path / "store").mkdir()
    return Output(tmp_path / "out", store)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read, as they are."""
    names: list[str] = []
    content = changes_module._content

    def noted(path: Path) -> bytes | None:
        names.append(path.name)
        return content(path)

    monkeypatch.setattr(changes_module, "_content", noted)
    return names


def test_what_was_read_once_is_not_read_again(out: Output, read: list[str]) -> None:
    out.put(FILES)
    out.put(FILES)
    assert {"a", "c", "d"} <= {*read}
    read.clear()
    assert out.put(FILES) == WrittenPaths(unchanged=("a", "b/c", "b/d", "manifest.json"))
    assert {*read} == {"manifest.json"}
    read.clear()
    assert out.put({**FILES, "a": "2"}).changed == ("a", "manifest.json")
    assert {*read} == {"a", "manifest.json"}
    out.put({**FILES, "a": "2"})
    read.clear()
    out.put({**FILES, "a": "2"})
    assert {*read} == {"manifest.json"}


def test_a_comparison_finds_what_was_changed_behind_size_and_time(out: Output) -> None:
    out.put(FILES)
    out.put(FILES)
    path = out.folder / "a"
    path.write_text("2")
    os.utime(path, (LONG_AGO, LONG_AGO))
    would = compare([text_file(path, text) for path, text in FILES.items()], out.folder, spec={}, version="1")
    assert would.changed == ("a",)


def test_what_was_changed_a_moment_ago_is_read_once_more(out: Output, read: list[str]) -> None:
    for _ in range(3):
        out.put(FILES, settle=False)
    read.clear()
    out.put(FILES, settle=False)
    assert {"a", "c", "d"} <= {*read}


@pytest.mark.parametrize("how", ["written", "replaced"])
def test_a_change_of_the_same_length_is_seen(out: Output, how: str) -> None:
    for _ in range(3):
        out.put(FILES)
    changed = out.folder / "b" / "c"
    if how == "written":
        changed.write_text("2")
    else:
        (other := out.folder.parent / "other").write_text("2")
        shutil.copystat(changed, other)
        other.replace(changed)
    assert out.put(FILES).edited == ("b/c",)
    assert changed.read_text() == "1"


def test_another_manifest_is_that_of_other_files(out: Output) -> None:
    out.put({**FILES, "a": "2"})
    earlier = (out.folder / "manifest.json").read_bytes()
    for _ in range(3):
        out.put(FILES)
    (out.folder / "manifest.json").write_bytes(earlier)
    # Somebody took the manifest of an earlier run: what it lists of `a` is not what stands there.
    assert out.put({**FILES, "a": "2"}).edited == ("a",)


def test_the_content_of_a_file_that_is_there_is_not_asked_for(out: Output) -> None:
    files = {path: text_file(path, text) for path, text in FILES.items()}
    asked: list[str] = []

    def kept(path: str) -> KeptFile:
        def content() -> bytes:
            asked.append(path)
            return files[path].content

        return KeptFile(path, files[path].digest(), content)

    out.put(FILES)
    (out.folder / "a").unlink()
    (out.folder / "b" / "c").write_text("by hand")
    written = write(map(kept, files), out.folder, spec={}, version="1", store=out.store)
    assert (written.added, written.changed) == (("a",), ("b/c",))
    assert sorted(asked) == ["a", "b/c"]
    assert [(out.folder / path).read_text() for path in FILES] == ["1", "1", "1"]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_others_do_the_folder_becomes_what_it_becomes_without_the_store(
    seed: int, out: Output, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    twin = Output(tmp_path / "twin", None)
    for _ in range(12):
        files = {path: chance.choice("12") for path in ("a", "b/c", "b/d", "e") if chance.random() < 0.8}
        path, text = chance.choice(["a", "b/c", "b/d", "e", "manifest.json"]), chance.choice("12")
        deed = chance.choice(["write", "remove", "nothing", "nothing"])
        for one in (out, twin):
            there = one.folder / path
            if deed == "write" and there.parent.is_dir() and path != "manifest.json":
                there.write_text(text)
            elif deed == "remove" and there.exists():
                there.unlink()
        assert _put(out, files) == _put(twin, files)
        assert _texts(out) == _texts(twin)


def _put(output: Output, files: dict[str, str]) -> WrittenPaths | str:
    try:
        return output.put(files)
    except OutputError as error:
        return str(error).replace(str(output.folder), "out")


def _texts(output: Output) -> dict[str, str]:
    files = (path for path in output.folder.rglob("*") if path.is_file())
    return {path.relative_to(output.folder).as_posix(): path.read_text() for path in files}
