"""No pattern of the package takes time that grows with the square of what a file may hold.

A pattern is tried with pieces that it is made of, repeated. One that reads each character once needs a
millisecond of the processor for them, one that starts again at each needs many seconds.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tocsin

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 40_000
SECONDS = 1.5
PIECES = [
    " ",
    "\t",
    "\n",
    " \n",
    "a",
    "A",
    "1",
    "_",
    "-",
    ".",
    "a.",
    "a ",
    "#",
    "- ",
    "\\",
    "{",
    "{{ ",
    "(",
    "[",
]
PIECES += ["`", "``", "*", '"', "'", "<", "/", "a=", "a,", "a:", "%7B", "http://", "[a](", "é", "$labels."]


def _compiled() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in pkgutil.walk_packages(tocsin.__path__, "tocsin."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                for one in _patterns(value):
                    yield f"{module.name}:{name}", one


def _patterns(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _patterns(one)


PATTERNS = {one: name for name, one in reversed(list(_compiled()))}


SHORT = {
    # Of templates that were parsed before: an action ends before another begins.
    *("tocsin.targets.runbooks.markdown:_TEMPLATE", "tocsin.targets.grafana.template_text:_ACTION"),
    *("tocsin.prove.logs.pipeline:_ACTION", "tocsin.lang.logql.flow.templates:_ACTION"),
    # Of extractions in LogQL, where they are tried once, from the beginning to the end.
    *("tocsin.lang.logql.stages:_LOGFMT_PATH", "tocsin.lang.logql.stages:_JSON_PATH"),
    # Of what promtool prints about tests that were written here.
    *("tocsin.prove.promtool.run:_ABOUT", "tocsin.prove.promtool.parse_output:_PAIR"),
}
"""Patterns that never see what makes them slow."""


def _uses(where: str) -> set[str]:
    """The methods by which a module uses its pattern: each tries it in its own way."""
    module, _, name = where.rpartition(":")
    source = Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8")
    used = set(re.findall(rf"\b{name}\.(\w+)\b", source))
    return used & {"match", "fullmatch"} | (
        {"sub"} if used - {"match", "fullmatch", "pattern"} or not used else set()
    )


@pytest.mark.parametrize(
    "pattern", [one for one in PATTERNS if PATTERNS[one] not in SHORT], ids=lambda one: PATTERNS[one]
)
def test_it_reads_a_long_text_once(pattern: re.Pattern[str]) -> None:
    def late(*_: object) -> None:
        pytest.fail(f"{pattern.pattern} starts again and again in {piece!r} * n + {end!r}")

    before = signal.signal(signal.SIGVTALRM, late)
    uses = _uses(PATTERNS[pattern])
    own = re.findall(r"[A-Za-z]{3,}", pattern.pattern)[:6]
    try:
        for piece in [*PIECES, *own, *(f"{word} " for word in own)]:
            for end in ("", "\x01"):
                text = piece * (LENGTH // len(piece)) + end
                signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
                for use in uses:
                    getattr(pattern, use)(*(("", text) if use == "sub" else (text,)))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
