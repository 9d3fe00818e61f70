"""What the check of a whole project is asked, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tocsin.diagnostics import Diagnostic
    from tocsin.existing.input import Input
    from tocsin.lsp.packed import Packed
    from tocsin.lsp.projects import Project
    from tocsin.lsp.surroundings import Surroundings
    from tocsin.source.document import Document
    from tocsin.workspace.load import Planned


@value_object
class ReadProject:
    """The files of a project as they were read, and what was made of them."""

    plans: tuple[Planned, ...]
    """The plan of each environment or estate; none where nothing could be made of the files."""
    sound: Mapping[str, Input]
    """The newest version of each file that could be read as YAML."""


@value_object
class Analysis:
    """What the whole project was found to be."""

    findings: tuple[Diagnostic, ...]
    documents: Mapping[str, Document]
    """The documents that were read, by name."""
    surroundings: Surroundings
    """What an edit of one of them is checked with."""
    has_plan: bool
    """Whether something could be made of the files."""
    read: Packed[ReadProject]

    def __repr__(self) -> str:
        """Short: asyncio prints what a failed callback was given, and all that it reaches has no end."""
        return f"Analysis({len(self.findings)} findings)"


@value_object
class CheckRequest:
    """A project to check, with the texts of the documents that are open."""

    project: Project
    texts: Mapping[Path, str]
    others: tuple[tuple[Path, ...], ...]
    """The paths of all projects that are open; what is known of another one is forgotten."""


@value_object
class CheckAnswer:
    """What a project was found to be, or why nothing was found out."""

    analysis: Analysis | None
    refused: str = ""
