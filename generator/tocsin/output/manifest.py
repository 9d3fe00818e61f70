"""manifest.json: which files Tocsin wrote, from which spec, with a hash for each."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, TypeGuard

from tocsin.files import File, path_fault
from tocsin.output.errors import OutputError
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = "manifest.json"
_HOW_TO_GO_ON = "restore it from version control, or move the folder away and generate it anew"


@value_object
class Manifest:
    """What a manifest says: paths, and names of spec files, to the SHA-256 of their content."""

    version: str
    spec: dict[str, str]
    files: dict[str, str]
    environment: str | None = None
    """The environment of the spec whose files they are; None where a spec has none."""

    def file(self) -> File:
        """The manifest as it is written."""
        data: dict[str, object] = {"tocsin": self.version, "spec": self.spec, "files": self.files}
        if self.environment is not None:
            data["environment"] = self.environment
        text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)
        return File(MANIFEST, text.encode("utf-8", "backslashreplace") + b"\n")


def manifest_of(
    hashes: Mapping[str, str],
    retained: Mapping[str, str],
    spec: dict[str, str],
    version: str,
    environment: str | None,
) -> Manifest:
    """The manifest for files with these hashes, and for those of an earlier run that stay."""
    return Manifest(version, spec, {**retained, **hashes}, environment)


def content_hash(content: bytes) -> str:
    """The SHA-256 of a file's content, as the manifest lists it."""
    return hashlib.sha256(content).hexdigest()


def read_manifest(content: bytes, where: str) -> Manifest:
    """The manifest of an earlier run; OutputError when it is not one, as it decides what may be deleted."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise OutputError(f"{where} is not valid JSON: {_HOW_TO_GO_ON}") from error
    data = data if isinstance(data, dict) else {}
    files, spec, version = data.get("files"), data.get("spec"), data.get("tocsin")
    if not (_is_text_to_text(files) and _is_text_to_text(spec) and isinstance(version, str)):
        raise OutputError(f"{where} was not written by tocsin: {_HOW_TO_GO_ON}")
    for path in files:
        if fault := path_fault(path):
            raise OutputError(f"{where} lists {path!r}, which cannot be: {fault}; {_HOW_TO_GO_ON}")
    environment = data.get("environment")
    return Manifest(version, spec, files, environment if isinstance(environment, str) else None)


def _is_text_to_text(data: object) -> TypeGuard[dict[str, str]]:
    return isinstance(data, dict) and all(isinstance(value, str) for value in data.values())
