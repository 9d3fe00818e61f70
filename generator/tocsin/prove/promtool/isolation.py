"""Which rules can be tested side by side: those of which none reads what another one brings into the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import queries_named, reads
from tocsin.lang.promql.ast import Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.series import parse_series
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

# Prometheus writes these for every alert that is active.
_OF_EVERY_ALERT = frozenset(("ALERTS", "ALERTS_FOR_STATE"))


@value_object
class Footprint:
    """What an alert with its rules and samples brings into a test, and what it reads there."""

    alert: str
    brings: Mapping[str, Hashable]
    """By metric, what tells its samples from others: equal where two bring the same."""
    reads: frozenset[str] | None
    """The metrics that are read; None where that may be any."""

    def is_independent_of(self, other: Footprint) -> bool:
        """Whether neither notices the other, so that what holds of both together holds of each alone."""
        if self.alert == other.alert or self.reads is None or other.reads is None:
            return False
        mine, others = self.brings.keys(), other.brings.keys()
        noticed = (mine & (others | other.reads)) | (others & (mine | self.reads))
        return all(
            metric in mine and metric in others and self.brings[metric] == other.brings[metric]
            for metric in noticed
        )


def metrics_read(expressions: Iterable[str], texts: Iterable[str] = ()) -> frozenset[str] | None:
    """The metrics that expressions, and the queries in templates of labels and annotations, read.

    None where a selector or a query may read any, or cannot be understood.
    """
    found: set[str] = set()
    try:
        queries = [query for text in texts if "{{" in text for query in _queries(text)]
        for expression in (*expressions, *queries):
            for node in walk(parse_promql(expression)):
                if isinstance(node, Selector):
                    found.add(_metric(node))
    except (LangError, LookupError):
        return None
    return None if found & _OF_EVERY_ALERT else frozenset(found)


def metric_of(series: str) -> str:
    """The name of the metric of a series in promtool's notation; LangError or KeyError without one."""
    return parse_series(series)["__name__"]


def footprint_of(rules: str, alert: str, series: Iterable[str]) -> Footprint:
    """That of a rule file and the series of its tests, whose samples are like nobody else's."""
    found = [rule for group in yaml.load(rules, yaml.CSafeLoader)["groups"] for rule in group["rules"]]
    texts = [
        text for rule in found for key in ("labels", "annotations") for text in (rule.get(key) or {}).values()
    ]
    reads = metrics_read((rule["expr"] for rule in found), texts)
    try:
        names = [metric_of(one) for one in series] + [rule["record"] for rule in found if "record" in rule]
    except (LangError, KeyError):
        return Footprint(alert, {}, None)
    return Footprint(alert, dict.fromkeys(names, alert), reads)


def _metric(selector: Selector) -> str:
    """The metric that a selector names; LookupError where it names none."""
    if selector.name is not None:
        return selector.name
    named = [one.value for one in selector.matchers if one.name == "__name__" and one.op == "="]
    return named[0]


def _queries(text: str) -> list[str]:
    """The queries that a template runs; LookupError where one is put together only when it runs."""
    found = [query.text for query in reads(text).queries]
    if len(found) < queries_named(text):
        raise LookupError
    return found
