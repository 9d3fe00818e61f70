"""Names, labels and their values, as the API of Kubernetes accepts them.

Sources: kubernetes.io/docs/concepts/overview/working-with-objects/names and …/labels.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

LONGEST = 63
"""Of a name here and of a label's value; an object may have 253, but becomes a label's value elsewhere."""

_LABEL = regex_on_use(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_OBJECT = regex_on_use(rf"{_LABEL.pattern}(\.{_LABEL.pattern})*")
_VALUE = regex_on_use(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_FOREIGN = regex_on_use(r"[^a-z0-9]+")
_LONGEST_PREFIX = 253


def check_namespace(text: str) -> None:
    """Raise LangError when the text is not a valid name of a namespace."""
    _check(text, _LABEL, LONGEST, "a namespace has lower-case letters, digits and dashes, at most 63")


def check_object_name(text: str) -> None:
    """Raise LangError when the text is not a valid name of an object."""
    rule = "an object's name has lower-case letters, digits, dashes and dots, at most 253"
    _check(text, _OBJECT, _LONGEST_PREFIX, rule)


def check_label_key(text: str) -> None:
    """Raise LangError when the text is not a valid label key."""
    prefix, slash, name = text.rpartition("/")
    if slash:
        check_object_name(prefix)
    rule = (
        "a label's key has letters, digits, `-`, `_` and `.`, at most 63, and may have a domain before a `/`"
    )
    _check(name, _VALUE, LONGEST, rule)
    if not name:
        raise LangError("there is no name here", (0, len(text)), rule)


def check_label_value(text: str) -> None:
    """Raise LangError when the text is not a valid label value."""
    _check(text, _VALUE, LONGEST, "a label's value has letters, digits, `-`, `_` and `.`, at most 63")


def object_names(keys: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """A name for the object of each key, which no other one has.

    It is the key in lower case, with dashes; one that had to be cut, or that others would have as well, ends
    with the checksum of the key, so that it does not change with their order.
    """
    plain = {key: _FOREIGN.sub("-", _ascii("-".join(key))).strip("-") for key in keys}
    taken = Counter(plain.values())
    return {
        key: name if name and len(name) <= LONGEST and taken[name] == 1 else _with_checksum(name, key)
        for key, name in plain.items()
    }


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()


def _with_checksum(name: str, key: tuple[str, ...]) -> str:
    checksum = f"{zlib.crc32('/'.join(key).encode()):08x}"
    return "-".join(part for part in (name[: LONGEST - len(checksum) - 1].strip("-"), checksum) if part)


def _check(text: str, pattern: re.Pattern[str], longest: int, rule: str) -> None:
    if len(text) > longest or pattern.fullmatch(text) is None:
        raise LangError(f"`{text}` is not allowed by Kubernetes here", (0, len(text)), rule)
