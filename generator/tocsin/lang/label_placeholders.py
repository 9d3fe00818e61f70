"""Labels of an alert in a command: `kubectl -n {{ $labels.namespace }} get pods`.

On a page, where no alert is known, such a place is `<namespace>`; a rule fills it in when it fires.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACEHOLDER = re.compile(r"\{\{-?[ \t]*\$labels\.(?P<label>[A-Za-z_][A-Za-z0-9_]*)[ \t]*-?\}\}")
_HARMLESS = "^[A-Za-z0-9_./:@%+=][A-Za-z0-9_./:@%+=,-]*$"
"""What no shell takes for more than a word, and no program for an option."""


def placeholders(command: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The labels that a command uses, and where."""
    for found in _PLACEHOLDER.finditer(command):
        yield found["label"], found.span()


def shown_command(command: str) -> str:
    """The command as a page shows it."""
    return _PLACEHOLDER.sub(lambda found: _shown(found["label"]), command)


def filled_in_template(command: str) -> str:
    """The template of an annotation that holds the command for one alert.

    Somebody copies it into a shell, and others choose the values of labels: a value that a shell would read
    as more than a word is not filled in.
    """
    parts, at = [], 0
    for label, (start, end) in placeholders(command):
        parts += [_as_text(command[at:start]), _filled_in(label)]
        at = end
    return "".join((*parts, _as_text(command[at:])))


def _shown(label: str) -> str:
    return f"<{label}>"


def _filled_in(label: str) -> str:
    value = f"$labels.{label}"
    return (
        f'{{{{ if match "{_HARMLESS}" {value} }}}}{{{{ {value} }}}}{{{{ else }}}}{_shown(label)}{{{{ end }}}}'
    )


def _as_text(text: str) -> str:
    """A text in which no other template takes effect."""
    return text.replace("{{", '{{ "{{" }}')
