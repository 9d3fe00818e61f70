"""The samples of cases as OpenMetrics text, from which promtool makes blocks of Prometheus' database."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.lang.names import is_label_name, is_metric_name
from tocsin.lang.promql.series import parse_samples, parse_series
from tocsin.lang.strings import quote_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.plan.model import Case


def openmetrics(cases: Iterable[Case], moment: float) -> str:
    """Every series once; the moment at which a case is looked at becomes `moment`, a Unix time in seconds."""
    lines: dict[str, None] = {}
    for case in cases:
        for series, samples in case.series.items():
            lines.update(dict.fromkeys(_lines(case, parse_series(series), samples, moment)))
    return "".join(f"{line}\n" for line in lines) + "# EOF\n"


def _lines(case: Case, labels: Mapping[str, str], samples: str, moment: float) -> Iterator[str]:
    interval, at = parse_duration(case.interval), parse_duration(case.at)
    name = _name(labels)
    for number, value in enumerate(parse_samples(samples).values):
        if number * interval > at:
            break
        if isinstance(value, float):
            yield f"{name} {_number(value)} {moment + (number * interval - at) / 1000:.3f}"


def _name(labels: Mapping[str, str]) -> str:
    metric = labels["__name__"]
    parts = [
        f"{label if is_label_name(label) else quote_string(label)}={quote_string(value)}"
        for label, value in labels.items()
        if label != "__name__"
    ]
    if is_metric_name(metric):
        return f"{metric}{{{','.join(parts)}}}"
    return f"{{{','.join([quote_string(metric), *parts])}}}"


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return repr(value) if math.isfinite(value) else f"{'+' if value > 0 else '-'}Inf"
