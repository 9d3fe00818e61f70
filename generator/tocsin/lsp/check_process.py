"""The server's side of the process that checks whole projects: it starts it, asks it, and ends it."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from tocsin.lsp.check_result import CheckAnswer
from tocsin.lsp.frames import read_frame, write_frame
from tocsin.lsp.packed import load_value
from tocsin.value_pickle import pickle_value

if TYPE_CHECKING:
    from tocsin.lsp.check_result import CheckRequest

    Asked = tuple[CheckRequest, asyncio.AbstractEventLoop, asyncio.Future[CheckAnswer]]

# The modules are those of the server, and none of the folder that the editor was started in.
_START = "import sys; sys.path[:] = sys.argv[1:]; from tocsin.lsp.checker import run; run()"
_PATIENCE = 2.0
"""Seconds until a process that was killed is gone."""
_ENDED = "the process that checks has ended; the next change starts another one"


class CheckProcess:
    """Checks one project after the other in a process of its own, which is started with the first."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[Asked | None] = SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: Thread | None = None
        self._is_stopped = False
        self._lock = Lock()

    def check(self, request: CheckRequest) -> asyncio.Future[CheckAnswer]:
        """What the check of a project answers, later; cancelled when the process was stopped."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[CheckAnswer] = loop.create_future()
        if self._is_stopped:
            answer.cancel()
            return answer
        if self._thread is None:
            self._thread = Thread(target=self._serve, name="check", daemon=True)
            self._thread.start()
        self._asked.put((request, loop, answer))
        return answer

    def stop(self) -> None:
        """End the process, and what it is doing."""
        with self._lock:
            self._is_stopped = True
            if self._process is not None:
                self._process.kill()
        self._asked.put(None)
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _serve(self) -> None:
        while (asked := self._asked.get()) is not None and not self._is_stopped:
            request, loop, future = asked
            try:
                answer = self._ask(request)
            except (OSError, EOFError):
                answer = CheckAnswer(None, _ENDED)
                self._end()
            with contextlib.suppress(RuntimeError):  # The loop has ended, and the server with it.
                loop.call_soon_threadsafe(self._give, future, answer)
        self._end()

    def _give(self, future: asyncio.Future[CheckAnswer], answer: CheckAnswer) -> None:
        if self._is_stopped:
            future.cancel()
        elif not future.done():
            future.set_result(answer)

    def _ask(self, request: CheckRequest) -> CheckAnswer:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        write_frame(process.stdin, pickle_value(request))
        answer: CheckAnswer = load_value(read_frame(process.stdout))
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_stopped:
                raise EOFError
            if self._process is None:
                command = [sys.executable, "-c", _START, *sys.path]
                self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            return self._process

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                with contextlib.suppress(OSError):
                    stream.close()
