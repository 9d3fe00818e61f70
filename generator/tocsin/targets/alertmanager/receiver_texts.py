"""What a channel says when its author gave it no text of their own: the generated templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.lang.alertmanager.integrations import BY_LIST


def with_default_texts(key: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of one channel, with texts where the author has written none."""
    integration = BY_LIST[key]
    entry = {**written}
    if not integration.send_resolved:
        entry.setdefault("send_resolved", True)
    for field, text in integration.texts_beside(written).items():
        if isinstance(text, Mapping):
            entry[field] = {**text, **written.get(field, {})}
        else:
            entry.setdefault(field, text)
    return entry
