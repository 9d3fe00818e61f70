"""Runs that write the same output take turns."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tocsin.files import text_file
from tocsin.output import OutputError, lock, stage, write

PAIRS = 60 if os.environ.get("TOCSIN_THOROUGH") else 8


def put(folder: Path, text: str) -> None:
    names = [f"{part}/{number}" for part in ("a", text) for number in range(40)]
    write([text_file(name, text) for name in names], folder, spec={}, version="1")


def started(act: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return child


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("first", [True, False], ids=["of a new folder", "of an old folder"])
@pytest.mark.parametrize("repository", [False, True], ids=["exchanged", "one by one"])
def test_pairs_of_writers(tmp_path: Path, first: bool, repository: bool) -> None:
    out, wanted = tmp_path / "out", {}
    for text in ("x", "y"):
        put(tmp_path / text, text)
        wanted[text] = tree(tmp_path / text)
    won = []
    for number in range(PAIRS):
        if first:
            out = tmp_path / f"at{number}" / "out"
        if repository:
            (out / ".git").mkdir(parents=True, exist_ok=True)
        children = [started(partial(put, out, text)) for text in ("x", "y")]
        assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
        now = tree(out)
        won += [text for text, files in wanted.items() if files == now]
        assert len(won) == number + 1
        assert not list(out.parent.rglob(".*tocsin-*"))
    print(f"\n{PAIRS} pairs of writers: none failed, {won.count('x')} and {won.count('y')} were last")


def test_the_wait_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LONGEST_WAIT", 0.1)
    put(tmp_path / "out", "x")
    handle = os.open(tmp_path / "out", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(OutputError, match="another run of tocsin writes"):
            put(tmp_path / "out", "y")
    finally:
        os.close(handle)
    assert (tmp_path / "out/a/0").read_text() == "x"
    put(tmp_path / "out", "y")


def test_a_killed_run_leaves_no_lock(tmp_path: Path) -> None:
    put(tmp_path / "out", "x")

    def stop() -> None:
        with lock.hold_folder(tmp_path / "out"):
            os.kill(os.getpid(), signal.SIGSTOP)

    child = started(stop)
    os.waitpid(child, os.WUNTRACED)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    put(tmp_path / "out", "y")
    assert (tmp_path / "out/a/0").read_text() == "y"


def test_a_stage_that_another_run_takes_away_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = stage.try_lock  # type: ignore[attr-defined]

    def late(folder: Path) -> object:
        monkeypatch.setattr(stage, "try_lock", real)
        folder.rmdir()
        return real(folder)

    monkeypatch.setattr(stage, "try_lock", late)
    put(tmp_path / "out", "x")
    assert (tmp_path / "out/a/0").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from tocsin.files import text_file
from tocsin.interruption import Interrupted, handle_signals
from tocsin.output import write

root, start = Path(sys.argv[1]), sys.argv[2]
handle_signals()

def put(folder, text):
    names = [f"{part}/{name}" for part in ("a", text) for name in "bc"]
    write([text_file(name, text) for name in names], folder, spec={}, version="1")

for number in range(1, 2000):
    out = root / str(number) / "out"
    put(out, "x")
    if start == "one by one":
        (out / ".git").mkdir()
    child = os.fork()
    if child == 0:
        left = number
        def count(event, arguments):
            global left
            if event == "open" or event.startswith(("os.", "shutil.", "ctypes.")):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGINT)
        sys.addaudithook(count)
        code = 0
        try:
            put(out, "y")
        except Interrupted:
            code = 2
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    files = {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("?/?")}
    texts = set(files.values())
    assert len(texts) == 1, (number, files)
    assert set(files) == {f"{part}/{name}" for part in ("a", *texts) for name in "bc"}, (number, files)
    assert not list(out.parent.rglob("*tocsin-*")), (number, list(out.parent.rglob("*")))
    if code == 0:
        print(number)
        sys.exit()
sys.exit("never finished")
"""


@pytest.mark.parametrize("start", ["exchanged", "one by one"])
def test_ctrl_c_at_any_step_leaves_nothing_behind(tmp_path: Path, start: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path), start]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
