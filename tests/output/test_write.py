import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.files import text_file
from tocsin.output import OutputError, WrittenPaths, compare, write

SPEC = {"spec/a.yaml": "0" * 64}


def put(folder: Path, files: dict[str, str]) -> WrittenPaths:
    return write([text_file(path, text) for path, text in files.items()], folder, spec=SPEC, version="1")


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, without the manifest."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).as_posix() != "manifest.json"
    }


def statuses(folder: Path) -> dict[Path, tuple[int, ...]]:
    """What writing changes; the time of the last access changes with looking."""
    found = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    return {path: (one.st_ino, one.st_mode, one.st_mtime_ns, one.st_ctime_ns) for path, one in found.items()}


def no_stage(folder: Path) -> bool:
    return not any("tocsin-" in path.name for path in [*folder.parent.iterdir(), *folder.rglob("*")])


@pytest.fixture(params=["swap", "in place"])
def out(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "in place":
        monkeypatch.setattr("tocsin.output.exchange.exchange_folders", lambda *_: False)
    return tmp_path / "deep" / "out"


def test_first_second_and_third_run(out: Path) -> None:
    assert put(out, {"b/c": "1", "a": "2"}) == WrittenPaths(added=("a", "b/c", "manifest.json"))
    before = statuses(out)
    assert put(out, {"a": "2", "b/c": "1"}) == WrittenPaths(unchanged=("a", "b/c", "manifest.json"))
    assert statuses(out) == before
    third = put(out, {"a": "3", "d/e/f": "4"})
    assert third == WrittenPaths(("d/e/f",), ("a", "manifest.json"), ("b/c",), ())
    assert tree(out) == {"a": "3", "d/e/f": "4"}
    assert not (out / "b").exists()
    assert no_stage(out)


def test_the_manifest_is_stable_text(out: Path) -> None:
    put(out, {"a": "1"})
    text = (out / "manifest.json").read_text()
    digest = hashlib.sha256(b"1").hexdigest()
    assert json.loads(text) == {"tocsin": "1", "spec": SPEC, "files": {"a": digest}}
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"


def test_compare_writes_nothing(out: Path) -> None:
    files = [text_file("a", "1")]
    assert compare(files, out, spec=SPEC, version="1").added == ("a", "manifest.json")
    assert not out.exists()
    put(out, {"a": "0", "b": "1"})
    assert compare(files, out, spec=SPEC, version="1") == WrittenPaths((), ("a", "manifest.json"), ("b",), ())
    assert compare([*files, text_file("b", "1")], out, spec={}, version="1").changed == ("a", "manifest.json")
    assert tree(out) == {"a": "0", "b": "1"}


def test_what_others_put_there_stays(out: Path) -> None:
    put(out, {"a/b": "1", "c": "1"})
    (out / "a" / "mine").write_text("x")
    (out / "empty" / "folder").mkdir(parents=True)
    (out / "link").symlink_to("/nowhere")
    os.mkfifo(out / "pipe")
    (out / "a").chmod(0o700)
    put(out, {"d": "1"})
    assert tree(out) == {"a/mine": "x", "d": "1"}
    assert (out / "empty" / "folder").is_dir()
    assert (out / "link").readlink() == Path("/nowhere")
    assert (out / "pipe").is_fifo()
    assert (out / "a").stat().st_mode & 0o777 == 0o700


def test_a_file_of_someone_else_is_not_overwritten(out: Path) -> None:
    put(out, {"a": "1"})
    (out / "b").write_text("mine")
    with pytest.raises(OutputError, match="b exists and was not written by tocsin; move it away"):
        put(out, {"a": "2", "b": "2"})
    assert tree(out) == {"a": "1", "b": "mine"}
    assert put(out, {"a": "1", "b": "mine"}).unchanged == ("a", "b")


def test_a_file_becomes_a_folder_and_back(out: Path) -> None:
    put(out, {"a": "1"})
    put(out, {"a/b/c": "2"})
    assert tree(out) == {"a/b/c": "2"}
    put(out, {"a": "1"})
    assert tree(out) == {"a": "1"}
    put(out, {"a/b": "1"})
    (out / "a" / "mine").write_text("x")
    with pytest.raises(OutputError, match="is a folder where a file has to be"):
        put(out, {"a": "1"})


def test_links_in_the_way_are_refused(out: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b").write_text("keep")
    put(out, {"x/b": "1"})
    for name, files in (("a", {"a/b": "1"}), ("f", {"f": "1"})):
        (out / name).symlink_to(outside)
        with pytest.raises(OutputError, match="symbolic link"):
            put(out, {"x/b": "1", **files})
    (out / "x" / "b").unlink()
    (out / "x").rmdir()
    (out / "x").symlink_to(outside)
    put(out, {"y": "1"})
    assert tree(outside) == {"b": "keep"}
    (out / "manifest.json").unlink()
    (out / "manifest.json").symlink_to(outside / "b")
    with pytest.raises(OutputError, match="symbolic link"):
        put(out, {"y": "2"})


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    put(tmp_path / "out", {"a": "1"})
    assert (tmp_path / "out").is_symlink()
    assert tree(tmp_path / "real") == {"a": "1"}


@pytest.mark.parametrize(
    "content",
    [
        "{", "[]", "{}", "[" * 100_000, '{"tocsin": "1", "spec": {}, "files": {"a": 1}}',
        *(json.dumps({"tocsin": "1", "spec": {}, "files": {path: ""}})
          for path in ("../x", "/x", "a/../../x", "", "a\\b")),
    ],
)  # fmt: skip
def test_a_manifest_that_cannot_be_trusted(out: Path, content: str) -> None:
    put(out, {"a": "1"})
    (out.parent / "x").write_text("keep")
    (out / "manifest.json").write_text(content)
    with pytest.raises(OutputError, match=r"manifest\.json"):
        put(out, {"b": "1"})
    assert tree(out) == {"a": "1"}
    assert (out.parent / "x").read_text() == "keep"


@pytest.mark.parametrize(
    "paths",
    [("a/B", "a/b"), ("a/x", "A/y"), ("é", "e\u0301"), ("a", "a/b"), ("a", "a"), ("manifest.json",),
     ("STRASSE", "straße")],
)  # fmt: skip
def test_paths_in_each_others_way(tmp_path: Path, paths: tuple[str, ...]) -> None:
    with pytest.raises(OutputError):
        write([text_file(path, "") for path in paths], tmp_path / "out", spec={}, version="1")
    assert not (tmp_path / "out").exists()


def test_errors_of_the_system_leave_the_old_output(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(out, {"a": "1", "b": "1"})

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "somewhere")

    for where in ("tree", "inplace"):
        with monkeypatch.context() as patch:
            patch.setattr(f"tocsin.output.{where}.write_all", full)
            if where == "inplace":
                patch.setattr("tocsin.output.exchange.exchange_folders", lambda *_: False)
            with pytest.raises(OutputError, match="somewhere: No space left"):
                put(out, {"a": "2"})
        assert tree(out) == {"a": "1", "b": "1"}
        assert no_stage(out)


def test_replacing_in_place_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.output.exchange.exchange_folders", lambda *_: False)
    out = tmp_path / "out"
    put(out, {"a": "1", "b": "1", "old/c": "1"})
    manifest = (out / "manifest.json").read_bytes()
    real = os.replace

    def replace(source: str, target: str) -> None:
        if str(target).endswith("/manifest.json"):
            raise PermissionError(errno.EPERM, "no", target)
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr("tocsin.output.inplace.os.replace", replace)
        with pytest.raises(OutputError, match="no"):
            put(out, {"a": "2", "new/d": "2"})
    assert tree(out) == {"a": "1", "b": "1", "old/c": "1"}
    assert (out / "manifest.json").read_bytes() == manifest
    assert not (out / "new").exists()
    assert no_stage(out)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    for folder in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(OutputError):
            put(folder, {"a": "1"})
    assert (tmp_path / "out").read_text() == "x"
    with pytest.raises(OutputError, match="cannot be an output folder"):
        put(Path("/"), {"a": "1"})


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out, {"a": "1"})
    out.chmod(0o555)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="ermission"):
            put(out, {"a": "2"})
    finally:
        tmp_path.chmod(0o755)
        out.chmod(0o755)
    assert tree(out) == {"a": "1"}


