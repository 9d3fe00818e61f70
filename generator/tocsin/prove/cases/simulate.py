"""What an alerting rule does over a whole test, step by step: pending, firing, resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.prove.witness.evaluate.elements import UNSURE, key_of, without_name
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.lang.promql.ast import Node
    from tocsin.prove.witness.clock import Clock
    from tocsin.prove.witness.evaluate import Evaluator


@value_object
class AlertTiming:
    """How long a rule waits, in seconds."""

    hold: float
    keep: float
    """`keep_firing_for`."""


@value_object
class Course:
    """At each step, whether the expression has a result, and whether the alert fires."""

    active: tuple[bool, ...]
    firing: tuple[bool, ...]
    sure: bool
    """Whether no result hung on the rounding of a number."""


def simulate_alert(tree: Node, evaluator: Evaluator, clock: Clock, steps: int, timing: AlertTiming) -> Course:
    """The course of an alert over the steps of a test (rules/alerting.go: Eval of Prometheus 3.5)."""
    since: dict[object, int] = {}
    fired: set[object] = set()
    gone: dict[object, int] = {}
    active: list[bool] = []
    firing: list[bool] = []
    sure = True
    key: object
    for step in range(steps + 1):
        now = step * clock.step
        vector = evaluator.vector(tree, clock.moment(step))
        there = {key_of(without_name(element.labels)) for element in vector if element.appear == 0}
        sure = sure and not any(
            0 < element.appear <= 2 * UNSURE or (element.appear == 0 and element.vanish <= UNSURE)
            for element in vector
        )
        for key in there:
            since.setdefault(key, now)
            gone.pop(key, None)
            if now - since[key] >= timing.hold:
                fired.add(key)
        for key in [key for key in since if key not in there]:
            gone.setdefault(key, now)
            if key not in fired or now - gone[key] >= timing.keep:
                del since[key]
                fired.discard(key)
                gone.pop(key, None)
        active.append(bool(there))
        firing.append(bool(fired))
    return Course(tuple(active), tuple(firing), sure)


def first_step(values: Sequence[bool], wanted: bool, start: int = 0) -> int | None:
    """The first step from `start` on with a value; None where there is none."""
    return next((index for index in range(start, len(values)) if values[index] is wanted), None)
