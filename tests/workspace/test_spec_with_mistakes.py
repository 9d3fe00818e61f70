"""A spec with mistakes beside groups that were sound: what is told is what is told when all of it is read."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner
from tests.conftest import SPECS
from tests.workspace import test_kept_groups

from tocsin.cli.main import main
from tocsin.compile.other_groups import NeededGroupsError
from tocsin.result_store import OFF
from tocsin.text.yaml import yaml_text
from tocsin.workspace import spec_with_mistakes as module

if TYPE_CHECKING:
    from pathlib import Path

THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
GROUP = test_kept_groups.GROUP + "          actions: {{restart: {{title: Restart it}}}}\n"
MISTAKES = (
    ("summary:", "sumary:"),
    ("summary:", "headline:"),
    ("description:", "description: [a]\n        runbok:"),
    ("sum by (instance) (up", "sun by (instance) (up"),
    ("sum by (instance) (up", "sum by (instance (up"),
    ("[instance]", "[job]"),
    ("depends_on: []", "depends_on: [Linked9]"),
    ("depends_on: []", "depends_on: [Linked3]"),
    ("related: []", "related: [Linkd2]"),
    ("related: [Linked1]", "related: [Linked1, linked1]"),
    ("team: web", "team: wbe"),
    ("team: web", "tema: web"),
    ("below: 1,", "below: 1s,"),
    ("below: 0.5", "below: half"),
    ("for: 5m", "for: 5 minutes"),
    ("warning: {", "warnin: {"),
    ("Linked1:", "Linked2:"),
    ("Linked2:", "LINKED3:"),
    ("Linked2:", "Other:"),
    ("linked2:", "linked3:"),
    ("title: Linked", "name: linked1\n    title: Linked"),
    ("title: Linked", "title:\n    order: 1\n    name: Linked"),
    ("    alerts:", "    alerts: {"),
    ("        per:", "      per:"),
    ("groups:", "group:"),
    ("groups:", "receivers: {web: {}}\ngroups:"),
    ("groups:", "project: {labels: {a: b}}\ngroups:"),
    ("groups:", "- groups:"),
    ("instance }}", "pod }}"),
    ("summary: ", "summary: \\u202e"),
    ("title: Restart it", "title: Restart it, url: x"),
    ("actions: {restart", "actions: {begin"),
    ("title: Where,", "title: Where, findings: [{see: It, action: restat}],"),
    ("runbook:", "allow: [{check: label/dropped, reason: so}]\n        runbook:"),
    ("runbook:", "for_each: [{a: b}]\n        runbook:"),
    ("runbook:", "except: [{where: {instance: a}, off: so}]\n        runbook:"),
)


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(OFF, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "spec"
    folder.mkdir()
    for section, values in yaml.safe_load((SPECS / "shop.yaml").read_text(encoding="utf-8")).items():
        (folder / f"{section}.yaml").write_text(yaml_text({section: values}), encoding="utf-8")
    for n in range(6):
        text = GROUP.format(n=n, cause="Linked0" if n == 4 else "", related="Linked1" if n == 5 else "")
        (folder / f"linked{n}.yaml").write_text(text, encoding="utf-8")
    return folder


def _said(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    return found.exit_code, found.stdout, found.stderr


def _alike(*arguments: str) -> tuple[int, str, str]:
    """What a command says, which it says without the store as well."""
    kept = _said(*arguments)
    assert kept == _said(*arguments, "--no-cache")
    os.environ.pop(OFF, None)
    return kept


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each load of a spec with mistakes, whether the files that are known were not read."""
    noted: list[bool] = []

    load = module.load_spec_with_mistakes

    def noting(files: object, store: object) -> object:
        found = load(files, store)  # type: ignore[arg-type]
        noted.append(found is not None)
        return found

    monkeypatch.setattr(module, "load_spec_with_mistakes", noting)
    return noted


def _edited(text: str, chance: random.Random) -> str:
    old, new = chance.choice([one for one in MISTAKES if one[0] in text] or [("\n", "\n# \n")])
    return text.replace(old, new, 1)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one[1].strip())
def test_each_mistake_is_told_as_when_all_files_are_read(
    spec: Path, mistake: tuple[str, str], left: list[bool]
) -> None:
    _said("check", "spec")
    old, new = mistake
    file = next(path for path in sorted(spec.glob("linked*"), reverse=True) if old in path.read_text())
    file.write_text(file.read_text().replace(old, new.replace("\\u202e", "\u202e"), 1))
    code, said, _ = _alike("check", "spec", "--format", "json")
    # What is sound is not looked at here, and what has exceptions or families is read as a whole.
    assert left in ([], [new.split(":")[0] not in ("for_each", "except")])
    assert code == 1 or not left or not left[0], said


def test_random_mistakes_are_told_as_when_all_files_are_read(spec: Path) -> None:
    chance = random.Random(7)
    texts = {path: path.read_text() for path in sorted(spec.iterdir())}
    for number in range(400 if THOROUGH else 8):
        for path, text in texts.items():
            path.write_text(text)
        if number % 4 == 0:
            _said("check", "spec")
        for path in chance.sample(sorted(spec.glob("linked*")), chance.randint(1, 2)):
            path.write_text(_edited(path.read_text(), chance).replace("\\u202e", "\u202e"))
        if number % 5 == 3:
            chance.choice(sorted(spec.glob("linked*"))).unlink()
        command = chance.choice((("check",), ("check", "--except", "link/*"), ("generate", "--check")))
        _alike(command[0], "spec", *command[1:], *(("--format", "json") if command[0] == "check" else ()))


def test_where_a_group_that_is_needed_stands_in_no_file_all_files_are_read(
    spec: Path, left: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as the group that objectives put their alerts into."""
    _said("check", "spec")
    file = spec / "linked2.yaml"
    file.write_text(file.read_text().replace("summary:", "headline:"))

    def build(*_: object) -> None:
        raise NeededGroupsError({"objectives", "linked2"})

    monkeypatch.setattr(module, "build_beside", build)
    assert _alike("check", "spec", "--format", "json")[0] == 1
    assert left == [False]
