"""Files with SLOs of other tools, as the files of a spec."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tocsin.detect.slo_formats import SloFormat, slo_documents
from tocsin.diagnostics.model import sort_diagnostics
from tocsin.files import text_file
from tocsin.importing.comments import Comments, with_comments
from tocsin.importing.names import AlertNames, alert_names, distinct_keys
from tocsin.importing.notes import Notes
from tocsin.importing.openslo.objects import Objects, text_of
from tocsin.importing.openslo.slo import read_openslo
from tocsin.importing.project import known_severities, project_value, ranked_severities
from tocsin.importing.pyrra import read_pyrra
from tocsin.importing.refused import RefusedError
from tocsin.importing.sloth import SlothPeriod, read_sloth
from tocsin.importing.sloth_windows import default_period, read_alert_windows
from tocsin.importing.spec_values import spec_value
from tocsin.importing.verify import verify_spec
from tocsin.text.yaml import Commented, yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.detect.slo_formats import SloDocument
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.files import File
    from tocsin.importing.slo import ImportedSlo
    from tocsin.importing.sloth_windows import AlertWindows
    from tocsin.source.document import Document
    from tocsin.source.node import Node

_NOT_IN_PATHS = re.compile(r"[^A-Za-z0-9_.-]+")


class SourceFile(NamedTuple):
    """A file that was read; `path` is its path below the folder that was named, or its name."""

    document: Document
    nodes: Sequence[Node]
    path: str


@value_object
class Import:
    """The files of the spec, how many SLOs they have, and what there is to say."""

    files: tuple[File, ...]
    slos: int
    read: int
    """How many of the files hold SLOs."""
    diagnostics: tuple[Diagnostic, ...]
    severities: tuple[str, ...] = ()
    """Of the SLOs that were imported, the most urgent first."""
    alerts: tuple[str, ...] = ()
    """The names of their alerts, as far as they are given."""


def import_slos(files: Iterable[SourceFile], window: str | None, *, part: bool = False) -> Import:
    """Import what the files hold; `window` is that of SLOs that do not name one.

    With `part`, the files become a part of a spec that has its project and severities elsewhere.
    """
    notes = Notes()
    files = list(files)
    documents = {file.path: list(_documents(file)) for file in files}
    reader = _Reader([one for found in documents.values() for one in found], window, notes)
    slos = [slo for file in files for slo in reader.slos(documents[file.path])]
    reader.objects.mention_unused(notes)
    slos = list(distinct_keys(known_severities(slos, notes), notes))
    while True:
        names = Notes()
        named = alert_names(slos, names)
        written = _files(slos, named, files, documents)
        sound = _sound(slos, written, notes)
        if len(sound) == len(slos):
            break
        slos = sound
    notes.take(names)
    if written.files and part:
        written.files.pop()
    read = sum(bool(one) for one in documents.values())
    severities = tuple(ranked_severities(slos))
    alerts = {
        name
        for one in named.values()
        for name in (one.burn, one.missing, *one.tiers.values())
        if name is not None
    }
    found = sort_diagnostics(notes.found)
    return Import(tuple(written.files), len(slos), read, found, severities, tuple(sorted(alerts)))


class _Written(NamedTuple):
    """The files of the spec, `project.yaml` as the last, and the values of the SLOs in them."""

    files: list[File]
    values: dict[str, object]


def _files(
    slos: list[ImportedSlo],
    names: dict[str, AlertNames],
    files: Sequence[SourceFile],
    documents: dict[str, list[SloDocument]],
) -> _Written:
    values: dict[str, object] = {slo.key: spec_value(slo, names.get(slo.key)) for slo in slos}
    made = [
        text_file(path, _text(of_file, values, _comments(file, documents[file.path])))
        for path, file, of_file in _paths(_by_file(slos, files))
    ]
    if made:
        heading = "What SLOs of other tools do not say, so that the files make a whole spec."
        made.append(
            text_file("project.yaml", yaml_text(project_value(ranked_severities(slos)), heading=heading))
        )
    return _Written(made, values)


def _sound(slos: list[ImportedSlo], written: _Written, notes: Notes) -> list[ImportedSlo]:
    """The SLOs without those that keep the files from being a spec; these are refused."""
    places = {slo.key: slo.name.node.span for slo in slos}
    values = {("slos", key): value for key, value in written.values.items()}
    spans = {("slos", key): span for key, span in places.items()}
    refused: set[str] = set()
    for fault in verify_spec(written.files, values, spans).faults if written.files else ():
        # Where no single SLO is at fault, none can be written.
        keys = [fault.key[1]] if fault.key else list(places)
        for key in keys:
            if key not in refused:
                help_ = fault.help or "correct it and import again"
                notes.refuse(key, RefusedError(fault.message, fault.span, help_))
        refused.update(keys)
    return [slo for slo in slos if slo.key not in refused]


def _documents(file: SourceFile) -> Iterator[SloDocument]:
    for node in file.nodes:
        yield from slo_documents(node)


class _Reader:
    """Reads each document with what others say that belongs to it."""

    def __init__(self, documents: Iterable[SloDocument], window: str | None, notes: Notes) -> None:
        documents = list(documents)
        self._notes = notes
        self.objects = Objects(one.node for one in documents if one.format is SloFormat.OPENSLO)
        catalogue = dict(self._catalogue(documents))
        self._period = SlothPeriod(window or default_period(catalogue), catalogue)
        self._window = window or "30d"

    def slos(self, documents: Iterable[SloDocument]) -> Iterator[ImportedSlo]:
        """The SLOs of the documents of a file."""
        for format_, node in documents:
            if format_ in (SloFormat.SLOTH, SloFormat.SLOTH_RESOURCE):
                yield from read_sloth(node, self._period, self._notes)
            elif format_ is SloFormat.PYRRA:
                slo = read_pyrra(node, self._notes)
                yield from () if slo is None else (slo,)
            elif format_ is SloFormat.OPENSLO and text_of(node, "kind") == "SLO":
                yield from read_openslo(node, self.objects, self._window, self._notes)

    def _catalogue(self, documents: Iterable[SloDocument]) -> Iterator[tuple[str, AlertWindows]]:
        for format_, node in documents:
            if format_ is SloFormat.SLOTH_WINDOWS:
                try:
                    yield read_alert_windows(node, self._notes)
                except RefusedError as error:
                    self._notes.refuse("AlertWindows", error)


def _comments(file: SourceFile, documents: Iterable[SloDocument]) -> Comments:
    """The comments of a file, those of YAML in its strings among them."""
    return Comments(file.document, (*file.nodes, *(one.node for one in documents)))


def _by_file(
    slos: Iterable[ImportedSlo], files: Sequence[SourceFile]
) -> list[tuple[SourceFile, list[ImportedSlo]]]:
    of_document: dict[str, list[ImportedSlo]] = {}
    for slo in slos:
        of_document.setdefault(slo.node.document.name, []).append(slo)
    return [(file, of_document[file.document.name]) for file in files if file.document.name in of_document]


def _paths(
    files: Iterable[tuple[SourceFile, list[ImportedSlo]]],
) -> Iterator[tuple[str, SourceFile, list[ImportedSlo]]]:
    """A path of its own in the spec for each file."""
    taken: set[str] = set()
    for file, slos in files:
        stem = re.sub(r"\.(?:ya?ml|json)$", "", file.path)
        parts = [_NOT_IN_PATHS.sub("-", part).strip(".-") or "slos" for part in stem.split("/")]
        path = "/".join(("slos", *parts))
        count = 1
        while (name := f"{path}{f'-{count}' if count > 1 else ''}.yaml").lower() in taken:
            count += 1
        taken.add(name.lower())
        yield name, file, slos


def _text(slos: Sequence[ImportedSlo], values: dict[str, object], comments: Comments) -> str:
    value: dict[str, object] = {}
    for slo in slos:
        above, behind = comments.take(slo.start.start)
        inner = with_comments(values[slo.key], comments)
        more = (*((behind,) if behind else ()), *comments.take_inside(slo.node.start, slo.node.end))
        value[slo.key] = Commented(inner, (*above, *more))
    heading = (*comments.take_inside(0, slos[0].node.start), *comments.take_last())
    return yaml_text({"slos": value}, heading="\n".join(heading))
