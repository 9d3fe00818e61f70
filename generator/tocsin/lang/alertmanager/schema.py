"""What a part of Alertmanager's configuration may hold, as data that every stage reads.

The models of the spec, the reader of existing files and the reader of the operator's resources are made of
these values. A key is described as Alertmanager has it; what the spec asks for beyond that is said apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from tocsin.lang.alertmanager.constraints import AtMostOne, Rule
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.texts import Limit, Message


class Kind(Enum):
    """The values that are no lists or mappings."""

    ANYTHING = auto()
    TEXT = auto()
    SECRET = auto()
    PUBLIC = auto()
    """What Alertmanager takes for a secret and reads from no file: the spec holds what is none."""
    PATH = auto()
    """The path of a file on the machine where Alertmanager runs."""
    FLAG = auto()
    NUMBER = auto()
    FRACTION = auto()
    """A number that need not be whole."""
    COUNT = auto()
    DURATION = auto()
    """A duration of Prometheus, such as `1d`."""
    GO_DURATION = auto()
    """A duration of Go, without days."""
    GO_DURATION_TEXT = auto()
    """The same, where Alertmanager takes no plain number."""
    HOST_PORT = auto()
    URL = auto()
    UNCHECKED_URL = auto()
    """A URL that Alertmanager takes as it is."""
    UNCHECKED_URL_TEMPLATE = auto()
    SECRET_URL = auto()
    PUBLIC_URL = auto()
    """A URL that Alertmanager takes for a secret and reads from no file: the spec holds what is none."""
    TARGET_URL = auto()
    """A URL with a key for the path of a file beside it, for one that is a secret."""
    TARGET_URL_TEMPLATE = auto()
    PROXY_URL = auto()


@value_object
class Choice:
    """One of a few names."""

    names: tuple[str, ...]
    also: tuple[str, ...] = ()
    """What Alertmanager takes besides, and the spec does not offer."""
    is_checked: bool = True
    """Whether Alertmanager refuses other names; the spec always does."""


@value_object
class Many:
    """A list."""

    item: Type
    checks_null: bool = False
    """Whether Alertmanager holds the rules of the item against a null, too."""


@value_object
class Named:
    """A mapping with keys of the author's choice."""

    item: Type


@value_object
class TextOr:
    """A text in short, or the whole."""

    whole: Record


@value_object
class Key:
    """One key of a mapping."""

    type: Type
    description: str = ""
    since: str | None = None
    """The release that brought it, where that is newer than the oldest one that is supported."""
    required: bool = False
    """Whether it has to be there, and not be empty."""
    instead: str | None = None
    """For a secret in clear, which the spec refuses: the key to write instead, or what to do."""
    beside_file: bool = False
    """Whether such a secret may stand beside the key to write instead."""
    public: tuple[str, ...] = ()
    """The values that are not secret after all."""
    in_files_only: bool = False
    """Whether the spec leaves it out."""

    @property
    def is_offered(self) -> bool:
        """Whether an author of a spec may write it."""
        return not self.in_files_only and (self.instead is None or bool(self.public))


@value_object
class Resource:
    """The keys of the same mapping in the operator's resources, in camel case.

    They are called as in the configuration; `named` has those that are not. What neither holds a record nor
    is named in `references`, `either` or `pairs` is the same value in both.
    """

    keys: str = ""
    references: str = ""
    """Those that refer to a key of a Secret."""
    either: str = ""
    """Those that refer to a key of a Secret or of a ConfigMap."""
    pairs: str = ""
    """Those that list keys and values where the configuration has a mapping."""
    named: Mapping[str, str] = field(default_factory=dict)


@value_object
class Record:
    """A mapping with known keys."""

    name: str
    """Of its model in the spec's JSON Schema."""
    about: str
    keys: Mapping[str, Key]
    rules: tuple[Rule, ...] = ()
    """What Alertmanager asks of the keys together, besides those that are required."""
    spec_rules: tuple[Rule, ...] = ()
    """What the spec asks besides, as Alertmanager would do something else than what is written."""
    needs: tuple[str, ...] = ()
    """The keys that one of these rules asks for, beside those that are required."""
    resource: Resource | None = None
    example: str = ""
    """A short one, as an author of a spec would write it."""
    main: str = ""
    """The key that a value without one is meant for."""
    words: Mapping[str, str] = field(default_factory=dict)
    """For some keys, the words that people write instead."""

    @property
    def pairs(self) -> tuple[Rule, ...]:
        """That a secret in clear and the path of its file exclude each other."""
        return tuple(
            AtMostOne((name, key.instead))
            for name, key in self.keys.items()
            if key.instead is not None and key.instead in self.keys and not key.beside_file
        )


Type = Kind | Choice | Many | Named | TextOr | Record


@value_object
class Fallback:
    """What an integration needs, from itself or from the global section: one of the keys."""

    own: tuple[str, ...]
    general: tuple[str, ...]
    """In both, the last one is what most people need, and what every release that is supported knows."""
    dropped: tuple[str, ...] = ()
    """Of the general ones, those that do not hold where `http_config.authorization` is there."""


Texts = Mapping[str, Any]


@value_object
class Integration:
    """One way of notifying: the items of one of Alertmanager's `…_configs`."""

    record: Record
    title: str
    """What a receiver lists under its key."""
    since: str | None = None
    """The release that brought it, where that is newer than the oldest one that is supported."""
    send_resolved: bool = True
    """Alertmanager's own default."""
    has_client: bool = True
    """Whether it has an `http_config`."""
    crashes_without_client: bool = False
    """Whether Alertmanager 0.33 panics where its client is the global one, and that is null."""
    settings: Mapping[str, Key] = field(default_factory=dict)
    """Its keys in the global section."""
    settings_rules: tuple[Rule, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    texts: Texts | Callable[[Texts], Texts] = field(default_factory=dict)
    """Our texts for a channel whose author has written none, also as a function of what is written."""
    messages: tuple[Message, ...] = ()
    """The generated templates that these texts call and no other integration does."""
    limits: Mapping[str, Limit] = field(default_factory=dict)
    """By key, the most that the service takes of a text."""
    words: str = ""
    """What people call it besides."""

    def texts_beside(self, written: Texts) -> Texts:
        """Our texts for a channel of which an author has written this."""
        return self.texts(written) if callable(self.texts) else self.texts


def secret(
    name: str,
    description: str,
    since: str | None = None,
    kind: Kind = Kind.SECRET,
    *,
    beside_file: bool = False,
) -> dict[str, Key]:
    """A key for a secret in clear, and the one for the path of its file."""
    file = f"{name}_file"
    clear = Key(kind, instead=file, beside_file=beside_file)
    return {name: clear, file: Key(Kind.PATH, description, since)}
