"""Values that a regular expression matches: samples of any, and all of them where they are few.

The reader knows the common part of RE2's syntax. What it does not know it reads as well as it can, so each
sample is checked by RE2 itself.
"""

from __future__ import annotations

import itertools
import string
from typing import TYPE_CHECKING

from tocsin.lang.regexes import matches_whole
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLASSES = {
    "d": string.digits,
    "w": "a1_" + string.ascii_letters + string.digits,
    "s": " ",
    "D": "a-" + string.ascii_letters,
    "W": "-. ",
    "S": "a1-" + string.ascii_letters,
}
_ANY = "a" + string.ascii_lowercase + string.digits + "-_./: " + string.ascii_uppercase
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_DEEPEST = 60
_MOST = 64


@value_object
class _Chars:
    chars: str
    complete: bool
    """Whether these are all the characters that it matches."""


@value_object
class _Sequence:
    parts: tuple[_Part, ...]


@value_object
class _Choice:
    options: tuple[_Part, ...]


@value_object
class _Repeat:
    part: _Part
    least: int
    most: int | None


_Part = _Chars | _Sequence | _Choice | _Repeat


def regex_samples(pattern: str) -> tuple[str, ...]:
    """Some values that match, the plainest first, each checked; none where the reader finds none."""
    part = _Reader(pattern).read()
    found = dict.fromkeys(itertools.islice(_values(part), 4 * _MOST))
    return tuple(itertools.islice((value for value in found if matches_whole(pattern, value)), _MOST))


def all_values(pattern: str) -> frozenset[str] | None:
    """Every value that matches, where these are few and the reader is sure; else None."""
    reader = _Reader(pattern)
    part = reader.read()
    if not reader.sure or not _is_finite(part):
        return None
    found = set(itertools.islice(_values(part), _MOST * 4 + 1))
    return frozenset(found) if len(found) <= _MOST * 4 else None


def _is_finite(part: _Part) -> bool:
    match part:
        case _Chars():
            return part.complete
        case _Sequence():
            return all(_is_finite(inner) for inner in part.parts)
        case _Choice():
            return all(_is_finite(inner) for inner in part.options)
        case _Repeat():
            return part.most is not None and part.most <= 1 and _is_finite(part.part)


def _values(part: _Part) -> Iterator[str]:
    match part:
        case _Chars():
            yield from part.chars
        case _Choice():
            yield from _in_turn([_values(option) for option in part.options])
        case _Repeat():
            counts = range(part.least, (part.most if part.most is not None else part.least + 3) + 1)
            for count in itertools.islice((c for c in counts if c or part.most == 0), 3):
                yield from _joined([part.part] * min(count, _MOST))
            if part.least == 0:
                yield ""
        case _Sequence():
            yield from _joined(part.parts)


def _joined(parts: tuple[_Part, ...] | list[_Part]) -> Iterator[str]:
    pools = [list(itertools.islice(_values(part), 8 if len(parts) > 1 else _MOST * 4)) for part in parts]
    if len(parts) > 1:
        total = 1
        for part, pool in zip(parts, pools, strict=True):
            pool.extend(itertools.islice(_values(part), 8, _MOST)) if total < 16 else None
            total *= max(1, len(pool))
    for chosen in itertools.product(*reversed(pools)):
        yield "".join(reversed(chosen))


def _in_turn(sources: list[Iterator[str]]) -> Iterator[str]:
    while sources:
        for source in list(sources):
            value = next(source, None)
            if value is None:
                sources.remove(source)
            else:
                yield value


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0
        self.sure = True

    def read(self) -> _Part:
        part = self._choice()
        if self._at < len(self._text):
            self.sure = False
        return part

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _take(self) -> str:
        sign = self._peek()
        self._at += 1
        return sign

    def _choice(self) -> _Part:
        self._depth += 1
        options = [self._sequence()]
        while self._peek() == "|":
            self._take()
            options.append(self._sequence())
        self._depth -= 1
        return options[0] if len(options) == 1 else _Choice(tuple(options))

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self._peek() not in ("", "|", ")"):
            part = self._atom()
            if part is not None:
                parts.append(self._repeated(part))
        return _Sequence(tuple(parts))

    def _atom(self) -> _Part | None:
        sign = self._take()
        if sign in "^$":
            return None
        if sign == ".":
            return _Chars(_ANY, complete=False)
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        return _Chars(sign, complete=True)

    def _group(self) -> _Part:
        if self._text.startswith("?", self._at):
            end = min((i for i in (self._text.find(c, self._at) for c in ":>)") if i >= 0), default=self._at)
            flags = self._text[self._at + 1 : end]
            self.sure = self.sure and not (flags and not flags.startswith(("P<", "<")))
            self._at = end
            if self._take() == ")":
                return _Sequence(())
        if self._depth > _DEEPEST:
            self.sure = False
            self._at = len(self._text)
            return _Sequence(())
        inner = self._choice()
        if self._peek() == ")":
            self._take()
        return inner

    def _escape(self) -> _Part | None:
        sign = self._take()
        if sign in _CLASSES:
            return _Chars(_CLASSES[sign], complete=sign == "d")
        if sign in "bAzBQE" or not sign:
            self.sure = False
            return None
        if sign in "pPxuC" or sign.isdigit():
            self.sure = False
        return _Chars(_CONTROL.get(sign, sign), complete=True)

    def _class(self) -> _Part:
        negated = self._peek() == "^"
        if negated:
            self._take()
        chars: list[str] = []
        first = True
        while self._peek() and (self._peek() != "]" or first):
            first = False
            sign = self._take()
            if sign == "[" and self._peek() == ":":
                end = self._text.find(":]", self._at)
                self._at = end + 2 if end >= 0 else len(self._text)
                self.sure = False
                chars.extend("a1")
                continue
            if sign == "\\":
                sign = self._take()
                if sign in _CLASSES:
                    self.sure = self.sure and sign == "d"
                    chars.extend(_CLASSES[sign])
                    continue
                sign = _CONTROL.get(sign, sign)
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._take()
                last = self._take()
                last = self._take() if last == "\\" else last
                chars.extend(chr(code) for code in range(ord(sign), min(ord(last), ord(sign) + 200) + 1))
                continue
            chars.append(sign)
        self._take()
        if negated:
            return _Chars("".join(c for c in _ANY if c not in chars), complete=False)
        return _Chars("".join(dict.fromkeys(chars)), complete=True)

    def _repeated(self, part: _Part) -> _Part:
        while self._peek() in ("*", "+", "?", "{"):
            bounds = self._bounds()
            if bounds is None:
                return part
            part = _Repeat(part, *bounds)
        return part

    def _bounds(self) -> tuple[int, int | None] | None:
        sign = self._peek()
        if sign == "{":
            end = self._text.find("}", self._at)
            least, comma, most = self._text[self._at + 1 : end].partition(",")
            if end < 0 or not least.isdigit() or (most and not most.isdigit()):
                self.sure = False
                self._at += 1
                return None
            self._at = end + 1
            return int(least), (int(most) if most else None) if comma else int(least)
        self._take()
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
