"""Which calls of named templates give them data that they cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.notification_texts import Executed, defined_templates, executed_templates
from tocsin.lang.gotemplate.notification_data import body_reads
from tocsin.lang.gotemplate.notification_types import GoType
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.lang.gotemplate.notification_data import Call, Defined
    from tocsin.lang.gotemplate.notification_faults import TemplateFault
    from tocsin.plan.model import Plan

_GIVEN = tuple(one for one in GoType if one not in (GoType.UNKNOWN, GoType.NOTHING, GoType.DICT, GoType.LIST))


@value_object
class FailingCall:
    """A call with data of a wrong type; the template could be executed with other data."""

    text: Executed
    call: Call
    fault: TemplateFault
    """What breaks off in the template, or in one that it calls."""
    suited: GoType
    """Data with which nothing does."""


@value_object
class Judged:
    """The texts whose own faults count, and the calls that are at fault for those of the others."""

    texts: tuple[Executed, ...]
    calls: tuple[FailingCall, ...]


def faults_at_causes(plan: Plan) -> Judged:
    """What is at fault where a template breaks off: it, or the call that gives it its data.

    A call is at fault where the template could be executed with other data.
    """
    of_files = {one.defined.name: one.defined for one in defined_templates(plan)}
    shared = _Templates(of_files)
    texts: list[Executed] = []
    calls: list[FailingCall] = []
    for text in executed_templates(plan):
        templates = _Templates({**of_files, **text.own}) if text.own else shared
        if text.defined is not None and templates.suited(text.defined.name, text.data) is not None:
            continue
        texts.append(text)
        for call in text.reads.calls:
            suited = templates.suited(call.name, call.data)
            if suited is not None:
                fault = templates.first_fault(call.name, call.data)
                assert fault is not None
                calls.append(FailingCall(text, call, fault, suited))
    return Judged((*texts, *_broken_whatever_they_are_given(plan, shared)), tuple(calls))


def _broken_whatever_they_are_given(plan: Plan, templates: _Templates) -> Iterator[Executed]:
    """Without a configuration, nobody says what a named template is given: those that nothing suits.

    The fault is that of the data with which it gets farthest. A dictionary suits what reads no field of
    a notification or an alert.
    """
    if plan.route is not None or plan.receivers:
        return
    for one in defined_templates(plan):
        if any(templates.first_fault(one.defined.name, data) is None for data in _GIVEN):
            continue
        tried = [(data, body_reads(one.defined.body, data)) for data in _GIVEN]
        if all(reads.faults for _, reads in tried):
            data, reads = max(tried, key=lambda it: it[1].faults[0].span)
            if reads.fields:
                whole = Place(one.place.path)
                yield Executed((), reads, whole, whole, defined=one.defined, data=data)


class _Templates:
    """The named templates that a text can call, with what breaks off in each of them."""

    def __init__(self, named: Mapping[str, Defined]) -> None:
        self.named = named
        self.known: dict[tuple[str, GoType], TemplateFault | None] = {}

    def first_fault(self, name: str, data: GoType) -> TemplateFault | None:
        """What first breaks off in a template that is given such data, and in those that it calls."""
        if name not in self.named:
            return None
        key = name, data
        if key not in self.known:
            # One that calls itself has no further faults.
            self.known[key] = None
            reads = body_reads(self.named[name].body, data)
            own = iter(reads.faults[:1])
            called = (self.first_fault(call.name, call.data) for call in reads.calls)
            self.known[key] = next(own, None) or next(filter(None, called), None)
        return self.known[key]

    def suited(self, name: str, data: GoType) -> GoType | None:
        """Other data with which a template does not break off, where it does so with such data."""
        if data is GoType.UNKNOWN or self.first_fault(name, data) is None:
            return None
        others = (one for one in (GoType.DATA, GoType.ALERT, GoType.ALERTS) if one is not data)
        return next((other for other in others if self.first_fault(name, other) is None), None)
