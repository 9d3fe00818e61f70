"""How many alerts from the wild are proven both ways, by repository, and why the others are not."""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.engines.program import Program
from tocsin.existing.files import read_existing
from tocsin.plan.model import Engine
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.verdict import Status
from tocsin.workspace.inputs import read_inputs

if TYPE_CHECKING:
    from tocsin.prove.verdict import Verdict

ROOT = Path(__file__).parents[2]
CORPORA = Path(os.environ.get("TOCSIN_CORPORA", ROOT.parent / "shared" / "corpora"))
PROMTOOL = ROOT / ".engines" / "bin" / "promtool"


def main() -> None:
    """Print a table with a row a repository, then every alert that is not proven both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="repositories whose name contains this")
    parser.add_argument("--misses", action="store_true", help="show only what is unproven, not what is dead")
    given = parser.parse_args()
    start = time.monotonic()
    rows: list[tuple[str, list[Verdict], float]] = []
    for folder in sorted((CORPORA / "prom_rules").iterdir()):
        if given.only in folder.name:
            begun = time.monotonic()
            plan = read_existing(read_inputs([folder]).files, ()).plan
            found = [one for one in proof_subjects(plan) if one.group.engine is Engine.PROMETHEUS]
            rows.append((folder.name, prove(found, Program("promtool", PROMTOOL)), time.monotonic() - begun))
            gc.collect()
            print(f"{folder.name}: {rows[-1][2]:.0f} s", file=sys.stderr, flush=True)
    columns = "alerts | fires | silent | both | never fires | never silent | unproven | not loaded | s"
    print(f"| repository | {columns} |")
    print("| --- |" + " ---: |" * 9)
    for name, verdicts, seconds in rows:
        if verdicts:
            print(f"| {name.replace('+', '/')} | {_figures(verdicts)} | {seconds:.0f} |")
    everything = [verdict for _, verdicts, _ in rows for verdict in verdicts]
    print(f"| **all** | {_figures(everything)} | {time.monotonic() - start:.0f} |")
    usage = (
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"\nmost memory of a process: {max(usage)} MiB\n")
    for name, verdicts, _ in rows:
        for verdict in verdicts:
            states = (verdict.fires, verdict.silent)
            if Status.UNPROVEN in states or (Status.IMPOSSIBLE in states and not given.misses):
                rule = verdict.subject.rule
                said = "; ".join(verdict.reasons)[:300]
                print(f"{name} {rule.alert}: fires {states[0]}, silent {states[1]}: {said}")
                print(f"    {' '.join(rule.expr.split())[:400]} [for {rule.for_}]")


def _figures(verdicts: list[Verdict]) -> str:
    fires, silent = Counter(v.fires for v in verdicts), Counter(v.silent for v in verdicts)
    both = sum(v.fires is Status.PROVEN and v.silent is Status.PROVEN for v in verdicts)
    missed = sum(Status.UNPROVEN in (v.fires, v.silent) and v.invalid is None for v in verdicts)
    numbers = (
        len(verdicts),
        fires[Status.PROVEN],
        silent[Status.PROVEN],
        both,
        fires[Status.IMPOSSIBLE],
        silent[Status.IMPOSSIBLE],
        missed,
        sum(v.invalid is not None for v in verdicts),
    )
    return " | ".join(f"{number:,}" for number in numbers)


if __name__ == "__main__":
    main()
