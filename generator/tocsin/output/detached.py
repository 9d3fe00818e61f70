"""Work that comes to its end though the run that began it is killed: it is done by a process of its own."""

from __future__ import annotations

import os
import pickle
import signal
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

_IGNORED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


def detached(work: Callable[[], Result], if_orphaned: Callable[[], object]) -> Result:
    """What the work gives, or what it raises; after it `if_orphaned` is called where this process is gone.

    The other process is forked, so that it holds the same locks, and has a session of its own, so that a
    signal to the group of this one does not reach it. Where it is killed itself, the work is done here: it
    has to be such that it can be begun again. So it is where a system cannot fork.
    """
    try:
        reading, writing = os.pipe()
        parent, child = os.getpid(), os.fork()
    except (AttributeError, OSError):
        return work()
    if child == 0:
        os.close(reading)
        _do(work, if_orphaned, parent, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    if not answer:
        return work()
    result, error = pickle.loads(answer)
    if error is not None:
        raise error
    done: Result = result
    return done


def _do(work: Callable[[], Result], if_orphaned: Callable[[], object], parent: int, writing: int) -> NoReturn:
    """Do the work and send what comes of it; this process ends here, whatever happens."""
    try:
        os.setsid()
        for name in _IGNORED:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        try:
            answer = pickle.dumps((work(), None))
        except BaseException as error:
            answer = pickle.dumps((None, error))
        if os.getppid() != parent:
            if_orphaned()
        with os.fdopen(writing, "wb") as answers:
            answers.write(answer)
    finally:
        os._exit(0)
