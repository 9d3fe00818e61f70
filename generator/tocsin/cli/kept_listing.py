"""The files that a spec was turned into by an earlier run, by its files: while all stand as they are listed,
nothing has to be planned.
"""

from __future__ import annotations

import os
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from tocsin.cli.spec_content import digests_of_files
from tocsin.errors import CommandError
from tocsin.files import KeptFile, read_listed
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tocsin.files import File
    from tocsin.result_store import ResultStore

_KIND = "files that a spec is turned into"
_PROOFS = "proofs that are out of date"


@value_object
class ListedOutput:
    """The files of one environment, or of a spec without any."""

    environment: str | None
    digests: dict[str, str]
    """The SHA-256 of each file of the spec, by its path inside the spec's folder."""
    files: tuple[tuple[str, str], ...]
    """The path of each file and the SHA-256 of its content, in hexadecimal digits."""


@value_object
class Listing:
    """What a spec was turned into."""

    environments: tuple[str, ...]
    outputs: tuple[ListedOutput, ...]


class KeptListing:
    """What the spec in a folder was turned into, as it is in the store; nothing is known without a store."""

    def __init__(self, store: ResultStore | None, spec: Path, environment: str | None) -> None:
        """`environment` is the one that is wanted, or None for all."""
        self._store = store
        self._spec = spec
        self._environment = environment
        self._known = None if store is None else self._content()

    def find(self) -> Listing | None:
        """What an earlier run made of the same files."""
        if self._store is None or self._known is None:
            return None
        return self._store.read(_KIND, _read_listing, *self._known)

    def keep(self, listing: Listing) -> None:
        """Keep what was made, unless a file of the spec was changed meanwhile."""
        if self._store is None or self._known is None or self._content() != self._known:
            return
        outputs = [[one.environment, one.digests, [[*file] for file in one.files]] for one in listing.outputs]
        kept = {"environments": [*listing.environments], "outputs": outputs}
        self._store.write(kept, _KIND, *self._known)

    def find_outdated(self, environment: str | None, proofs: Sequence[File]) -> list[str] | None:
        """What these proofs say nothing about any more, as `outdated_proofs` tells it; None where unknown."""
        if not proofs:
            return []
        if self._store is None or self._known is None:
            return None
        return self._store.read(_PROOFS, _read_lines, *self._known, *_named(environment, proofs))

    def keep_outdated(self, environment: str | None, proofs: Sequence[File], lines: Sequence[str]) -> None:
        """Keep what these proofs say nothing about."""
        if self._store is not None and self._known is not None and proofs:
            self._store.write([*lines], _PROOFS, *self._known, *_named(environment, proofs))

    def files(self, output: ListedOutput) -> list[KeptFile]:
        """The files; all are made again where somebody asks for the content of one."""
        made = _MadeAgain(self._spec, output)
        return [KeptFile(path, digest, partial(made.content, path)) for path, digest in output.files]

    def _content(self) -> list[bytes] | None:
        """All that the files of the output depend on, beside the program."""
        found = digests_of_files([self._spec])
        if found is None:
            return None
        # The same spec in another folder is turned into the same files.
        inside = [
            part for file, digest in found for part in (os.fsencode(file.relative_to(self._spec)), digest)
        ]
        return [repr(self._environment).encode("utf-8", "backslashreplace"), *inside]


class _MadeAgain:
    """The content of files of which the digests alone are known."""

    def __init__(self, spec: Path, output: ListedOutput) -> None:
        self._spec = spec
        self._output = output

    def content(self, path: str) -> bytes:
        """That of one of them; CommandError where the spec was changed meanwhile."""
        return self._files[path].content

    @cached_property
    def _files(self) -> dict[str, File]:
        from tocsin.cli.generated_files import generate_files
        from tocsin.workspace.load import Planned, load

        made = load((self._spec,), self._output.environment)
        files = [*generate_files(made.plan)] if isinstance(made, Planned) else []
        if tuple((file.path, file.digest()) for file in files) != self._output.files:
            raise CommandError(f"{self._spec} was changed while it was read; run the command again")
        return {file.path: file for file in files}


def _named(environment: str | None, proofs: Iterable[File]) -> list[bytes]:
    return [repr((environment, [(file.path, file.digest()) for file in proofs])).encode("utf-8", "replace")]


def _read_listing(kept: Any) -> Listing | None:
    names = tuple(kept["environments"])
    outputs = []
    for environment, digests, files in kept["outputs"]:
        listed = read_listed(files)
        if listed is None or not all(isinstance(text, str) for one in digests.items() for text in one):
            return None
        if environment not in (None, *names):
            return None
        outputs.append(ListedOutput(environment, digests, tuple(listed)))
    is_sound = bool(outputs) and all(isinstance(name, str) for name in names)
    return Listing(names, tuple(outputs)) if is_sound else None


def _read_lines(kept: Any) -> list[str] | None:
    is_sound = isinstance(kept, list) and all(isinstance(line, str) for line in kept)
    return kept if is_sound else None
