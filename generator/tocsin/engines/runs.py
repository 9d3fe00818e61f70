"""Which runs are under way on this machine, and what one that was killed has left of files and processes.

The name of a run says who it is: a digest of the machine, its boot and its process numbers; the number of the
process, and when that process started. A run of another machine, or in another container, is not judged.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import signal
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.engines.program import EngineError, run_command
from tocsin.interruption import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "TOCSIN_RUN"
"""In the environment of everything that a run starts, its name."""

_NAME = re.compile(r"tocsin-(?P<host>[0-9a-f]{8})-(?P<pid>[0-9]+)-(?P<start>[0-9a-f]+)-\w+")
_PROCESSES = Path("/proc")
# Nobody knows a run of before the machine's last start. None takes this long.
_LONGEST_RUN = 24 * 3600.0
_ENDS = 5.0


@contextmanager
def run_folder() -> Iterator[Path]:
    """An empty folder whose name is that of a new run, for as long as it is needed.

    What ended runs of the same user have left is cleared first.
    """
    clear_processes()
    clear_folders()
    prefix = f"tocsin-{_host()}-{os.getpid()}-{_start(os.getpid())}-"
    with temporary_folder(prefix) as folder:
        yield folder


def has_ended(run: str) -> bool:
    """Whether the process of a run is gone for certain."""
    known = _NAME.fullmatch(run)
    if known is None or known["host"] != _host():
        return False
    pid = int(known["pid"])
    start = _start(pid)
    if start is not None:
        return start != known["start"]
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        return False
    return False


def clear_processes() -> int:
    """End the programs that ended runs have left, and return how many there were."""
    found = [pid for pid, run in processes_of_runs() if has_ended(run)]
    for pid in found:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + _ENDS
    while any(_start(pid) is not None for pid in found) and time.monotonic() < end:
        time.sleep(0.05)
    return len(found)


def clear_folders() -> None:
    """Remove the folders that ended runs of this user have left."""
    for folder in Path(tempfile.gettempdir()).glob("tocsin-*"):
        known = _NAME.fullmatch(folder.name)
        with suppress(OSError):
            status = folder.lstat()
            old = known is not None and known["host"] != _host() and _is_old(status.st_mtime)
            if status.st_uid == os.getuid() and (has_ended(folder.name) or old):
                shutil.rmtree(folder, ignore_errors=True)


def _is_old(changed: float) -> bool:
    return time.time() - changed > _LONGEST_RUN


def processes_of_runs() -> Iterator[tuple[int, str]]:
    """The processes of this user that a run has started, each with the name of the run."""
    wanted = f"{VARIABLE}=".encode()
    for folder in _PROCESSES.glob("[0-9]*"):
        with suppress(OSError):
            for pair in (folder / "environ").read_bytes().split(b"\0"):
                if pair.startswith(wanted):
                    yield int(folder.name), pair.removeprefix(wanted).decode(errors="replace")


def _host() -> str:
    """What two processes have in common when they see the same process under the same number."""
    parts = [platform.node()]
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        parts = [boot, str((_PROCESSES / "self" / "ns" / "pid").readlink())]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:8]


def _start(pid: int) -> str | None:
    """When a process started, in a form that can be compared; None where it is gone or cannot be seen."""
    if (_PROCESSES / "self").exists():
        try:
            # See proc(5): the name of the program, in parentheses, may hold anything; the state is the third.
            fields = (_PROCESSES / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{int(fields[19]):x}"
    try:
        done = run_command(
            ["ps", "-o", "lstart=", "-p", str(pid)], _ENDS, {"PATH": os.defpath, "LC_ALL": "C"}
        )
    except EngineError:
        return None
    return hashlib.sha256(done.stdout.encode()).hexdigest()[:8] if done.stdout.strip() else None
