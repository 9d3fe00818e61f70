"""Further forms of the output: the files of the targets, wrapped for programs that take no plain files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.deliver.errors import DeliveryError
from tocsin.deliver.rulers import ruler_namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Plan

__all__ = ["DeliveryError", "delivered_files", "holds_other_files"]


def holds_other_files(plan: Plan) -> bool:
    """Whether further files hold those of the targets, which `delivered_files` then has to be given."""
    return plan.kubernetes is not None


def delivered_files(plan: Plan, files: Sequence[File]) -> Iterator[File]:
    """The further files that a spec asks for, of those that its targets have made.

    DeliveryError where one of them would be more than its program takes.
    """
    if plan.kubernetes is not None:
        from tocsin.deliver.kubernetes import kubernetes_files

        yield from kubernetes_files(plan, plan.kubernetes, files)
    for ruler in plan.rulers:
        yield from (namespace.file for namespace in ruler_namespaces(plan, ruler))
