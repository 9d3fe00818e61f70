"""What a check is, and what it yields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.checks.framework.outputs import OutputsOfWholePlan
from tocsin.checks.framework.plan_slice import whole_plan
from tocsin.diagnostics.fix import Fix, replacing_fix
from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.diagnostics.subject import subject_at
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tocsin.checks.framework.outputs import Outputs
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Plan
    from tocsin.source.document import Span
    from tocsin.source.place import Place, Sources

    Run = Callable[[Plan, Outputs], Iterable["Finding"]]
    RunShare = Callable[[Share, Outputs], Iterable["Finding"]]
    FindInPlan = Callable[[Plan], Iterable["Finding"]]
    FindInShare = Callable[[Share], Iterable["Finding"]]


@value_object
class Finding:
    """One thing that a check has found; the check's id and level are added by who runs it."""

    message: str
    """What is wrong, as one sentence without a full stop."""
    at: Place
    """The guilty piece, as small as can be."""
    label: str = ""
    """A few words to stand at the underlined piece."""
    also: tuple[tuple[Place, str], ...] = ()
    """Further places that explain it, each with a few words."""
    help: str | None = None
    """How to put it right, with the text to write where that can be said."""
    about: Place | None = None
    """The rule, alert or route that it is about, where `at` lies outside of it; it can be allowed there."""

    fix: str | None = None
    """What stands at `at` afterwards, letter by letter, where the help comes down to that."""
    instead_of: str | None = None
    """The part of `at` that `fix` replaces, where it is written there once; all of it when None."""
    is_safe: bool = False
    """Whether nothing else than `fix` can be meant."""

    def diagnostic(self, id_: str, level: Level, sources: Sources) -> Diagnostic:
        """The finding with the lines of the files."""
        at = sources.locate(self.at)
        notes = (Note(sources.locate(place), text) for place, text in self.also)
        # Through a YAML alias two places can be the same lines: they are shown once.
        others = tuple(note for note in notes if note.span != at)
        subject = subject_at((self.about or self.at).path, sources)
        return Diagnostic(
            id_, level, self.message, at, self.label, others, self.help, self._fix(at), subject=subject
        )

    def _fix(self, at: Span) -> Fix | None:
        if self.fix is None:
            return None
        if self.instead_of is None:
            return Fix(at, self.fix, self.is_safe)
        return replacing_fix(at, self.instead_of, self.fix, is_safe=self.is_safe)


def join_equal(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, of which those with one message are one: the first, with the places of the others."""
    by_message: dict[str, list[Finding]] = {}
    for finding in findings:
        by_message.setdefault(finding.message, []).append(finding)
    for first, *others in by_message.values():
        yield replace(first, also=(*first.also, *((other.at, "and here") for other in others)))


@value_object
class Check:
    """One check: a stable id of family and name, how much it matters, its manual, and the function itself."""

    id: str
    level: Level
    doc: str
    run: Run
    run_share: RunShare | None = None
    """The same for a share of a plan; None where the check needs all of it."""
    reads_texts: bool = False
    """Whether a check of a whole plan reads more of its alerts than their outline."""
    of_one_text: bool = False
    """Whether what it finds in a text is so whatever stands beside it, also what cannot be read."""

    @property
    def family(self) -> str:
        """The part of the id before the slash."""
        return self.id.split("/")[0]


def check(
    id_: str, level: Level, *, reads_texts: bool = False, of_one_text: bool = False
) -> Callable[[FindInPlan], Check]:
    """Turn a function from a plan to findings into a check, whose manual is the function's docstring.

    The texts of alerts may be missing from the plan (`outline_of`) unless it `reads_texts`.
    """

    def made(find: FindInPlan) -> Check:
        doc = find.__doc__ or ""
        return Check(
            id_, level, doc, lambda plan, _: find(plan), reads_texts=reads_texts, of_one_text=of_one_text
        )

    return made


def check_with_outputs(id_: str, level: Level) -> Callable[[Run], Check]:
    """The same for a function that also looks at what is generated from the plan."""

    def made(run: Run) -> Check:
        return Check(id_, level, run.__doc__ or "", run)

    return made


def check_shares(id_: str, level: Level, *, of_one_text: bool = False) -> Callable[[FindInShare], Check]:
    """The same for a function that looks at one rule or alert at a time.

    What it finds there must not depend on the other rules and alerts of its share: where it needs to know
    them, as it does recording rules, it asks for those of the plan.
    """

    def made(find: FindInShare) -> Check:
        made_of_shares = _check_of_shares(id_, level, find.__doc__, lambda share, _: find(share))
        return replace(made_of_shares, of_one_text=of_one_text)

    return made


def check_shares_with_outputs(id_: str, level: Level) -> Callable[[RunShare], Check]:
    """The same for a function that also looks at what is generated.

    What it finds with an output is right for this plan alone, so it is looked for in every run.
    """

    def made(find: RunShare) -> Check:
        def run(share: Share, outputs: Outputs) -> Iterable[Finding]:
            return find(share, OutputsOfWholePlan(outputs, share.around))

        return _check_of_shares(id_, level, find.__doc__, run)

    return made


def _check_of_shares(id_: str, level: Level, doc: str | None, run: RunShare) -> Check:
    return Check(id_, level, doc or "", lambda plan, outputs: run(whole_plan(plan), outputs), run)
