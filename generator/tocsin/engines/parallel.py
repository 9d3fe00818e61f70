"""Work on several engines at once that ends quickly when somebody interrupts it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.engines.stack import Stack

Item = TypeVar("Item")
Result = TypeVar("Result")
_AT_ONCE = 3


def side_by_side(stack: Stack, work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The results of some work in the order of its items; when it is interrupted, the stack is closed first.

    Without its programs everything that is still under way fails at once.
    """
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        return list(pool.map(work, items))
    except BaseException:
        stack.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
