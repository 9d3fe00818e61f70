"""The files of the output folder: what a plan makes, and the proofs that an earlier run left there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tocsin.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tocsin.cli.planning import Planned
    from tocsin.plan.model import Plan


def generated(plan: Plan) -> Iterator[File]:
    """Every file that a plan is turned into."""
    from tocsin.targets import TARGETS

    for target in TARGETS.values():
        yield from target.emit(plan)


def kept_proofs(output: Path) -> list[File]:
    """The files of proofs that `tocsin prove` wrote into the folder; OutputError when that cannot be told."""
    from tocsin.output.manifest import MANIFEST, read_manifest
    from tocsin.prove.proven import is_proof

    manifest = output / MANIFEST
    if not manifest.is_file():
        return []
    listed = read_manifest(manifest.read_bytes(), str(manifest)).files
    paths = [path for path in sorted(listed) if is_proof(path) and (output / path).is_file()]
    return [File(path, (output / path).read_bytes()) for path in paths]


def digests(made: Planned, folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of the spec, by its path inside the spec's folder."""
    prefix = f"{folder.as_posix()}/"
    return {
        document.name.removeprefix(prefix): hashlib.sha256(document.text.encode()).hexdigest()
        for document in made.documents
    }
