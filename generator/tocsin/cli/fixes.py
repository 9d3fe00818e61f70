"""`tocsin check --fix`: the safe fixes, as a diff or in the files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.cli.changed_texts import diff_texts
from tocsin.cli.planning import origins_of
from tocsin.diagnostics.model import worst_first
from tocsin.diagnostics.origins import files_of_kinds
from tocsin.errors import CommandError
from tocsin.workspace.reader import FileReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tocsin.diagnostics import Diagnostic
    from tocsin.fixing import Fixed
    from tocsin.source.document import Span
    from tocsin.source.origin import Origin
    from tocsin.workspace.load import Planned


class _ChangedFiles(FileReader):
    """Reads files as they would be after some edits."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def read_bytes(self, path: Path, *largest: int) -> bytes:
        text = self._texts.get(path.as_posix())
        return super().read_bytes(path, *largest) if text is None else text.encode("utf-8")


def fix(
    paths: Sequence[Path],
    find: Callable[[Planned], Sequence[Diagnostic]],
    wants: Callable[[str], bool],
    environment: str | None = None,
) -> tuple[Fixed, list[str], Mapping[str, Origin]]:
    """What the safe fixes make of the files, and the same as a diff without secrets; nothing is written.

    The findings are those of all environments of a spec, or of the named one. Files that others write stay
    as they are: those that a fix would change come last, with their origins.
    """
    from tocsin.checking import find_in_each
    from tocsin.fixing import fix_texts
    from tocsin.source.decode import decode_file, read_file
    from tocsin.source.document import Document
    from tocsin.workspace.inputs import read_inputs
    from tocsin.workspace.listing import list_files
    from tocsin.workspace.load import Planned, plan_each

    paths = paths or (Path("spec"),)
    if not paths[0].exists():
        raise CommandError("there is no folder `spec` here: name the folder of a spec, or files and folders")
    secrets: list[Span] = []
    origins: list[Callable[[str], Origin | None]] = []

    def found(changed: Mapping[str, str]) -> Sequence[Diagnostic]:
        plans = plan_each(read_inputs(paths, _ChangedFiles(changed)), environment=environment)
        for one in plans:
            secrets.extend(one.secrets if isinstance(one, Planned) else ())
        diagnostics = find_in_each(plans, find)
        if not origins and isinstance(plans[0], Planned):
            origins.append(origins_of(plans[0], diagnostics))
        return diagnostics

    def origin_of(name: str) -> Origin | None:
        return origins[0](name) if origins else None

    texts = {}
    for path, _ in list_files(paths):
        document = decode_file(path.as_posix(), read_file(path)) if path.is_file() else None
        if isinstance(document, Document):
            texts[document.name] = document.text
    fixed = fix_texts(texts, found, wants, lambda name: origin_of(name) is None)
    left = {one.fix.span.document.name for one in fixed.left if one.fix is not None}
    others = {name: origin for name in left if (origin := origin_of(name)) is not None}
    return fixed, list(diff_texts(texts, fixed.texts, secrets)), others


def fixed_lines(fixed: Fixed, others: Mapping[str, Origin], *, written: bool) -> Iterator[str]:
    """What to say about them, and about the files that others write."""
    count = len(fixed.made)
    what = f"{count} finding{'s' * (count != 1)} {'fixed' if written else 'can be fixed'}"
    yield f"{what} in {len(fixed.texts)} file{'s' * (len(fixed.texts) != 1)}"
    for one in worst_first(fixed.not_made):
        place = "" if one.span is None else f"{one.span.document.name}:{one.span.line}: "
        why = "the edit would not remove it, or bring an error or a warning"
        yield f"not fixed: {place}{one.message} [{one.id}]: {why}"
    if others:
        count = len(fixed.left)
        findings = f"{count} finding{'s' * (count != 1)}"
        yield f"not fixed: {findings} in {files_of_kinds(others)}, which others write"
