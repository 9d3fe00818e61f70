"""What `.gitattributes` says of files: `linguist-generated` and `linguist-vendored`.

Source: gitattributes(5), gitignore(5) for its patterns, and the overrides of github-linguist.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tocsin.source.origin import Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS = {"linguist-generated": OriginKind.GENERATED, "linguist-vendored": OriginKind.VENDORED}
_ON = frozenset({"", "true", "1"})
_OFF = frozenset({"false", "0"})


def attributed_origin(text: str, path: str) -> tuple[bool, Origin | None]:
    """Whether the attributes say something of a file, and its origin; None where they say it has none.

    `text` is that of a `.gitattributes`, and `path` is relative to the folder in which it stands. Of several
    lines about one attribute the last holds.
    """
    said: dict[OriginKind, bool] = {}
    for pattern, attribute in _attributes(text):
        name, _, value = attribute.lstrip("-!").partition("=")
        kind = _KINDS.get(name)
        if kind is None or not _matches(pattern, path):
            continue
        if attribute.startswith("!"):
            said.pop(kind, None)
        elif attribute.startswith("-") or value in _OFF:
            said[kind] = False
        elif value in _ON:
            said[kind] = True
    kinds = (kind for kind, holds in said.items() if holds)
    found = next((Origin(kind, "as .gitattributes says") for kind in kinds), None)
    return bool(said), found


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    """Each pattern with each of its attributes; patterns in quotes are rare, and left alone."""
    for line in text.splitlines():
        pattern, *attributes = line.split() or [""]
        if pattern and not pattern.startswith(("#", '"', "[attr]")):
            yield from ((pattern, one) for one in attributes)


def _matches(pattern: str, path: str) -> bool:
    """Whether a pattern is that of a path; one without a slash is that of a file name anywhere."""
    if "/" not in pattern:
        return fnmatchcase(path.rpartition("/")[2], pattern)
    parts = path.split("/")
    # The numbers of parts of the path that the pattern so far may stand for: time grows with both lengths.
    ends = {0}
    wanted = pattern.lstrip("/").split("/")
    for at, part in enumerate(wanted, 1):
        if not ends:
            return False
        if part == "**":
            # At the end it stands for what is inside of a folder.
            ends = set(range(min(ends) + (at == len(wanted)), len(parts) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(parts) and fnmatchcase(parts[end], part)}
    return len(parts) in ends
