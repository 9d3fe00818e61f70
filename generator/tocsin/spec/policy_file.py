"""A policy in a file of its own, for alerting that is no spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from tocsin.diagnostics.model import Diagnostic, Level, Note, sort_diagnostics
from tocsin.source.node import MappingNode, plain_data
from tocsin.source.place import Sources
from tocsin.source.yaml import read_yaml
from tocsin.spec.base import Model
from tocsin.spec.mistakes.diagnose import Diagnosis
from tocsin.spec.policy import Policy
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.document import Document


class PolicyFile(Model):
    """The one key of the file."""

    policy: Policy = Field(description="The team's own rules for its alerts.")


@value_object
class LoadedPolicy:
    """The policy; None when anything was wrong, and then `diagnostics` says what."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]


def load_policy(document: Document) -> LoadedPolicy:
    """Read a file with the key `policy`, written as in a spec."""
    reading = read_yaml(document)
    found = [
        Diagnostic(
            "spec/yaml",
            Level.ERROR,
            fault.message,
            fault.span,
            related=tuple(Note(span, text) for span, text in fault.related),
            help=fault.help,
        )
        for fault in reading.faults
    ]
    if not isinstance(reading.node, MappingNode):
        message = "a policy stands under the key `policy`"
        span = None if reading.node is None else reading.node.span
        found += [] if found else [Diagnostic("spec/wrong-type", Level.ERROR, message, span)]
        return LoadedPolicy(None, sort_diagnostics(found))
    try:
        data = plain_data(reading.node)
        file = PolicyFile.model_validate(data)
    except ValidationError as error:
        diagnosis = Diagnosis(data, Sources(reading.node), PolicyFile)
        found += map(diagnosis.diagnostic, diagnosis.relevant(error.errors(include_url=False)))
        return LoadedPolicy(None, sort_diagnostics(found))
    return LoadedPolicy(None if found else file.policy, sort_diagnostics(found))
