"""The templates of notifications: those in receivers, those in files, and which receiver executes which."""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from tocsin.answers import answered_once
from tocsin.detect.template import is_rendered_by_ansible
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.notification_data import (
    Defined,
    NotificationReads,
    body_reads,
    definitions,
    reads,
)
from tocsin.lang.gotemplate.notification_types import GoType
from tocsin.plan.channel_places import channel_path
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.plan.model import Plan, Receiver, Route


@value_object
class NotificationText:
    """A text with templates that somebody wrote; a file of them belongs to no receiver."""

    receiver: str
    text: str
    place: Place
    about: Place
    refused: LangError | None

    def piece(self, span: tuple[int, int]) -> Place:
        """The place of a part of it."""
        return replace(self.place, piece=span)


_GENERATED = re.compile(r"\s*\{\{-?\s*/\*[^*]*\bdo not edit\b", re.IGNORECASE)


@value_object
class DefinedAt:
    """A named template of a file; `place` is its name."""

    defined: Defined
    place: Place
    generated: bool
    """Whether the file says at its head that nobody is to edit it."""


@value_object
class Executed:
    """A template with what it is given, and the receivers whose notifications execute it."""

    receivers: tuple[str, ...]
    reads: NotificationReads
    place: Place
    about: Place
    own: Mapping[str, Defined] = field(default_factory=dict, hash=False)
    """The named templates that the text itself defines."""
    defined: Defined | None = None
    """The named template that it is; None for the text of a receiver."""
    data: GoType = GoType.DATA
    """What it is given as its dot."""

    def piece(self, span: tuple[int, int]) -> Place:
        """The place of a part of it."""
        return replace(self.place, piece=span)


def is_default(name: str) -> bool:
    """Whether a template is one of Alertmanager's own, or one that takes its place."""
    return ".default." in name or name.startswith("__")


def is_generated(plan: Plan, name: str) -> bool:
    """Whether a template is one of those that are generated with the configuration of a spec."""
    return bool(plan.project.name) and name.startswith("tocsin.")


def receiver_and_file_texts(plan: Plan) -> Iterator[NotificationText]:
    """The texts that receivers and routes bring along, and the files of templates."""
    for receiver in plan.receivers:
        yield from texts_of(receiver)
    if plan.route is not None:
        yield from _texts_of_routes(plan.route, "")
    yield from files_of(plan)


def with_aside(plan: Plan) -> tuple[Plan, ...]:
    """The plan, and one of each further configuration, with its receivers and templates alone."""
    further = (
        replace(plan, route=None, receivers=one.receivers, templates=one.templates, aside=())
        for one in plan.aside
    )
    return (plan, *further)


def files_of(plan: Plan) -> Iterator[NotificationText]:
    """The files of templates that somebody wrote."""
    for glob in plan.templates:
        for file in glob.files or ():
            yield NotificationText("", file.text, file.place, file.place, _refused(file.text))


def texts_of(receiver: Receiver) -> Iterator[NotificationText]:
    """The texts with templates of a receiver, in a spec or in a plain configuration."""
    if receiver.place is None:
        return
    for key, entries in receiver.channels:
        for place, text in _texts(entries, channel_path(receiver.place, key)):
            if is_rendered_by_ansible(str(place.path[0]), text):
                continue
            yield NotificationText(receiver.name, text, place, receiver.place, _refused(text))


def _texts_of_routes(route: Route, receiver: str) -> Iterator[NotificationText]:
    """The labels with templates of a route and those below it; `receiver` is that of the route above."""
    receiver = route.receiver or receiver
    for name, text in route.labels.items():
        if "{{" in text:
            place = Place((*route.place.path, "labels", name))
            yield NotificationText(receiver, text, place, route.place, _refused(text))
    for child in route.routes:
        yield from _texts_of_routes(child, receiver)


def defined_templates(plan: Plan) -> tuple[DefinedAt, ...]:
    """The named templates of all files, in the order in which Alertmanager loads them."""
    seen: dict[Place, DefinedAt] = {}
    for text in receiver_and_file_texts(plan):
        if not text.receiver and text.refused is None:
            for one in definitions(text.text):
                place = text.piece(one.span)
                generated = _GENERATED.match(text.text) is not None
                seen.setdefault(place, DefinedAt(one, place, generated))
    return tuple(seen.values())


@answered_once
def executed_templates(plan: Plan) -> tuple[Executed, ...]:
    """Every template that a notification executes: those of receivers, and what they call in files.

    A named template is there once for each kind of data that it is given.
    """
    # The last definition of a name counts.
    by_name = {one.defined.name: one for one in defined_templates(plan)}
    found: list[Executed] = []
    reached: dict[tuple[str, GoType], dict[str, None]] = {}
    given: dict[tuple[str, GoType], NotificationReads] = {}
    waiting: list[tuple[str, GoType, str]] = []
    for text in receiver_and_file_texts(plan):
        if not text.receiver or text.refused is not None:
            continue
        for part in _own(text):
            found.append(part)
            waiting += [
                (call.name, call.data, text.receiver)
                for call in part.reads.calls
                if call.name not in part.own
            ]
    for one in by_name.values():
        # Alertmanager's own texts call those that take their place.
        if is_default(one.defined.name):
            waiting.append((one.defined.name, GoType.UNKNOWN, ""))
    while waiting:
        name, data, receiver = waiting.pop()
        if name not in by_name or receiver in reached.setdefault((name, data), {}):
            continue
        reached[name, data][receiver] = None
        if (name, data) not in given:
            given[name, data] = body_reads(by_name[name].defined.body, data)
        waiting += [(call.name, call.data, receiver) for call in given[name, data].calls]
    for (name, data), receivers in reached.items():
        whole = Place(by_name[name].place.path)
        told = tuple(sorted(filter(None, receivers)))
        found.append(
            Executed(told, given[name, data], whole, whole, defined=by_name[name].defined, data=data)
        )
    return tuple(found)


def _own(text: NotificationText) -> Iterator[Executed]:
    """The text of a receiver, and the templates that it defines, once for each kind of data."""
    own = {one.name: one for one in definitions(text.text)}
    whole = Executed((text.receiver,), reads(text.text), text.place, text.about, own)
    yield whole
    waiting = list(whole.reads.calls)
    seen: set[tuple[str, GoType]] = set()
    while waiting:
        call = waiting.pop()
        if call.name not in own or (call.name, call.data) in seen:
            continue
        seen.add((call.name, call.data))
        body = body_reads(own[call.name].body, call.data)
        waiting += body.calls
        yield Executed(whole.receivers, body, text.place, text.about, own, own[call.name], call.data)


def _refused(text: str) -> LangError | None:
    try:
        reads(text)
    except LangError as error:
        return error
    return None


def _texts(entries: Iterable[Any], path: tuple[str | int, ...]) -> Iterator[tuple[Place, str]]:
    waiting: list[tuple[tuple[str | int, ...], Any]] = [
        ((*path, number), entry) for number, entry in enumerate(entries)
    ]
    while waiting:
        here, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*here, key), one) for key, one in value.items() if key != "http_config"]
        elif isinstance(value, list):
            waiting += [((*here, number), one) for number, one in enumerate(value)]
        elif isinstance(value, str) and "{{" in value:
            yield Place(here), value
