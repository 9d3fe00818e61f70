"""Regular expressions of RE2 as trees, as far as a set of whole texts is described by them."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

from tocsin.lang.automata.charsets import (
    DIGIT,
    LAST,
    NEWLINE,
    POSIX,
    SPACE,
    WORD,
    Ranges,
    category,
    complement_of,
    fold_case,
    size,
    union_of,
)
from tocsin.lang.regexes import matches_whole
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object


class UnsupportedError(ValueError):
    """The expression has a part that no set of texts here can tell, such as `\\b`."""


@value_object
class Chars:
    """One character of a set."""

    ranges: Ranges


@value_object
class Sequence:
    """One after the other."""

    parts: tuple[Tree, ...]


@value_object
class Choice:
    """Any of them."""

    parts: tuple[Tree, ...]


@value_object
class Repeat:
    """One several times; without `most` as often as you like."""

    part: Tree
    least: int
    most: int | None


@value_object
class Edge:
    """The beginning or the end of the text."""

    at_end: bool


Tree = Chars | Sequence | Choice | Repeat | Edge

_REPEAT = regex_on_use(r"\{(\d+)(?:(,)(\d*))?\}")
_SIMPLE = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_CLASSES = {"d": DIGIT, "w": WORD, "s": SPACE}
_GROUP = regex_on_use(r"\?(?:P?<[^>]*>|(?P<flags>[imsU]*(?:-[imsU]*)?)(?P<end>[:)]))")
_HEX = regex_on_use(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})")
_UNICODE = regex_on_use(r"[pP](?:([A-Z])|\{(\^?)([A-Za-z]+)\})")
_FEW = 64


@lru_cache(maxsize=4096)
def parse(pattern: str) -> Tree:
    """The tree of a valid pattern."""
    return _Parser(pattern).whole()


@lru_cache(maxsize=4096)
def finite_texts(pattern: str, limit: int = 256) -> tuple[str, ...] | None:
    """All texts that match the whole pattern, when there are few of them; None when there are many."""
    try:
        texts = _texts(parse(pattern), limit)
    except UnsupportedError:
        return None
    if texts is None:
        return None
    return tuple(text for text in dict.fromkeys(texts) if matches_whole(pattern, text, dot_is_any=False))


@lru_cache(maxsize=4096)
def known_ends(pattern: str) -> tuple[str, str]:
    """How every text that matches begins and ends, as far as the pattern says it in so many letters."""
    try:
        tree = parse(pattern)
    except UnsupportedError:
        return "", ""
    parts = tree.parts if isinstance(tree, Sequence) else (tree,)
    return _letters(parts), _letters(parts[::-1])[::-1]


def _letters(parts: tuple[Tree, ...]) -> str:
    found = []
    for part in parts:
        if not isinstance(part, Chars) or size(part.ranges) != 1:
            break
        found.append(chr(part.ranges[0][0]))
    return "".join(found)


def _texts(tree: Tree, limit: int) -> list[str] | None:
    if isinstance(tree, Edge):
        return [""]
    if isinstance(tree, Chars):
        if size(tree.ranges) > min(limit, _FEW):
            return None
        return [chr(code) for first, last in tree.ranges for code in range(first, last + 1)]
    if isinstance(tree, Choice):
        found: list[str] = []
        for part in tree.parts:
            texts = _texts(part, limit)
            if texts is None or len(found) + len(texts) > limit:
                return None
            found += texts
        return found
    if isinstance(tree, Repeat):
        if tree.most is None:
            return None
        texts = _texts(tree.part, limit)
        if texts is None:
            return None
        found = []
        for count in range(tree.least, tree.most + 1):
            more = _joined([texts] * count, limit - len(found))
            if more is None:
                return None
            found += more
        return found
    parts: list[list[str]] = []
    for part in tree.parts:
        texts = _texts(part, limit)
        if texts is None:
            return None
        parts.append(texts)
    return _joined(parts, limit)


def _joined(parts: list[list[str]], limit: int) -> list[str] | None:
    count = 1
    for part in parts:
        count *= len(part)
        if count > limit:
            return None
    return ["".join(texts) for texts in product(*parts)]


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._fold = False
        self._dot_is_any = False
        self._lines = False

    def whole(self) -> Tree:
        tree = self._choice()
        if self._at < len(self._text):
            raise UnsupportedError(f"`{self._text[self._at :]}` cannot be read")
        return tree

    def _choice(self) -> Tree:
        parts = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Tree:
        parts: list[Tree] = []
        while (sign := self._peek()) and sign not in "|)":
            if self._text.startswith("\\Q", self._at):
                parts += self._quoted()
                continue
            part = self._atom()
            if part is not None:
                parts.append(self._repeated(part))
        return Sequence(tuple(parts))

    def _quoted(self) -> list[Tree]:
        end = self._text.find("\\E", self._at)
        text = self._text[self._at + 2 : end if end >= 0 else len(self._text)]
        self._at = len(self._text) if end < 0 else end + 2
        return [self._chars(((ord(char), ord(char)),)) for char in text]

    def _repeated(self, part: Tree) -> Tree:
        while sign := self._peek():
            if sign in "*+?":
                self._at += 1
                least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
            elif match := _REPEAT.match(self._text, self._at):
                self._at = match.end()
                least = int(match[1])
                most = least if not match[2] else int(match[3]) if match[3] else None
            else:
                break
            if self._peek() == "?":
                self._at += 1
            part = Repeat(part, least, most)
        return part

    def _atom(self) -> Tree | None:
        sign = self._text[self._at]
        self._at += 1
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._chars(self._class())
        if sign == ".":
            return Chars(((0, LAST),) if self._dot_is_any else complement_of(NEWLINE))
        if sign in "^$":
            if self._lines:
                raise UnsupportedError("an anchor of lines")
            return Edge(sign == "$")
        if sign == "\\":
            return self._escape()
        return self._chars(((ord(sign), ord(sign)),))

    def _group(self) -> Tree | None:
        match = _GROUP.match(self._text, self._at)
        if match is None and self._peek() == "?":
            raise UnsupportedError("a kind of group")
        before = self._fold, self._dot_is_any, self._lines
        if match is not None:
            self._at = match.end()
            if match["flags"] is not None:
                self._set(match["flags"])
                if match["end"] == ")":
                    return None
        tree = self._choice()
        self._at += 1
        self._fold, self._dot_is_any, self._lines = before
        return tree

    def _set(self, flags: str) -> None:
        on, _, off = flags.partition("-")
        for letters, value in ((on, True), (off, False)):
            self._fold = value if "i" in letters else self._fold
            self._dot_is_any = value if "s" in letters else self._dot_is_any
            self._lines = value if "m" in letters else self._lines

    def _escape(self) -> Tree:
        sign = self._peek()
        if sign in ("A", "z"):
            self._at += 1
            return Edge(sign == "z")
        if sign in ("b", "B", "C"):
            raise UnsupportedError(f"\\{sign}")
        return self._chars(self._escaped())

    def _escaped(self) -> Ranges:
        """The characters that the escape after a backslash stands for."""
        sign = self._text[self._at : self._at + 1]
        if sign.lower() in _CLASSES:
            self._at += 1
            return _CLASSES[sign] if sign in _CLASSES else complement_of(_CLASSES[sign.lower()])
        if match := _UNICODE.match(self._text, self._at):
            self._at = match.end()
            ranges = category(match[1] or match[3])
            if ranges is None:
                raise UnsupportedError(f"\\{match[0]}")
            return complement_of(ranges) if (match[0][0] == "P") != bool(match[2]) else ranges
        if match := _HEX.match(self._text, self._at):
            self._at = match.end()
            code = int(match[1] or match[2], 16)
        elif match := regex_on_use(r"0[0-7]{0,2}|[1-7][0-7]{1,2}").match(self._text, self._at):
            self._at = match.end()
            code = int(match[0], 8)
        else:
            self._at += 1
            code = _SIMPLE.get(sign, ord(sign) if sign else 92)
        return ((code, code),)

    def _class(self) -> Ranges:
        negative = self._peek() == "^"
        self._at += negative
        parts: list[Ranges] = []
        first = True
        while first or self._peek() != "]":
            if not self._peek():
                raise UnsupportedError("a class that is never closed")
            first = False
            low = self._member()
            if (
                self._peek() == "-"
                and self._text[self._at + 1 : self._at + 2] not in ("]", "")
                and len(low) == 1
                and low[0][0] == low[0][1]
            ):
                self._at += 1
                low = ((low[0][0], self._member()[0][1]),)
            parts.append(low)
        self._at += 1
        ranges = union_of(*parts)
        ranges = fold_case(ranges) if self._fold else ranges
        return complement_of(ranges) if negative else ranges

    def _member(self) -> Ranges:
        if self._text.startswith("[:", self._at) and (end := self._text.find(":]", self._at)) > 0:
            name = self._text[self._at + 2 : end]
            self._at = end + 2
            ranges = POSIX.get(name.removeprefix("^"))
            if ranges is None:
                raise UnsupportedError(f"[:{name}:]")
            return complement_of(ranges) if name.startswith("^") else ranges
        sign = self._text[self._at]
        self._at += 1
        return self._escaped() if sign == "\\" else ((ord(sign), ord(sign)),)

    def _chars(self, ranges: Ranges) -> Chars:
        return Chars(fold_case(ranges) if self._fold else ranges)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]
