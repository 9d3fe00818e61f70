from __future__ import annotations

import math
import os
import random
import time
import zlib
from pathlib import Path

import pytest

from tocsin.result_store import OFF, ResultStore, digest, open_result_store


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv(OFF, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "tocsin"


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("??/*"))


def _open() -> ResultStore:
    store = open_result_store()
    assert store is not None
    return store


def _as_it_is(kept: object) -> object:
    return kept


@pytest.mark.parametrize("value", [{"a": [1, 1.0, True, None, -0.0, "ç"]}, [], 2**63, {"": {}}])
def test_what_was_written_is_read_by_another_run(value: object) -> None:
    _open().write(value, "kind", b"one", b"two")
    found = _open().read("kind", _as_it_is, b"one", b"two")
    assert repr(found) == repr(value)


@pytest.mark.parametrize("content", [(b"onetwo",), (b"one", b"tw"), (b"two", b"one"), ()])
def test_other_content_is_another_entry(content: tuple[bytes, ...]) -> None:
    _open().write(1, "kind", b"one", b"two")
    assert _open().read("kind", _as_it_is, *content) is None
    assert _open().read("other", _as_it_is, b"one", b"two") is None


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**64, (1, 2), {1: 2}, "\ud800", {"a": object()}])
def test_what_json_would_change_is_not_kept(value: object, home: Path) -> None:
    _open().write(value, "kind", b"one")
    assert not _entries(home)


@pytest.mark.parametrize(
    "damage", [b"", b"x", b"null", b"x" * 40, b"\0" * 32 + b"2", digest(b"1") + b"2", digest(b"1") + b"1"]
)
def test_a_damaged_entry_is_none(damage: bytes, home: Path) -> None:
    _open().write(1, "kind", b"one")
    (entry,) = _entries(home)
    entry.write_bytes(damage)
    assert _open().read("kind", _as_it_is, b"one") is None
    _open().write(1, "kind", b"one")
    assert _open().read("kind", _as_it_is, b"one") == 1


@pytest.mark.parametrize("entry", [None, 1, "x", [], {"b": 1}, {"a": None}, {"a": {}}, {"a": "x"}])
def test_an_entry_that_its_reader_cannot_read_is_none(entry: object) -> None:
    _open().write(entry, "kind", b"one")
    assert _open().read("kind", lambda kept: int(kept["a"]) + 1, b"one") is None


def test_what_was_used_longest_ago_goes_first(home: Path) -> None:
    store = _open()
    for number in range(8):
        store.write(random.Random(number).randbytes(1000).hex(), "kind", bytes([number]))
    for number, entry in enumerate(_entries(home)):
        os.utime(entry, (number, number))
    kept = _entries(home)[-3:]
    assert sum(entry.stat().st_size for entry in _entries(home)) > 8000
    store.evict(limit=8000, rest=3500)
    assert _entries(home) == kept
    store.evict(limit=8000, rest=0)
    assert _entries(home) == kept


def test_reading_counts_as_use(home: Path) -> None:
    _open().write(1, "kind", b"one")
    (entry,) = _entries(home)
    os.utime(entry, (0, 0))
    assert _open().read("kind", _as_it_is, b"one") == 1
    assert time.time() - entry.stat().st_mtime < 3600


def test_what_is_used_stays_though_other_entries_were_written_later(home: Path) -> None:
    store = _open()
    for name in (b"needed", b"later"):
        store.write(random.Random(name).randbytes(1000).hex(), "kind", name)
    written = time.time()
    for number, entry in enumerate(sorted(_entries(home), key=lambda entry: entry.stat().st_mtime_ns)):
        os.utime(entry, (written - 3600 + 1800 * number,) * 2)
    assert store.read("kind", _as_it_is, b"needed") is not None
    store.evict(limit=1500, rest=1500)
    assert store.read("kind", _as_it_is, b"needed") is not None
    assert store.read("kind", _as_it_is, b"later") is None


def test_a_text_that_repeats_itself_takes_a_fifth_of_its_bytes(home: Path) -> None:
    _open().write([f"the alert {number} is firing" for number in range(2000)], "kind", b"one")
    (entry,) = _entries(home)
    assert entry.stat().st_size < 60_000 / 5


@pytest.mark.parametrize("cut", [-1, -5, 10])
def test_an_entry_that_is_cut_off_or_grows_too_large_is_none(home: Path, cut: int) -> None:
    _open().write(["a text"] * 2000, "kind", b"one")
    (entry,) = _entries(home)
    for damage in (entry.read_bytes()[32:cut], zlib.compress(b" " * (33 << 20) + b"1")):
        entry.write_bytes(digest(damage) + damage)
        assert _open().read("kind", _as_it_is, b"one") is None


def test_a_full_folder_is_emptied_by_a_run_that_writes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResultStore.evict, "__defaults__", (10, 0))
    _open().write(1, "kind", b"one")
    assert not _entries(home)


def test_nothing_is_kept_where_others_may_write(home: Path) -> None:
    home.mkdir(parents=True)
    home.chmod(0o777)
    assert open_result_store() is None


def test_nothing_is_kept_where_there_is_no_folder(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.parent.write_text("a file")
    assert open_result_store() is None
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    _open().write(1, "kind")
    assert _entries(tmp_path / "home" / ".cache" / "tocsin")


def test_nothing_is_kept_where_it_is_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OFF, "1")
    assert open_result_store() is None


def test_a_write_that_fails_leaves_nothing_behind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, target: Path) -> Path:
        raise PermissionError(f"{path} cannot become {target}")

    store = _open()
    with monkeypatch.context() as failing:
        failing.setattr(Path, "replace", fail)
        store.write(["a"], "kind", b"content")
    assert not [path for path in home.rglob("*") if path.is_file()]
    store.write(["a"], "kind", b"content")
    assert store.read("kind", _as_it_is, b"content") == ["a"]
