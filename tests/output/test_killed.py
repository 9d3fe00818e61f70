"""A run that is killed at any of its steps leaves the old output or the new one."""

import subprocess
import sys
from pathlib import Path

import pytest

# Each child process kills itself at its n-th call to the system that changes something.
SCRIPT = """
import hashlib, os, signal, sys
from pathlib import Path
from tocsin.files import text_file
from tocsin.output import write

root = Path(sys.argv[1])
fresh = sys.argv[2] == "fresh"

def state(folder):
    if not folder.exists():
        return "nothing"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    whole = "".join(f"{path.relative_to(folder)}={path.read_text()};" for path in files)
    return hashlib.sha256(whole.encode()).hexdigest()

def put(folder, text, names):
    write([text_file(name, text) for name in names], folder, spec={}, version="1")

OLD = ["a", "b/c", "b/d", "e/f"]
NEW = ["a", "b/c", "g/h/i"]
put(root / "new", "2", NEW)
(root / "new" / "b" / "stray").write_text("s")
new = state(root / "new")
if fresh:
    (root / "new" / "b" / "stray").unlink()
    new = state(root / "new")

for n in range(1, 500):
    out = root / f"at{n}" / "out"
    out.parent.mkdir()
    if not fresh:
        put(out, "1", OLD)
        (out / "b" / "stray").write_text("s")
    old = state(out)
    child = os.fork()
    if child == 0:
        left = n
        def count(event, arguments):
            global left
            if event == "open" or event.startswith(("os.", "shutil.", "ctypes.", "fcntl.")):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(count)
        put(out, "2", NEW)
        os._exit(0)
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    now = state(out)
    assert now in (old, new), (n, sorted(out.rglob("*")))
    print("old" if now == old else "new", flush=True)
    put(out, "2", NEW)
    assert state(out) == new, n
    assert [path.name for path in out.parent.iterdir()] == ["out"], n
    if not killed:
        sys.exit(0)
sys.exit("never finished")
"""


@pytest.mark.parametrize("start", ["existing", "fresh"])
def test_killed_at_every_step(tmp_path: Path, start: str) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), start]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    states = done.stdout.split()
    assert len(states) > 10
    assert set(states) == {"old", "new"}
    assert states == sorted(states, reverse=True), "once new, it stays new"
