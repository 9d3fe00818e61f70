"""Where the channels of receivers are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.source.place import Place


def channel_path(receiver: Place, key: str) -> tuple[str | int, ...]:
    """Where the entries stand that a receiver has under a key such as `slack_configs`.

    A spec has them under the receiver's name, without `_configs`.
    """
    return (*receiver.path, key.removesuffix("_configs")) if receiver.key else (*receiver.path[:-1], key)
