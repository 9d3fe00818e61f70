"""What was found at an earlier revision, at the same paths and by the same checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.cli.planning import load_each_or_exit
from tocsin.errors import CommandError
from tocsin.workspace.git_revision import find_revision
from tocsin.workspace.sides import Side, files_of_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.workspace.load import Planned


def earlier_findings(
    name: str,
    paths: Sequence[Path],
    environment: str | None,
    find: Callable[[Sequence[Planned], Sequence[Path]], Sequence[Diagnostic]],
) -> Sequence[Diagnostic]:
    """What `find` says of the files as they were where the working tree branched off from a revision.

    Nothing where there were no files yet. CommandError when git does not know the revision, or when a spec
    could not be read then: nobody could say what is new.
    """
    revision = find_revision(name).branching_point()
    side = Side((), revision).with_paths([str(path) for path in paths] or ["spec"])
    with files_of_side(side) as files:
        if not files.there:
            return ()
        try:
            there = [*map(Path, files.there)]
            return find(load_each_or_exit(there, "text", environment=environment, rest=True), there)
        except SystemExit:
            shown = ", ".join(files.there)
            raise CommandError(
                f"{shown} could not be read at {name}, as shown above: nobody can say what is new"
            ) from None
