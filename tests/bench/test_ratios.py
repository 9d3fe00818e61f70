"""The CPU time of commands beside that of promtool, amtool and amlint: a change may not double a ratio.

Cold and warm, at the size of `ratios.json`; `python tests/bench/ratios.py` prints larger ones.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.bench.ratios import KNOWN, measure

if TYPE_CHECKING:
    from tocsin.engines.program import Program

SPARE = 2.0
"""How many times the committed ratio; other work on the machine changes one by a third at most."""


def test_no_command_takes_twice_its_ratio(promtool: Program, amtool: Program) -> None:
    known = json.loads(KNOWN.read_text(encoding="utf-8"))
    assert promtool.path.parent == amtool.path.parent
    found = {one.name: one for one in measure(known["alerts"], promtool.path.parent, runs=2)}
    assert found.keys() == known["ratios"].keys()
    slow = [
        f"{name}: {one.own.cpu:.2f} s beside {one.other.cpu:.2f} s of {one.program}, "
        f"{one.ratio:.1f} times instead of {known['ratios'][name]:.1f}"
        for name, one in found.items()
        if one.ratio > known["ratios"][name] * SPARE
    ]
    assert not slow, "\n".join(slow)
