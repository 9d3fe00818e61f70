"""What follows from the outline of a plan, as an earlier run found it out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from tocsin.answers import answered_once
from tocsin.plan.parts import PartedRuleGroups, outline_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore

T = TypeVar("T")


def kept_by_outline(
    store: ResultStore | None,
    kind: str,
    plan: Plan,
    make: Callable[[Plan], T],
    read: Callable[[Any], T | None],
) -> T:
    """What `make` makes of the outline of a plan (`outline_of`), which no text of its alerts changes.

    It is a value as JSON has it; `read` tells whether a kept one can be it, and returns None where not.
    """
    key = None if store is None else outline_key(plan)
    if store is None or key is None:
        return make(outline_of(plan))
    found = store.read(kind, read, *key)
    if found is None:
        found = make(outline_of(plan))
        store.write(found, kind, *key)
    return found


@answered_once
def outline_key(plan: Plan) -> tuple[bytes, bytes] | None:
    """All that the outline of a plan holds, and what stands around its parts; None where nobody knows it."""
    known = plan.rule_groups
    if not isinstance(known, PartedRuleGroups) or not all(part.outline_digest for part in known.parts):
        return None
    around = replace(plan, groups=(), rule_groups=known.first)
    # How a value object shows itself tells all of its fields, with mappings in their order.
    return repr(around).encode("utf-8", "backslashreplace"), b"".join(
        part.outline_digest for part in known.parts
    )
