"""What is said of the values of a spec that are left empty, and not said of what follows from them."""

from __future__ import annotations

import re
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any

from tocsin.diagnostics.fix import Fix, quoting_fix
from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.source.document import Span
from tocsin.source.empty import COMMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.source.empty import EmptyValue


def without_values(data: Any, empty: Iterable[EmptyValue]) -> Any:
    """The data without the keys that hold nothing; items of lists stay: the others keep their places."""
    for one in empty:
        if one.key is not None:
            *above, name = one.path
            reduce(getitem, above, data).pop(name, None)
    return data


def empty_value_diagnostics(empty: Iterable[EmptyValue], details: Iterable[Any]) -> Iterator[Diagnostic]:
    """The findings about empty values; the details are what the validator says of the data without them."""
    required = {tuple(detail["loc"]) for detail in details if detail["type"] == "missing"}
    needing = {tuple(detail["loc"]) for detail in details}
    for one in empty:
        yield _diagnostic(one, is_needed=one.path in required or one.path[:-1] in needing)


def follows_from_empty(detail: Any, empty: Iterable[EmptyValue]) -> bool:
    """Whether what the validator says of the data only follows from a value that is empty."""
    loc = tuple(detail["loc"])
    return any(loc[: len(one.path)] == one.path or loc == one.path[:-1] for one in empty)


def _diagnostic(empty: EmptyValue, *, is_needed: bool) -> Diagnostic:
    split = _split_number(empty)
    if split is not None:
        message = (
            f"a comma ends a value inside of braces, so `{empty.key.text if empty.key else ''}` is a key"
        )
        return Diagnostic(
            "spec/empty-value", Level.ERROR, message, split.span, help=f"write `{split.text}`", fix=split
        )
    if empty.is_comment:
        help_ = f"put the value in quotes: `{empty.quoted}`"
    elif empty.key is None:
        help_ = "write a value, or take the `-` away"
    else:
        help_ = f"write a value after `{empty.key.text}:`" + ("" if is_needed else ", or take the key away")
    label = COMMENT if empty.is_comment else ""
    fix = quoting_fix(empty.comment_value)
    return Diagnostic("spec/empty-value", Level.ERROR, empty.message, empty.span, label, help=help_, fix=fix)


def _split_number(empty: EmptyValue) -> Fix | None:
    """The number with a decimal comma whose fraction has become a key, as in `{above: 1,5%}`."""
    if empty.key is None:
        return None
    key, text = empty.key.span, empty.key.span.document.text
    found = re.search(r"[0-9]+,$", text[max(key.start - 20, 0) : key.start])
    if found is None or not re.match(r"[0-9]", text[key.start :][:1]):
        return None
    span = Span(key.document, key.start - len(found[0]), key.end)
    return Fix(span, found[0].replace(",", ".") + text[key.start : key.end], is_safe=True)
