"""Who takes over and when: on the index for all severities, on the page of an alert for its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.targets.runbooks import markdown

if TYPE_CHECKING:
    from collections.abc import Collection

    from tocsin.plan.model import EscalationLevel
    from tocsin.targets.runbooks.pages import Pages


def escalation_levels(pages: Pages, severities: Collection[str]) -> list[tuple[str, str | None, list[str]]]:
    """Each level that can concern these severities: its title, its receiver, and what brings one to it."""
    return [
        (
            markdown.escape_text(level.title),
            level.receiver and pages.receiver(level.receiver),
            [*_times(pages, level, severities), *level.when],
        )
        for level in pages.plan.escalation.levels
        if level.when or not level.after or any(name in severities for name in level.after)
    ]


def _times(pages: Pages, level: EscalationLevel, severities: Collection[str]) -> list[str]:
    words = pages.words
    return [
        words.unresolved_after.format(pages.severity(name), f"**{level.after[name]}**")
        if parse_duration(level.after[name])
        else words.from_the_start.format(pages.severity(name))
        for name in pages.severities
        if name in severities and name in level.after
    ]
