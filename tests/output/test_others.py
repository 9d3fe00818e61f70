"""What others do to the output folder while it is written, and what they have in it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tocsin.files import text_file
from tocsin.output import OutputError, WrittenPaths, exchange, inplace, write

WAYS = {"exchanged": exchange, "one by one": inplace}


def put(folder: Path, files: dict[str, str]) -> WrittenPaths:
    return write([text_file(path, text) for path, text in files.items()], folder, spec={}, version="1")


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("manifest.json", "HEAD")
    }


def save(path: Path, text: str) -> None:
    """As an editor does: the new content gets the place of the old file."""
    path.with_name(".saving").write_text(text)
    path.with_name(".saving").replace(path)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    out = tmp_path / "out"
    put(out, {"a": "1", "b/c": "1", "b/d": "1", "gone/e": "1"})
    if request.param == "one by one":
        (out / ".git").mkdir()
        (out / ".git" / "HEAD").write_text("x")
    (out / "b/notes").write_text("mine")
    (out / "b/old").write_text("mine")
    return str(request.param)


@pytest.fixture
def meanwhile(way: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Have something done when all is written and nothing of it is in its place yet."""

    def arrange(act: Callable[[], None]) -> None:
        module = WAYS[way]
        real = module.write_journal

        def first(*given: object) -> None:
            act()
            real(*given)

        monkeypatch.setattr(module, "write_journal", first)

    return arrange


NEW = {"a": "2", "b/c": "1", "f/g": "2"}


def test_files_and_folders_that_come_stay(
    tmp_path: Path, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    out = tmp_path / "out"

    def act() -> None:
        (out / "x").write_text("x")
        (out / "b/x").write_text("x")
        (out / "gone/x").write_text("x")
        (out / "their/own").mkdir(parents=True)
        (out / "their/own/x").write_text("x")
        (out / "their/link").symlink_to("/nowhere")

    meanwhile(act)
    written = put(out, NEW)
    theirs = {"b/notes": "mine", "b/old": "mine", **dict.fromkeys(("x", "b/x", "gone/x", "their/own/x"), "x")}
    assert tree(out) == {**NEW, **theirs}
    assert (out / "their/link").readlink() == Path("/nowhere")
    assert written == WrittenPaths(("f/g",), ("a", "manifest.json"), ("b/d", "gone/e"), ("b/c",))
    assert not list(tmp_path.rglob(".*tocsin-*"))


def test_changes_are_kept_and_those_of_generated_files_named(
    tmp_path: Path, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    out = tmp_path / "out"

    def act() -> None:
        save(out / "b/notes", "more")
        (out / "b/old").unlink()
        save(out / "b/c", "edited, and not to be written anew")
        save(out / "a", "edited")
        (out / "b/d").write_text("edited, and to be removed")

    meanwhile(act)
    written = put(out, NEW)
    assert tree(out) == {
        **NEW,
        "b/notes": "more",
        "b/c": "edited, and not to be written anew",
        "b/d": "edited, and to be removed",
    }
    assert written.edited == ("a",)
    assert written.left == ("b/d",)
    assert written.removed == ("gone/e",)


def test_nobodys_file_is_overwritten(
    tmp_path: Path, way: str, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    out = tmp_path / "out"

    def act() -> None:
        (out / "f").mkdir()
        (out / "f/g").write_text("mine")

    meanwhile(act)
    if way == "one by one":
        before = tree(out)
        with pytest.raises(OutputError, match="f/g exists and was not written by tocsin"):
            put(out, NEW)
        assert tree(out) == {**before, "f/g": "mine"}
    else:
        written = put(out, NEW)
        assert written.aside == ("f-g.saved-1",)
        assert (out / "f-g.saved-1").read_text() == "mine"
        assert tree(out)["f/g"] == "2"


def test_a_folder_that_becomes_a_link_leads_nowhere(
    tmp_path: Path, way: str, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    outside.mkdir()
    (outside / "g").write_text("keep")
    meanwhile(lambda: (out / "f").symlink_to(outside))
    if way == "one by one":
        with pytest.raises(OutputError, match="f is a symbolic link where a folder has to be"):
            put(out, NEW)
        assert tree(out)["a"] == "1"
    else:
        assert put(out, NEW).aside == ("f.saved-1",)
    assert tree(outside) == {"g": "keep"}


WRITER = """
import sys, time
from pathlib import Path
out, made, saved = Path(sys.argv[1]), 0, 0
print("ready", flush=True)
while not (out.parent / "stop").exists():
    try:
        (out / f"theirs-{made}").write_text("x")
        made += 1
        (out / ".saving").write_text(str(made))
        (out / ".saving").replace(out / "notes")
        saved = made
        (out / f"folder-{made}").mkdir()
    except OSError:
        pass
    time.sleep(0.002)
print(made, saved)
"""
RUNS = 60 if os.environ.get("TOCSIN_THOROUGH") else 8


@pytest.mark.usefixtures("way")
def test_another_program_that_writes_all_the_time_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "notes").write_text("0")
    many = [f"m{number}/{file}" for number in range(6) for file in range(40)]
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(out)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        for number in range(RUNS):
            put(out, {**NEW, **dict.fromkeys(many, str(number))})
        (tmp_path / "stop").touch()
        made, saved = writer.stdout.read().split()
    lost = [number for number in range(int(made)) if not (out / f"theirs-{number}").exists()]
    print(f"\n{RUNS} runs, {made} files of others, {len(lost)} lost")
    assert int(made) > RUNS
    assert not lost
    assert (out / "notes").read_text() == saved
