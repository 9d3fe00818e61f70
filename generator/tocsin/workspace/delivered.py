"""What of a generated output says the same as its plain files, in a form for a cluster or for a ruler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.detect.foreign import Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_FURTHER = frozenset({"kubernetes", "mimir", "loki-ruler"})
_UNREAD = Unread("a generated file in a further form", "the plain files beside it say the same")


class FurtherForms:
    """The generated files of some folders that have been read in their plain form."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._written: dict[Path, Mapping[str, str]] = {}

    def why_not_read(self, path: Path, content: bytes) -> Unread | None:
        """Why a file of these folders is left alone; None for one to read.

        Only a file as a manifest lists it is one: what lies beside it, or was changed, is somebody's own.
        """
        for output in path.parents:
            inside = path.relative_to(output)
            if inside.parts[0] in _FURTHER and any(output.is_relative_to(one) for one in self._folders):
                # Most repositories have no such folder, and need nothing of what writes one.
                from tocsin.output.manifest import content_hash

                listed = self._listed(output).get(inside.as_posix())
                if listed is not None and listed == content_hash(content):
                    return _UNREAD
        return None

    def _listed(self, output: Path) -> Mapping[str, str]:
        """The files that the manifest of an output lists, with their hashes; none without a sound one."""
        from tocsin.output.errors import OutputError
        from tocsin.output.manifest import MANIFEST, read_manifest

        if output not in self._written:
            file = output / MANIFEST
            try:
                self._written[output] = read_manifest(file.read_bytes(), str(file)).files
            except (OSError, OutputError):
                self._written[output] = {}
        return self._written[output]
