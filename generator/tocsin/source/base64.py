"""Text in base64, as Secrets and packed dashboards hold it."""

from __future__ import annotations

import base64
import binascii


def decode_base64(text: str) -> bytes | None:
    """The bytes that a text stands for, whatever its line breaks; None where it is no base64."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def decode_base64_text(text: str) -> str | None:
    """The text in UTF-8 that another one stands for; None where it is no base64, or no text."""
    decoded = decode_base64(text)
    try:
        return None if decoded is None else decoded.decode("utf-8")
    except UnicodeDecodeError:
        return None
