"""Which files are checked together with one that somebody edits: those that `tocsin check` would take."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.existing.input import read_input
from tocsin.source.decode import YAML_SUFFIXES, decode_file
from tocsin.source.document import Document
from tocsin.value_object import value_object
from tocsin.workspace.settings import Settings, find_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tocsin.checking import Selection
    from tocsin.workspace.reader import FileReader

_MOST_FILES = 2000
"""YAML files of a folder that are all checked together where no settings and no `spec` say what is."""


@value_object
class Project:
    """Paths that are checked together, all of them absolute, and the settings that hold for them."""

    paths: tuple[Path, ...]
    settings: Settings

    @property
    def selection(self) -> Selection:
        """The checks that the settings choose."""
        from tocsin.checking import Selection

        return Selection(self.settings.only, self.settings.without)

    def holds(self, file: Path) -> bool:
        """Whether a file is one of the project, or lies in one of its folders."""
        return any(file == path or path in file.parents for path in self.paths)


def usual_project(folder: Path) -> Project | None:
    """What `tocsin check` without a path takes in a folder; None where there is neither settings nor a spec.

    CommandError where the settings are not valid.
    """
    settings = _absolute(find_settings(folder), folder)
    paths = settings.paths or (() if settings.spec is None else (settings.spec,))
    if not paths and (folder / "spec").is_dir():
        paths = (folder / "spec",)
    found = tuple(path for path in paths if path.exists())
    return Project(found, settings) if found else None


def find_project(file: Path, text: str, folder: Path | None, reader: FileReader) -> Project | None:
    """The project of a file; `folder` is the one around it that is open. None for one that holds no alerting.

    CommandError where the settings are not valid.
    """
    here = folder or file.parent
    usual = usual_project(here)
    if usual is not None and usual.holds(file):
        return usual
    settings = _absolute(find_settings(here), here)
    if file.suffix in (*YAML_SUFFIXES, ".rules", ".json"):
        kinds = {part.kind for part in read_input(Document(file.as_posix(), text), named=True).parts()}
        if DocumentKind.SPEC in kinds:
            return Project((_spec_folder(file, here, reader),), settings)
        if not kinds - {DocumentKind.OTHER, DocumentKind.BASELINE}:
            return None
        # Beside rules, dashboards are read where they are named.
        is_alone = file.suffix == ".json" or kinds <= {DocumentKind.OTHER, DocumentKind.DASHBOARD}
        if usual is None and folder is not None and not is_alone and _is_small(folder):
            return Project((folder,), settings)
        return Project((file,), settings)
    return None


def _spec_folder(file: Path, top: Path, reader: FileReader) -> Path:
    """The highest folder, up to `top`, from which each folder down to the file's holds a part of a spec."""
    folder = file.parent
    while folder != top and top in folder.parents and any(_parts(folder.parent, reader)):
        folder = folder.parent
    return folder


def _parts(folder: Path, reader: FileReader) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.suffix in YAML_SUFFIXES and path.is_file():
            try:
                document = decode_file(path.as_posix(), reader.read_bytes(path))
            except OSError:
                continue
            if isinstance(document, Document):
                parts = reader.read_input(document, named=False).parts()
                if any(part.kind is DocumentKind.SPEC for part in parts):
                    yield path


def _is_small(folder: Path) -> bool:
    """Whether all of a folder can be checked at each change."""
    count = 0
    for _, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        count += sum(name.endswith(YAML_SUFFIXES) for name in files)
        if count > _MOST_FILES:
            return False
    return True


def _absolute(settings: Settings, folder: Path) -> Settings:
    """The settings, whose paths lead from a folder, with paths that lead from everywhere."""

    def whole(path: Path | None) -> Path | None:
        return None if path is None else _joined(folder, path)

    return Settings(
        file=settings.file,
        spec=whole(settings.spec),
        paths=tuple(_joined(folder, path) for path in settings.paths),
        output=whole(settings.output),
        policy=whole(settings.policy),
        baseline=whole(settings.baseline),
        only=settings.only,
        without=settings.without,
        level=settings.level,
    )


def _joined(folder: Path, path: Path) -> Path:
    return type(folder)(os.path.normpath(folder / path))


def folder_around(file: Path, folders: Iterable[Path]) -> Path | None:
    """The open folder that a file lies in; the innermost where one lies in another."""
    return max(
        (folder for folder in folders if folder in file.parents),
        key=lambda folder: len(folder.parts),
        default=None,
    )
