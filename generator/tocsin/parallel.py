"""Work shared out over several processes: the same results in the same order, however many there are."""

from __future__ import annotations

import io
import os
import pickle
import signal
import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tocsin.interruption import hold_signals
from tocsin.value_pickle import ValuePickler

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST_PROCESSES = 8
# A pipe holds at least 4096 bytes before a writer has to wait.
_MOST_SHARES = 1024
_WIDTH = 2


def useful_processes(size: int, much: int, most: int = _MOST_PROCESSES) -> int:
    """How many processes are worth their while for work of some size; beside other threads, only one.

    `much` is the size from which on a second process saves more time than it costs. A process that is forked
    beside threads has their locks, and nobody who opens them.
    """
    if size < much or not hasattr(os, "fork") or threading.current_thread() is not threading.main_thread():
        return 1
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(count or 1, most, 2 * size // much)


def parallel_map(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    processes: int,
    progress: Callable[[int], object] = lambda _: None,
) -> list[Result]:
    """The result of the work on each item, in their order; `progress` is called with how many more are done.

    The other processes are forked, so they know all that this one knows, and only results have to be sent.
    What goes wrong in one of them is done again here, where an error is raised as if there were no others.
    """
    return list(_results(work, items, processes, progress, is_kept=True))


def parallel_results(
    work: Callable[[Item], Result], items: Sequence[Item], processes: int
) -> Generator[Result, None, None]:
    """The same results one after the other, for whoever keeps none of them: no process holds many at once."""
    return _results(work, items, processes, lambda _: None, is_kept=False)


def _results(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    processes: int,
    progress: Callable[[int], object],
    *,
    is_kept: bool,
) -> Generator[Result, None, None]:
    """The results in their order; where they are kept, those of one process share what is in several."""
    processes = min(processes, len(items))
    if processes < 2 or not hasattr(os, "fork"):
        for item in items:
            result = work(item)
            progress(1)
            yield result
        return
    size = -(-len(items) // _MOST_SHARES)
    shares = [items[start : start + size] for start in range(0, len(items), size)]
    queue = _queue(len(shares))
    children: list[_Child[Result]] = []
    results: dict[int, list[Result]] = {}
    given = 0

    def keep(found: Iterable[tuple[int, list[Result]]]) -> None:
        for number, done in found:
            results[number] = done
            progress(len(done))

    try:
        for _ in range(processes - 1):
            # A signal between the fork and the list would leave a child that nobody ends.
            with hold_signals():
                children.append(_Child(work, shares, queue, is_kept=is_kept))
        for share in _taken(work, shares, queue):
            keep([share])
            # Reading results is work as well: whoever has much of it takes fewer shares.
            for child in children:
                keep(child.sent())
            while given in results:
                yield from results.pop(given)
                given += 1
        for child in children:
            keep(child.rest())
    except BaseException:
        for child in children:
            child.stop()
        raise
    finally:
        os.close(queue)
    for number in range(given, len(shares)):
        yield from results.pop(number) if number in results else map(work, shares[number])


def _queue(count: int) -> int:
    """A pipe that holds the numbers of all shares: whoever is free reads the next one."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(b"".join(number.to_bytes(_WIDTH, "big") for number in range(count)))
    return reading


def _taken(
    work: Callable[[Item], Result], shares: Sequence[Sequence[Item]], queue: int
) -> Iterator[tuple[int, list[Result]]]:
    """The numbers of the shares that this process came to take, with their results."""
    while written := os.read(queue, _WIDTH):
        number = int.from_bytes(written, "big")
        yield number, [work(item) for item in shares[number]]


class _Child(Generic[Result]):
    """A forked process that takes shares as well, and sends the results of each as soon as it has them."""

    def __init__(
        self,
        work: Callable[[Any], Result],
        shares: Sequence[Sequence[object]],
        queue: int,
        *,
        is_kept: bool,
    ) -> None:
        from multiprocessing.connection import Pipe

        self._results, there = Pipe(duplex=False)
        self._read = io.BytesIO()
        # One for all that is kept: what was sent before is only named again.
        self._unpickler = pickle.Unpickler(self._read) if is_kept else None
        self._number = os.fork()
        if self._number:
            there.close()
            return
        status = 1
        try:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            self._results.close()
            _send(_taken(work, shares, queue), there, is_kept=is_kept)
            status = 0
        finally:
            # Nothing of the parent's is to be flushed or closed twice.
            os._exit(status)

    def sent(self) -> Iterator[tuple[int, list[Result]]]:
        """The shares that it has sent since it was asked last, with their results."""
        try:
            while self._results.poll():
                yield self._load()
        except (EOFError, OSError):
            return

    def rest(self) -> Iterator[tuple[int, list[Result]]]:
        """All others, up to its end, be it that it was killed or that its work went wrong."""
        try:
            while True:
                yield self._load()
        except (EOFError, OSError):
            os.waitpid(self._number, 0)
            self._results.close()

    def stop(self) -> None:
        """End it, as nobody wants its results."""
        if not self._results.closed:
            os.kill(self._number, signal.SIGKILL)
            os.waitpid(self._number, 0)
            self._results.close()

    def _load(self) -> tuple[int, list[Result]]:
        share: tuple[int, list[Result]]
        message = self._results.recv_bytes()
        if self._unpickler is None:
            share = pickle.loads(message)
            return share
        self._read.seek(0)
        self._read.truncate()
        self._read.write(message)
        self._read.seek(0)
        share = self._unpickler.load()
        return share


def _send(results: Iterable[object], there: Connection, *, is_kept: bool) -> None:
    """Send results as they come; a thread waits for the reader, so that the work does not."""
    from queue import SimpleQueue
    from threading import Thread

    written: SimpleQueue[bytes | None] = SimpleQueue()

    def send() -> None:
        try:
            while (message := written.get()) is not None:
                there.send_bytes(message)
        except OSError:
            os._exit(1)  # Nobody reads any more.

    sender = Thread(target=send)
    sender.start()
    buffer = io.BytesIO()
    pickler = ValuePickler(buffer)
    for result in results:
        buffer.seek(0)
        buffer.truncate()
        pickler.dump(result)
        if not is_kept:
            pickler.clear_memo()
        written.put(buffer.getvalue())
    written.put(None)
    sender.join()
