"""Files with other texts than before: what changes, as a diff without secrets, and the writing."""

from __future__ import annotations

import difflib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.source.document import Span


def diff_texts(before: Mapping[str, str], after: Mapping[str, str], secrets: Sequence[Span]) -> Iterator[str]:
    """What changes between texts by the names of their files."""
    for name, text in sorted(after.items()):
        old, new = (_shown(name, one, secrets).splitlines() for one in (before[name], text))
        yield from difflib.unified_diff(old, new, name, name, lineterm="")


def _shown(name: str, text: str, secrets: Sequence[Span]) -> str:
    """A text in which nobody sees a secret."""
    from tocsin.diagnostics.model import Diagnostic, Level
    from tocsin.diagnostics.secrets import mask_secrets
    from tocsin.source.document import Document, Span

    document = Document(name, text)
    known = [one for one in secrets if one.document.name == name and one.document.text == text]
    lines = [document.start(number + 1) for number in range(document.position(len(text))[0])]
    asked = [Diagnostic("file/yaml", Level.INFO, "", Span(document, start, start)) for start in lines]
    span = mask_secrets(asked, known)[0].span
    return "" if span is None else span.document.text


def write_texts(texts: Mapping[str, str]) -> None:
    """Write texts into files, each whole or not at all; OSError when one cannot be written."""
    for name, text in texts.items():
        file = Path(name).resolve()
        number, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(number, "wb") as out:
                out.write(text.encode("utf-8"))
                out.flush()
                os.fsync(out.fileno())
            Path(beside).chmod(file.stat().st_mode & 0o777)
            Path(beside).replace(file)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
