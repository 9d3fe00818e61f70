"""What is proven of log alerts: nothing but what a Loki confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.strings import quote_string
from tocsin.prove.logs.model import LogWitness, NoLogWitness
from tocsin.prove.logs.search import log_witness
from tocsin.prove.logs.verify import verify_with_loki
from tocsin.prove.verdict import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from tocsin.prove.logs.model import LogStream
    from tocsin.prove.logs.verify import LogJudge
    from tocsin.prove.verdict import Subject

_INTERVAL = 60.0
_SHOWN = 60
NO_LOKI = "log lines were derived, but there is no Loki here to judge them"


def log_verdicts(
    subjects: Sequence[Subject],
    start: Callable[[], AbstractContextManager[LogJudge]] | None,
    progress: Callable[[int], object] = lambda _: None,
) -> list[Verdict]:
    """The verdict on each log alert; `start` starts a Loki, and is None where there is none."""
    found = [_derived(subject, progress) for subject in subjects]
    if start is None or not any(isinstance(witness, LogWitness) for witness in found):
        progress(len(subjects))
        return [_unjudged(subject, witness) for subject, witness in zip(subjects, found, strict=True)]
    with start() as loki:
        return list(_judged(loki, subjects, found, progress))


def _derived(subject: Subject, progress: Callable[[int], object]) -> LogWitness | NoLogWitness:
    progress(1)
    try:
        hold = parse_duration(subject.rule.for_ or "0s") / 1000
        interval = parse_duration(subject.group.interval or "0s") / 1000 or _INTERVAL
        return log_witness(subject.rule.expr, hold, interval)
    except LangError as error:
        return NoLogWitness(f"the expression cannot be read: {error.reason}")
    except RecursionError:
        return NoLogWitness("the expression is nested too deeply")


def _unjudged(subject: Subject, witness: LogWitness | NoLogWitness) -> Verdict:
    if isinstance(witness, LogWitness):
        return Verdict(subject, Status.UNPROVEN, Status.UNPROVEN, (NO_LOKI,), (), None, ())
    fires = Status.IMPOSSIBLE if witness.impossible else Status.UNPROVEN
    # What can never return anything is quiet without a proof; but nobody showed that its rule is evaluated.
    return Verdict(subject, fires, Status.UNPROVEN, (witness.reason,), (), None, ())


def _judged(
    loki: LogJudge,
    subjects: Sequence[Subject],
    found: Sequence[LogWitness | NoLogWitness],
    progress: Callable[[int], object],
) -> Iterator[Verdict]:
    for number, (subject, witness) in enumerate(zip(subjects, found, strict=True)):
        progress(1)
        if not isinstance(witness, LogWitness):
            yield _unjudged(subject, witness)
            continue
        against = verify_with_loki(loki, subject.rule.expr, witness, f"alert-{number}")
        fires, silent = (Status.PROVEN if one is None else Status.UNPROVEN for one in against)
        reasons = tuple(dict.fromkeys(reason for reason in against if reason is not None))
        assumptions = _assumed(witness) if fires is Status.PROVEN else ()
        yield Verdict(subject, fires, silent, reasons, assumptions, None, ())


def _assumed(witness: LogWitness) -> tuple[str, ...]:
    """The streams and lines on which the proof rests, each once."""
    speaking = [stream for stream in witness.fires or () if stream.lines]
    found = [f"a stream {_labels(stream)} says {_line(stream)}" for stream in speaking]
    return (*found, "silent only while nothing is said") if witness.removed else tuple(found)


def _labels(stream: LogStream) -> str:
    return "{" + ", ".join(f"{name}={quote_string(value)}" for name, value in stream.labels) + "}"


def _line(stream: LogStream) -> str:
    text = stream.lines[-1].text
    return f"`{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}`"
