"""The process that checks whole projects for a language server, which goes on answering meanwhile."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from tocsin.errors import CommandError
from tocsin.lsp.analysis import analyze
from tocsin.lsp.buffer_reader import BufferReader
from tocsin.lsp.check_result import CheckAnswer
from tocsin.lsp.frames import read_frame, write_frame
from tocsin.value_pickle import pickle_value

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.existing.input import Input
    from tocsin.lsp.check_result import CheckRequest

_GIVES_WAY = 5
"""By how much it is nicer than the server, whose answers somebody waits for."""


@dataclass
class _Known:
    """What of a project need not be read again."""

    parsed: dict[tuple[str, bool, bool], Input] = field(default_factory=dict)
    sound: dict[str, Input] = field(default_factory=dict)


def run() -> None:
    """Answer the server on standard output until it is gone."""
    # Ctrl-C in a terminal reaches the whole group: the server decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whatever else is printed would be taken for an answer.
    sys.stdout = sys.stderr
    if hasattr(os, "nice"):
        os.nice(_GIVES_WAY)
    requests: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_answer, args=(requests,), daemon=True).start()
    with open(0, "rb", closefd=False) as asked:
        try:
            while True:
                requests.put(read_frame(asked))
        except (EOFError, OSError):
            # Also in the middle of a check, which nobody waits for any more.
            os._exit(0)


def _answer(requests: SimpleQueue[bytes]) -> None:
    known: dict[tuple[Path, ...], _Known] = {}
    with open(1, "wb", closefd=False) as answers:
        while True:
            gc.disable()
            request: CheckRequest = pickle.loads(requests.get())
            known = {paths: one for paths, one in known.items() if paths in request.others}
            answer = _check(request, known.setdefault(request.project.paths, _Known()))
            try:
                write_frame(answers, answer)
            except OSError:
                os._exit(0)
            del request, answer
            # Not in the middle of a check, which it would make longer by a third.
            gc.collect()


def _check(request: CheckRequest, known: _Known) -> bytes:
    try:
        analysis = analyze(request.project, BufferReader(request.texts, known.parsed), known.sound)
        return pickle_value(CheckAnswer(analysis))
    except (CommandError, OSError) as error:
        return pickle_value(CheckAnswer(None, _said(error)))
    except Exception as error:
        # What went wrong may be a line of a file with a secret: only its kind is shown.
        said = f"the check broke off ({type(error).__name__}); `tocsin check` shows more"
        return pickle_value(CheckAnswer(None, said))


def _said(error: CommandError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror or type(error).__name__}"
    return str(error)
