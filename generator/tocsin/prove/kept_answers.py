"""The cases that earlier runs of `prove` have found: they follow from the question alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tocsin.prove.cases.simulate import AlertTiming
from tocsin.prove.mutation.survivors import MutatedRule
from tocsin.prove.promtool.case import Moment, ProofCase, Reading
from tocsin.prove.question import FoundCases, Question
from tocsin.prove.witness.clock import Clock
from tocsin.prove.witness.find import Answer, Witness
from tocsin.prove.witness.labels.series_set import SeriesParameters, SeriesSet, SeriesTemplate
from tocsin.prove.witness.native_histogram import HistogramPart
from tocsin.prove.witness.waveform import Waveform
from tocsin.value_json import ValueJson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.result_store import ResultStore

_CASES = "cases of a question"
_JSON = ValueJson(
    (
        *(Question, AlertTiming, MutatedRule),
        *(FoundCases, Answer, Witness, Clock, Waveform),
        *(SeriesSet, SeriesTemplate, SeriesParameters, HistogramPart),
        *(ProofCase, Moment, Reading),
    )
)


def answer_again(
    store: ResultStore | None,
    questions: Sequence[Question],
    answer: Callable[[Sequence[Question]], list[FoundCases | str]],
) -> dict[Question, FoundCases | str]:
    """The answer to each question: from the store where an earlier run kept it, the others by `answer`.

    Why there is no answer is not kept: it is soon found, or a fault of the search.
    """
    known: dict[Question, FoundCases | str] = {}
    keys: dict[Question, bytes] = {}
    if store is not None:
        keys = {question: key for question in questions if (key := _key(question)) is not None}
        kept = ((question, store.read(_CASES, _read_cases, key)) for question, key in keys.items())
        known = {question: found for question, found in kept if found is not None}
    fresh = [question for question in questions if question not in known]
    for question, found in zip(fresh, answer(fresh), strict=True):
        known[question] = found
        if store is not None and question in keys and isinstance(found, FoundCases):
            _keep(store, keys[question], found)
    return known


def _key(question: Question) -> bytes | None:
    """What tells a question from others; None where JSON does not hold it."""
    try:
        return orjson.dumps(_JSON.write(question))
    except TypeError:
        return None


def _keep(store: ResultStore, key: bytes, found: FoundCases) -> None:
    try:
        written = _JSON.write(found)
    except TypeError:
        return
    store.write(written, _CASES, key)


def _read_cases(kept: Any) -> FoundCases | None:
    found = _JSON.read(kept)
    return found if isinstance(found, FoundCases) else None