def test_modes_follow_the_umask(out: Path) -> None:
    mask = os.umask(0o022)
    try:
        put(out, {"a/b": "1"})
    finally:
        os.umask(mask)
    assert [path.stat().st_mode & 0o777 for path in (out, out / "a", out / "a/b")] == [0o755, 0o755, 0o644]


def test_stages_of_dead_runs_go_and_others_stay(tmp_path: Path) -> None:
    import fcntl

    dead, alive = tmp_path / f".out.tocsin-{'0' * 16}", tmp_path / f".out.tocsin-{'1' * 16}"
    other = tmp_path / ".out.tocsin-mine"
    for folder in (dead, alive, other):
        (folder / "x").mkdir(parents=True)
    handle = os.open(alive, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    put(tmp_path / "out", {"a": "1"})
    os.close(handle)
    assert (dead.exists(), alive.exists(), other.exists()) == (False, True, True)


_NAMES = st.sampled_from(["a", "b", "d/a", "d/b", "d/e/a", "f/a", "f/g/h/a"])
_TREES = st.dictionaries(_NAMES, st.sampled_from(["1", "2"]))
_STRAYS = st.sets(st.sampled_from(["s", "d/s", "d/e/s", "f/g/s", "t/u"]))


@settings(max_examples=150, deadline=None)
@given(old=_TREES, new=_TREES, strays=_STRAYS, gone=st.sets(_NAMES), swaps=st.booleans())
def test_exactly_the_files_of_the_manifest_go(
    tmp_path_factory: pytest.TempPathFactory,
    old: dict[str, str],
    new: dict[str, str],
    strays: set[str],
    gone: set[str],
    swaps: bool,
) -> None:
    out = tmp_path_factory.mktemp("prune") / "out"
    with pytest.MonkeyPatch.context() as patch:
        if not swaps:
            patch.setattr("tocsin.output.exchange.exchange_folders", lambda *_: False)
        put(out, old)
        for path in strays:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_text("stray")
        for path in gone & old.keys():
            (out / path).unlink()
        written = put(out, new)
    assert tree(out) == {**new, **dict.fromkeys(strays, "stray")}
    assert written.removed == tuple(sorted(old.keys() - new.keys() - gone))
    for folder in (path for path in out.rglob("*") if path.is_dir()):
        was_there_before = any(path.startswith(folder.relative_to(out).as_posix() + "/") for path in old)
        assert any(folder.iterdir()) or (was_there_before and gone)
    assert compare([text_file(*item) for item in new.items()], out, spec=SPEC, version="1").changed == ()
