"""The options for a baseline, the file that they name, and what is said about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.baseline import NAME
from tocsin.cli.settings import settings_here
from tocsin.errors import CommandError
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tocsin.baseline.compare import Compared
    from tocsin.baseline.entry import Entry
    from tocsin.baseline.present import Present
    from tocsin.baseline.scope import Scope
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.workspace.load import Planned


def baseline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command whose findings can be accepted."""
    for option in reversed(
        (
            click.option(
                "--accept", is_flag=True, help="Record the current findings in the baseline, and exit with 0."
            ),
            click.option(
                "--reason", metavar="TEXT", help="With --accept: the reason to record for each new finding."
            ),
            click.option(
                "--baseline",
                "baseline_file",
                type=click.Path(dir_okay=False, path_type=Path),
                metavar="FILE",
                help=f"The file of accepted findings.  [default: {NAME}, where there is one]",
            ),
        )
    ):
        command = option(command)
    return command


@value_object
class Baseline:
    """A baseline and the file that it is, or will be, written to."""

    path: Path
    entries: tuple[Entry, ...]
    is_there: bool
    """Whether there is such a file."""

    def present(self, plans: Sequence[Planned]) -> Present:
        """What is there in a run, in whichever environment or estate, named from the folder of the file."""
        from tocsin.baseline.present import Present

        files = (document.name for made in plans for document in made.documents)
        each = [(one.plan, one.sources) for made in plans for one in made.each_estate]
        return Present(each, files, str(self.path.parent))

    def has_file(self, name: str) -> bool:
        """Whether there is a file, as an entry names it."""
        return (self.path.parent / name).exists()

    def __str__(self) -> str:
        return self.path.as_posix()


def load_baseline(
    named: Path | None, paths: Sequence[Path] = (), *, accept: bool, reason: str | None
) -> Baseline:
    """The baseline that is named, or the usual one: in the spec's folder, or else in the working directory.

    CommandError when it cannot be read.
    """
    from tocsin.source.decode import decode_file, read_file
    from tocsin.source.document import Document

    if reason is not None and not accept:
        raise CommandError("--reason says why findings are accepted: give it with --accept")
    path = baseline_path(named, paths)
    if not path.exists():
        if named is not None and not accept:
            raise CommandError(f"there is no file {path}: `--accept` writes it")
        if not path.parent.is_dir():
            raise CommandError(f"{path}: there is no folder {path.parent}")
        return Baseline(path, (), is_there=False)
    # Few runs have one, and the models that read it take long to load.
    from tocsin.baseline.file import read_baseline

    document = decode_file(path.as_posix(), read_file(path))
    if not isinstance(document, Document):
        raise CommandError(f"{path}: {document.message}")
    loaded = read_baseline(document)
    if loaded.diagnostics:
        from tocsin.diagnostics.render import render_text

        shown = render_text(loaded.diagnostics, colour=False, width=100)
        raise CommandError(f"{path} cannot be read as a baseline:", *shown.splitlines())
    return Baseline(path, loaded.entries, is_there=True)


def baseline_path(named: Path | None, paths: Sequence[Path]) -> Path:
    """Where the baseline of a command is, or would be."""
    if (chosen := named or settings_here().baseline) is not None:
        return chosen
    here = Path(NAME)
    inside = (paths[0] if paths else Path("spec")) / NAME
    return inside if len(paths) < 2 and inside.is_file() else here


def scope_of(made: Planned, present: Present, paths: Iterable[Path], ran: Iterable[str]) -> Scope:
    """What of a baseline a run at these paths could have found; `ran` are the ids of what it looked for."""
    from tocsin.baseline.scope import Scope
    from tocsin.checks import CHECKS
    from tocsin.diagnostics.catalogue import MESSAGES

    return Scope(
        ran=frozenset(ran),
        known={*CHECKS, *MESSAGES},
        paths={present.from_folder(str(path)) for path in tuple(paths) or (Path("spec"),)},
        unread={present.from_folder(span.document.name) for span in made.unread.spans},
    )


def accept_findings(
    baseline: Baseline,
    compared: Compared,
    findings: Sequence[Diagnostic],
    present: Present,
    covered: Callable[[Entry], bool],
    reason: str | None,
) -> str:
    """Write findings into the baseline, without entries that are not needed any more; what was done."""
    from datetime import date

    from tocsin.baseline.compare import new_entries
    from tocsin.baseline.entry import NOT_LOOKED_AT
    from tocsin.baseline.file import baseline_text

    fresh = list(new_entries(findings, present, date.today(), reason or NOT_LOOKED_AT))
    stay = [one for one in compared.left if not covered(one)]
    removed = sum(one.count for one in compared.left) - sum(one.count for one in stay)
    if not (fresh or removed or baseline.is_there):
        return "nothing was found: there is nothing to accept"
    _write(baseline.path, baseline_text((*compared.kept, *stay, *fresh)))
    kept = len(compared.kept) + sum(one.count for one in stay)
    return f"{baseline}: {len(fresh)} accepted, {removed} removed, {kept} accepted before"


def _write(path: Path, text: str) -> None:
    """Write a file so that it is always the old one or the new one."""
    target = path.resolve()
    draft = target.with_name(f".{target.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)


def accepted_line(baseline: Baseline, findings: Iterable[Diagnostic]) -> Iterator[str]:
    """How many findings are left out, if any."""
    count = sum(one.accepted is not None for one in findings)
    if count:
        yield f"{count} accepted {'finding' if count == 1 else 'findings'} left out ({baseline})"
