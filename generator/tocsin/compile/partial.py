"""The plan of a spec, or of what is left of one in which something is wrong; the latter is for checks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.compile import build
from tocsin.compile.assemble import assemble_plan
from tocsin.compile.frame import Frame
from tocsin.compile.group_part import as_part
from tocsin.compile.groups import all_groups, compile_groups
from tocsin.compile.other_groups import NO_OTHERS
from tocsin.compile.problems import late_problems
from tocsin.compile.recordings import spec_flows
from tocsin.diagnostics.incomplete import COMPLETE, Incomplete
from tocsin.diagnostics.members import join_members
from tocsin.diagnostics.model import sort_diagnostics
from tocsin.diagnostics.secrets import mask_secrets
from tocsin.source.node import MappingNode, ScalarNode
from tocsin.source.place import Place, Sources
from tocsin.spec.node_edits import child_node, node_at
from tocsin.spec.recover import Mistake, Recovered, recover_spec, unread_at
from tocsin.text.suggest import name_meant
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.compile.other_groups import OtherGroups
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.diagnostics.problem import Problem
    from tocsin.plan.model import Plan
    from tocsin.spec.load import Loaded
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]

_MOST_ROUNDS = 5
_SECTIONS = {
    "reference/alert": "groups",
    "reference/receiver": "receivers",
    "reference/severity": "severities",
    "reference/team": "teams",
    "reference/time-interval": "routing",
}
_OF_UNREAD_PARTS = ("spec/promql", "spec/logql", "spec/defined-twice", "reference/", "label/", "annotation/")
"""What can be said of a part that could not be read as a whole."""
_LEFT_OUT = frozenset(
    {
        *_SECTIONS,
        "reference/action",
        "spec/quantity",
        "spec/promql",
        "spec/logql",
        "spec/second-comparison",
        "spec/burn",
        "spec/burn-range",
    }
) - {"reference/receiver", "reference/time-interval"}
"""Problems with which no plan can be made: what they are about is left out."""


@value_object
class PartialPlan:
    """The plan, if there is enough for one, and everything that is wrong; without that, the plan is whole."""

    plan: Plan | None
    sources: Sources
    diagnostics: tuple[Diagnostic, ...]
    unread: Incomplete = COMPLETE


def build_loaded(loaded: Loaded) -> PartialPlan:
    """The plan of a spec as far as it can be made, and all that is wrong with its files and its parts."""
    if loaded.spec is not None:
        built = build(loaded.spec, loaded.sources)
        if built.plan is not None or loaded.sources.root is None:
            return PartialPlan(built.plan, loaded.sources, built.diagnostics)
    rest = rest_of(loaded)
    if rest is None:
        return PartialPlan(None, loaded.sources, loaded.diagnostics)
    made = settle(rest)
    sources = Sources((made.left or rest).root)
    plan = None if made.left is None else _plan(made.left.spec)
    return PartialPlan(plan, sources, all_wrong(loaded, made), made.unread)


def rest_of(loaded: Loaded) -> Recovered | None:
    """What can be planned of a spec in which something is wrong; None where nothing is left."""
    if loaded.spec is None or loaded.sources.root is None:
        return loaded.rest
    return Recovered(loaded.spec, loaded.sources.root, COMPLETE)


def all_wrong(loaded: Loaded, settled: Settled) -> tuple[Diagnostic, ...]:
    """What is wrong with the files of a spec and with its parts, without any secret."""
    return sort_diagnostics(mask_secrets((*loaded.diagnostics, *settled.diagnostics), loaded.secrets))


@value_object
class Settled:
    """What a plan can be made of, and all that is wrong with the parts of a spec."""

    left: Recovered | None
    """None where that does not come to an end."""
    diagnostics: tuple[Diagnostic, ...]
    unread: Incomplete


def settle(rest: Recovered, others: OtherGroups = NO_OTHERS) -> Settled:
    """Tell what is wrong with the parts of a spec, and leave out what no plan can be made with.

    The spec need not hold the `others`, which are known to be sound; NeededGroupsError where it has to hold
    some of them.
    """
    found: list[Diagnostic] = []
    left: Recovered | None = rest
    for round_ in range(_MOST_ROUNDS):
        assert left is not None
        sources = Sources(left.root)
        wrong = others.problems_beside(left.spec)
        if round_ == 0:
            found += _located(wrong, left, left.unread)
        mistakes = [one for problem in wrong if (one := _mistake(problem, sources)) is not None]
        unread = left.unread + _areas(left, (one for one in wrong if _mistake(one, sources) is None))
        if not mistakes:
            late = list(late_problems(left.spec, others.flows_beside(left.spec)))
            found += _located(late, left, unread)
            return Settled(left, tuple(found), unread + _areas(left, late))
        after = recover_spec(left.root, mistakes)
        if after is None:
            break
        left = replace(after, unread=unread + after.unread)
    return Settled(None, tuple(found), rest.unread)


def _mistake(problem: Problem, sources: Sources) -> Mistake | None:
    """What to change in the spec; None where a plan can be made with the problem in it."""
    meant = name_meant(problem.help) if problem.unknown is not None else None
    if meant is None and problem.id not in _LEFT_OUT:
        return None
    kind = "extra_forbidden" if problem.place.key else problem.id
    return Mistake(problem.place.path, kind, meant, problem.located(sources).fix)


def _areas(left: Recovered, wrong: Iterable[Problem]) -> Incomplete:
    """What is not complete because of problems with which a plan can be made."""
    found = (unread_at(left.root, problem.place.path).areas for problem in wrong)
    return Incomplete(frozenset().union(*found))


def _located(wrong: Iterable[Problem], left: Recovered, unread: Incomplete) -> list[Diagnostic]:
    """The problems that are not only there because something could not be read."""
    sources = Sources(left.root)
    found = [problem.located(sources) for problem in wrong if not _follows(problem, left, unread, sources)]
    return join_members(found, sources)


def _follows(problem: Problem, left: Recovered, unread: Incomplete, sources: Sources) -> bool:
    path = problem.place.path
    if problem.unknown is not None and (
        _SECTIONS.get(problem.id) in unread.sections
        or unread.may_define(problem.unknown)
        or path[0] in unread.sections
    ):
        return True
    if problem.id == "receiver/incomplete" and "project" in unread.areas:
        return True
    if problem.id.startswith("inhibition/") and "recordings" in unread.areas:
        return True
    if "depends_on" in path and _is_cause_unread(left, path, unread, sources):
        return True
    return unread.holds(sources.locate(problem.place)) and not problem.id.startswith(_OF_UNREAD_PARTS)


def _is_cause_unread(left: Recovered, path: Path, unread: Incomplete, sources: Sources) -> bool:
    """Whether an alert on which another one depends could not be read."""
    end = path.index("depends_on") + 2
    found = node_at(left.root, path[:end])
    if isinstance(found, MappingNode):
        found = child_node(found, "alert")
    name = found.text if isinstance(found, ScalarNode) else None
    return any(
        unread.holds(sources.locate(Place(("groups", group, "alerts", name), key=True)))
        for group, written in left.spec.groups.items()
        if name is not None and name in written.alerts
    )


def _plan(spec: Spec) -> Plan:
    frame = Frame.of(spec, spec_flows(spec))
    compiled = compile_groups(spec, frame, all_groups(spec, spec.groups))
    return assemble_plan(spec, frame, map(as_part, compiled))
