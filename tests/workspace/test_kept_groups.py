"""What earlier runs kept of a spec's groups: whatever is edited, the results are those of a fresh run."""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from tests.conftest import SPECS

from tocsin.cli.main import main
from tocsin.compile import groups as compile_module
from tocsin.plan.outline import whole_group
from tocsin.result_store import OFF, ResultStore
from tocsin.targets import grafana
from tocsin.targets.grafana.group_dashboard import group_dashboard
from tocsin.targets.runbooks import group_pages
from tocsin.targets.runbooks.alert_page import alert_page
from tocsin.targets.runbooks.pages import Pages
from tocsin.text.yaml import yaml_text
from tocsin.workspace.sound_spec import load_sound_spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tocsin.files import File
    from tocsin.plan.model import Group, Plan

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
IMPORTED = """\
groups:
  imported{n}:
    title: Imported {n}
    name: imported {n}
    file: imported.yaml
    labels: {{shard: "{n}"}}
    recordings:
      - {{record: "rack:up{n}", promql: 'sum by (rack) (up{{n="{n}"}})'}}
      - {{record: "rack:late{n}", promql: "rack:up{n} * 2", after: Imported{n}}}
    alerts:
      Imported{n}:
        summary: "{{{{ $labels.rack }}}} is down"
        expr: rack:up{read} == 0
        severity: critical
"""
EDITS = (
    ("sum by (rack)", "sum by (room)"),
    ("name: imported 5", "name: imported 6"),
    ("file: imported.yaml", "file: others.yaml"),
    ("file: imported.yaml", "file: Imported.yaml"),
    ("after: Imported5", "after: Imported6"),
    ("shard:", "part:"),
    ("rack:up5 * 2", "rack:up5 * 3"),
    ("is down", "has been down"),
    ("$labels.instance", "$labels.rack"),
    ("by (instance)", "by (job)"),
    ("by (instance) (up", "by (instance, job) (upp"),
    ("below: 1,", "below: 3,"),
    ("below: 0.5}", "below: 0.50}"),
    ("for: 5m", "for: 7s"),
    ("[instance]", "[job]"),
    ("related: []", "related: [Linked1]"),
    ("related: []", "related: [Linked2, Linked99]"),
    ("depends_on: []", "depends_on: [Linked1]"),
    ("team: web", "team: payments"),
    ("team: web", "team: nobody"),
    ("order: 1", "order: 9"),
    ("system: shop", "system: shops"),
    ("title: Web Shop", "title: Shop of the web"),
    ("language: en", "language: de"),
    ("title: Critical", "title: Worst"),
    ("expr: ", "expr: 1 * "),
    ("      Linked2:", "      LinkedTwo:"),
    ("title: Linked 3", "title: Linked three"),
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
    for n, read in ((5, 6), (6, 5)):
        (folder / f"linked{n}.yaml").write_text(IMPORTED.format(n=n, read=read), encoding="utf-8")
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


def test_a_recording_concerns_all_groups_and_a_name_of_a_rule_group_one(
    spec: Path, compiled: list[str]
) -> None:
    assert _plan(spec) is not None
    file = spec / "linked5.yaml"
    for old, new, needed in (
        ("is down", "is not up", {"imported5"}),
        ("name: imported 5", "name: imported five", {"imported5"}),
        ("file: imported.yaml", "file: more/imported.yml", {"imported5"}),
        ("sum by (rack)", "sum by (rack, room)", {"imported6", "imported5", "linked0", "linked1"}),
        (", after: Imported5", "", {"imported5"}),
    ):
        file.write_text(file.read_text().replace(old, new))
        compiled.clear()
        plan = _plan(spec)
        assert needed <= {*compiled}
        assert len(needed) > 1 or compiled == ["imported5"]
        assert plan == _fresh(spec)
    assert plan is not None
    alerts = [one for group in plan.rule_groups for one in group.rules if one.expr == "rack:up5 == 0"]
    assert len(alerts) == 1


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


def _generated(folder: Path, *options: str) -> tuple[tuple[int, str, str], dict[str, bytes]]:
    """What `generate` says, and all the files that it leaves in the folder."""
    code, out, err = _said("generate", "spec", "--output", folder.name, *options)
    os.environ.pop(OFF, None)
    said = code, out.replace(folder.name, "output"), err.replace(folder.name, "output")
    files = (path for path in folder.rglob("*") if path.is_file())
    return said, {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups whose dashboards are drawn and whose pages are written, as they are."""
    names: list[str] = []

    def drawn_dashboard(basis: Any, group: Group, slos: Any) -> File:
        names.append(f"dashboard of {group.name}")
        return group_dashboard(basis, group, slos)

    def written_page(pages: Any, group: Group, alerts: Any) -> dict[str, Any]:
        names.append(f"pages of {group.name}")
        return alert_page(pages, group, alerts)

    monkeypatch.setattr(grafana, "group_dashboard", drawn_dashboard)
    monkeypatch.setattr(group_pages, "alert_page", written_page)
    return names


def test_of_an_edited_spec_the_texts_of_the_groups_that_it_concerns_are_made_anew(
    spec: Path, tmp_path: Path, drawn: list[str]
) -> None:
    output = tmp_path / "output"
    assert _generated(output)[0][0] == 0
    assert {"dashboard of linked1", "pages of linked1", "pages of linked4"} <= {*drawn}
    everything = {*drawn}
    for name, old, new, made in (
        ("linked1", "is down", "is not up", {"dashboard of linked1", "pages of linked1"}),
        # The page of its cause says that it keeps the other quiet; no dashboard does.
        (
            "linked3",
            "depends_on: []",
            "depends_on: [Linked2]",
            {"dashboard of linked3", "pages of linked3", "pages of linked2"},
        ),
        ("severities", "title: Critical", "title: Worst", everything),
        ("teams", "title: Web team", "title: The web", {one for one in everything if "pages" in one}),
        ("recordings", "sum by (shop)", "max by (shop)", everything),
    ):
        file = spec / f"{name}.yaml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        drawn.clear()
        kept = _generated(output)[1]
        assert {*drawn} == made
        assert kept == _generated(tmp_path / "fresh", "--no-cache")[1]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups that are read with their texts, as they are."""
    names: list[str] = []

    def noted(outline: Any, texts: Any) -> Any:
        names.append(outline[0].name)
        return whole_group(outline, texts)

    monkeypatch.setattr("tocsin.compile.kept_groups.whole_group", noted)
    return names


def test_texts_are_read_for_files_that_are_missing_and_made_anew_where_they_are_lost(
    spec: Path, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ("dashboard of a group", "pages of a group")
    read = ResultStore.read
    kinds: list[str] = []

    def noted(store: ResultStore, kind: str, reader: Any, *content: bytes) -> Any:
        kinds.append(kind)
        return None if is_lost and kind in texts else read(store, kind, reader, *content)

    is_lost = False
    monkeypatch.setattr(ResultStore, "read", noted)
    output = spec.parent / "output"
    made = _generated(output)[1]
    everything = {*drawn}
    assert not {*texts} & {*kinds}
    drawn.clear()
    assert _generated(output)[1] == made
    assert not {*texts} & {*kinds}
    for is_lost in (False, True):
        shutil.rmtree(output)
        assert _generated(output)[1] == made
        assert {*texts} <= {*kinds}
        assert {*drawn} == (everything if is_lost else set())


def test_after_an_edit_generating_reads_the_edited_group_alone(
    spec: Path, tmp_path: Path, read: list[str]
) -> None:
    output = tmp_path / "output"
    assert _generated(output)[0][0] == 0
    for old, new in (("is down", "is not up"), ("below: 1", "below: 2")):
        file = spec / "linked1.yaml"
        file.write_text(file.read_text().replace(old, new))
        read.clear()
        kept = _generated(output)[1]
        # Tests are written anew, so the groups that have some are read as well.
        assert {name for name in read if name.startswith("linked")} <= {"linked1"}
        assert kept == _generated(tmp_path / "fresh", "--no-cache")[1]


def test_after_an_edit_of_words_only_the_pages_that_say_them_are_written(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = Pages.render
    written: list[str] = []

    def noted(pages: Pages, template: str, values: Any) -> str:
        written.append(template)
        return render(pages, template, values)

    monkeypatch.setattr(Pages, "render", noted)
    output = tmp_path / "output"
    assert _generated(output)[0][0] == 0
    assert {"index.md.j2", "routing.md.j2"} <= {*written}
    for name, old, new, made in (
        ("linked1", "is down", "is not up", {"index.md.j2"}),
        ("teams", "title: Web team", "title: The web", {"index.md.j2", "routing.md.j2"}),
    ):
        file = spec / f"{name}.yaml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        written.clear()
        kept = _generated(output)[1]
        assert {*written} & {"index.md.j2", "routing.md.j2"} == made
        assert kept == _generated(tmp_path / "fresh", "--no-cache")[1]


def test_after_an_edit_checking_reads_the_edited_group_alone(spec: Path, read: list[str]) -> None:
    assert _said("check", "spec")[0] in (0, 1)
    for old, new in (("It is down", "It is not up"), ("below: 1", "below: 2")):
        file = spec / "linked1.yaml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        read.clear()
        assert _said("check", "spec")[0] in (0, 1)
        assert {*read} <= {"linked1"}


def test_of_files_that_were_not_edited_the_values_are_not_read(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _plan(spec) is not None
    read = ResultStore.read
    kinds: list[str] = []

    def noted(store: ResultStore, kind: str, reader: Any, *content: bytes) -> Any:
        kinds.append(kind)
        return read(store, kind, reader, *content)

    monkeypatch.setattr(ResultStore, "read", noted)
    for name, is_read in (("linked1", False), ("severities", True)):
        file = spec / f"{name}.yaml"
        file.write_text(file.read_text().replace("title: ", "title: The ", 1))
        kinds.clear()
        assert _plan(spec) == _fresh(spec)
        # What stands around the groups decides how each of them is compiled.
        assert ("values of a file of a spec" in kinds) is is_read


def test_generated_files_are_those_of_a_fresh_run_whatever_is_edited_or_lost(
    spec: Path, tmp_path: Path
) -> None:
    chance = random.Random(21)
    texts = {path: path.read_text() for path in sorted(spec.iterdir())}
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    sound = 0
    for number in range(200 if THOROUGH else 6):
        for path, text in texts.items():
            path.write_text(text)
        for _ in range(chance.randint(1, 2)):
            _edit(chance.choice([*spec.iterdir()]), chance)
        entries = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
        for path in entries if number % 3 == 2 else ():
            chance.choice((path.unlink, lambda path=path: path.write_bytes(b"x" * 40), lambda: None))()
        if number % 4 == 1:
            for folder in (kept, fresh):
                shutil.rmtree(folder, ignore_errors=True)
        found = _generated(kept)
        assert found == _generated(fresh, "--no-cache")
        assert _generated(kept, "--check") == _generated(fresh, "--check", "--no-cache")
        sound += found[0][0] == 0
    assert sound


def _some(texts: dict[Path, str], chance: random.Random) -> Iterator[Path]:
    return (path for path in texts if chance.random() < 0.3)


def _edit(path: Path, chance: random.Random) -> None:
    text = path.read_text()
    possible = [edit for edit in EDITS if edit[0] in text]
    if possible:
        path.write_text(text.replace(*chance.choice(possible)))
