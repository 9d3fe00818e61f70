"""A team's own rules, and the findings that it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tocsin.source.place import Place


@value_object
class Allowance:
    """A finding that somebody has looked at and accepts, with the reason."""

    check: str
    scope: tuple[str | int, ...]
    """Findings at places whose path begins like this are meant."""
    reason: str
    until: date | None
    """The last day on which it holds; None means always."""
    place: Place


@value_object
class TextRules:
    """What a team demands of labels, or of annotations; a pattern is RE2 and matches the whole value."""

    required: tuple[str, ...]
    forbidden: tuple[str, ...]
    values: Mapping[str, str]
    """The pattern of the values of each name."""


@value_object
class ForLimits:
    """How long an alert of one severity may wait, or be kept, both ends included; None is no limit."""

    minimum: str | None
    maximum: str | None


@value_object
class Rejection:
    """A pattern (RE2) that matches nowhere in the texts it is for."""

    pattern: str
    inside: tuple[str, ...]
    """Some of `expr`, `labels`, `annotations`, `label_names` and `annotation_names`."""
    reason: str


@value_object
class RecordingRules:
    """What a team demands of recording rules: the pattern of their names, and labels of what they record."""

    name: str | None
    keep: tuple[str, ...]
    remove: tuple[str, ...]


@value_object
class Policy:
    """A team's own rules for its alerts."""

    alert_name: str | None
    """The pattern of every alert's name."""
    severities: tuple[str, ...]
    """The values that the label `severity` may have; empty for any."""
    labels: TextRules
    annotations: TextRules
    for_: Mapping[str, ForLimits]
    """By severity."""
    keep_firing_for: Mapping[str, ForLimits]
    """By severity."""
    reject: tuple[Rejection, ...]
    selectors: tuple[str, ...]
    """Labels on which every selector has a matcher."""
    recordings: RecordingRules
    runbooks: Mapping[str, tuple[str, ...]]
    """By severity: the sections of a runbook, called as in the spec, that an alert has to have."""
