"""Files that an earlier run has listed: what `generate` does with them is what it does without."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.conftest import SPECS

from tocsin.cli.main import main
from tocsin.result_store import OFF

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENTS = "environments: {production: {labels: {env: production}}, staging: {labels: {env: staging}}}\n"
PROOF = "#   Gone (critical) 0123456789ab\n"


@pytest.fixture(autouse=True)
def spec(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv(OFF, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "shop.yaml").write_text((SPECS / "shop.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def _generate(*options: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(main, ["generate", "spec", *options], catch_exceptions=False)
    return found.exit_code, found.stdout, found.stderr


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions that plan a spec, as they are called."""
    called: list[str] = []
    import tocsin.workspace.load as module

    for name in ("load", "load_environments"):
        function = getattr(module, name)

        def noted(*given: object, name: str = name, function: object = function) -> object:
            called.append(name)
            return function(*given)  # type: ignore[operator]

        monkeypatch.setattr(module, name, noted)
    return called


@pytest.mark.parametrize("environments", ["", ENVIRONMENTS])
def test_where_nothing_has_changed_nothing_is_planned(
    spec: Path, tmp_path: Path, planned: list[str], environments: str
) -> None:
    (spec / "environments.yaml").write_text(environments)
    assert _generate()[0] == 0
    made = _files(tmp_path / "output")
    planned.clear()
    code, said, _ = _generate()
    assert (code, planned) == (0, [])
    assert "unchanged" in said
    assert "added" not in said
    assert _generate("--check")[0] == 0
    assert planned == []
    assert _files(tmp_path / "output") == made
    # The same files in another folder, and what was removed or written by hand in this one.
    assert _generate("--output", "other")[0] == 0
    assert _files(tmp_path / "other") == made
    shutil.rmtree(tmp_path / "other")
    changed = next((tmp_path / "output").rglob("all.md"))
    changed.write_text("mine")
    next((tmp_path / "output").rglob("alertmanager.yaml")).unlink()
    assert _generate("--check")[0] == 1
    assert "overwritten" in _generate()[2]
    assert _files(tmp_path / "output") == made


def test_another_spec_is_planned(spec: Path, tmp_path: Path) -> None:
    _generate()
    text = (spec / "shop.yaml").read_text()
    (spec / "more.yaml").write_text("teams: {more: {title: More}}\n")
    assert "changed" in _generate()[1]
    (spec / "more.yaml").rename(spec / "most.yaml")
    _generate()
    assert b"most.yaml" in _files(tmp_path / "output")["manifest.json"]
    (spec / "shop.yaml").write_text(text.replace("summary:", "sumary:", 1))
    assert _generate()[0] == 1
    assert _generate()[0] == 1


def test_proofs_are_told_to_be_out_of_date_each_time(tmp_path: Path, planned: list[str]) -> None:
    _generate()
    proof = tmp_path / "output" / "prometheus" / "tests" / "shop.proof-1m.test.yaml"
    manifest = tmp_path / "output" / "manifest.json"
    proof.parent.mkdir(parents=True, exist_ok=True)
    proof.write_text(PROOF)
    listed = '"files": {\n    "prometheus/tests/shop.proof-1m.test.yaml": "0",'
    manifest.write_text(manifest.read_text().replace('"files": {', listed))
    first = _generate()
    assert "was proven and is gone" in first[2]
    planned.clear()
    again = _generate()
    assert (again[2], planned) == (first[2], [])
    proof.write_text(PROOF.replace("Gone", "Lost"))
    assert "Lost (critical) was proven and is gone" in _generate()[2]


def test_a_spec_that_changes_while_its_files_are_made_again_is_no_listed_one(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _generate()
    shutil.rmtree(tmp_path / "output")
    import tocsin.workspace.load as module

    load = module.load

    def changing(*given: object) -> object:
        text = (spec / "shop.yaml").read_text()
        (spec / "shop.yaml").write_text(text.replace("title: ", "title: Other ", 1))
        return load(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "load", changing)
    code, _, said = _generate()
    assert code == 2
    assert "was changed while it was read" in said
    assert not (tmp_path / "output" / "manifest.json").exists()
