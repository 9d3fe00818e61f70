"""From the bytes of a file to its text."""

from __future__ import annotations

from tocsin.source.document import Document, Span
from tocsin.source.fault import Fault


def decode(name: str, raw: bytes) -> Document | Fault:
    """The document of a file, or the fault that it is no UTF-8."""
    try:
        return Document(name, raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is not UTF-8: save the file in that encoding"
        return Fault(message, Span(Document(name, ""), 0, 0))
