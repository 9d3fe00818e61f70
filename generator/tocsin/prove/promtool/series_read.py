"""The series of a case, read back from promtool's notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.series import parse_samples, parse_series
from tocsin.prove.witness.evaluate import Series

if TYPE_CHECKING:
    from tocsin.prove.promtool.case import ProofCase


def series_of(case: ProofCase) -> list[Series] | None:
    """The series as an evaluator takes them; None where one cannot be read, such as a native histogram."""
    found = []
    try:
        for name, text in case.series:
            labels, samples = dict(parse_series(name)), parse_samples(text)
            if not samples.plain:
                return None
            values = [
                (index * case.step * 1000, value)
                for index, value in enumerate(samples.values)
                if not isinstance(value, str)
            ]
            found.append(Series(labels, [at for at, _ in values], [value for _, value in values]))
    except LangError:
        return None
    return found
