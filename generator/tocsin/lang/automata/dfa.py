"""A pattern as an automaton whose states are made as they are reached."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.automata.syntax import Chars, Choice, Edge, Repeat, Tree, UnsupportedError, parse

if TYPE_CHECKING:
    from tocsin.lang.automata.charsets import Ranges

_MOST_STATES = 20_000
_MANIFOLD, _FREE_STATES = 2, 500
_MOST_TRIED = 20_000


class Automaton:
    """Deterministic states of one pattern; 0 is the first one, and a state that leads nowhere is dead."""

    def __init__(self, tree: Tree) -> None:
        self._free: list[list[int]] = []
        self._edges: list[list[tuple[bool, int]]] = []
        self._chars: list[tuple[Ranges, int] | None] = []
        start = self._state()
        self._end = self._state()
        self._build(tree, start, self._end)
        self._sets: list[frozenset[int]] = []
        self._numbers: dict[frozenset[int], int] = {}
        self._steps: dict[tuple[int, int], int] = {}
        self._accepting: list[bool] = []
        borders = {0}
        for entry in self._chars:
            for first, last in entry[0] if entry else ():
                borders |= {first, last + 1}
        self.borders = tuple(sorted(borders))
        """The code points at which another class of characters begins."""
        self._number(self._closure({start}, at_start=True))

    def step(self, state: int, code: int) -> int:
        """The state after a character."""
        piece = bisect_right(self.borders, code) - 1
        key = (state, piece)
        if key not in self._steps:
            after = {
                entry[1]
                for one in self._sets[state]
                if (entry := self._chars[one]) is not None
                and any(first <= code <= last for first, last in entry[0])
            }
            self._steps[key] = self._number(self._closure(after, at_start=False))
        return self._steps[key]

    def accepts(self, state: int) -> bool:
        """Whether a text that ends here matches."""
        return self._accepting[state]

    def dead(self, state: int) -> bool:
        """Whether no text that goes on from here matches."""
        return not self._sets[state]

    def explodes(self) -> bool:
        """Whether there are so many states that no search through them ends in time.

        Patterns such as `.*a.{20}` have a state for every combination of the last 20 characters. How much is
        tried depends on the pattern alone, and so does the answer.
        """
        most = _MANIFOLD * len(self._free) + _FREE_STATES
        reached, steps = 0, 0
        while reached < len(self._sets) <= most and steps < _MOST_TRIED:
            for code in self.borders:
                self.step(reached, code)
            steps += len(self.borders)
            reached += 1
        return len(self._sets) > most

    def _state(self) -> int:
        self._free.append([])
        self._edges.append([])
        self._chars.append(None)
        if len(self._free) > _MOST_STATES:
            raise UnsupportedError("a pattern with so many repetitions")
        return len(self._free) - 1

    def _build(self, tree: Tree, start: int, end: int) -> None:
        if isinstance(tree, Chars):
            inner = self._state()
            self._free[start].append(inner)
            self._chars[inner] = (tree.ranges, end)
        elif isinstance(tree, Edge):
            self._edges[start].append((tree.at_end, end))
        elif isinstance(tree, Choice):
            for part in tree.parts:
                self._build(part, start, end)
        elif isinstance(tree, Repeat):
            self._repeat(tree, start, end)
        else:
            for part in tree.parts:
                after = self._state()
                self._build(part, start, after)
                start = after
            self._free[start].append(end)

    def _repeat(self, tree: Repeat, start: int, end: int) -> None:
        for _ in range(tree.least):
            after = self._state()
            self._build(tree.part, start, after)
            start = after
        if tree.most is None:
            loop = self._state()
            self._free[start].append(loop)
            self._build(tree.part, loop, loop)
            self._free[loop].append(end)
            return
        for _ in range(tree.most - tree.least):
            self._free[start].append(end)
            after = self._state()
            self._build(tree.part, start, after)
            start = after
        self._free[start].append(end)

    def _closure(self, states: set[int], *, at_start: bool, at_end: bool = False) -> frozenset[int]:
        found, waiting = set(states), list(states)
        while waiting:
            one = waiting.pop()
            after = [*self._free[one]]
            after += [target for ends, target in self._edges[one] if (at_end if ends else at_start)]
            for target in after:
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        # An anchor of the end is kept open for the moment when the text ends.
        return frozenset(
            one for one in found if self._chars[one] is not None or self._edges[one] or one == self._end
        )

    def _number(self, states: frozenset[int]) -> int:
        if states not in self._numbers:
            self._numbers[states] = len(self._sets)
            self._sets.append(states)
            # The text may be empty only where it begins, so its start counts for the first state alone.
            at_start = len(self._sets) == 1
            self._accepting.append(self._end in self._closure(set(states), at_start=at_start, at_end=True))
        return self._numbers[states]


@lru_cache(maxsize=2048)
def automaton(pattern: str) -> Automaton | None:
    """The automaton of a pattern, None where it has too many states; UnsupportedError where there is none."""
    found = Automaton(parse(pattern))
    return None if found.explodes() else found
