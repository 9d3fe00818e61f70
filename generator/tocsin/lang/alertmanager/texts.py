"""The texts of notifications: calls of the templates that are generated.

Our texts use only keys that the oldest supported Alertmanager knows, as long as the integration is not newer.
"""

from __future__ import annotations


def template(name: str) -> str:
    """The call of one of the generated templates."""
    return f'{{{{ template "tocsin.{name}" . }}}}'


TITLE, TEXT, MARKDOWN, COLOR = template("title"), template("text"), template("markdown"), template("color")
