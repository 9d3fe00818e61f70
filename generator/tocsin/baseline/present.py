"""What a run saw: the subjects of its plans, and the files that were read."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

from tocsin.baseline.subjects import KNOWN, subjects
from tocsin.diagnostics.subject import Subject, subject_of_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.plan.model import Plan
    from tocsin.source.place import Sources


class Present:
    """The subjects and files of a run; all files are named from `folder`."""

    def __init__(self, plans: Sequence[tuple[Plan, Sources]], files: Iterable[str], folder: str) -> None:
        self._plans, self.folder = plans, folder
        self._files = frozenset(self.from_folder(name) for name in files)

    def has(self, subject: Subject) -> bool:
        """Whether a subject is still at its place; also true where that cannot be known."""
        if subject.kind == "file":
            return subject.file in self._files
        if subject.kind in ("panel", "variable"):
            subject = Subject("dashboard", subject.within, "", subject.file)
        return subject.kind not in KNOWN or subject in self._subjects

    def from_folder(self, name: str) -> str:
        """The path of a file from the folder."""
        return PurePath(os.path.relpath(name, self.folder)).as_posix()

    def named_from_folder(self, subject: Subject) -> Subject:
        """A subject with the path of its file from the folder."""
        file = self.from_folder(subject.file)
        return subject_of_file(file) if subject.kind == "file" else replace(subject, file=file)

    @cached_property
    def _subjects(self) -> frozenset[Subject]:
        return frozenset(self.named_from_folder(one) for of in self._plans for one in subjects(*of))
