"""A policy in a file of its own, for alerting that is no spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tocsin.diagnostics.model import Diagnostic, Level, sort_diagnostics
from tocsin.source.node import MappingNode
from tocsin.source.yaml import read_yaml
from tocsin.spec.base import Model
from tocsin.spec.model_file import validate_file, yaml_diagnostics
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
    found = yaml_diagnostics(reading)
    if not isinstance(reading.node, MappingNode):
        message = "a policy stands under the key `policy`"
        span = None if reading.node is None else reading.node.span
        found += [] if found else [Diagnostic("spec/wrong-type", Level.ERROR, message, span)]
        return LoadedPolicy(None, sort_diagnostics(found))
    file = validate_file(reading.node, PolicyFile)
    if isinstance(file, list):
        return LoadedPolicy(None, sort_diagnostics([*found, *file]))
    return LoadedPolicy(None if found else file.policy, sort_diagnostics(found))
