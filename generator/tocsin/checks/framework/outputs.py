"""What checks ask of the outputs of a plan: who runs the checks hands them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.checks.framework.surroundings import Surroundings
    from tocsin.source.place import Place


class Unheld(Protocol):
    """A part of the configuration that an `AlertmanagerConfig` cannot express."""

    @property
    def message(self) -> str:
        """What it cannot express, as one sentence without a full stop."""

    @property
    def place(self) -> Place:
        """Where it is written."""

    @property
    def help(self) -> str:
        """What to do instead."""


class AlertmanagerConfig(Protocol):
    """The `AlertmanagerConfig` that a plan makes."""

    @property
    def unheld(self) -> Sequence[Unheld]:
        """What of the plan has no place in it."""

    @property
    def fields(self) -> Mapping[tuple[str, str], Place]:
        """The fields of receivers that are written, each with the key around it, and where they come from."""


class Outputs(Protocol):
    """The outputs of a plan, each of which is made when it is first asked for."""

    def runbook_sections(self, page: str) -> frozenset[str] | None:
        """The anchors of a page, by its path in the folder of runbooks; None where there is no such page."""

    def alertmanager_config(self) -> AlertmanagerConfig:
        """The resource that the routes and receivers are delivered as."""


class OutputsOfWholePlan:
    """Outputs as a check of shares gets them: what it finds with them is right for this plan alone."""

    def __init__(self, outputs: Outputs, around: Surroundings) -> None:
        self._outputs = outputs
        self._around = around

    def runbook_sections(self, page: str) -> frozenset[str] | None:
        """As of `Outputs`."""
        self._around.whole_plan()
        return self._outputs.runbook_sections(page)

    def alertmanager_config(self) -> AlertmanagerConfig:
        """As of `Outputs`."""
        self._around.whole_plan()
        return self._outputs.alertmanager_config()


class NotedOutputs:
    """Outputs of which it is known whether anybody has asked for one."""

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self.were_asked = False

    def runbook_sections(self, page: str) -> frozenset[str] | None:
        """As of `Outputs`."""
        self.were_asked = True
        return self._outputs.runbook_sections(page)

    def alertmanager_config(self) -> AlertmanagerConfig:
        """As of `Outputs`."""
        self.were_asked = True
        return self._outputs.alertmanager_config()
