"""A YAML file that is one model: what its parser finds wrong, and what the model does."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.source.node import plain_data
from tocsin.source.place import Sources
from tocsin.spec.base import Model
from tocsin.spec.mistakes.diagnose import Diagnosis

if TYPE_CHECKING:
    from tocsin.source.node import MappingNode
    from tocsin.source.yaml import Reading

M = TypeVar("M", bound=Model)


def yaml_diagnostics(reading: Reading) -> list[Diagnostic]:
    """What the parser found wrong with a file."""
    return [
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


def validate_file(root: MappingNode, model: type[M]) -> M | list[Diagnostic]:
    """The model that a file holds, or all that keeps the file from being one."""
    data = plain_data(root)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        diagnosis = Diagnosis(data, Sources(root), model)
        return [*map(diagnosis.diagnostic, diagnosis.relevant(error.errors(include_url=False)))]
