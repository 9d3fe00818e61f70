"""Ending a run early: on Ctrl-C or SIGTERM, without leaving programs running or temporary folders behind.

The first signal ends the programs that were started and raises `Interrupted` in the main thread, so every
`finally` on the way up still runs. Further signals are ignored: they must not stop the cleaning up.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from types import FrameType

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


_AGAIN = 0.01


class Interrupted(BaseException):
    """The user, or the system, wants the run to end; `signal` is the number of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


class EndedError(Exception):
    """A program was ended, or was not started, as the run is ending."""


class _Run:
    """The state of this process."""

    def __init__(self) -> None:
        self.received: int | None = None
        self.raised = False
        self.deferrals = 0
        self.processes: dict[subprocess.Popen[str], Callable[[subprocess.Popen[str]], object]] = {}
        self.folders: set[Path] = set()


_run = _Run()


def handle_signals() -> None:
    """Raise `Interrupted` in the main thread on SIGINT, SIGTERM and SIGHUP from now on."""
    for number in _SIGNALS:
        # In the background of a script, a shell has these ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _received)
    report = sys.unraisablehook

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        if not issubclass(args.exc_type, Interrupted):
            report(args)
        elif _run.received is not None:
            # Raised inside of a finalizer, which swallows it: once more, when that has ended.
            _run.raised = False
            again = threading.Timer(_AGAIN, _signal_main_thread, [_run.received])
            again.daemon = True
            again.start()

    sys.unraisablehook = unraisable


def end_on_signals() -> None:
    """End the process on SIGINT, SIGTERM and SIGHUP from now on, whatever its threads are waiting for.

    `Interrupted` would wait for a thread that reads what an editor says, until it says something.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def interrupted_by() -> int | None:
    """The number of the signal that asked this run to end; None when none did."""
    return _run.received


@contextlib.contextmanager
def hold_signals() -> Iterator[None]:
    """Let what is inside come to its end before a signal ends the run."""
    if not _is_main_thread():
        # Signals interrupt the main thread alone.
        yield
        return
    _run.deferrals += 1
    try:
        yield
    finally:
        _run.deferrals -= 1
    if _run.received is not None and not _run.raised and not _run.deferrals:
        _interrupt(_run.received)


@contextlib.contextmanager
def temporary_folder(prefix: str = "tocsin-") -> Iterator[Path]:
    """A new folder that only this user can read, and that is removed at the end."""
    folder = _made(prefix)
    try:
        yield folder
    finally:
        _remove(folder)


def start_process(
    start: Callable[[], subprocess.Popen[str]], kill: Callable[[subprocess.Popen[str]], object]
) -> subprocess.Popen[str]:
    """The process that `start` makes, killed when the run ends.

    EndedError when that is ending already, but for what cleans up inside of `uninterrupted`.
    """
    needed = _run.deferrals > 0 and _is_main_thread()
    with hold_signals():
        process = start()
        _run.processes[process] = kill
    if _run.raised and not needed:
        kill(process)
        raise EndedError
    return process


def note_end(process: subprocess.Popen[str]) -> None:
    """Note that a started process has ended; EndedError when it was killed as the run is ending."""
    if _run.processes.pop(process, None) is None:
        raise EndedError


def clean_up() -> None:
    """End every program that still runs, and remove every temporary folder that is left."""
    _run.raised = True
    _end_processes()
    for folder in list(_run.folders):
        _remove(folder)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _signal_main_thread(number: int) -> None:
    """Send this process a signal, so that the main thread handles it even where it waits in the kernel."""
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, number)
    else:
        signal.raise_signal(number)


def _received(number: int, _frame: FrameType | None) -> None:
    _run.received = _run.received or number
    if not _run.raised and not _run.deferrals:
        _interrupt(number)


def _interrupt(number: int) -> NoReturn:
    _run.raised = True
    _end_processes()
    raise Interrupted(number)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    clean_up()
    os._exit(128 + number)


def _end_processes() -> None:
    while _run.processes:
        process, kill = _run.processes.popitem()
        with contextlib.suppress(OSError):
            kill(process)


def _made(prefix: str) -> Path:
    import secrets
    import tempfile

    while True:
        folder = Path(tempfile.gettempdir(), f"{prefix}{secrets.token_hex(8)}")
        # Known before it exists: a signal may come at any time.
        _run.folders.add(folder)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            _run.folders.discard(folder)
            continue
        return folder


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    _run.folders.discard(folder)
