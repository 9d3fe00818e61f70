"""Exceptions for values of a label: queries that it does not divide, and values that there are none of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.alert_source import written_alert
from tocsin.compile.branches import restricted_query, shares
from tocsin.compile.own_rules import by_urgency
from tocsin.compile.spec_alert_labels import engine_of, query_of
from tocsin.diagnostics.problem import Problem, of_language
from tocsin.lang.errors import LangError
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.compile.alert_source import AlertSource
    from tocsin.compile.branches import Share
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.alerts import Alert, Where
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]


def undivided_queries(spec: Spec) -> Iterator[Problem]:
    """Exceptions by labels that the queries of their alerts do not return, or that make them anew."""
    for source in _divided(spec):
        for share in shares(spec, source):
            own = share.source
            if own is None or not share.sets:
                continue
            for place, text in _queries(spec, own):
                try:
                    for sets in share.sets:
                        restricted_query(own.settings, text, sets)
                except LangError as error:
                    yield of_language("except/label-lost", error, place)


def unreached_exceptions(spec: Spec, flows: QueryFlows) -> Iterator[Problem]:
    """Exceptions for values that the query cannot return, or that others before take already."""
    for source in _divided(spec):
        for share in shares(spec, source):
            if share.branch is None:
                yield from _nothing_left(spec, source, share)
                continue
            place = Place((*source.place.path, ".branches", share.branch, "where"), key=True)
            if not share.sets:
                message = "nothing reaches this exception: those before it take all of its values"
                yield Problem("except/unreached", message, place, help="remove it, or write it before them")
                continue
            alert = source if share.source is None else share.source
            shown = _not_returned(spec, alert, share, source.settings.branches[share.branch].where, flows)
            if shown is not None:
                message = f"nothing reaches this exception: the query returns no series with {shown}"
                yield Problem("except/unreached", message, place, help="correct the value, or remove it")


def _nothing_left(spec: Spec, source: AlertSource, rest: Share) -> Iterator[Problem]:
    """That the exceptions of an alert take all of its series."""
    try:
        parts = [
            restricted_query(source.settings, text, sets)
            for _, text in _queries(spec, source)
            for sets in rest.sets
        ]
    except LangError:
        # The label is lost, which is told.
        return
    if not any(parts):
        yield Problem(
            "except/takes-all",
            "this exception takes all series that are left: what the alert itself says is never used",
            Place((*source.place.path, ".branches", len(source.settings.branches) - 1, "where"), key=True),
            help="write in the alert what the exception says, and take the exception away",
        )


def _not_returned(
    spec: Spec, source: AlertSource, share: Share, where: Where, flows: QueryFlows
) -> str | None:
    """The label of an exception with none of whose values any query of an alert returns series."""
    queries = [text for _, text in _queries(spec, source)]
    try:
        parts = [restricted_query(source.settings, text, sets) for text in queries for sets in share.sets]
    except LangError:
        # The label is lost, which is reported.
        return None
    for label, values in where.items():
        texts = [values] if isinstance(values, str) else values
        found = [
            flow for text in queries if (flow := flows.labels(text, engine_of(source.settings))) is not None
        ]
        returned = any(flow.label(label).texts.allows(text) for flow in found for text in texts)
        if not any(parts) or not (returned or not found):
            return " or ".join(f'`{label}="{text}"`' for text in texts)
    return None


def _divided(spec: Spec) -> Iterator[AlertSource]:
    for group, written in spec.groups.items():
        for name, alert in written.alerts.items():
            if alert.branches:
                yield written_alert(spec, group, name)


def _queries(spec: Spec, source: AlertSource) -> list[tuple[Place, str]]:
    """The queries of an alert, each with its place."""
    alert: Alert = source.settings
    path: Path = source.place.path
    if alert.rules:
        return [
            (Place((*path, "rules", number, "expr")), rule.expr) for number, rule in by_urgency(spec, alert)
        ]
    key = next(name for name in ("promql", "logql", "expr") if getattr(alert, name) is not None)
    return [(Place((*path, key)), query_of(alert))]
