"""Running check functions: one after the other, or by several processes where there is much."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from tocsin.checks.framework.kept_findings import FoundInPart, KeptFindings, known_everywhere
from tocsin.checks.framework.kept_indexes import KeptIndexes, gather_words
from tocsin.checks.framework.kept_plan_findings import KeptPlanFindings
from tocsin.checks.framework.outputs import NotedOutputs
from tocsin.checks.framework.plan_slice import join_parts, parts_to_check, shares
from tocsin.checks.framework.surroundings import Surroundings
from tocsin.parallel import parallel_map, useful_processes
from tocsin.plan.parts import outline_of, parts_of
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tocsin.checks.framework.check import Check, Finding
    from tocsin.checks.framework.outputs import Outputs
    from tocsin.checks.framework.plan_slice import PartOfPlan, Share
    from tocsin.checks.framework.rules_index import Words
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore

T = TypeVar("T")

MUCH = 500
"""Alerts, or rules of plain files, from which on a second process saves more time than it costs."""
_SHARES_OF_ONE = 8
"""For each process, so that all of them end at about the same time."""


@value_object
class CheckOutcome:
    """What a check has found, and why it broke off, if it did."""

    findings: tuple[Finding, ...]
    broke_off: str | None


def run_each(
    checks: Sequence[Check],
    plan: Plan,
    outputs: Outputs,
    processes: int | None = None,
    store: ResultStore | None = None,
) -> list[CheckOutcome]:
    """The outcome of each check, in their order; `outputs` are those of the plan.

    Without `processes` the size of the plan decides how many there are.

    What checks of shares have found in earlier runs is taken from the store.

    Whoever takes a share of the plan reads and infers its queries for all checks of shares. The checks that
    need the whole plan come first, those of a family together, as they ask for much the same.
    """
    kept = None if store is None else _kept(checks, plan, store)
    if store is not None and kept is not None:
        return _run_in_parts(checks, plan, outputs, store, kept, processes)
    parts = parts_to_check(plan)
    if processes is None:
        rules = 0 if parts else sum(len(group.rules) for group in plan.rule_groups)
        processes = useful_processes(sum((part.size for part in parts), rules), MUCH)
    if processes < 2:
        return [_outcome(check.run, plan, outputs) for check in checks]
    together = _together([check for check in checks if check.run_share is None], processes)

    def found(unit: tuple[Check, ...] | Callable[[], Share]) -> list[CheckOutcome]:
        if isinstance(unit, tuple):
            return [_outcome(check.run, _seen_by(check, plan), outputs) for check in unit]
        share = unit()
        return [_outcome(check.run_share, share, outputs) for check in checks if check.run_share is not None]

    count = processes * _SHARES_OF_ONE
    of_parts = join_parts(parts, count) or [partial(_same, share) for share in shares(plan, count)]
    units: list[tuple[Check, ...] | Callable[[], Share]] = [*together, *of_parts]
    outcomes = iter(parallel_map(found, units, processes))
    of_plan = {
        check.id: outcome for unit in together for check, outcome in zip(unit, next(outcomes), strict=True)
    }
    of_shares = iter(zip(*outcomes, strict=True))
    return [of_plan[check.id] if check.run_share is None else _joined(next(of_shares)) for check in checks]


def _together(checks: Sequence[Check], processes: int) -> list[tuple[Check, ...]]:
    """Checks of a whole plan as units of work, the families whole: half of the processes have one each.

    Whoever runs one reads the whole plan, which takes as long as a check of it: the others never do.
    """
    families = list(dict.fromkeys(check.family for check in checks))
    count = max(1, processes // 2)
    units = (
        tuple(check for check in checks if families.index(check.family) % count == one)
        for one in range(count)
    )
    return [unit for unit in units if unit]


def _kept(checks: Sequence[Check], plan: Plan, store: ResultStore) -> KeptFindings | None:
    """The findings of the plan in the store; None where nobody knows what is in its parts."""
    if not any(part.digest for part in parts_of(plan)):
        return None
    known = known_everywhere(Surroundings(plan))
    of_shares = [check for check in checks if check.run_share is not None]
    return None if known is None else KeptFindings(store, plan, of_shares, known)


def _run_in_parts(
    checks: Sequence[Check],
    plan: Plan,
    outputs: Outputs,
    store: ResultStore,
    kept: KeptFindings,
    processes: int | None,
) -> list[CheckOutcome]:
    """The outcome of each check, those of shares part by part, and only where that is not known."""
    indexes = KeptIndexes(store, plan, kept.known)
    indexes.give()
    parts = parts_to_check(plan)
    known = [None if part.digest is None else kept.find(part.digest) for part in parts]
    fresh = [(number, parts[number]) for number, one in enumerate(known) if one is None]
    if processes is None:
        processes = useful_processes(sum(part.size for _, part in fresh), MUCH)
    of_plan = [check for check in checks if check.run_share is None]
    in_outline = [check for check in of_plan if not check.reads_texts]
    kept_of_plan = KeptPlanFindings(store, plan, in_outline)
    known_of_plan = kept_of_plan.find()
    families: dict[str, list[Check]] = {}
    for check in of_plan:
        if check.id not in known_of_plan:
            families.setdefault(check.family, []).append(check)

    def found_in_plan(check: Check) -> _Found:
        noted = NotedOutputs(outputs)
        outcome = _outcome(check.run, _seen_by(check, plan), noted)
        is_kept = not check.reads_texts and not noted.were_asked and outcome.broke_off is None
        return _Found(outcome, is_kept)

    def found_in_share(share: Share) -> _InShare:
        outcomes = {
            check.id: _outcome(check.run_share, share, outputs)
            for check in checks
            if check.run_share is not None
        }
        sound = all(one.broke_off is None for one in outcomes.values())
        findings = {id_: one.findings for id_, one in outcomes.items()}
        to_keep = FoundInPart.of(findings, share.around) if sound else None
        # Its queries are read by now; a run that looks up words in all parts would have to read them again.
        return _InShare([*outcomes.values()], to_keep, gather_words(share))

    def found(unit: str | PartOfPlan) -> Any:
        return (
            [*map(found_in_plan, families[unit])] if isinstance(unit, str) else found_in_share(unit.share())
        )

    units: list[str | PartOfPlan] = [*families, *(part for _, part in fresh)]
    results = iter(parallel_map(found, units, processes))
    in_plan = {id_: _Found(CheckOutcome(these, None), True) for id_, these in known_of_plan.items()}
    for these in families.values():
        in_plan |= zip((check.id for check in these), next(results), strict=True)
    if any(
        not check.reads_texts and in_plan[check.id].is_kept for these in families.values() for check in these
    ):
        kept_of_plan.keep({id_: one.outcome.findings for id_, one in in_plan.items() if one.is_kept})
    in_parts = [() if one is None else tuple(CheckOutcome(these, None) for these in one) for one in known]
    for (number, _), one in zip(fresh, results, strict=True):
        in_parts[number] = tuple(one.outcomes)
        part = parts[number]
        if one.to_keep is not None and part.digest is not None:
            kept.keep(part.digest, one.to_keep)
        indexes.keep_words(part, one.words)
    indexes.keep()
    of_shares = iter(zip(*in_parts, strict=True))
    return [
        in_plan[check.id].outcome if check.run_share is None else _joined(next(of_shares)) for check in checks
    ]


def _seen_by(check: Check, plan: Plan) -> Plan:
    """What a check of a whole plan looks at."""
    return plan if check.reads_texts else outline_of(plan)


def _same(share: Share) -> Share:
    return share


@value_object
class _Found:
    """What a check has found in a whole plan, and whether that is so as long as the outline is the same."""

    outcome: CheckOutcome
    is_kept: bool


@value_object
class _InShare:
    """What the checks have found in a share."""

    outcomes: Sequence[CheckOutcome]
    to_keep: FoundInPart | None
    """None where a later run may find something else."""
    words: Mapping[str, Words]
    """Those for the indexes of the plan."""


def _joined(outcomes: Iterable[CheckOutcome]) -> CheckOutcome:
    """What a check has found in all shares, up to where it broke off."""
    found: list[Finding] = []
    for outcome in outcomes:
        found += outcome.findings
        if outcome.broke_off is not None:
            return CheckOutcome(tuple(found), outcome.broke_off)
    return CheckOutcome(tuple(found), None)


def _outcome(run: Callable[[T, Outputs], Iterable[Finding]], of: T, outputs: Outputs) -> CheckOutcome:
    found: list[Finding] = []
    try:
        for finding in run(of, outputs):
            found.append(finding)
    except Exception as error:
        return CheckOutcome(tuple(found), f"{type(error).__name__}: {error}")
    return CheckOutcome(tuple(found), None)
