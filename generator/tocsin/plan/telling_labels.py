"""The labels that tell the series of an alert's query apart, and those by which its panel can be filtered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import reads
from tocsin.lang.promql.filtering import filtered
from tocsin.lang.promql.shape import metric_names
from tocsin.plan.model import Engine
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tocsin.lang.flow.model import Flow

RESERVED = frozenset({"alerts", "prometheus_datasource", "loki_datasource"})
"""Names of variables that every dashboard has."""

_SAMPLED = re.compile(r"[{,]\s*([a-zA-Z_]\w*)\s*=")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
_SCRAPED = ("instance", "job")


@value_object
class AlertTexts:
    """What an alert says of the labels that it has."""

    per: tuple[str, ...]
    """Those that are known to tell its instances apart."""
    printed: tuple[str, ...]
    """Its summary and description."""
    sampled: tuple[str, ...]
    """The series of its tests."""


def telling_labels(texts: AlertTexts, expr: str, engine: Engine, flow: Flow | None) -> tuple[str, ...]:
    """The labels that tell the series of a query apart; `flow` is what it returns.

    Of a query that returns whatever labels its series have, those that the alert prints, that the query
    names, and that its tests use, with the one that every scraped series has.
    """
    if flow is None or flow.empty is not None:
        return texts.per
    if texts.per:
        return tuple(_different(flow, texts.per))
    if not flow.is_open:
        return tuple(_different(flow, sorted((*flow.guaranteed, *flow.possible))))
    return tuple(_different(flow, sorted({*_named(texts, flow), *_scraped(expr, engine)[:1]})))


def filter_labels(
    texts: AlertTexts, expr: str, engine: Engine, flow: Flow | None, own: Collection[str]
) -> tuple[str, ...]:
    """The labels by which a query can be filtered to one instance of its alert, whose rule sets its `own`."""
    if engine is not Engine.PROMETHEUS or flow is None or flow.empty is not None:
        return ()
    labels = {*telling_labels(texts, expr, engine, flow)}
    if flow.is_open:
        labels |= {*_different(flow, {*_named(texts, flow), *_scraped(expr, engine)})}
    wanted = sorted(
        label for label in labels if _NAME.fullmatch(label) and label not in RESERVED and label not in own
    )
    return filtered(expr, wanted, lambda label: label)[1]


def _different(flow: Flow, labels: Iterable[str]) -> Iterator[str]:
    """Those that some series has, and not all of them with one value."""
    for label in labels:
        fact = flow.label(label)
        values = fact.values
        if not fact.is_impossible and not (fact.is_guaranteed and values is not None and len(values) == 1):
            yield label


def _named(texts: AlertTexts, flow: Flow) -> Iterator[str]:
    yield from flow.guaranteed
    for text in texts.printed:
        try:
            yield from (use.name for use in reads(text).labels)
        except LangError:
            continue
    for series in texts.sampled:
        yield from _SAMPLED.findall(series)


def _scraped(expr: str, engine: Engine) -> tuple[str, ...]:
    """The labels that every scraped series has; recorded metrics, with a colon in their name, may not."""
    if engine is not Engine.PROMETHEUS:
        return ()
    try:
        recorded = all(":" in name for name in metric_names(expr))
    except LangError:
        return ()
    return () if recorded else _SCRAPED
