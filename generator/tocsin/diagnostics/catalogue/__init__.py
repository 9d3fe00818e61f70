"""Every message that Tocsin can print with an id, but for those of checks: each is declared here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.catalogue import (
    alertmanager,
    baseline,
    configurations,
    exceptions,
    importing,
    names,
    placement,
    plain,
    plan,
    prove,
    spec,
    values,
)
from tocsin.diagnostics.catalogue.message import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MESSAGES", "Message"]


def _by_id(messages: Iterable[Message]) -> dict[str, Message]:
    found: dict[str, Message] = {}
    for message in messages:
        assert message.id not in found, f"{message.id} is declared twice"
        found[message.id] = message
    return found


MESSAGES = _by_id(
    (
        *spec.MESSAGES,
        *values.MESSAGES,
        *names.MESSAGES,
        *plan.MESSAGES,
        *exceptions.MESSAGES,
        *placement.MESSAGES,
        *plain.MESSAGES,
        *configurations.MESSAGES,
        *alertmanager.MESSAGES,
        *baseline.MESSAGES,
        *prove.MESSAGES,
        *importing.MESSAGES,
    )
)
"""By id, in the order in which a spec is read, and then plain files."""
