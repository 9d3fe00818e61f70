"""Findings as annotations of GitHub Actions: one workflow command a line.

The escapes are those of the runner's own `core.ts` in actions/toolkit.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Level
from tocsin.diagnostics.render.cells import replace_surrogates
from tocsin.diagnostics.render.text import counted, more_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.diagnostics.model import Diagnostic

MOST_OF_LEVEL = 50
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """A line for each finding, which GitHub shows at the line of the pull request.

    Further places of a cause stand in its message: GitHub shows ten errors and ten warnings of a step,
    and one mistake in forty alerts would hide all others. After fifty of a level, one line says how many more
    there are.
    """
    lines: list[str] = []
    counts: Counter[Level] = Counter()
    for diagnostic in diagnostics:
        counts[diagnostic.level] += 1
        if counts[diagnostic.level] <= MOST_OF_LEVEL:
            lines.append(_command(diagnostic))
    more = {level: counts[level] - MOST_OF_LEVEL for level in _COMMANDS if counts[level] > MOST_OF_LEVEL}
    if more:
        lines.append(f"::notice title=tocsin::and {counted(more)} more; --format json shows all")
    return "".join(f"{line}\n" for line in lines)


def _command(diagnostic: Diagnostic) -> str:
    properties: dict[str, object] = {}
    span = diagnostic.span
    if span is not None:
        properties = {"file": span.document.name, "line": span.line, "endLine": span.end_line}
        # GitHub takes columns within one line only.
        if span.line == span.end_line:
            properties |= {"col": span.column, "endColumn": span.end_column}
    properties["title"] = diagnostic.id
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[diagnostic.level]} {written}::{_data(_message(diagnostic))}"


def _message(diagnostic: Diagnostic) -> str:
    lines = [diagnostic.message, *([diagnostic.label] if diagnostic.label else [])]
    lines += [f"{note.span.document.name}:{note.span.line}: {note.text}" for note in diagnostic.related]
    lines += [more_places(diagnostic.more)] if diagnostic.more else []
    lines += [f"help: {diagnostic.help}"] if diagnostic.help else []
    return "\n".join(lines)


def _data(text: str) -> str:
    return replace_surrogates(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
