"""Which alerts of an expression fire at a moment, by their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.prove.witness.evaluate.elements import UNSURE, key_of, without_name

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Node
    from tocsin.prove.witness.evaluate import Evaluator

Key = tuple[tuple[str, str], ...]
Outcome = frozenset[Key]

_MOST_CHECKED = 24
NOTHING: Outcome = frozenset()


def firing_at(
    tree: Node, evaluator: Evaluator, step: int, at: int, hold: int, *, exact: bool = False
) -> Outcome | None:
    """The alerts that fire after `at` steps when what holds has to hold for `hold` steps.

    None where that hangs on the rounding of a number; `exact` says that none is rounded. Of many steps,
    some are looked at. EvaluationError and LimitError as the evaluator has them.
    """
    if at < hold:
        return NOTHING
    surely: set[Key] | None = None
    perhaps: set[Key] = set()
    for moment in _moments(at, hold):
        there: set[Key] = set()
        near: set[Key] = set()
        for element in evaluator.vector(tree, moment * step * 1000):
            if element.appear == 0:
                key = key_of(without_name(element.labels))
                if key in there or key in near:
                    return None
                if exact or element.vanish > UNSURE:
                    there.add(key)
                else:
                    near.add(key)
            elif not exact and element.appear <= 2 * UNSURE:
                near.add(key_of(without_name(element.labels)))
        surely = there if surely is None else surely & there
        perhaps = there | near if moment == at else perhaps & (there | near)
        if not perhaps:
            return NOTHING
    return frozenset(surely or ()) if surely == perhaps else None


def _moments(at: int, hold: int) -> list[int]:
    """The last moment, then from the first on those at which the expression has to hold."""
    stride = hold // _MOST_CHECKED + 1
    return list(dict.fromkeys((at, at - hold, *range(at - hold, at, stride), at - 1 if hold else at)))
