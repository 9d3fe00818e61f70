"""Random trees and label sets lead to the receivers that `amtool config routes test` names, in its order."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING

import yaml
from tests.routing.random_trees import labels, tree, written

from tocsin.engines.amtool import routed_receivers
from tocsin.routing.tree import matching_nodes

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

SEED = 20261124
TREES, SETS = (250, 24) if os.environ.get("TOCSIN_THOROUGH") else (25, 8)
NAMES = tuple(f"r{number}" for number in range(6))


def test_the_same_receivers_in_the_same_order(amtool: Program, tmp_path: Path) -> None:
    print(f"amtool config routes test: seed {SEED}, trees: {TREES}, pairs of tree and labels: {TREES * SETS}")

    def differences(number: int) -> list[object]:
        random = Random(f"{SEED}/{number}")
        root = tree(random, NAMES)
        path = tmp_path / f"{number}.yml"
        value = {"route": written(root), "receivers": [{"name": name} for name in NAMES]}
        path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
        found: list[object] = []
        for _ in range(SETS):
            said = labels(random)
            ours = tuple(stop.receiver for stop in matching_nodes(root, said))
            theirs = routed_receivers(amtool, path, said)
            if ours != theirs:
                found.append((value, said, ours, theirs))
        return found

    with ThreadPoolExecutor(2) as pool:
        assert [one for found in pool.map(differences, range(TREES)) for one in found] == []
