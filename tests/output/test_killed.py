"""A run that is killed at any of its steps leaves the old output or the new one, and others' files."""

import subprocess
import sys
from pathlib import Path

import pytest

# Each child process kills itself at its n-th call to the system that changes something.
SCRIPT = """
import fcntl, os, signal, sys
from pathlib import Path
from tocsin.files import text_file
from tocsin.output import recover, write

root, start = Path(sys.argv[1]), sys.argv[2]

def state(folder):
    if not folder.exists():
        return "nothing"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [path for path in files if not path.relative_to(folder).parts[0].startswith(".tocsin-")]
    return "".join(f"{path.relative_to(folder)}={path.read_text()};" for path in files)

def put(folder, text, names):
    write([text_file(name, text) for name in names], folder, spec={}, version="1")

def stray(folder):
    if start != "fresh":
        (folder / "b").mkdir(parents=True, exist_ok=True)
        (folder / "b" / "stray").write_text("s")
    if start in ("one by one", "run alone"):
        # A working tree is never exchanged.
        (folder / ".git").mkdir()
        (folder / ".git" / "HEAD").write_text("h")

def killed_at(step, act):
    child = os.fork()
    if child == 0:
        left, own = step, os.getpid()
        def count(event, arguments):
            nonlocal left
            if event == "open" or event.startswith(("os.", "shutil.", "ctypes.", "fcntl.")):
                left -= 1
                if left == 0 and (start != "run alone" or os.getpid() == own):
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(count)
        act()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])

OLD = ["a", "b/c", "b/d", "e/f", "i", "j/k"]
NEW = ["a", "b/c", "g/h/i", "i/l", "j"]
put(root / "new", "2", NEW)
stray(root / "new")
new = state(root / "new")

def begun(name):
    out = root / name / "out"
    out.parent.mkdir()
    if start != "fresh":
        put(out, "1", OLD)
        stray(out)
    return out

for n in range(1, 1000):
    out = begun(f"at{n}")
    old = state(out)
    killed = killed_at(n, lambda: put(out, "2", NEW))
    if start == "run alone":
        # The process that replaces the files goes on, and holds the run's lock.
        handle = os.open(out, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.close(handle)
    if start == "one by one":
        # That process is killed at the same step as the run that then does its work: the folder is mixed, and
        # whoever reads it with tocsin has it completed first.
        step = 1
        while killed_at(step, lambda: recover(out)):
            step += 1
    now = state(out)
    assert now in (old, new), (n, now)
    print("old" if now == old else "new", flush=True)
    put(out, "2", NEW)
    assert state(out) == new, n
    assert [path.name for path in out.parent.iterdir()] == ["out"], n
    assert not [path for path in out.iterdir() if path.name.startswith(".tocsin-")], n
    if not killed:
        sys.exit(0)
sys.exit("never finished")
"""


@pytest.mark.parametrize("start", ["existing", "fresh", "one by one", "run alone"])
def test_killed_at_every_step(tmp_path: Path, start: str) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), start]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    states = done.stdout.split()
    print(f"\n{start}: killed at {len(states) - 1} steps, {states.count('old')} left the old output")
    assert len(states) > 10
    assert set(states) == {"old", "new"}
    assert states == sorted(states, reverse=True), "once new, it stays new"
