"""Which small mistakes in rules from the wild the derived tests notice: a sample of them."""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.engines.program import Program
from tocsin.existing.files import read_existing
from tocsin.plan.model import Engine
from tocsin.prove.mutation.score import mutation_scores
from tocsin.prove.run import proof_subjects, prove
from tocsin.workspace.inputs import read_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.prove.mutation.score import Score
    from tocsin.prove.verdict import Subject

ROOT = Path(__file__).parents[2]
CORPORA = Path(os.environ.get("TOCSIN_CORPORA", ROOT.parent / "shared" / "corpora"))
PROMTOOL = ROOT / ".engines" / "bin" / "promtool"


def main() -> None:
    """Print the score for each repository, then for each kind of mistake, then what was not noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=300, help="how many alerts are drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--survivors", action="store_true", help="list every mistake that nothing noticed")
    given = parser.parse_args()
    drawn = _drawn(given.alerts, given.seed)
    start, used = time.monotonic(), os.times()
    promtool = Program("promtool", PROMTOOL)
    names = {id(subject.rule): name for name, subject in drawn}
    verdicts = prove([subject for _, subject in drawn], promtool, whole=True)
    proven = time.monotonic()
    scores = mutation_scores(verdicts, promtool)
    by_repository: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        by_repository[names[id(score.verdict.subject.rule)]].append(score)
    print(f"{len(drawn)} alerts, seed {given.seed}: {len(scores)} have tests\n")
    print("| repository | alerts | mistakes | noticed | change nothing | score |")
    print("| --- |" + " ---: |" * 5)
    for name in sorted(by_repository):
        print(f"| {name.replace('+', '/')} | {_figures(by_repository[name])} |")
    print(f"| **all** | {_figures(scores)} |")
    dead = [score for score in scores if score.dead]
    apart = sum(len(score.killed) + len(score.survivors) for score in dead)
    print(f"\nnot counted: {apart} mistakes in {len(dead)} alerts that can never fire")
    scores = [score for score in scores if not score.dead]
    print("\n| kind of mistake | mistakes | noticed | score |\n| --- | ---: | ---: | ---: |")
    killed = Counter(mutant.kind for score in scores for mutant in score.killed)
    alive = Counter(mutant.kind for score in scores for mutant in score.survivors)
    for kind in sorted(killed | alive):
        total = killed[kind] + alive[kind]
        print(f"| {kind} | {total} | {killed[kind]} | {100 * killed[kind] / total:.1f} % |")
    after = os.times()
    cpu = sum(after[:4]) - sum(used[:4])
    print(f"\nproofs {proven - start:.0f} s, all {time.monotonic() - start:.0f} s, {cpu:.0f} s of CPU")
    print(f"cases that promtool refused: {sum(len(verdict.refused) for verdict in verdicts)}")
    if given.survivors:
        _list(scores, names)


def _drawn(count: int, seed: int) -> list[tuple[str, Subject]]:
    pool: list[tuple[str, Subject]] = []
    for folder in sorted((CORPORA / "prom_rules").iterdir()):
        seen: set[str] = set()
        for subject in proof_subjects(read_existing(read_inputs([folder]).files, ()).plan):
            key = " ".join(subject.rule.expr.split())
            if subject.group.engine is Engine.PROMETHEUS and key not in seen:
                seen.add(key)
                pool.append((folder.name, subject))
    return random.Random(seed).sample(pool, min(count, len(pool)))


def _figures(scores: Iterable[Score]) -> str:
    found = [score for score in scores if not score.dead]
    killed = sum(len(score.killed) for score in found)
    alive = sum(len(score.survivors) for score in found)
    same = sum(len(score.equivalent) for score in found)
    share = f"{100 * killed / (killed + alive):.1f} %" if killed + alive else "-"
    return f"{len(found)} | {killed + alive} | {killed} | {same} | {share}"


def _list(scores: Iterable[Score], names: dict[int, str]) -> None:
    for score in scores:
        rule = score.verdict.subject.rule
        if score.survivors:
            cases = ", ".join(case.name for case in score.verdict.cases)
            print(f"\n{names[id(rule)]} {rule.alert} [for {rule.for_}]: {' '.join(rule.expr.split())[:400]}")
            print(f"  cases: {cases}")
            for mutant in score.survivors:
                print(f"  {mutant.kind}: {mutant.what}")


if __name__ == "__main__":
    main()
