"""The two simplest cases of an alert: it fires, it is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.prove.promtool.case import Moment, ProofCase
from tocsin.prove.promtool.series_write import series_text, values_text
from tocsin.prove.witness.evaluate.native import COUNT, PART
from tocsin.prove.witness.native_histogram import HistogramPart, histogram_text
from tocsin.prove.witness.waveform import series_samples, whole_test

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.prove.witness.find import Witness
    from tocsin.prove.witness.waveform import Phase


def basic_case(alert: str, witness: Witness) -> ProofCase:
    """A witness as a test: what fires at its end, or that nothing fires from its middle on."""
    clock = witness.clock
    phases = [whole_test(motion, clock) for motion in witness.motions]
    series = written_series(witness, phases)
    if witness.goal == "fires":
        moments: tuple[Moment, ...] = (Moment(clock.end, firing=True),)
        title = "Broken: it fires."
    else:
        middle = max(witness.warm, clock.steps // 2) * clock.step
        moments = tuple(Moment(at, firing=False) for at in sorted({middle, clock.end}))
        title = "Without some of the series" if witness.removed else "The same series, healthy"
        title += ": it is silent."
    return ProofCase(alert, witness.goal, title, clock.step, series, moments)


def written_series(witness: Witness, phases: Sequence[Sequence[Phase]]) -> tuple[tuple[str, str], ...]:
    """The series of a test in promtool's notation, those without any sample left out."""
    texts: dict[object, str] = {}
    found = []
    for template in witness.universe.templates:
        part = template.bucket
        if isinstance(part, HistogramPart) and part.name != COUNT:
            continue
        key = (template.mover, part)
        if key not in texts:
            texts[key] = _text(witness, phases, template.mover, part)
        if texts[key]:
            labels = {name: value for name, value in template.labels.items() if name != PART}
            found.append((series_text(labels), texts[key]))
    return tuple(found)


def _text(
    witness: Witness, phases: Sequence[Sequence[Phase]], mover: int, bucket: int | HistogramPart | None
) -> str:
    def moved(one: int | HistogramPart | None) -> list[float | None]:
        of = witness.universe.movers[mover]
        return series_samples(
            phases[mover], witness.clock.step, counter=of.counter, bucket=one, tells=of.tells
        )

    values = moved(bucket)
    if all(value is None for value in values):
        return ""
    if not isinstance(bucket, HistogramPart):
        return values_text(values)
    parts = bucket.siblings()
    return histogram_text(parts, [moved(part) for part in parts])


def assumptions_of(witness: Witness) -> tuple[str, ...]:
    """What a system has to be like for the witness to say something about it."""
    return ("silent only while series are missing",) if witness.removed else ()
