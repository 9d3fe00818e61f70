"""What promtool finds of the cases of rules: which hold, and what they name when they fire."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration
from tocsin.prove.promtool.kept_runs import run_cases_again
from tocsin.prove.promtool.parse_output import parse_firing_alerts
from tocsin.prove.promtool.run import CaseGroup, run_cases
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.engines.program import Program
    from tocsin.prove.promtool.case import Moment, ProofCase
    from tocsin.result_store import ResultStore


_UNMET_READING = re.compile(r"^ *expr: ", re.MULTILINE)


@value_object
class Verified:
    """A case with what promtool found: confirmed with the alerts that it printed, or refused."""

    case: ProofCase
    """With the labels and annotations of what fires."""
    refusal: str | None
    """What speaks against the case; None when promtool confirmed each moment of it."""


def verify_cases(
    promtool: Program,
    case_groups: Sequence[CaseGroup],
    progress: Callable[[int], object] = lambda _: None,
    store: ResultStore | None = None,
) -> list[list[Verified]]:
    """What promtool finds for the cases of each group.

    Each moment is put to it with nothing expected: where the alert should fire, it has to contradict, and
    says which labels and annotations the alert carries. What earlier runs asked is taken from the `store`.
    """
    blind = [
        replace(case_group, cases=tuple(_blind(case) for case in case_group.cases))
        for case_group in case_groups
    ]
    answers = run_cases_again(store, promtool, blind, progress)
    return [
        [_judged(case, said) for case, said in zip(case_group.cases, here, strict=True)]
        for case_group, here in zip(case_groups, answers, strict=True)
    ]


def case_failures(promtool: Program, case_groups: Sequence[CaseGroup]) -> list[list[str | None]]:
    """For each case of each group, as it is: None when it holds, else what promtool says."""
    return run_cases(promtool, case_groups, lambda _: None)


def _blind(case: ProofCase) -> ProofCase:
    return replace(case, moments=tuple(replace(moment, expected=()) for moment in case.moments))


def _judged(case: ProofCase, said: str | None) -> Verified:
    if said is None:
        unmet = next((moment for moment in case.moments if moment.firing), None)
        return Verified(case, None if unmet is None else _contradicted(case, unmet))
    if _UNMET_READING.search(said):
        return Verified(case, " ".join(said.split()))
    fired = parse_firing_alerts(said)
    if not fired:
        return Verified(case, " ".join(said.split()))
    moments: list[Moment] = []
    for moment in case.moments:
        alerts = fired.get(moment.at, ())
        if bool(alerts) != moment.firing:
            return Verified(case, _contradicted(case, moment))
        moments.append(replace(moment, expected=alerts))
    return Verified(replace(case, moments=tuple(moments)), None)


def _contradicted(case: ProofCase, moment: Moment) -> str:
    """What happens instead of what a moment of a case expects."""
    after = f"after {format_duration(moment.at * 1000)} of the test"
    if moment.firing:
        return f"it is silent {after}, and was expected to fire"
    later = next((one for one in case.moments if one.firing and one.at > moment.at), None)
    expected = "" if later is None else f" until {format_duration(later.at * 1000)}"
    return f"it fires {after}, and was expected to be silent{expected}"
