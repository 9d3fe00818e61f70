"""Plans and findings as one process sends them to another."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
from tests.bench.synthetic import write_spec

from tocsin.checking import Selection, find_problems
from tocsin.plan.parts import outline_of, parts_of
from tocsin.value_pickle import pickle_value
from tocsin.workspace.inputs import read_inputs
from tocsin.workspace.load import Planned, plan_each

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
groups:
  - name: g
    rules:
      - alert: Gone
        expr: sum(up) == 0
        annotations: {description: "{{ $labels.instance }}"}
"""


@pytest.fixture(params=["spec", "broken", "rules"])
def planned(request: pytest.FixtureRequest, tmp_path: Path) -> Planned:
    folder = tmp_path / "spec"
    if request.param == "rules":
        folder.mkdir()
        (folder / "rules.yml").write_text(RULES, encoding="utf-8")
    else:
        write_spec(folder, 30)
    if request.param == "broken":
        file = next(one for one in folder.rglob("*.yaml") if "groups:" in one.read_text(encoding="utf-8"))
        file.write_text(file.read_text(encoding="utf-8") + "\nseverities: [", encoding="utf-8")
    return _plan(folder)


def _plan(folder: Path) -> Planned:
    made = plan_each(read_inputs([folder]))[0]
    assert isinstance(made, Planned)
    return made


def test_a_plan_is_the_same_on_the_other_side(planned: Planned) -> None:
    found = find_problems(planned, Selection())
    other = pickle.loads(pickle_value((planned, found)))
    assert other[0].plan == planned.plan
    assert other[0].documents == planned.documents
    assert other[1] == found
    for group in planned.plan.rule_groups:
        for rule in group.rules:
            assert other[0].sources.locate(rule.place) == planned.sources.locate(rule.place)


def test_what_was_asked_of_a_plan_stays_behind(planned: Planned) -> None:
    find_problems(planned, Selection())
    assert planned.plan.answers
    assert not pickle.loads(pickle_value(planned)).plan.answers


def test_parts_keep_their_outlines(tmp_path: Path) -> None:
    write_spec(tmp_path / "spec", 30)
    made = _plan(tmp_path / "spec")
    other = pickle.loads(pickle_value(made)).plan
    assert [one.facts for one in parts_of(other)] == [one.facts for one in parts_of(made.plan)]
    assert outline_of(other) == outline_of(made.plan)
