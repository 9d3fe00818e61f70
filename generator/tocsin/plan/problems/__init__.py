"""What keeps a spec from becoming a plan, though each of its parts is well formed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.plan.problems.cases import useless_cases
from tocsin.plan.problems.channels import lacking
from tocsin.plan.problems.dependencies import impossible_inhibitions
from tocsin.plan.problems.labels import reserved
from tocsin.plan.problems.names import clashes
from tocsin.plan.problems.references import dangling
from tocsin.plan.problems.values import nonsense

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.spec.model import Spec

__all__ = ["Problem", "problems"]


def problems(spec: Spec) -> Iterator[Problem]:
    """Everything that has to be mended before there can be a plan."""
    for find in (dangling, clashes, reserved, nonsense, lacking, useless_cases):
        yield from find(spec)


def late_problems(spec: Spec) -> Iterator[Problem]:
    """What can only be asked when every reference and every expression is sound."""
    yield from impossible_inhibitions(spec)
