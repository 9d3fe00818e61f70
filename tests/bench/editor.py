"""What an edit costs the language server, asked by a real client: by itself, and while all is checked.

`python tests/bench/editor.py` prints a table; `ratios.py` holds the CPU time of an edit beside promtool.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.synthetic import write_flawed_spec
from tests.lsp.client import Client, place

_OLD, _NEW = "is full", "is fuller"
_CHECKED = 8.0
"""Seconds without an edit after which 1,000 alerts are checked again."""
_TYPING = 0.5
"""Seconds between two edits after which a check has begun when the next one comes."""


class Edits(NamedTuple):
    """What some edits took: seconds until each was answered, and the CPU time of the server for one."""

    waited: list[float]
    cpu: float


class Editor:
    """An editor with a spec of one file, in which each alert has two findings."""

    def __init__(self, folder: Path, alerts: int) -> None:
        self._file = write_flawed_spec(folder / "spec", alerts)
        self._text = self._file.read_text(encoding="utf-8")
        self._client = Client(folder)
        self._client.open(self._file)
        self._client.settle(self._file)

    def edit(self, count: int, pause: float) -> Edits:
        """Change a word so many times, with a pause before each."""
        waited: list[float] = []
        used = 0.0
        for _ in range(count):
            time.sleep(pause)
            old, new = (_OLD, _NEW) if _NEW not in self._text else (_NEW, _OLD)
            line, column = place(self._text, old)
            self._text = self._text.replace(old, new, 1)
            start, began = self._cpu(), time.monotonic()
            version = self._client.change(self._file, new, (line, column, line, column + len(old)))
            self._client.diagnostics(self._file, version)
            waited.append(time.monotonic() - began)
            used += self._cpu() - start
        return Edits(waited, used / count)

    def peak(self) -> int:
        """MiB of the server."""
        lines = Path(f"/proc/{self._client.process.pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))

    def close(self) -> None:
        """End the server."""
        self._client.__exit__()

    def _cpu(self) -> float:
        used = Path(f"/proc/{self._client.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        user, system = used.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000", help="numbers of alerts")
    parser.add_argument("--edits", type=int, default=8)
    given = parser.parse_args()
    print("| alerts | edits | answered after | CPU of one |")
    print("| ---: | --- | ---: | ---: |")
    for size in map(int, given.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            editor = Editor(Path(folder), size)
            try:
                for name, pause in (("while nothing runs", _CHECKED), ("while all is checked", _TYPING)):
                    found = editor.edit(given.edits, pause)
                    waited = [round(one * 1000) for one in found.waited]
                    print(
                        f"| {size:,} | {name} | {min(waited)}–{max(waited)} ms | {found.cpu * 1000:.0f} ms |",
                        flush=True,
                    )
            finally:
                editor.close()


if __name__ == "__main__":
    main()
