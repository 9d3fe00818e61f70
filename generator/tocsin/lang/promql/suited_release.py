"""The Prometheus that queries and templates are for, as far as they say it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.promql.releases import ASSUMED, FEATURES, OLDEST, additions, why_refused
from tocsin.lang.releases import release
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable


@value_object
class SuitedRelease:
    """A release, and what has to be enabled in it."""

    version: str
    features: tuple[str, ...]


USUAL = SuitedRelease(ASSUMED, ())


def suited_release(queries: Iterable[str], functions: Iterable[str]) -> SuitedRelease | None:
    """The release that takes all queries, the assumed one if it does; None where there is none.

    `functions` are the releases that brought functions of templates. LangError for what is no query.
    """
    found = {one for text in queries for one in additions(text)}
    since = {*functions, *(one.since for one in found)}
    for version in _in_order({*since, *(one.stable for one in found if one.stable is not None)}):
        refusals = [why_refused(one, version, frozenset(FEATURES)) for one in found]
        if any(refusals) or any(release(one) > release(version) for one in since):
            continue
        enabled = {one.feature for one in found if why_refused(one, version, frozenset()) == "feature"}
        return SuitedRelease(version, tuple(name for name in FEATURES if name in enabled))
    return None


def _in_order(versions: Iterable[str]) -> list[str]:
    """The assumed release, newer ones from the oldest on, then older ones."""
    known = {one for one in versions if release(one) >= release(OLDEST)} | {OLDEST, ASSUMED}
    ordered = sorted(known, key=release)
    at = ordered.index(ASSUMED)
    return [*ordered[at:], *reversed(ordered[:at])]
