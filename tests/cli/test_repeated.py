"""Answers and values that earlier runs kept: what a run says with them is what it says without."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.conftest import SPECS

import tocsin.checking
from tocsin.cli.main import main
from tocsin.result_store import OFF
from tocsin.source import fast_reader

if TYPE_CHECKING:
    from pathlib import Path

THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv(OFF, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache" / "tocsin"


@pytest.fixture(autouse=True)
def spec(tmp_path: Path) -> Path:
    """A spec in which one thing is found."""
    folder = tmp_path / "spec"
    folder.mkdir()
    text = (SPECS / "shop.yaml").read_text(encoding="utf-8")
    (folder / "shop.yaml").write_text(text.replace("for: 10m", "for: 7s", 1), encoding="utf-8")
    return folder


def _said(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(main, list(arguments))
    return found.exit_code, found.stdout, found.stderr


def _fail(*_: object) -> None:
    raise AssertionError("worked out again")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_the_second_run_answers_the_same_without_the_checks(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("check", "spec", "--format", form)
    without = _said(*arguments, "--no-cache")
    monkeypatch.delenv(OFF, raising=False)
    assert without[0] == 1
    assert _said(*arguments) == without
    monkeypatch.setattr(tocsin.checking, "find_problems", _fail)
    assert _said(*arguments) == without


def test_another_option_is_another_answer(spec: Path) -> None:
    assert _said("check", "spec")[1].startswith("warning")
    assert _said("check", "spec", "--format", "json")[1].startswith("[")
    assert _said("check", "spec", "--only", "none/such")[0] == 2
    other = spec.rename(spec.with_name("other"))
    assert str(other.name) in _said("check", "other")[1]


@pytest.mark.parametrize("option", ["--accept", "--diff", "--list"])
def test_a_command_that_does_more_is_done_each_time(option: str, tmp_path: Path) -> None:
    options = ("--accept", "--reason", "why") if option == "--accept" else (option,)
    first = _said("check", "spec", *options)
    (tmp_path / "tocsin.baseline.yaml").unlink(missing_ok=True)
    assert _said("check", "spec", *options) == first
    assert (tmp_path / "tocsin.baseline.yaml").exists() == (option == "--accept")


@pytest.mark.parametrize("folder", [".", "spec"])
def test_a_baseline_is_read_each_time(tmp_path: Path, folder: str) -> None:
    before = _said("check", "spec")
    (tmp_path / folder / "tocsin.baseline.yaml").write_text("accepted: 3\n")
    assert _said("check", "spec") != before


def test_nothing_is_kept_of_a_spec_that_does_not_load(spec: Path, store: Path) -> None:
    with (spec / "shop.yaml").open("a") as file:
        file.write("teams:\n  again: {receiver: nobody, password: hunter2-hunter2}\n")
    assert _said("check", "spec")[0] == 1
    kept = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert b"hunter2" not in kept


def test_the_values_of_a_file_are_read_once(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _said("generate", "spec", "--output", "one")
    monkeypatch.setattr(fast_reader, "_document", _fail)
    monkeypatch.setattr("tocsin.spec.fast_load.read_yaml", _fail)
    second = _said("generate", "spec", "--output", "two")
    assert first[0] == second[0] == 0
    assert _files(spec.parent / "one") == _files(spec.parent / "two")


def test_random_edits_find_the_same_with_and_without(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = (spec / "shop.yaml").read_text().splitlines(keepends=True)
    chance = random.Random(11)
    lines = start
    for _ in range(200 if THOROUGH else 6):
        lines = chance.choice((start, _edited(lines, chance)))
        (spec / "shop.yaml").write_text("".join(lines))
        kept = [_said("check", "spec") for _ in range(2)]
        monkeypatch.setenv(OFF, "1")
        fresh = _said("check", "spec")
        monkeypatch.delenv(OFF)
        assert kept == [fresh, fresh]


def _edited(lines: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines))
    line = lines[at]
    return [
        *lines[:at],
        *chance.choice(([], [line, line], [line.replace("1", "3")], [line.replace("e", "f", 1)])),
        *lines[at + 1 :],
    ]


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
