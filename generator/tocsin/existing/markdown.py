"""The Markdown files beside plain files, which the annotations of rules may link."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from tocsin.plan.model import MarkdownFile
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.source.document import Document


@value_object
class Markdown:
    """The files of a repository, by their paths from its root; None where a file was not read."""

    files: Mapping[str, Document | None] = field(default_factory=dict)
    repositories: tuple[str, ...] = ()
    """The addresses of the repository, such as `github.com/owner/name`."""

    def documents(self) -> tuple[Document, ...]:
        """Those that were read."""
        return tuple(one for one in self.files.values() if one is not None)

    def planned(self) -> tuple[MarkdownFile, ...]:
        """The files as the plan holds them."""
        return tuple(
            MarkdownFile(path, None if one is None else one.text, Place((path if one is None else one.name,)))
            for path, one in sorted(self.files.items())
        )
