"""The words of notifications."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotificationWords:
    """What a notification says around the author's own texts."""

    firing: str
    resolved: str
    since: str
    ended: str
    labels: str
    team: str
    runbook: str
    panel: str
    query: str
    silence: str


WORDS: dict[str, NotificationWords] = {
    "en": NotificationWords(
        firing="Firing",
        resolved="Resolved",
        since="Since",
        ended="Ended",
        labels="Labels",
        team="Team",
        runbook="Runbook",
        panel="Panel",
        query="Query",
        silence="Silence",
    ),
    "pt-BR": NotificationWords(
        firing="Disparado",
        resolved="Resolvido",
        since="Desde",
        ended="Terminou",
        labels="Labels",
        team="Time",
        runbook="Runbook",
        panel="Painel",
        query="Consulta",
        silence="Silenciar",
    ),
}
