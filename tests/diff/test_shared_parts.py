"""Groups that both sides have: what a comparison says is the same when earlier runs have kept them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.bench.synthetic import write_spec

from tocsin.cli.main import main
from tocsin.plan.parts import PlanPart
from tocsin.result_store import OFF

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.plan.outline import Content

NAMESAKE = ("group0002", r"( +)(Alert00040:)", r"\1\2\n\1  name: Alert00003")
THRESHOLD = ("group0000", r'above: "5"', 'above: "6"')
SUMMARY = ("group0001", "is not well", "is unwell")
EDITS = {
    "a threshold": ((), (THRESHOLD,)),
    "words": ((), (SUMMARY,)),
    "a label": ((), (("group0001", "component: c1\n", "component: other\n"),)),
    "words, where another group has an alert of that name": (
        (NAMESAKE,),
        (NAMESAKE, ("group0000", "is not well", "is unwell")),
    ),
    "a name that another group has": ((), (NAMESAKE,)),
    "an alert that is called otherwise": (
        (),
        (("group0001", r"( +)(Alert00021:)", r"\1\2\n\1  name: Other"),),
    ),
    "the interval of a group": ((), (("group0002", "interval: 30s", "interval: 1m"), SUMMARY)),
}


@pytest.fixture(autouse=True)
def with_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(OFF, raising=False)
    monkeypatch.chdir(tmp_path)


def _write(folder: Path, edits: tuple[tuple[str, str, str], ...]) -> None:
    write_spec(folder, 60)
    for group, pattern, text in edits:
        path = folder / f"{group}.yaml"
        path.write_text(re.sub(pattern, text, path.read_text(encoding="utf-8")), encoding="utf-8")


def _diff() -> str:
    found = CliRunner().invoke(main, ["diff", "--format", "json", "old", "new"], catch_exceptions=False)
    assert found.exit_code in (0, 1), found.output
    return found.stdout


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS)
def test_what_is_read_once_is_compared_as_before(
    edits: tuple[tuple[tuple[str, str, str], ...], ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, one in zip(("old", "new"), edits, strict=True):
        _write(tmp_path / name, one)
    monkeypatch.setenv(OFF, "1")
    expected = _diff()
    assert "changed" in expected or "added" in expected or "groups" in expected
    monkeypatch.delenv(OFF)
    assert [_diff(), _diff()] == [expected, expected]


def test_an_equal_group_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / "old", ())
    _write(tmp_path / "new", (THRESHOLD,))
    _diff()
    made: list[bytes] = []
    read = PlanPart._read_outline

    def noted(part: PlanPart) -> Content:
        made.append(part.digest)
        return read(part)

    monkeypatch.setattr(PlanPart, "_read_outline", noted)
    _diff()
    equal = len(list((tmp_path / "new").glob("group*.yaml"))) - 1
    assert len(made) == len(set(made)) >= equal
