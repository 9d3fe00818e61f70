"""What is wrong with a plan and its files: the findings of the chosen checks and what was found before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tocsin.checks import CHECKS
from tocsin.checks.framework.run import run_checks
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.diagnostics.environments import (
    ABOUT_WHAT_ENVIRONMENTS_SHARE,
    join_environments,
    unmet_everywhere,
)
from tocsin.diagnostics.estates import FoundInEstate, join_estates
from tocsin.diagnostics.incomplete import COMPLETE, Incomplete
from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.diagnostics.secrets import mask_secrets
from tocsin.errors import CommandError
from tocsin.plan_outputs import PlanOutputs
from tocsin.result_store import ResultStore, open_result_store
from tocsin.source.decode import decode_file, read_file
from tocsin.source.document import Document
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from tocsin.checks.framework.check import Check
    from tocsin.plan.model import Plan, Policy
    from tocsin.source.place import Sources
    from tocsin.workspace.load import Planned, Unplannable


@value_object
class Selection:
    """The patterns that choose checks: those that run, or all, without some."""

    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks to run."""
        return tuple(check for check in CHECKS.values() if self.wants(check.id))

    def wants(self, id_: str) -> bool:
        """Whether the patterns choose a finding with this id."""
        if any(fnmatchcase(id_, pattern) for pattern in self.without):
            return False
        return not self.only or any(fnmatchcase(id_, pattern) for pattern in self.only)


class PolicyError(Exception):
    """A file with a team's own rules in which something is wrong."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("the policy is not valid")
        self.diagnostics = diagnostics


def find_problems(
    made: Planned, selection: Selection, own_policy: Policy | None = None, today: date | None = None
) -> list[Diagnostic]:
    """What is wrong with a plan and the files that it was made of, without any secret.

    `own_policy` is used instead of the plan's; `today` is the day of the clock when absent.
    """
    today = today or date.today()
    if made.estates:
        found_in = [
            FoundInEstate(
                frozenset(document.name for document in one.documents),
                any(group.rules for group in one.plan.rule_groups),
                find_problems(one, selection, own_policy, today),
            )
            for one in made.estates
        ]
        return mask_secrets(join_estates(found_in), made.secrets)
    store = open_result_store()
    if store is not None and made.secrets:
        store = store.without_writing()
    before = (*made.diagnostics, *made.doubts, *ended_exceptions(made, today), *oversized_objects(made))
    found = check_plan(
        made.plan if own_policy is None else replace(made.plan, policy=own_policy),
        made.sources,
        selection.checks,
        known={*CHECKS, *MESSAGES},
        today=today,
        found=(one for one in before if selection.wants(one.id)),
        unread=made.unread,
        store=store,
    )
    return mask_secrets(found, made.secrets)


def find_in_each(
    made: Iterable[Planned | Unplannable], find: Callable[[Planned], Sequence[Diagnostic]]
) -> Sequence[Diagnostic]:
    """What is found in the environments of a spec, each finding once."""
    from tocsin.workspace.load import Planned

    found: dict[str, Sequence[Diagnostic]] = {}
    with_alerts = []
    for one in made:
        name = one.environment or ""
        found[name] = find(one) if isinstance(one, Planned) else one.diagnostics
        if isinstance(one, Planned) and one.has_alerts:
            with_alerts.append(name)
    return join_environments(found, with_alerts)


def find_in_one(
    made: Planned,
    find: Callable[[Planned], Sequence[Diagnostic]],
    others: Callable[[], Iterable[Planned | Unplannable]],
) -> Sequence[Diagnostic]:
    """What is found in one environment of a spec, without what only alerts of the others meet.

    The others are planned only where that matters.
    """
    from tocsin.workspace.load import Planned

    found = find(made)
    about_shared = Selection(only=tuple(ABOUT_WHAT_ENVIRONMENTS_SHARE))
    if not any(about_shared.wants(one.id) for one in found):
        return found
    planned = (one for one in others() if isinstance(one, Planned) and one.has_alerts)
    return unmet_everywhere(found, (find_problems(one, about_shared) for one in planned))


def check_plan(
    plan: Plan,
    sources: Sources,
    checks: Sequence[Check],
    *,
    known: Collection[str],
    today: date,
    found: Iterable[Diagnostic] = (),
    unread: Incomplete = COMPLETE,
    store: ResultStore | None = None,
) -> tuple[Diagnostic, ...]:
    """What checks find in a plan and in what is generated from it: `run_checks` with the plan's outputs."""
    return run_checks(
        plan,
        sources,
        checks,
        outputs=PlanOutputs(plan),
        known=known,
        today=today,
        found=found,
        unread=unread,
        store=store,
    )


def ended_exceptions(made: Planned, today: date) -> Iterator[Diagnostic]:
    """Exceptions of a spec that were meant to end before a day."""
    for one in made.exception_ends:
        if one.until < today:
            message = f"this exception was meant to end on {one.until}, and still holds"
            help_ = "take the exception away, or write a later day"
            yield Diagnostic("except/ended", Level.WARNING, message, one.span, help=help_)


def oversized_objects(made: Planned) -> Iterator[Diagnostic]:
    """What is delivered to a cluster, and refused there for its size."""
    if made.plan.kubernetes is None:
        return
    from tocsin.deliver.kubernetes.oversized import oversized

    for one in oversized(made.plan):
        message = f"{one.what} has {one.size:,} bytes, and Kubernetes takes {one.most:,}"
        yield Diagnostic("limit/size", Level.ERROR, message, made.sources.locate(one.place), help=one.help)


def policy_beside(made: Planned) -> Policy | None:
    """The policy that stands beside plain files.

    CommandError where there are several, PolicyError where it is not valid.
    """
    if len(made.policies) > 1:
        names = " and ".join(one.name for one in made.policies[:2])
        raise CommandError(f"{names} are both policies; choose one with --policy")
    return _policy_of(made.policies[0]) if made.policies else None


def read_policy(path: Path) -> Policy:
    """The policy in a file; CommandError and PolicyError where it cannot be read."""
    document = decode_file(path.as_posix(), read_file(path))
    if not isinstance(document, Document):
        raise CommandError(f"{path}: {document.message}")
    return _policy_of(document)


def _policy_of(document: Document) -> Policy:
    # Few runs over plain files have one, and the models of a spec take as long to load as all checks.
    from tocsin.compile.policy import policy
    from tocsin.spec.policy_file import load_policy

    loaded = load_policy(document)
    if loaded.policy is None:
        raise PolicyError(loaded.diagnostics)
    return policy(loaded.policy)
