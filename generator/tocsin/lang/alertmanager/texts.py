"""The texts of notifications: calls of the templates that are generated, and how long they may get.

Our texts use only keys that the oldest supported Alertmanager knows, as long as the integration is not newer.
"""

from __future__ import annotations

from enum import Enum, auto

from tocsin.value_object import value_object

GENERATED_TEMPLATES = "tocsin.tmpl"
"""The file of the generated templates."""


class Unit(Enum):
    """What a length counts."""

    CHARACTERS = auto()
    BYTES = auto()


class Form(Enum):
    """The markup of a text."""

    PLAIN = auto()
    SLACK = auto()
    MARKDOWN = auto()


class Listed(Enum):
    """Which alerts of a notification a text lists."""

    ALL = auto()
    FIRING = auto()
    RESOLVED = auto()


@value_object
class Limit:
    """The most that an integration takes in one text."""

    size: int
    unit: Unit
    source: str
    """Where that is written, or what it follows from."""


@value_object
class Message:
    """A generated template that lists the alerts of a notification, and ends before its limit."""

    name: str
    form: Form
    limit: Limit | None = None
    """None where a text may be of any length."""
    is_titled: bool = False
    """Whether it begins with the title, because the integration has no other place for it."""
    listed: Listed = Listed.ALL
    begin: str = ""
    """What every text begins with."""
    counts_html: bool = False
    """Whether `<`, `>`, `&` and quotes count as long as HTML writes them."""

    @property
    def call(self) -> str:
        """The call of the template."""
        return template(self.name)


def template(name: str) -> str:
    """The call of one of the generated templates."""
    return f'{{{{ template "tocsin.{name}" . }}}}'


TITLE, COLOR = template("title"), template("color")
"""Keys that several chats have."""
