"""Work gives the same results in the same order, however many processes share it out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import pytest

from tocsin.parallel import parallel_map, parallel_results, useful_processes

HERE = os.getpid()


@dataclass(frozen=True, slots=True)
class Pair:
    left: int
    right: str


@dataclass(frozen=True, slots=True)
class Single:
    only: tuple[Pair, ...]


@dataclass(slots=True)
class Counted:
    text: str
    length: int = field(init=False)

    def __post_init__(self) -> None:
        self.length = len(self.text)


def _work(number: int) -> tuple[object, ...]:
    pair = Pair(number, "x" * (number % 7))
    return pair, Single((pair, pair)), Counted(str(number)), {"number": number}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 500, 5000])
@pytest.mark.parametrize("processes", [1, 2, 3])
def test_the_results_come_in_the_order_of_the_items(count: int, processes: int) -> None:
    items = range(count)
    results = parallel_map(_work, items, processes)
    assert results == [_work(item) for item in items]
    assert [*parallel_results(_work, items, processes)] == results
    assert all(single.only[0] is single.only[1] for _, single, *_ in results if isinstance(single, Single))


@pytest.mark.parametrize("first", [0, 20])
def test_a_process_that_dies_is_replaced(first: int) -> None:
    def work(number: int) -> int:
        if os.getpid() != HERE and number >= first:
            os.kill(os.getpid(), 9)
        return number * 2

    assert parallel_map(work, range(40), 3) == list(range(0, 80, 2))


def test_an_error_is_raised_here_whoever_met_it_first() -> None:
    def work(number: int) -> int:
        if number == 30:
            raise ValueError("thirty")
        return number

    with pytest.raises(ValueError, match="thirty"):
        parallel_map(work, range(40), 2)


def test_an_error_ends_a_process_that_has_much_to_send() -> None:
    def work(number: int) -> str:
        if os.getpid() == HERE and number > 20:
            raise ValueError("twenty")
        return str(number) * 1_000_000

    with pytest.raises(ValueError, match="twenty"):
        parallel_map(work, range(60), 2)


def test_a_process_of_which_nobody_wants_more_results_is_ended() -> None:
    results = parallel_results(lambda number: (number, os.getpid()), range(5000), 2)
    others = {process for _, process in (next(results) for _ in range(4000))} - {HERE}
    results.close()
    for process in others:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_there_are_as_many_processes_as_have_enough_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(16), raising=False)
    sizes = (0, 99, 100, 150, 200, 100_000)
    assert [useful_processes(size, 100) for size in sizes] == [1, 1, 2, 3, 4, 8]
    assert useful_processes(100_000, 100, 3) == 3
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(1), raising=False)
    assert useful_processes(100_000, 100) == 1
