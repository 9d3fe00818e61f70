"""What checks of a whole plan have found in earlier runs.

Those that read no texts of alerts find the same as long as the outlines of all parts are the same, and what
stands around the parts; unless they look at what is generated, which is made of everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.checks.framework.check import Finding
from tocsin.checks.framework.kept_findings import FINDINGS_JSON
from tocsin.plan.outline_answers import outline_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.checks.framework.check import Check
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore

_KIND = "findings in the outline of a plan"


class KeptPlanFindings:
    """The findings of some checks in one plan in the store; nothing is known of a plan without digests."""

    def __init__(self, store: ResultStore, plan: Plan, checks: Sequence[Check]) -> None:
        self._store = store
        key = outline_key(plan)
        ids = "\n".join(check.id for check in checks).encode()
        self._key = None if key is None else (ids, *key)

    def find(self) -> dict[str, tuple[Finding, ...]]:
        """What was found, by the id of the check; a check that is missing has to run."""
        return (self._store.read(_KIND, _read, *self._key) or {}) if self._key is not None else {}

    def keep(self, found: Mapping[str, tuple[Finding, ...]]) -> None:
        """Keep what was found."""
        if self._key is None:
            return
        try:
            written = [[id_, FINDINGS_JSON.write(these)] for id_, these in found.items()]
        except TypeError:
            return
        self._store.write(written, _KIND, *self._key)


def _read(kept: Any) -> dict[str, tuple[Finding, ...]] | None:
    found = {str(id_): FINDINGS_JSON.read(these) for id_, these in kept}
    is_sound = all(isinstance(one, Finding) for these in found.values() for one in these)
    return found if is_sound else None
