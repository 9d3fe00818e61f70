"""Findings that earlier runs kept: only what may be found otherwise now is looked for again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tocsin.answers import answered_once
from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.checks.framework import collect
from tocsin.checks.framework.surroundings import INDEXES
from tocsin.plan.model import Plan
from tocsin.result_store import ResultStore
from tocsin.workspace.sound_spec import load_sound_spec

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.checks.framework.outputs import Outputs

AROUND = """\
project: {name: shop, title: Shop}
severities: {warning: {rank: 1, title: Warning}}
teams: {web: {title: Web, receiver: web}}
receivers: {web: {webhook: [{url: "http://web.example"}]}}
routing: {catch_all: web}
"""
GROUP = """\
groups:
  {name}:
    title: The group {name}
    team: web
    alerts:
      {name}:
        summary: It is so
        description: It is so
        expr: '{expr}'
        severity: warning
"""
RECORDINGS = "recordings: {all: {rules: [{record: 'jobs:sum', promql: 'sum by (job) (jobs)'}]}}\n"


class Estate:
    """A spec that is checked again and again with one store."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
        self.spec = folder / "spec"
        self.spec.mkdir()
        (self.spec / "around.yaml").write_text(AROUND)
        self.store = ResultStore(folder / "tocsin")
        self.store._folder.mkdir()
        self.ran: list[str] = []
        self.of_plan = 0
        run = collect._outcome

        def noted(check: object, of: object, outputs: Outputs) -> collect.CheckOutcome:
            alerts = getattr(of, "alerts", ())
            self.ran += [alert.name for alert in alerts if alert.name not in self.ran]
            self.of_plan += isinstance(of, Plan)
            return run(check, of, outputs)  # type: ignore[arg-type]

        monkeypatch.setattr(collect, "_outcome", noted)

    def write(self, **exprs: str) -> None:
        for name, expr in exprs.items():
            (self.spec / f"{name}.yaml").write_text(GROUP.format(name=name, expr=expr))

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.spec / f"{name}.yaml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    def check(self) -> tuple[list[str], list[str]]:
        """What is found, which is what a run without the store finds, and the alerts that were looked at."""
        ran = []
        for store in (None, self.store):
            self.ran.clear()
            self.of_plan = 0
            made = load_sound_spec([self.spec], 1)
            assert made is not None
            found = check_plan(
                made.plan,
                made.sources,
                [*CHECKS.values()],
                known=CHECKS,
                today=date(2026, 1, 1),
                store=store,
            )
            ran.append((found, sorted(self.ran)))
        assert ran[0][0] == ran[1][0]
        return [one.id for one in ran[1][0]], ran[1][1]


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Estate:
    monkeypatch.delenv("TOCSIN_NO_CACHE", raising=False)
    return Estate(tmp_path, monkeypatch)


def test_only_the_edited_group_is_looked_at_again(estate: Estate) -> None:
    estate.write(a="jobs > 1", b="jobs > 2", c="jobs >= 0")
    found, ran = estate.check()
    assert ran == ["a", "b", "c"]
    assert estate.check() == (found, [])
    estate.write(b="jobs > bool 2")
    again, ran = estate.check()
    assert ran == ["b"]
    assert "alert/bool" in again
    estate.write(b="jobs > 2")
    assert estate.check() == (found, [])


def test_what_asked_is_looked_at_again_where_the_answer_is_another(estate: Estate) -> None:
    estate.write(a='count(redis{role="r"}) < 2', b="jobs > 2", c="jobs > 3")
    found, _ = estate.check()
    assert "query/count-of-none" in found
    estate.write(b='absent(redis{role="r"})')
    found, ran = estate.check()
    assert "query/count-of-none" not in found
    assert ran == ["a", "b"]
    estate.write(c='absent(redis{role="s"})')
    assert estate.check()[1] == ["c"]


def test_what_all_shares_know_is_part_of_it(estate: Estate) -> None:
    estate.write(a='jobs:sum{rack="1"} > 1', b="jobs > 2")
    found, _ = estate.check()
    (estate.spec / "recordings.yaml").write_text(RECORDINGS)
    again, ran = estate.check()
    assert "query/empty-by-name" in {*again} - {*found}
    assert {"a", "b"} <= {*ran}


SILENCE = """\
        runbook:
          actions: {q: {title: Quiet, commands: [{language: bash, code: amtool silence add alertname=b}]}}
"""


