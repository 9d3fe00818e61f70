"""An Alertmanager configuration as a file of a spec, proved to notify as before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.importing.alertmanager.proof import routing_differences
from tocsin.importing.alertmanager.read import read_routing
from tocsin.importing.alertmanager.write import routing_file, routing_value
from tocsin.importing.notes import difference
from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced, plain_value
from tocsin.importing.verify import verify_spec
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.existing.input import Input
    from tocsin.existing.templates import Templates
    from tocsin.files import File
    from tocsin.importing.alertmanager.read import ImportedRouting
    from tocsin.importing.notes import Notes
    from tocsin.importing.verify import SoundFiles
    from tocsin.plan.model import Plan
    from tocsin.source.document import Span


@value_object
class SoundRouting:
    """A configuration that a spec can hold, the file of the spec, and the whole spec with it alone."""

    read: ImportedRouting
    file: File
    spec: SoundFiles


def import_routing(
    inputs: Sequence[Input], templates: Templates, others: Sequence[File], notes: Notes
) -> SoundRouting | None:
    """The configuration in the files, together with the `others` that make a spec of it.

    None where there is none, or one that a spec cannot hold, which is refused.
    """
    read = read_routing(inputs, templates, notes)
    if read is None:
        return None
    try:
        file = routing_file(read)
    except RefusedError as error:
        notes.refuse(error.span.document.name, error)
        return None
    values = dict(_parts(read))
    names = {key: _span(value, read.span()) for key, value in values.items()}
    verified = verify_spec([file, *others], values, names)
    for fault in verified.faults:
        help_ = _as_in_file(fault.help or "leave it where it is, or change it")
        # A place in the file of the spec would show lines that are written nowhere.
        place = fault.span if fault.key is not None else read.span()
        notes.refuse(read.name, RefusedError(_as_in_file(fault.message), place, help_))
    return None if verified.sound is None else SoundRouting(read, file, verified.sound)


def _as_in_file(text: str) -> str:
    """A sentence about a spec, as one about the file that was imported."""
    return text.replace("`project.alertmanager`", "`global:`")


def differing_routing(routing: SoundRouting, plan: Plan) -> Iterator[Diagnostic]:
    """Where the plan of the whole spec notifies otherwise than what was imported, or may."""
    for one in routing_differences(routing.read, plan):
        yield difference(f"the spec would notify otherwise: {one.message}", one.original, one.generated)


def _parts(read: ImportedRouting) -> Iterator[tuple[tuple[str, str], object]]:
    for section, value in routing_value(read).items():
        inside = plain_value(value)
        for name, one in inside.items() if isinstance(inside, dict) else ():
            yield (section, name), one


def _span(value: object, otherwise: Span) -> Span:
    if not isinstance(value, Sourced):
        return otherwise
    return value.node.span if value.key is None else value.key.span


def counts(routing: SoundRouting) -> Mapping[str, int]:
    """How many there are of each thing that a report counts."""
    plan = routing.read.plan
    waiting, routes = [plan.route], 0
    while waiting:
        one = waiting.pop()
        below = () if one is None else one.routes
        routes += len(below)
        waiting += below
    return {
        "route": routes,
        "inhibition": len(plan.inhibitions),
        "time interval": len(plan.time_intervals),
        "receiver": len(plan.receivers),
        "template file": len(routing.read.templates),
    }
