"""What `tocsin diff` says about receivers is the difference of what amtool answers for the two files."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

import orjson
import yaml
from click.testing import CliRunner
from tests.routing.random_trees import labels, tree, written

from tocsin.cli.main import main
from tocsin.engines.amtool import routed_receivers

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Route

SEED = 20261129
PAIRS, SETS = (400, 24) if os.environ.get("TOCSIN_THOROUGH") else (20, 5)
NAMES = ("r0", "r1", "r2")
MOST_CLASSES = 6

Change = tuple[frozenset[str], frozenset[str], frozenset[tuple[str, int, int]]]
"""The receivers that are lost, those that are gained, and those that are notified more or less often."""


def _pair(random: Random) -> tuple[Route, Route]:
    """A tree with few receivers, and one with some nodes changed, gone, doubled or moved."""
    old = tree(random, NAMES, 2)
    children = []
    for child in old.routes:
        kind = random.choice(("same", "same", "gone", "double", "receiver", "continue"))
        if kind == "receiver":
            child = replace(child, receiver=random.choice(NAMES))
        if kind == "continue":
            child = replace(child, continues=not child.continues)
        children += [child] * {"gone": 0, "double": 2}.get(kind, 1)
    if random.random() < 0.3:
        random.shuffle(children)
    return old, replace(old, routes=tuple(children))


def _change(before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    old, new = Counter(before), Counter(after)
    return (
        frozenset(old.keys() - new.keys()),
        frozenset(new.keys() - old.keys()),
        frozenset((name, old[name], new[name]) for name in old.keys() & new.keys() if old[name] != new[name]),
    )


def _said(one: dict[str, Any]) -> Change:
    return (
        frozenset(one["lost"]),
        frozenset(one["gained"]),
        frozenset(
            (each["receiver"], each["before"], each["after"])
            for each in one["counts"]
            if each["before"] and each["after"] and each["before"] != each["after"]
        ),
    )


def test_gained_and_lost_receivers_are_the_difference_of_amtools_answers(
    amtool: Program, tmp_path: Path
) -> None:
    print(f"diff and amtool: seed {SEED}, pairs: {PAIRS}, label sets a pair: {SETS}, and examples")

    questions = [_question(number, tmp_path) for number in range(PAIRS)]

    def differences(question: _Question) -> list[object]:
        found: list[object] = []
        for one in question.classes[:MOST_CLASSES]:
            before, after = (routed_receivers(amtool, path, one["witness"]) for path in question.files)
            agree = [list(before), list(after)] == [one["receivers_before"], one["receivers_after"]]
            if not agree or _said(one) != _change(before, after):
                found.append((question.files, one, before, after))
        known = {_said(one) for one in question.classes}
        for said in question.labels:
            change = _change(*(routed_receivers(amtool, path, said) for path in question.files))
            if any(change) and change not in known:
                found.append((question.files, said, change))
        return found

    with ThreadPoolExecutor(2) as pool:
        assert [one for found in pool.map(differences, questions) for one in found] == []


@dataclass
class _Question:
    files: list[Path]
    classes: list[dict[str, Any]]
    labels: list[dict[str, str]]


def _question(number: int, folder: Path) -> _Question:
    random = Random(f"{SEED}/{number}")
    files = [folder / f"{number}.{side}.yml" for side in ("old", "new")]
    for root, path in zip(_pair(random), files, strict=True):
        value = {"route": written(root), "receivers": [{"name": name} for name in NAMES]}
        path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", *map(str, files), "--format", "json"])
    assert result.exit_code in (0, 1), result.output
    return _Question(files, orjson.loads(result.stdout)["routing"], [labels(random) for _ in range(SETS)])
