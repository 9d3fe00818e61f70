"""Exceptions of objectives for values of a label: indicators without it, and what changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.burn.queries import Events, ReadyShare, indicator_queries
from tocsin.compile.burn.series import BASE
from tocsin.compile.label_parts import label_sets, parts_of
from tocsin.diagnostics.problem import Problem, of_language
from tocsin.lang.errors import LangError
from tocsin.lang.logql.restrict import restrict_log_query
from tocsin.lang.promql.restrict import restrict_query
from tocsin.source.place import Place
from tocsin.spec.exceptions import BRANCHES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.listed_labels import LabelSets
    from tocsin.spec.model import Spec
    from tocsin.spec.slos import Slo

    Path = tuple[str | int, ...]


def impossible_slo_exceptions(spec: Spec) -> Iterator[Problem]:
    """What is wrong with exceptions by labels of objectives."""
    for name, slo in spec.slos.items():
        if not slo.branches:
            continue
        path: Path = ("slos", name)
        if slo.burn is None:
            yield Problem(
                "except/no-change",
                "this exception changes nothing: without `burn` the objective has no alerts of its own",
                Place((*path, BRANCHES, 0, "where"), key=True),
                help="write `burn:` in the objective, or take the exception away",
            )
            continue
        for number, sets in parts_of(slo.branches):
            if number is not None and not sets:
                message = "nothing reaches this exception: those before it take all of its values"
                place = Place((*path, BRANCHES, number, "where"), key=True)
                yield Problem("except/unreached", message, place, help="remove it, or write it before them")
        yield from _lost_labels(slo, path)


def _lost_labels(slo: Slo, path: Path) -> Iterator[Problem]:
    """Queries of an indicator that do not return the labels of an exception."""
    restrict = restrict_query if slo.ratio is None or slo.ratio.engine == "prometheus" else restrict_log_query
    for number, branch in enumerate(slo.branches):
        sets = label_sets(branch.where)
        at = Place((*path, BRANCHES, number, "where"), key=True)
        for text, place in _queries(slo, path):
            try:
                if restrict(text, sets) is not None:
                    continue
            except LangError as error:
                if place is None:
                    yield Problem("except/label-lost", error.reason, at, help=_by(sets))
                else:
                    yield of_language("except/label-lost", error, place)
                return
            message = "nothing reaches this exception: the indicator has no such values"
            yield Problem("except/unreached", message, at, help="correct the values, or remove it")
            return


def _queries(slo: Slo, path: Path) -> Iterator[tuple[str, Place | None]]:
    """The queries of an indicator, each with its place where it is as its author wrote it."""
    if slo.ratio is not None:
        for key in ("share", "total", "good", "bad"):
            text: str | None = getattr(slo.ratio, key)
            if text is not None:
                yield text, Place((*path, "ratio", key))
        return
    try:
        found = indicator_queries(slo)
    except LangError:
        return  # Reported where the limit is.
    if isinstance(found, Events):
        yield found.total(BASE), None
    elif found is not None and not isinstance(found, ReadyShare):
        yield found.total, None


def _by(sets: LabelSets) -> str:
    return f"let the indicator have these labels, as with `by: [{', '.join(sorted(sets))}]`"
