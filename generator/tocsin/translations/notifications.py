"""What notifications say around the author's own words."""

from __future__ import annotations

from tocsin.value_object import value_object


@value_object
class NotificationWords:
    """Labels of a notification's parts; they stand in Go templates and hold no braces."""

    firing: str
    resolved: str
    team: str
    labels: str
    since: str
    until: str
    runbook: str
    panel: str
    silence: str
    source: str
    time: str
    """Layout of a moment, as Go writes it."""


WORDS: dict[str, NotificationWords] = {
    "en": NotificationWords(
        firing="firing",
        resolved="Resolved",
        team="Team",
        labels="Labels",
        since="Since",
        until="Until",
        runbook="Runbook",
        panel="Panel",
        silence="Silence",
        source="Source",
        time="2006-01-02 15:04:05 MST",
    ),
    "pt-BR": NotificationWords(
        firing="disparando",
        resolved="Resolvido",
        team="Equipe",
        labels="Labels",
        since="Desde",
        until="Até",
        runbook="Runbook",
        panel="Painel",
        silence="Silenciar",
        source="Origem",
        time="02/01/2006 15:04:05 MST",
    ),
}
"""The words of each language."""
