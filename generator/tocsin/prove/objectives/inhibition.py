"""Whether the more urgent severity of a burn-rate alert keeps the less urgent one quiet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.routing.config import FiringAlert
from tocsin.routing.inhibit import Inhibitor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.verdict import Verdict


def with_inhibitions(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts of one objective's tiers, the most urgent first, each with the tier that inhibits it.

    The labels are those with which promtool saw the alerts fire when everything failed.
    """
    found: list[Verdict] = []
    for number, verdict in enumerate(verdicts):
        case = _outage(verdict)
        above = [other for other in verdicts[:number] if _outage(other) is not None]
        if case is None or not above:
            found.append(verdict)
            continue
        labels = _labels(verdict, case)
        by = [other for other in above if _keeps_quiet(other, labels)]
        if by:
            severities = ", ".join(f"`{other.subject.rule.severity}`" for other in by)
            title = f"{case.title} While it fires with severity {severities}, nobody is notified of this one."
            cases = tuple(replace(one, title=title) if one is case else one for one in verdict.cases)
            found.append(replace(verdict, cases=cases))
        else:
            name = f"{above[0].subject.rule.alert} ({above[0].subject.rule.severity})"
            reason = f"`{name}` does not inhibit it: of one incident, both are notified"
            found.append(replace(verdict, reasons=(*verdict.reasons, reason)))
    return found


def _keeps_quiet(other: Verdict, labels: Mapping[str, str]) -> bool:
    case = _outage(other)
    assert case is not None, "the caller asked"
    firing = FiringAlert(_labels(other, case))
    return Inhibitor(other.subject.inhibitions, [firing]).inhibited_by(labels) is not None


def _outage(verdict: Verdict) -> ProofCase | None:
    return next((case for case in verdict.cases if case.name == "fires"), None)


def _labels(verdict: Verdict, case: ProofCase) -> dict[str, str]:
    fired = next((moment.expected[0] for moment in case.moments if moment.expected), None)
    labels = {} if fired is None else dict(fired[0])
    return {"alertname": verdict.subject.rule.alert, **labels}
