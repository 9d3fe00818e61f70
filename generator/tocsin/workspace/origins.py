"""Which of the files that were read their own people keep up, and where the others come from."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path, PurePath
from posixpath import basename, dirname, normpath
from typing import TYPE_CHECKING

from tocsin.detect.git_attributes import attributed_origin
from tocsin.detect.origin import origin_by_folder, stated_origin
from tocsin.detect.vendored import (
    NAMES_OF_CHARTS,
    NAMES_OF_VENDIR,
    chart_around,
    chart_name,
    copied_by_vendir,
    copied_charts,
)
from tocsin.source.decode import decode_file, read_file
from tocsin.source.document import Document
from tocsin.source.origin import Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.existing.input import Input
    from tocsin.source.node import Node

_LARGEST = 256 * 1024
_LISTS_OF_VENDOR = ("go.mod", "jsonnetfile.json", "jsonnetfile.lock.json", "composer.json")
"""Beside a folder `vendor`, these say that Go, jsonnet-bundler or Composer fills it."""


class Origins:
    """Where the files of a run come from, found out for those that somebody asks for."""

    def __init__(self, files: Iterable[Input]) -> None:
        self._files = {file.document.name: file for file in files}
        self._found: dict[str, Origin | None] = {}
        self._attributes: dict[Path, str | None] = {}

    def of(self, name: str) -> Origin | None:
        """Where a file comes from; None where its own people keep it up, or nothing says anything else.

        What a `.gitattributes` says holds against all else.
        """
        if name not in self._found:
            self._found[name] = self._look(name)
        return self._found[name]

    def is_any_own(self, names: Iterable[str]) -> bool:
        """Whether the people of the repository keep up one of these files, or another that is alerting."""
        alerting = (name for name, file in self._files.items() if file.is_alerting())
        return any(self.of(name) is None for name in (*names, *alerting))

    def _look(self, name: str) -> Origin | None:
        if name not in self._files:
            return None
        said, origin = self._by_attributes(Path(name).absolute())
        if said:
            return origin
        return (
            self._by_manager(name)
            or origin_by_folder(PurePath(os.path.relpath(name, self._top or ".")))
            or stated_origin(self._files[name].document, self._charts)
        )

    def _by_attributes(self, path: Path) -> tuple[bool, Origin | None]:
        top = Path(self._top).absolute()
        for folder in path.parents:
            if (text := self._text_of_attributes(folder)) is not None:
                said, origin = attributed_origin(text, path.relative_to(folder).as_posix())
                if said:
                    return said, origin
            if (folder / ".git").exists() or (folder == top and not self._is_in_repository):
                break
        return False, None

    def _text_of_attributes(self, folder: Path) -> str | None:
        if folder not in self._attributes:
            self._attributes[folder] = None
            path = folder / ".gitattributes"
            if path.is_file():
                try:
                    document = decode_file(path.as_posix(), read_file(path, _LARGEST))
                except OSError:
                    return None
                self._attributes[folder] = document.text if isinstance(document, Document) else None
        return self._attributes[folder]

    def _by_manager(self, name: str) -> Origin | None:
        for folder, part in chart_around(name):
            if (origin := self._copied_charts.get((folder, part))) is not None:
                return origin
        folder = dirname(name)
        while folder:
            if (origin := self._vendir.get(normpath(folder))) is not None:
                return origin
            if basename(folder) == "node_modules":
                return Origin(OriginKind.VENDORED, "in node_modules/")
            if basename(folder) == "vendor" and self._is_filled(dirname(folder)):
                return Origin(OriginKind.VENDORED, f"in {folder}/")
            if dirname(folder) == folder:
                break
            folder = dirname(folder)
        return None

    @staticmethod
    def _is_filled(folder: str) -> bool:
        return any(Path(folder, one).is_file() for one in _LISTS_OF_VENDOR)

    @cached_property
    def _top(self) -> str:
        """The folder in which all of the files lie."""
        try:
            return os.path.commonpath([dirname(name) or "." for name in self._files])
        except ValueError:
            return ""

    @cached_property
    def _is_in_repository(self) -> bool:
        top = Path(self._top).absolute()
        return any((folder / ".git").exists() for folder in (top, *top.parents))

    @cached_property
    def _charts(self) -> frozenset[str]:
        """The names of the charts among the files that are not copied from elsewhere."""
        named = (
            chart_name(node)
            for name, node in self._roots(NAMES_OF_CHARTS[:1])
            if self._by_manager(name) is None
        )
        return frozenset(filter(None, named))

    @cached_property
    def _copied_charts(self) -> dict[tuple[str, str], Origin]:
        return {
            (dirname(name), part): origin
            for name, node in self._roots(NAMES_OF_CHARTS)
            for part, origin in copied_charts(node)
        }

    @cached_property
    def _vendir(self) -> dict[str, Origin]:
        return {
            folder: origin
            for name, node in self._roots(NAMES_OF_VENDIR)
            for folder, origin in copied_by_vendir(node, dirname(name) or ".")
        }

    def _roots(self, names: Iterable[str]) -> list[tuple[str, Node]]:
        """The files with one of these names, and what they hold."""
        return [
            (name, node)
            for name, file in self._files.items()
            if basename(name) in names
            for node in file.stream.nodes[:1]
        ]
