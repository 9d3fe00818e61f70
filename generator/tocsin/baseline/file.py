"""The file of a baseline: read with its places, and written for people to review."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import replace
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from pydantic import Field

from tocsin.baseline.entry import Entry
from tocsin.diagnostics.model import Diagnostic, Level, sort_diagnostics
from tocsin.diagnostics.subject import Subject
from tocsin.source.node import MappingNode
from tocsin.source.place import Place, Sources
from tocsin.source.yaml import read_yaml
from tocsin.spec.allow import CheckId
from tocsin.spec.base import Model, Text
from tocsin.spec.model_file import validate_file, yaml_diagnostics
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.source.document import Document

_WITHIN = {
    "alert": "group",
    "record": "group",
    "panel": "dashboard",
    "variable": "dashboard",
    "route": "below",
    **dict.fromkeys(("receiver", "inhibition", "time_interval", "slo", "severity", "team")),
    **dict.fromkeys(("procedure", "dashboard", "group", "section")),
}
"""The kinds of subjects, and under which key stands what they are in; what is inside comes first."""
_KINDS = (*_WITHIN, "file")
_HEADING = """\
Findings that were accepted as they stood, to be fixed later: `check` and `prove` leave them out.
Written by `tocsin check --accept`, which also removes what is gone. Reasons and names may be edited here.
"""


class Accepted(Model):
    """Accepted findings of one check about one alert, route, …, or file."""

    alert: Text | None = Field(None, description="The alert that they are about.")
    record: Text | None = Field(None, description="The recording rule.")
    group: Text | None = Field(None, description="The rule group, also around an alert or recording rule.")
    receiver: Text | None = Field(None, description="The receiver.")
    route: Text | None = Field(None, description="The matchers of the route.")
    below: Text | None = Field(None, description="The matchers of the routes above that route.")
    inhibition: Text | None = Field(None, description="The matchers of the inhibition.")
    time_interval: Text | None = Field(None, description="The time interval.")
    dashboard: Text | None = Field(None, description="The dashboard, also around a panel or variable.")
    panel: Text | None = Field(None, description="The panel.")
    variable: Text | None = Field(None, description="The variable of the dashboard.")
    slo: Text | None = Field(None, description="The service level objective.")
    severity: Text | None = Field(None, description="The severity.")
    team: Text | None = Field(None, description="The team.")
    procedure: Text | None = Field(None, description="The procedure.")
    section: Text | None = Field(None, description="The top-level key of the spec.")
    file: Text = Field(description="The file, from the folder of the baseline.")
    check: CheckId = Field(description="The id of the check.")
    finding: str = Field("", description="The message, for who reads this.")
    count: int = Field(1, ge=1, description="How many there are.")
    date: datetime.date = Field(description="When they were accepted.")
    reason: Text = Field(description="Why they are accepted.")

    @property
    def subject(self) -> Subject:
        """What it is about."""
        for kind, within in _WITHIN.items():
            name = getattr(self, kind)
            if name is not None:
                return Subject(kind, name, (within and getattr(self, within)) or "", self.file)
        return Subject("file", basename(self.file), dirname(self.file), self.file)


class BaselineFile(Model):
    """The one key of the file."""

    accepted: list[Accepted] = Field(description="What was accepted.")


@value_object
class LoadedBaseline:
    """The entries of a baseline; where anything is wrong with it, `diagnostics` says what."""

    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_baseline(document: Document) -> LoadedBaseline:
    """Read the file of a baseline; entries may stand in any order, and more than once."""
    reading = read_yaml(document)
    found = yaml_diagnostics(reading)
    if found:
        return LoadedBaseline((), sort_diagnostics(found))
    if not isinstance(reading.node, MappingNode):
        span = None if reading.node is None else reading.node.span
        message = "accepted findings stand in a list under the key `accepted`"
        return LoadedBaseline((), (Diagnostic("spec/wrong-type", Level.ERROR, message, span),))
    file, sources = validate_file(reading.node, BaselineFile), Sources(reading.node)
    if isinstance(file, list):
        return LoadedBaseline((), sort_diagnostics(file))
    entries = (
        Entry(
            one.check,
            one.subject,
            one.finding,
            one.count,
            one.date,
            one.reason,
            sources.locate(Place(("accepted", number, one.subject.kind))),
        )
        for number, one in enumerate(file.accepted)
    )
    return LoadedBaseline(tuple(entries), ())


def baseline_text(entries: Iterable[Entry]) -> str:
    """The file with these entries, ordered by what they are about, so that two branches seldom meet in it."""
    counts: Counter[Entry] = Counter()
    for one in entries:
        counts[replace(one, count=1, place=None)] += one.count
    ordered = sorted(counts.items(), key=lambda pair: _order(pair[0]))
    return yaml_text({"accepted": [_value(one, count) for one, count in ordered]}, heading=_HEADING)


def _order(entry: Entry) -> tuple[object, ...]:
    subject = entry.subject
    about = (_KINDS.index(subject.kind), subject.name, subject.within)
    return (*about, entry.check, entry.finding, subject.file, entry.date, entry.reason)


def _value(entry: Entry, count: int) -> dict[str, object]:
    subject = entry.subject
    value: dict[str, object] = {} if subject.kind == "file" else {subject.kind: subject.name}
    within = _WITHIN.get(subject.kind)
    if within and subject.within:
        value[within] = subject.within
    value |= {"file": subject.file, "check": entry.check, "finding": entry.finding}
    value |= {"count": count} if count > 1 else {}
    return value | {"date": entry.date.isoformat(), "reason": entry.reason}
