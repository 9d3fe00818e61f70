"""Entries of the cache that hold something else than was written: a run works out again what they say."""

from __future__ import annotations

import os
import random
import zlib
from typing import TYPE_CHECKING

import orjson
import pytest
from click.testing import CliRunner
from tests.conftest import SPECS

from tocsin.cli.main import main
from tocsin.result_store import OFF, digest

if TYPE_CHECKING:
    from pathlib import Path

THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
KEYS = ("answers", "said", "groups", "project", "a")
"""No two of them make an entry that could have been written."""
COMMANDS = (("check", "spec"), ("generate", "spec", "--output", "output"))


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The cache, after a run of each command on a spec in which one thing is found."""
    monkeypatch.delenv(OFF, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec").mkdir()
    text = (SPECS / "shop.yaml").read_text(encoding="utf-8")
    (tmp_path / "spec" / "shop.yaml").write_text(text.replace("for: 10m", "for: 7s", 1), encoding="utf-8")
    return tmp_path / "cache" / "tocsin"


def _results(folder: Path) -> tuple[list[tuple[int, str]], dict[Path, bytes]]:
    """What the commands say and write."""
    said = []
    for command in COMMANDS:
        found = CliRunner().invoke(main, list(command))
        assert isinstance(found.exception, SystemExit | None), found.exception
        said.append((found.exit_code, found.output))
    return said, {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _random_json(chance: random.Random, depth: int) -> object:
    """A value with keys and numbers that entries have as well."""
    kind = chance.randrange(7 if depth else 5)
    if kind < 5:
        return (None, chance.random() < 0.5, chance.randrange(-1, 60), 0.5, chance.choice(KEYS))[kind]
    inside = [_random_json(chance, depth - 1) for _ in range(chance.randrange(4))]
    return inside if kind == 5 else dict(zip(chance.sample(KEYS, len(inside)), inside, strict=True))


@pytest.mark.parametrize("seed", range(300 if THOROUGH else 8))
def test_an_entry_of_another_shape_is_worked_out_again(seed: int, store: Path, tmp_path: Path) -> None:
    chance = random.Random(seed)
    _results(tmp_path / "output")
    usual = _results(tmp_path / "output")
    entries = [*store.glob("??/*")]
    assert entries
    for entry in entries:
        payload = zlib.compress(orjson.dumps(_random_json(chance, 4)))
        entry.write_bytes(digest(payload) + payload)
    assert _results(tmp_path / "output") == usual