@pytest.mark.parametrize("silences", [True, False])
def test_what_asks_for_other_alerts_is_looked_at_where_any_is_another(estate: Estate, silences: bool) -> None:
    asked = "jobs > 1" if silences else 'count(ALERTS{alertname="b"}) > 3'
    estate.write(a=asked, b="jobs > 2", c="jobs > 3")
    if silences:
        estate.edit("a", "        severity: warning\n", f"        severity: warning\n{SILENCE}")
    first, _ = estate.check()
    assert estate.check() == (first, [])
    estate.edit("b", "summary: It is so", "summary: It is not well")
    assert estate.check() == (first, ["b"])
    estate.write(b="jobs > 4")
    assert estate.check() == (first, ["a", "b"])
    (estate.spec / "b.yaml").write_text(GROUP.format(name="bb", expr="jobs > 2"))
    found, ran = estate.check()
    assert ran == ["a", "bb"]
    assert ("runbook/silence" if silences else "query/alerts") in found


LINK = """\
        runbook: {impact: ["as [it](b.md#actions) says"]}
"""
ACTIONS = """\
        runbook: {actions: {restart: {title: Restart it}}}
"""


def test_after_an_edit_of_words_nothing_is_gathered_from_the_plan(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered: list[str] = []
    estate.write(a='count(redis{role="r"}) < 2', b="jobs > 2", c="jobs > 3")
    first, _ = estate.check()
    estate.edit("b", "summary: It is so", "summary: It is not well")
    assert estate.check()[0] == first
    for index in INDEXES.values():
        find = index.find.__wrapped__  # type: ignore[attr-defined]

        def noted(plan: Plan, find: Any = find, name: str = index.name) -> Any:
            gathered.append(name)
            return find(plan)

        monkeypatch.setattr(index, "find", answered_once(noted))
    for text, is_gathered in (("description: It is well", False), ("expr: 'jobs > 5'", True)):
        estate.edit("c", "description: It is so" if not is_gathered else "expr: 'jobs > 3'", text)
        made = load_sound_spec([estate.spec], 1)
        assert made is not None
        checks = [*CHECKS.values()]
        check_plan(made.plan, made.sources, checks, known=CHECKS, today=date(2026, 1, 1), store=estate.store)
        assert bool(gathered) is is_gathered
    estate.write(b='absent(redis{role="r"})')
    assert "query/count-of-none" not in estate.check()[0]


def test_a_link_to_a_section_is_looked_at_each_time(estate: Estate) -> None:
    estate.write(b="jobs > 2", c="jobs > 3")
    (estate.spec / "a.yaml").write_text(GROUP.format(name="a", expr="jobs > 1") + LINK)
    (estate.spec / "b.yaml").write_text(GROUP.format(name="b", expr="jobs > 2") + ACTIONS)
    found, _ = estate.check()
    assert "runbook/section" not in found
    assert estate.check() == (found, ["a"])
    estate.write(b="jobs > 2")
    found, ran = estate.check()
    assert "runbook/section" in found
    assert ran == ["a", "b"]


def test_a_check_that_breaks_off_is_not_kept(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.write(a="jobs > 1")
    run = CHECKS["alert/bool"].run_share

    def broken(*_: object) -> list[object]:
        raise KeyError("x")

    monkeypatch.setattr(CHECKS["alert/bool"], "run_share", broken)
    monkeypatch.setattr(CHECKS["alert/bool"], "run", broken)
    assert "tocsin/crash" in estate.check()[0]
    assert estate.check()[1] == ["a"]
    monkeypatch.setattr(CHECKS["alert/bool"], "run_share", run)


def test_after_an_edit_of_words_no_check_looks_at_the_whole_plan(estate: Estate) -> None:
    estate.write(a="jobs > 1", b="jobs > 2")
    estate.edit("a", "description: It is so", "description: 'It is {{ $value }} of {{ $labels.job }}'")
    readers = sum(check.reads_texts for check in CHECKS.values())
    everything = sum(check.run_share is None for check in CHECKS.values())
    estate.check()
    assert estate.of_plan == everything
    for old, new, ran in (
        ("summary: It is so", "summary: It is not well", readers),
        ("It is {{ $value }} of", "Now {{ $value }} for", readers),
        ("labels.job", "labels.instance", everything),
        ("jobs > 1", "jobs > 3", everything),
    ):
        estate.edit("a", old, new)
        estate.check()
        assert estate.of_plan == ran, new
    # Where something else stands around the groups, a check may find something else.
    estate.edit("around", "title: Warning", "title: Worse")
    estate.check()
    assert estate.of_plan == everything


def test_a_section_that_is_gone_is_missed_though_the_link_to_it_is_the_same(estate: Estate) -> None:
    estate.edit("around", "title: Shop", 'title: Shop, urls: {runbooks: "http://runbooks.example"}')
    estate.write(a="jobs > 1", b="jobs > 2")
    link = "        annotations: {other_url: 'http://runbooks.example/a.md#how-to-mend'}\n"
    steps = "        runbook: {actions: {mend: {title: How to mend, text: Restart it}}}\n"
    estate.edit("a", "        severity: warning\n", f"        severity: warning\n{steps}")
    estate.edit("b", "        severity: warning\n", f"        severity: warning\n{link}")
    estate.check()
    estate.edit("a", steps, "")
    estate.check()
