"""The receiver integrations of Alertmanager, and its global section, with every secret by reference."""

from tocsin.spec.integrations.models import (
    CHANNELS,
    Global,
    Integration,
    NotificationTexts,
    Receiver,
    offered_keys,
    record_of,
)
from tocsin.spec.integrations.secrets import Guarded, SecretInClear

__all__ = [
    "CHANNELS",
    "Global",
    "Guarded",
    "Integration",
    "NotificationTexts",
    "Receiver",
    "SecretInClear",
    "offered_keys",
    "record_of",
]
