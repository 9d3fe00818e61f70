"""The check of metrics whose names are slips of the names that other queries have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.checks.framework.rules_index import all_words, rules_index
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.checks.framework.plan_slice import Share

_WORD = re.compile(r"[A-Za-z]{5,}")
"""In shorter words, another order of letters makes another word: `form` and `from`."""


@check_shares("query/misspelt", Level.WARNING)
def misspelt(share: Share) -> Iterator[Finding]:
    """Two letters in the name of a metric have changed places, compared with what other queries ask for.

    Why:
        No error says that a metric does not exist: the query returns nothing, and the alert never fires.

    Fix:
        Write the name as the program has it.

    Bad:
        - alert: Long
          expr: queue_lenght > 1000
        - alert: Stuck
          expr: queue_length > 0 and delta(queue_length[30m]) == 0

    Good:
        - alert: Long
          expr: queue_length > 1000
        - alert: Stuck
          expr: queue_length > 0 and delta(queue_length[30m]) == 0
    """
    right: set[str] = set()
    for _, rule in rules_with_groups(share):
        told: set[str] = set()
        for part in promql_parts(rule.expr) if rule.engine is Engine.PROMETHEUS else ():
            name = part.name if isinstance(part, promql.Selector) else None
            if name is None or name in right or name in told:
                continue
            if not share.around.has(_slips, (name, "")):
                right.add(name)
                continue
            told.add(name)
            meant = next((one for one in _exchanged(name) if share.around.has(_slips, (name, one))), None)
            if meant is not None:
                yield Finding(
                    f"`{name}` is `{meant}` with two letters exchanged, for which other queries ask",
                    at=expr_piece(rule, (part.span[0], part.span[0] + len(name))),
                    help=f"write `{meant}`, if the program calls it so",
                    about=rule.place,
                )


def _exchanged(name: str) -> Iterator[str]:
    """The names of which one letter of a longer word has changed places with the next one."""
    for word in _WORD.finditer(name):
        for at in range(word.start(), word.end() - 1):
            if name[at] != name[at + 1]:
                yield f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}"


def _rarer(parts: Iterable[frozenset[tuple[str, ...]]]) -> frozenset[tuple[str, ...]]:
    """The names that are there less often than one that differs so: each with that one, and by itself."""
    places: dict[str, set[str]] = {}
    for name, place in all_words(parts):
        places.setdefault(name, set()).add(place)
    found: set[tuple[str, ...]] = set()
    for name, mine in places.items():
        for other in _exchanged(name):
            if len(places.get(other, ())) > len(mine):
                found |= {(name, ""), (name, other)}
    return frozenset(found)


@rules_index("metrics with two letters exchanged", _rarer)
def _slips(share: Share) -> frozenset[tuple[str, ...]]:
    """The metrics that rules ask for or record, each with the name of the rule and the part of its query."""
    found: set[tuple[str, ...]] = set()
    for _, rule in rules_with_groups(share):
        owner = rule.alert if isinstance(rule, Rule) else rule.record
        if isinstance(rule, Recording):
            found.add((rule.record, owner))
        parts = promql_parts(rule.expr) if rule.engine is Engine.PROMETHEUS else ()
        for number, part in enumerate(parts):
            if isinstance(part, promql.Selector) and part.name:
                found.add((part.name, f"{owner} {number}"))
    return frozenset(found)
