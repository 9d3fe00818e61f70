"""Which calls of named templates give them data that they cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.notification_texts import defined_templates, executed_templates
from tocsin.lang.gotemplate.notification_data import body_reads
from tocsin.lang.gotemplate.notification_types import GoType
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.checks.framework.notification_texts import Executed
    from tocsin.lang.gotemplate.notification_data import Call, Defined
    from tocsin.lang.gotemplate.notification_faults import TemplateFault
    from tocsin.plan.model import Plan


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
    return Judged(tuple(texts), tuple(calls))


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
