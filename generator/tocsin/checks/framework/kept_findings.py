"""What checks of shares have found in the parts of a plan in earlier runs.

What is found in a part follows from the part, from what every share knows of the plan, and from the answers
to the questions that the checks have asked, or from the outline of the plan where they asked for it: while
these are the same, nothing else is found.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tocsin.checks.framework.check import Finding
from tocsin.checks.framework.surroundings import INDEXES
from tocsin.plan.outline_answers import outline_key
from tocsin.plan.parts import outline_of
from tocsin.plan.plan_json import digest_of
from tocsin.result_store import digest
from tocsin.source.place import Place
from tocsin.value_json import ValueJson
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.checks.framework.check import Check
    from tocsin.checks.framework.surroundings import Surroundings
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore

_KIND = "findings in a part of a plan"
FINDINGS_JSON = ValueJson((Place, Finding))
"""Findings as they are kept."""


@value_object
class FoundInPart:
    """What checks have found in a part, and what they asked about the rest of the plan."""

    findings: Mapping[str, tuple[Finding, ...]]
    """Of each check that has run, by its id."""
    answers: Mapping[tuple[str, str | tuple[str, ...]], bool]
    reads_outline: bool
    """Whether they looked at the outline of the whole plan."""

    @staticmethod
    def of(findings: Mapping[str, tuple[Finding, ...]], around: Surroundings) -> FoundInPart | None:
        """None where the checks asked for the whole plan: then it is right for this plan alone."""
        if around.is_open:
            return None
        return FoundInPart(findings, around.answers, around.reads_outline)


class KeptFindings:
    """The findings in the parts of one plan in the store."""

    def __init__(self, store: ResultStore, plan: Plan, checks: Sequence[Check], known: bytes) -> None:
        """`known` is what all shares know of the plan (`known_everywhere`)."""
        self._store = store
        self._plan = plan
        self._ids = [check.id for check in checks]
        self.known = known

    def find(self, part: bytes) -> tuple[tuple[Finding, ...], ...] | None:
        """What each check has found in the part with this digest; None where that is not known.

        What other checks have found beside them, and asked, may be kept as well.
        """
        return self._store.read(_KIND, self._read, self.known, part)

    def _read(self, kept: Any) -> tuple[tuple[Finding, ...], ...] | None:
        if kept["outline"] is not None and kept["outline"] != self._outline:
            return None
        if not all(self._still_holds(*one) for one in kept["answers"]):
            return None
        found: dict[str, tuple[Finding, ...]] = dict.fromkeys(kept["checks"], ())
        found |= {id_: FINDINGS_JSON.read(these) for id_, these in kept["found"]}
        is_sound = all(isinstance(one, Finding) for these in found.values() for one in these)
        return tuple(found[id_] for id_ in self._ids) if is_sound else None

    def keep(self, part: bytes, found: FoundInPart) -> None:
        """Keep what was found in a part."""
        if found.reads_outline and self._outline is None:
            return
        try:
            findings = [[id_, FINDINGS_JSON.write(these)] for id_, these in found.findings.items() if these]
        except TypeError:
            return
        answers = [
            [name, list(item) if isinstance(item, tuple) else item, answer]
            for (name, item), answer in found.answers.items()
        ]
        outline = self._outline if found.reads_outline else None
        kept = {"answers": answers, "checks": [*found.findings], "found": findings, "outline": outline}
        self._store.write(kept, _KIND, self.known, part)

    @cached_property
    def _outline(self) -> str | None:
        """The digest of the outline of the plan, in hexadecimal digits; None where nobody knows it."""
        key = outline_key(self._plan)
        return None if key is None else digest(b"".join(map(digest, key))).hex()

    def _still_holds(self, name: str, item: Any, answer: bool) -> bool:
        index = INDEXES.get(name)
        asked = tuple(item) if isinstance(item, list) else item
        return index is not None and (asked in index.find(outline_of(self._plan))) == answer


def known_everywhere(around: Surroundings) -> bytes | None:
    """The digest of what every share knows of the plan; None where JSON does not hold it."""
    recordings = tuple((replace(group, rules=()), rule) for group, rule in around.recordings)
    return digest_of((recordings, around.server, around.targets, around.severities))
