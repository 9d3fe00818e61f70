"""From the spec to the plan: defaults, references, names and links are settled here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.assemble import assemble_plan
from tocsin.compile.frame import Frame
from tocsin.compile.group_part import as_part
from tocsin.compile.groups import all_groups, compile_groups
from tocsin.compile.problems import late_problems, problems
from tocsin.compile.recordings import spec_flows
from tocsin.diagnostics.members import join_members
from tocsin.diagnostics.model import Diagnostic, sort_diagnostics
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.plan.model import Plan
    from tocsin.source.place import Sources
    from tocsin.spec.model import Spec


@value_object
class Built:
    """The plan, or None and everything that keeps the spec from becoming one."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


def build(spec: Spec, sources: Sources) -> Built:
    """The plan of a spec; `sources` are the files that it was read from, for the places of what is wrong."""
    found = list(problems(spec))
    flows = spec_flows(spec) if not found else None
    if flows is not None:
        found = list(late_problems(spec, flows))
    if found or flows is None:
        return Built(None, sort_diagnostics(join_members((one.located(sources) for one in found), sources)))
    frame = Frame.of(spec, flows)
    compiled = compile_groups(spec, frame, all_groups(spec, spec.groups))
    return Built(assemble_plan(spec, frame, map(as_part, compiled)), ())
