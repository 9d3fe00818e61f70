"""A rule file that an import has read, and where its parts are written."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from tocsin.importing.rules.model import ImportedAlert
from tocsin.plan.model import Engine
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.importing.rules.model import ImportedGroup, ImportedRule
    from tocsin.importing.rules.sources import RuleSource
    from tocsin.importing.sourced import Sourced

_FOLDERS = {Engine.PROMETHEUS: "prometheus/rules", Engine.LOKI: "loki/rules/fake"}


@value_object
class RuleFile:
    """A sound rule file with its groups as an import holds them."""

    source: RuleSource
    engine: Engine
    groups: tuple[ImportedGroup, ...]
    project_labels: Mapping[str, Sourced] = field(default_factory=dict)
    """Labels that were taken from all rules of all files."""

    @property
    def path(self) -> str:
        """Where its file of the spec is."""
        return f"rules/{self.source.file}.yaml"

    @property
    def generated(self) -> str:
        """Where the rule file is that the spec makes of it."""
        return f"{_FOLDERS[self.engine]}/{self.source.file}.yaml"

    def rules(self) -> Iterator[ImportedRule]:
        """All of its rules."""
        for group in self.groups:
            for item in group.items:
                yield from item.rules if isinstance(item, ImportedAlert) else (item,)
