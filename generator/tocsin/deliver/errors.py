"""What keeps an output from being delivered in a form."""

from __future__ import annotations


class DeliveryError(Exception):
    """A file is more than the program takes that it is for; the text says which, and what to do."""
