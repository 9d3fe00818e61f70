"""The sections of Alertmanager's configuration about itself, each with the release that brought it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.event_recorder import EVENT_RECORDER
from tocsin.lang.alertmanager.tracing import TRACING

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.schema import Record

SECTIONS: dict[str, tuple[Record, str]] = {
    "tracing": (TRACING, "0.30"),
    "event_recorder": (EVENT_RECORDER, "0.33"),
}
"""By its key at the top of the configuration, which is that of `project` in a spec as well."""
