"""The receiver integrations of Alertmanager, and its global section, with every secret by reference."""

from tocsin.spec.integrations.models import (
    CHANNELS,
    EventRecorder,
    Global,
    Integration,
    NotificationTexts,
    Receiver,
    Tracing,
    offered_keys,
    record_of,
)
from tocsin.spec.integrations.secrets import Guarded, SecretInClear

__all__ = [
    "CHANNELS",
    "EventRecorder",
    "Global",
    "Guarded",
    "Integration",
    "NotificationTexts",
    "Receiver",
    "SecretInClear",
    "Tracing",
    "offered_keys",
    "record_of",
]
