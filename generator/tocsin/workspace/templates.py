"""Finding the notification templates that an Alertmanager configuration names, as Alertmanager would."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.existing.templates import Templates, all_template_patterns
from tocsin.source.decode import decode_file
from tocsin.source.document import Document, Span
from tocsin.source.yaml_error import YamlError
from tocsin.workspace.reader import STORED_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.existing.input import Input
    from tocsin.workspace.reader import FileReader

_WILD = re.compile(r"[*?\[]")
_MOST = 200
_LARGEST = 1 << 20


def read_templates(
    inputs: Iterable[Input], named: Sequence[Document], reader: FileReader = STORED_FILES
) -> Templates:
    """The templates of the configurations among the inputs.

    `named` are those that somebody named. A pattern leads from the folder of the configuration. One that
    leads elsewhere, such as into a container, is looked for by its end, there and among the named ones.
    Nothing is read that lies outside of the folder one works in, or of the configuration's repository.
    """
    parts = ((file.document.name, part) for file in inputs for part in file.parts())
    first, *further = (*all_template_patterns(parts), None)
    if first is None:
        return Templates(others=tuple(named))
    faults: list[YamlError] = []
    by_pattern = _by_pattern(*first, named, faults, reader)
    aside: dict[str, dict[str, tuple[Document, ...]]] = {}
    for one in further:
        if one is not None:
            aside.setdefault(one[0], {}).update(_by_pattern(*one, named, faults, reader))
    taken = {
        one.name for each in (by_pattern, *aside.values()) for documents in each.values() for one in documents
    }
    others = tuple(one for one in named if one.name not in taken)
    return Templates(by_pattern, others, aside, first[0], tuple(dict.fromkeys(faults)))


def _by_pattern(
    name: str,
    patterns: Iterable[str],
    named: Sequence[Document],
    faults: list[YamlError],
    reader: FileReader,
) -> dict[str, tuple[Document, ...]]:
    """The files that the patterns of the configuration with this name match."""
    folder = Path(name).parent
    roots = [Path.cwd().resolve(), _repository(folder.resolve())]
    by_pattern: dict[str, tuple[Document, ...]] = {}
    for pattern in patterns:
        documents = [one for one in named if _ends_alike(one.name, pattern)]
        for path in [] if documents else _matching(pattern, folder, roots):
            read = _read(path, reader)
            if isinstance(read, Document):
                documents.append(read)
            else:
                faults.append(read)
        if documents:
            by_pattern[pattern] = tuple(documents)
    return by_pattern


def _repository(folder: Path) -> Path:
    """The root of the git repository around a folder; the folder itself where there is none."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)


def _matching(pattern: str, folder: Path, roots: Iterable[Path]) -> list[Path]:
    parts = Path(pattern).parts
    tries = [pattern]
    if Path(pattern).is_absolute():
        ends = ["/".join(parts[start:]) for start in range(max(1, len(parts) - 2), len(parts))]
        # A star alone would take every file beside the configuration for a template.
        tries += [end for end in ends if end.strip("*")]
    for one in tries:
        inside = [path for path in _globbed(folder, Path(one), roots) if _lies_in(path, roots)]
        if inside:
            return inside
    return []


def _globbed(folder: Path, pattern: Path, roots: Iterable[Path]) -> list[Path]:
    """The files that match, in the order of their names; none where the search would start elsewhere."""
    parts = (folder / pattern).parts
    wild = next((number for number, part in enumerate(parts) if _WILD.search(part)), len(parts) - 1)
    start = Path(*parts[:wild])
    if not _lies_in(start, roots):
        return []
    # In Go's patterns two stars are no more than one.
    rest = re.sub(r"\*+", "*", "/".join(parts[wild:]))
    try:
        return [path for path in sorted(start.glob(rest)) if path.is_file()][:_MOST]
    except (OSError, ValueError, NotImplementedError):
        return []


def _lies_in(path: Path, roots: Iterable[Path]) -> bool:
    return any(path.resolve().is_relative_to(root) for root in roots)


def _read(path: Path, reader: FileReader) -> Document | YamlError:
    name = path.as_posix()
    nowhere = Span(Document(name, ""), 0, 0)
    try:
        return decode_file(name, reader.read_bytes(path, _LARGEST))
    except OSError as error:
        return YamlError(f"the file cannot be read: {error.strerror or 'unknown reason'}", nowhere)


def _ends_alike(name: str, pattern: str) -> bool:
    return fnmatchcase(Path(name).name, Path(pattern).name)
