"""What earlier runs kept of a spec's groups: whatever is edited, the results are those of a fresh run."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner
from tests.conftest import SPECS

from tocsin.cli.main import main
from tocsin.compile import groups as compile_module
from tocsin.result_store import OFF, ResultStore
from tocsin.text.yaml import yaml_text
from tocsin.workspace.sound_spec import load_sound_spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tocsin.plan.model import Plan

THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
GROUP = """\
groups:
  linked{n}:
    title: Linked {n}
    order: {n}
    team: web
    alerts:
      Linked{n}:
        summary: "{{{{ $labels.instance }}}} is down"
        description: It is down
        promql: sum by (instance) (up{{n="{n}"}})
        per: [instance]
        depends_on: [{cause}]
        related: [{related}]
        thresholds: {{warning: {{below: 1, for: 5m}}, critical: {{below: 0.5}}}}
        runbook:
          diagnosis: [{{title: Where, promql: 'sum by (instance) (up{{n="{n}"}})'}}]
"""
EDITS = (
    ("is down", "has been down"),
    ("$labels.instance", "$labels.rack"),
    ("by (instance)", "by (job)"),
    ("by (instance) (up", "by (instance, job) (upp"),
    ("below: 1,", "below: 3,"),
    ("for: 5m", "for: 7s"),
    ("[instance]", "[job]"),
    ("related: []", "related: [Linked1]"),
    ("related: []", "related: [Linked2, Linked99]"),
    ("depends_on: []", "depends_on: [Linked1]"),
    ("team: web", "team: payments"),
    ("team: web", "team: nobody"),
    ("order: 1", "order: 9"),
    ("system: shop", "system: shops"),
    ("rank: 2", "rank: 3"),
    ("catch_all: everybody", "catch_all: web"),
    ("Web team", "The team of the web"),
    ('up{n="2"', 'ALERTS{alertname="Linked3"'),
    ('up{n="3"', 'absent(up{n="2"'),
    ("per: [instance]", "per: [instance"),
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
    for n in range(5):
        text = GROUP.format(n=n, cause="Linked0" if n == 4 else "", related="")
        (folder / f"linked{n}.yaml").write_text(text, encoding="utf-8")
    return folder


def _said(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(main, list(arguments))
    return found.exit_code, found.stdout, found.stderr


def _plan(spec: Path) -> Plan | None:
    made = load_sound_spec([spec], 1)
    return None if made is None else made.plan


def _fresh(spec: Path) -> Plan | None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(OFF, "1")
        return _plan(spec)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the groups that are compiled, as they are."""
    names: list[str] = []
    part = compile_module._part

    def noted(*given: object) -> object:
        names.append(str(given[2]))
        return part(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(compile_module, "_part", noted)
    return names


def test_of_an_edited_spec_the_edited_group_is_compiled_alone(spec: Path, compiled: list[str]) -> None:
    assert _plan(spec) is not None
    assert {"linked0", "linked4"} <= {*compiled}
    for name, old, new, needed in (
        ("linked1", "is down", "is not up", ["linked1"]),
        # The fourth depends on it, and on the labels of its query.
        ("linked0", "n=", "m=", ["linked0", "linked4"]),
        # What looks otherwise and says the same.
        ("linked1", "for: 5m", "for:   5m", []),
    ):
        file = spec / f"{name}.yaml"
        file.write_text(file.read_text().replace(old, new))
        compiled.clear()
        plan = _plan(spec)
        assert compiled == needed
        assert plan == _fresh(spec)


def test_rules_of_kept_groups_are_those_of_their_alerts(spec: Path) -> None:
    _plan(spec)
    plan = _plan(spec)
    assert plan is not None
    of_alerts = {id(rule) for group in plan.groups for alert in group.alerts for rule in alert.rules}
    of_groups = {id(rule) for group in plan.rule_groups for rule in group.rules}
    assert of_alerts
    assert of_alerts <= of_groups


def test_a_name_that_is_gone_is_told_though_the_group_that_names_it_is_the_same(spec: Path) -> None:
    first = spec / "linked1.yaml"
    first.write_text(first.read_text().replace("related: []", "related: [Linked2]"))
    assert _said("check", "spec")[0] in (0, 1)
    (spec / "linked2.yaml").unlink()
    code, out, _ = _said("check", "spec")
    assert code == 1
    assert "there is no alert `Linked2`" in out


def test_content_that_was_lost_or_damaged_is_made_again(spec: Path, tmp_path: Path) -> None:
    plan = _fresh(spec)
    assert _plan(spec) == plan
    files = sorted(path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    chance = random.Random(3)
    for path in files:
        chance.choice((path.unlink, lambda path=path: path.write_bytes(b"x" * 40), lambda: None))()
    assert _plan(spec) == plan
    # Lost between the reading of what is known of a group and that of its content.
    made = _plan(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ResultStore, "read", lambda *_: None)
        assert made == plan


def test_random_edits_give_the_plans_and_findings_of_a_fresh_run(spec: Path) -> None:
    chance = random.Random(20)
    texts = {path: path.read_text() for path in sorted(spec.iterdir())}
    for number in range(300 if THOROUGH else 7):
        for path, text in chance.choice((texts, dict.fromkeys(_some(texts, chance), ""))).items():
            path.write_text(text or texts[path])
        for _ in range(chance.randint(1, 3)):
            _edit(chance.choice([*spec.iterdir()]), chance)
        if number % 5 == 4:
            chance.choice(sorted(spec.glob("linked*"))).unlink()
        kept = _said("check", "spec", "--format", "json")
        assert kept == _said("check", "spec", "--format", "json", "--no-cache")
        os.environ.pop(OFF, None)
        assert _plan(spec) == _fresh(spec)


def _some(texts: dict[Path, str], chance: random.Random) -> Iterator[Path]:
    return (path for path in texts if chance.random() < 0.3)


def _edit(path: Path, chance: random.Random) -> None:
    text = path.read_text()
    possible = [edit for edit in EDITS if edit[0] in text]
    if possible:
        path.write_text(text.replace(*chance.choice(possible)))
