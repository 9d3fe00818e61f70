"""From the spec to the plan: defaults, references, names and links are settled here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Diagnostic, sort_diagnostics
from tocsin.frozen import frozen
from tocsin.plan.build.frame import Frame
from tocsin.plan.build.groups import parts
from tocsin.plan.build.whole import whole
from tocsin.plan.problems import late_problems, problems
from tocsin.plan.recordings import spec_flows

if TYPE_CHECKING:
    from tocsin.plan.model import Plan
    from tocsin.source.place import Sources
    from tocsin.spec.model import Spec


@frozen
class Built:
    """The plan, or None and everything that keeps the spec from becoming one."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


def build(spec: Spec, sources: Sources) -> Built:
    """The plan of a spec; `sources` are the files that it was read from, for the places of what is wrong."""
    flows = spec_flows(spec)
    found = list(problems(spec)) or list(late_problems(spec, flows))
    if found:
        return Built(None, sort_diagnostics(problem.located(sources) for problem in found))
    frame = Frame.of(spec, flows)
    return Built(whole(spec, frame, parts(spec, frame, spec.groups)), ())
