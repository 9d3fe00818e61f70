"""Importing rule files in tests, and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tocsin.existing.input import read_input
from tocsin.importing.import_files import import_files
from tocsin.importing.rules.lifts import LIFTS
from tocsin.source.document import Document
from tocsin.targets import loki, prometheus

if TYPE_CHECKING:
    from collections.abc import Collection

    from tocsin.importing.import_files import Imported


def run(*texts: str, lifts: Collection[str] = tuple(LIFTS)) -> Imported:
    """Import texts as the files `a.yaml`, `b.yaml` and so on."""
    names = [f"{name}.yaml" for name, _ in zip("abcdef", texts, strict=False)]
    inputs = [
        (read_input(Document(name, text), named=True), name) for name, text in zip(names, texts, strict=True)
    ]
    return import_files(inputs, None, lifts)


def written(made: Imported, path: str = "rules/a.yaml") -> str:
    """The text of a file of the spec."""
    return next(file.content.decode() for file in made.files if file.path == path)


def generated(made: Imported) -> dict[str, str]:
    """The rule files that the spec makes."""
    assert made.rules.spec is not None, made.diagnostics
    plan = made.rules.spec.plan
    return {file.path: file.content.decode() for target in (prometheus, loki) for file in target.emit(plan)}


def groups(made: Imported) -> list[dict[str, Any]]:
    """All rule groups that the spec makes."""
    return [group for text in generated(made).values() for group in yaml.safe_load(text)["groups"]]


def refusals(made: Imported) -> list[str]:
    """The line of each thing that is refused, and why."""
    found = [one for one in made.diagnostics if one.id == "import/refused"]
    return [f"{one.span.line if one.span else 0}: {one.message}" for one in found]
