"""The parser's complaints about broken YAML, in plain words, with the usual cause."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tocsin.source.document import Span
from tocsin.source.indentation import indentation_advice
from tocsin.source.yaml_error import YamlError

if TYPE_CHECKING:
    from tocsin.source.document import Document

_GLUED = re.compile(r"""\s*(?:-\s+)*[\w./-]+:[^\s/:]""")
_BRACED = re.compile(r"""\s*(?:-\s+)*(?:[\w./-]+:\s+)?(?P<value>[{\[%@`].*)""")
_TABBED = re.compile(r" *\t")

_QUOTE_IT = "put the whole value in quotes"
_WORDS: tuple[tuple[str, str, str | None], ...] = (
    (
        "mapping values are not allowed",
        "a `: ` is not allowed here",
        "put a value that contains `: ` in quotes, or look at the indentation",
    ),
    (
        "block sequence entries are not allowed",
        "a list item cannot start here",
        "put the `-` on its own line, at the indentation of the list",
    ),
    (
        "unknown escape character",
        "this `\\` escape does not exist",
        "use single quotes, where `\\` has no meaning, or write `\\\\`",
    ),
    (
        "hexadecimal",
        "the escape needs hexadecimal digits",
        "use single quotes, where `\\` has no meaning, or write `\\\\`",
    ),
    (
        "could not find expected ':'",
        "a `:` is missing after this key",
        "write `key: value`, or look at the indentation",
    ),
    ("did not find expected ',' or ']'", "the list is not closed", "write a `,` or a `]`"),
    ("did not find expected ',' or '}'", "the mapping is not closed", "write a `,` or a `}`"),
    ("expected ',' or ']'", "the list is not closed", "write a `,` or a `]`"),
    ("expected ',' or '}'", "the mapping is not closed", "write a `,` or a `}`"),
    (
        "did not find expected key",
        "this does not fit the mapping around it",
        "look at the indentation and at the quotes",
    ),
    (
        "did not find expected '-' indicator",
        "this does not fit the list around it",
        "start it with `- `, or look at the indentation",
    ),
    (
        "expected <block end>",
        "this does not fit what is around it",
        "look at the indentation and at the quotes",
    ),
    ("tab character", "a tab cannot be used for indentation", "use spaces"),
    ("undefined tag handle", "the tag is not known", "take the tag away, or put the value in quotes"),
    ("undefined alias", "the alias refers to nothing", None),
)


_OF_LAYOUT = (
    *("mapping values are not allowed", "block sequence entries", "could not find expected ':'"),
    *("did not find expected key", "did not find expected '-'", "expected <block end>"),
)
"""Where the parser may have been misled by how a line is indented."""


def syntax_fault(document: Document, error: Any, shift: int) -> YamlError:
    """The fault for an error of the YAML parser; `shift` is added to its marks."""
    problem = str(getattr(error, "problem", None) or "")
    context = str(getattr(error, "context", None) or "")
    at = _offset(document, getattr(error, "problem_mark", None), shift)
    opened = _offset(document, getattr(error, "context_mark", None), shift)
    if at is None:
        at = opened if opened is not None else len(document.text)
    if "end of stream" in problem and "quoted" in context and opened is not None:
        return YamlError(
            "the quote is never closed", _rest(document, opened, 1), help="close it on the same line"
        )
    if "could not find expected ':'" in problem and opened is not None:
        # The parser notices only on a later line; the key without its colon is what has to change.
        at, opened = opened, None
    message, help = _words(problem, context)
    line = document.line(document.position(at)[0])
    char = document.text[at : at + 1]
    if _TABBED.match(line) and ("token" in problem or "\t" in (char, document.text[at - 1 : at])):
        message, help = "a tab cannot be used for indentation", "use spaces"
    elif "cannot start any token" in problem:
        message = f"a plain value cannot start with `{char}`" if char.strip() else "nothing can start here"
        help = _QUOTE_IT
    else:
        number = document.position(at)[0]
        is_layout = any(part in problem for part in _OF_LAYOUT)
        help = (
            _usual_cause(document, at)
            or (indentation_advice(document, number) if is_layout else None)
            or help
        )
    related: tuple[tuple[Span, str], ...] = ()
    if opened is not None and document.position(opened)[0] != document.position(at)[0]:
        related = ((_rest(document, opened, 1), _about(context)),)
    return YamlError(message, _rest(document, at, 1), related, help)


def _offset(document: Document, mark: Any, shift: int) -> int | None:
    if mark is None:
        return None
    offset = min(int(mark.index) + shift, len(document.text))
    if offset == len(document.text):
        # At the end of the file there is nothing to underline; the last word is where the author stopped.
        offset = max(len(document.text.rstrip()) - 1, 0)
    return offset


def _rest(document: Document, start: int, least: int) -> Span:
    """A word of text from here on, or one character."""
    found = re.compile(r"[\w$./-]+").match(document.text, start)
    return Span(document, start, found.end() if found else min(start + least, len(document.text)))


def _words(problem: str, context: str) -> tuple[str, str | None]:
    for known, message, help in _WORDS:
        if known in problem:
            return message, help
    said = " ".join(part for part in (problem, context) if part)
    return (f"this is not YAML: {said}" if said else "this is not YAML"), None


def _usual_cause(document: Document, at: int) -> str | None:
    number = document.position(at)[0]
    # Often the parser stumbles on the first line that no longer fits, and the cause is the one before.
    for n in (number, number - 1):
        line = document.line(n)
        if _TABBED.match(line):
            return "use spaces, not tabs, for indentation"
        found = _BRACED.match(line)
        if found is not None and _is_closed(found["value"]):
            # A whole list or mapping is no cause: then the line stands at the wrong indentation.
            continue
        if found is not None and (n == number or found["value"][0] not in "[{"):
            return f"a plain value cannot start with `{found['value'][0]}` and go on as text: {_QUOTE_IT}"
        if _GLUED.match(line):
            return "write a space after the colon: `key: value`"
    return None


def _is_closed(value: str) -> bool:
    """Whether a value that begins as a list or mapping in brackets ends as one."""
    return value.rstrip()[-1:] == {"[": "]", "{": "}"}.get(value[:1])


def _about(context: str) -> str:
    return f"{context.removeprefix('while ')} that starts here" if context else "it starts here"
