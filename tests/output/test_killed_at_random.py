"""Runs that are killed at random times, in a normal folder and in one that is a mount point."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
SEED = int(os.environ.get("TOCSIN_SEED", "1"))

SCRIPT = """
import fcntl, os, random, signal, subprocess, sys, time
from pathlib import Path
from tocsin.files import text_file
from tocsin.output import recover, write

out, tries, mount = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "mount"
choose = random.Random(sys.argv[4])
out.mkdir()
if mount:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", out], check=True)

def put(text):
    names = [f"{folder}/{number}" for folder in ("a", "b", f"only-{text}") for number in range(120)]
    write([text_file(name, text * 500) for name in names], out, spec={}, version="1")

def state():
    files = sorted(path for path in out.rglob("*") if path.is_file() and not path.name.startswith("theirs"))
    files = [path for path in files if not path.relative_to(out).parts[0].startswith(".tocsin-")]
    return "".join(f"{path.relative_to(out)}={path.read_text()};" for path in files)

wanted, longest, theirs = {}, 0.0, 0
for text in "xyxy":
    start = time.perf_counter()
    put(text)
    wanted[text], longest = state(), max(longest, time.perf_counter() - start)
def wait_for_the_rest():
    # What goes on when a run is killed holds its lock.
    handle = os.open(out, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    os.close(handle)

before, counts = "y", {"old": 0, "new": 0, "at once": 0, "mixed": 0, "lost": 0}
for number in range(tries):
    after = "x" if before == "y" else "y"
    child = os.fork()
    if child == 0:
        put(after)
        os._exit(0)
    end = time.perf_counter() + choose.random() * longest * 1.1
    while time.perf_counter() < end:
        (out / f"theirs-{theirs}").write_text("x")
        theirs += 1
        time.sleep(longest / 20)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        counts["at once"] += state() not in wanted.values()
    except FileNotFoundError:
        counts["at once"] += 1
    wait_for_the_rest()
    counts["mixed"] += state() not in wanted.values()
    recover(out)
    now = state()
    assert now in wanted.values(), number
    counts["old" if now == wanted[before] else "new"] += 1
    before = "x" if now == wanted["x"] else "y"
    if number % 5 == 0:
        before = "x" if before == "y" else "y"
        put(before)
        assert state() == wanted[before], number
        assert not list(out.glob(".tocsin-*")), number
        assert mount or [path.name for path in out.parent.iterdir()] == ["out"], number
counts["lost"] = sum(not (out / f"theirs-{number}").exists() for number in range(theirs))
print(f"{counts['old']} old, {counts['new']} new, {counts['mixed']} mixed ({counts['at once']} while the "
      f"files were still being replaced), {counts['lost']} of {theirs} files of others lost")
assert counts["lost"] == counts["mixed"] == 0
assert mount or counts["at once"] == 0
"""


@pytest.mark.parametrize("kind", ["folder", "mount"])
def test_killed_at_random_times(tmp_path: Path, kind: str) -> None:
    command = [sys.executable, "-c", SCRIPT]
    tries = (240 if THOROUGH else 12) if kind == "folder" else (80 if THOROUGH else 6)
    if kind == "mount":
        mount = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
        tried = subprocess.run(mount, capture_output=True, text=True, check=False)
        if tried.returncode:
            pytest.skip(f"this user cannot mount a file system: {tried.stderr.strip()}")
        command = ["unshare", "-m", *command]
    command = [*command, str(tmp_path / "out"), str(tries), kind, str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    print(f"\nkilled {tries} times, seed {SEED}, {kind}: {done.stdout.strip()}")
