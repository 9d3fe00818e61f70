"""Which files of a folder are left alone, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.detect.candidates import is_copy, mentions_alerting, original_name
from tocsin.detect.foreign import Unread
from tocsin.detect.kinds import DocumentKind
from tocsin.detect.template import (
    faulty_template,
    filled_in,
    fills_in_rules,
    has_tags,
    is_alerting_template,
    is_unfinished,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.existing.input import Input

_UNRENDERED = "it is not YAML before it is rendered"
_BROKEN = Unread("a file with faults in its YAML", "it has no key that rules or routes have")


def why_not_read(file: Input, path: Path, *, is_usual: bool) -> Unread | None:
    """Why a file is left alone; None for one to read. `is_usual` says that its name is one of YAML.

    What somebody named is read, and so is broken alerting in YAML: then the author is told what is wrong.
    """
    text = file.document.text
    if file.named:
        return None
    if is_usual:
        template = faulty_template(file.document, file.stream.faults)
        if template is not None and {part.kind for part in file.parts()} == {DocumentKind.SPEC}:
            # `groups:` of a template may be those of a rule file as well.
            return template.unread
        if not file.stream.faults or file.is_alerting():
            return None
        if has_tags(text):
            return None if is_alerting_template(text) else Unread(filled_in(text).what, _UNRENDERED)
        # What can be read with its faults, such as a key that is there twice, shows what it is.
        is_other = bool(file.stream.nodes) and not file.stream.broken
        return None if mentions_alerting(text) and not is_other else _BROKEN
    if is_copy(path.name) and file.is_alerting():
        # Beside the file that it is a copy of, nobody misses it.
        is_missed = not path.with_name(original_name(path.name)).exists()
        return Unread("a copy by its name", f"it ends in `{path.suffix or '~'}`", is_alerting=is_missed)
    is_template = is_unfinished(file.document)
    unfinished = file.stream.faults or is_template or any(map(fills_in_rules, file.stream.nodes))
    return filled_in(text).unread if unfinished and is_alerting_template(text) else None
