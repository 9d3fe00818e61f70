"""One process or several: the same plan, the same places and the same words about what is wrong."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.compile import build
from tocsin.source.place import Place
from tocsin.spec.load import load
from tocsin.spec.load_environment import load_environment
from tocsin.targets import TARGETS
from tocsin.text.yaml import yaml_text
from tocsin.workspace import sound_spec as module
from tocsin.workspace.sound_environments import SoundEnvironments
from tocsin.workspace.sound_spec import load_sound_spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.source.place import Sources

ROOT = Path(__file__).parents[2]
SHOP = (ROOT / "tests" / "specs" / "shop.yaml").read_text(encoding="utf-8")
PROCESSES = [1, 2, 3]
# Alerts that depend on one of another group, which depends on one of a third.
LINKED = """\
groups:
  linked{n}:
    title: Linked {n}
    order: {order}
    alerts:
      Linked{n}:
        summary: It is down
        description: It is down
        promql: sum by (instance) (up{{n="{n}"}})
        per: [instance]
        depends_on: [{cause}]
        thresholds: {{warning: {{below: 1}}, critical: {{below: 0.5}}}}
"""


def _shop() -> dict[str, str]:
    """The shop, a file for each named thing and each section."""
    files = {}
    for section, names in yaml.safe_load(SHOP).items():
        for name, value in names.items():
            files[f"{section}-{name}.yaml"] = yaml_text({section: {name: value}})
    for n in range(6):
        cause = f"Linked{n - 1}" if n else ""
        files[f"linked{n}.yaml"] = LINKED.format(n=n, order=6 - n, cause=cause)
    return files


def _written(files: Mapping[str, str], folder: Path) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _places(value: Any) -> Iterator[Place]:
    if isinstance(value, Place):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _places(getattr(value, field.name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _places(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _places(item)


def _where(sources: Sources, place: Place) -> tuple[Any, ...]:
    spans = sources.locate(place), sources.extent(place.path)
    return tuple((span.document.name, span.start, span.end) for span in spans)


@pytest.mark.parametrize("processes", PROCESSES)
def test_several_processes_make_the_same_plan_with_the_same_places(tmp_path: Path, processes: int) -> None:
    for folder in (_written(_shop(), tmp_path / "shop"), ROOT / "spec"):
        loaded = load(folder)
        assert loaded.spec is not None, loaded.diagnostics
        plan = build(loaded.spec, loaded.sources).plan
        made = load_sound_spec([folder], processes)
        assert made is not None
        assert made.plan == plan
        assert made.documents == loaded.documents
        places = set(_places(plan))
        places |= {Place(path) for path in ((), ("groups",), ("project", "none"), ("groups", "none", "x"))}
        assert len(places) > 100
        for place in places:
            assert _where(made.sources, place) == _where(loaded.sources, place), place


def _told(folder: Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", str(folder), "--format", "json"], catch_exceptions=False)
    return result.exit_code, result.output


def _same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    with monkeypatch.context() as patch:
        patch.setattr("tocsin.workspace.load.load_sound_spec", lambda _: None)
        alone = _told(folder)
    with monkeypatch.context() as patch:
        patch.setattr(module, "MUCH", 0)
        patch.setattr(module, "useful_processes", lambda *_: 2)
        assert _told(folder) == alone
    return alone


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"x.yaml": "groups: {a: [}"}, "spec/yaml"),
        ({"x.yaml": "groups: {}\n---\nteams: {}\n"}, "spec/yaml"),
        ({"x.yaml": "- a\n"}, "spec/wrong-type"),
        ({"x.yaml": 'teams: {x: {title: "a\\u202e"}}\n'}, "spec/hidden-character"),
        ({"x.yaml": "nothing: 1\n"}, "spec/unknown-key"),
        ({"x.yaml": "groups: {linked1: {title: Again, alerts: {}}}\n"}, "spec/defined-twice"),
        ({"x.yaml": "project: {name: again}\n"}, "spec/defined-twice"),
        ({"x.yaml": "groups: {linked6: {title: No alerts}}\n"}, "spec/missing-key"),
        ({"x.yaml": "teams: 1\n"}, "spec/defined-twice"),
        ({"x.yaml": LINKED.format(n=7, order=1, cause="Nobody")}, "reference/alert"),
        (
            {"x.yaml": LINKED.format(n=7, order=1, cause="").replace("Linked7", "Linked3")},
            "spec/defined-twice",
        ),
        ({"x.yaml": LINKED.format(n=7, order=1, cause="").replace("Linked7", "LINKED3")}, "name/same-file"),
        ({"linked0.yaml": LINKED.format(n=0, order=1, cause="Linked5")}, "inhibition/circle"),
        (
            {"linked2.yaml": LINKED.format(n=2, order=1, cause="").replace("[instance]", "[job]")},
            "inhibition/label",
        ),
        (
            {"linked2.yaml": LINKED.format(n=2, order=1, cause="").replace("below: 1", "below: 1s")},
            "spec/quantity",
        ),
        ({"linked2.yaml": LINKED.format(n=2, order=1, cause="").replace("sum by", "sun by")}, "spec/promql"),
    ],
)
def test_what_is_wrong_is_told_in_the_same_words(
    change: dict[str, str], check: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _written({**_shop(), **change}, tmp_path / "spec")
    assert load_sound_spec([folder], 2) is None
    code, said = _same(folder, monkeypatch)
    assert code == 1
    assert f'"{check}"' in said


def test_a_slip_anywhere_is_told_in_the_same_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    outcomes = set()
    for number in range(15):
        files = _shop()
        name = chance.choice(sorted(files))
        words = files[name].split(" ")
        at = chance.randrange(len(words))
        words[at] = chance.choice(["", "x", "[", "severity:", "1", "up\n", words[at].upper()])
        files[name] = " ".join(words)
        outcomes.add(_same(_written(files, tmp_path / str(number)), monkeypatch)[0])
    assert outcomes == {0, 1}


def test_findings_lie_at_the_same_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = _shop()
    files["linked3.yaml"] = files["linked3.yaml"].replace("It is down", "{{ $labels.pod }} is down", 1)
    code, said = _same(_written(files, tmp_path / "spec"), monkeypatch)
    assert code == 1
    assert "linked3.yaml" in said


def test_what_is_no_spec_is_left_to_others(tmp_path: Path) -> None:
    rules = "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]\n"
    assert load_sound_spec([_written({"a.yaml": rules}, tmp_path / "plain")], 2) is None
    assert load_sound_spec([_written({**_shop(), "z.yaml": rules}, tmp_path / "mixed")], 2) is None
    assert load_sound_spec([_written({**_shop(), "z.yml": rules}, tmp_path / "other")], 2) is None
    assert load_sound_spec([_written({}, tmp_path / "empty")], 2) is None
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "a.yaml").write_bytes(b"a: \xff")
    assert load_sound_spec([tmp_path / "shop"], 2) is None


ENVIRONMENTS = """\
environments: {production: {labels: {env: production}}, staging: {urls: {grafana: "https://g.example"}}}
"""


@pytest.mark.parametrize("processes", PROCESSES)
def test_environments_are_planned_apart_as_they_are_as_a_whole(
    tmp_path: Path, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one process and with several, and as an earlier run kept their groups."""
    files = {**_shop(), "environments.yaml": ENVIRONMENTS}
    files["linked0.yaml"] += "        except: [{in: staging, for: 1h}, {where: {instance: a}, off: closed}]\n"
    folder = _written(files, tmp_path / "spec")
    monkeypatch.setattr("tocsin.workspace.sound_environments.MUCH", 0)
    monkeypatch.setattr("tocsin.workspace.sound_environments.useful_processes", lambda *_: processes)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("TOCSIN_NO_CACHE", raising=False)
    whole = load(folder)
    for name in ("production", "staging"):
        sound = SoundEnvironments(whole)
        apart = [sound.plan(name), sound.plan(name)]
        loaded = load_environment(whole, name)
        assert loaded.spec is not None
        plan = build(loaded.spec, loaded.sources).plan
        assert plan is not None
        emitted = [file for target in TARGETS.values() for file in target.emit(plan, None)]
        for one in apart:
            assert one is not None
            assert one.plan is not None
            assert [file for target in TARGETS.values() for file in target.emit(one.plan, None)] == emitted
    assert any((tmp_path / "cache" / "tocsin").glob("??/*"))


def test_an_environment_in_which_something_is_wrong_is_planned_as_a_whole(tmp_path: Path) -> None:
    files = {**_shop(), "environments.yaml": ENVIRONMENTS}
    files["linked0.yaml"] += "        except: [{in: stagin, for: 1h}]\n"
    whole = load(_written(files, tmp_path / "spec"))
    assert SoundEnvironments(whole).plan("production") is None
