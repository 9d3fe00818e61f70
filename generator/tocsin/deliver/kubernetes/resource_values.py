"""Values of Alertmanager's configuration as the operator's resources have them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tocsin.lang.kubernetes.resource_shapes import Each, Fields, Pairs, Reference, Values
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.kubernetes.resource_shapes import Shape

    Path = tuple[str | int, ...]

_MOUNTED = re.compile(r"/etc/alertmanager/(secrets|configmaps)/([^/]+)/([^/]+)")
"""Where the operator mounts what stands under `secrets:` and `configMaps:` of an Alertmanager resource."""
_FILE = "_file"
_HOLD_EMPTY = frozenset({"html"})
"""The texts that the operator writes when they are empty; others it leaves out (`amcfg.go`)."""
_FILL = {"parse_mode": "write `parse_mode: HTML` and a `message` of your own"}
_ONLY_ADDRESSES = frozenset({"avatar_url"})
_ADDRESS = re.compile(r"https?://.+", re.DOTALL)
_ONLY_REFERENCES = frozenset({"pushoverConfigs"})
"""Where the operator asks for a reference even if there is a path (`checkPushoverConfigs`, 0.93)."""
_TELLS_BY_ITSELF = {"threading": "enabled"}
"""Mappings that are switched on by being there, and the key that switches them on in the configuration."""


@value_object
class Unheld:
    """A part of the configuration that a resource cannot express."""

    message: str
    place: Place
    help: str


class ResourceValues:
    """Converts values to those of a resource; collects what it cannot express, and the fields it used."""

    def __init__(self) -> None:
        self.unheld: list[Unheld] = []
        self.used: dict[tuple[str, str], Place] = {}
        """By the key around it and its own, each field that is written, and where it comes from."""

    def record(
        self, value: Mapping[str, Any], fields: Fields, parent: str, at: Path, taken: Mapping[str, Place]
    ) -> dict[str, Any]:
        """A mapping with known keys, at a path of the spec; keys that are `taken` are handled elsewhere."""
        plain: dict[str, tuple[str, Shape]] = {}
        references: dict[str, tuple[str, Reference]] = {}
        for key, (name, shape) in fields.keys.items():
            if isinstance(shape, Reference):
                references.setdefault(name, (key, shape))
            else:
                plain.setdefault(name, (key, shape))
        made: dict[str, Any] = {}
        for name, one in value.items():
            place = taken.get(name) or Place((*at, name), key=True)
            target = name.removesuffix(_FILE) if name.endswith(_FILE) else ""
            referred = _reference(one, references[target][1]) if target in references else None
            if name == _TELLS_BY_ITSELF.get(parent):
                continue
            if referred is not None:
                key, made_of = references[target][0], referred
            elif name in plain and not (target in references and parent in _ONLY_REFERENCES):
                key, shape = plain[name]
                if (made_of := self._value(one, shape, key, name, place)) is None:
                    continue
            else:
                self._refuse(name, is_file=target in references, is_clear=name in references, place=place)
                continue
            made[key] = made_of
            self.used.setdefault((parent, key), place)
        return made

    def refuse(self, message: str, place: Place, help_: str) -> None:
        """Note something that a resource cannot express, once for each place."""
        if all(one.place != place for one in self.unheld):
            self.unheld.append(Unheld(message, place, help_))

    def _value(self, value: Any, shape: Shape, key: str, name: str, place: Place) -> Any:
        """The value of a field; None where there is none."""
        if isinstance(shape, Reference):
            self._refuse(name, is_file=False, is_clear=True, place=place)
            return None
        if isinstance(shape, Fields) and isinstance(value, Mapping):
            switch = _TELLS_BY_ITSELF.get(name)
            if switch is not None and not value.get(switch):
                return None
            return self.record(value, shape, key, place.path, {})
        if isinstance(shape, Each) and isinstance(value, Sequence):
            items = (
                self._value(one, shape.item, key, name, Place((*place.path, n)))
                for n, one in enumerate(value)
            )
            return [item for item in items if item is not None]
        if isinstance(shape, Values) and isinstance(value, Mapping):
            return {
                one: self._value(inner, shape.item, key, name, Place(place.path, key=True))
                for one, inner in value.items()
            }
        if isinstance(shape, Pairs) and isinstance(value, Mapping):
            if all(isinstance(text, str) for text in value.values()):
                return [{"key": one, "value": text} for one, text in value.items()]
            self.refuse(
                f"an AlertmanagerConfig holds only texts in `{name}`", place, "write texts, or use the Secret"
            )
            return None
        if value == "" and name not in _HOLD_EMPTY:
            help_ = _FILL.get(name, "leave it out, or write one")
            self.refuse(f"an AlertmanagerConfig holds no empty `{name}`", place, help_)
            return None
        if name in _ONLY_ADDRESSES and not _ADDRESS.fullmatch(str(value)):
            message = f"an AlertmanagerConfig holds only an address with http or https as `{name}`"
            self.refuse(message, place, "write an address without a template in its scheme")
            return None
        return value

    def _refuse(self, name: str, *, is_file: bool, is_clear: bool, place: Place) -> None:
        if is_file:
            message = f"an AlertmanagerConfig refers to a Secret instead of the file of `{name}`"
            help_ = (
                f"write `{name}: /etc/alertmanager/secrets/SECRET/KEY`, the path at which the operator "
                "mounts a key of a Secret: the reference is made of it"
            )
        elif is_clear:
            message = f"an AlertmanagerConfig holds `{name}` only as a reference to a Secret"
            help_ = "use the Secret with the whole configuration: `form: secret`"
            if name == "username":
                help_ = "write `username_file: /etc/alertmanager/secrets/SECRET/KEY`"
        else:
            message = f"an AlertmanagerConfig has no `{name}`"
            help_ = "leave it out, or use the Secret with the whole configuration: `form: secret`"
        self.refuse(message, place, help_)


def _reference(value: Any, shape: Reference) -> dict[str, Any] | None:
    """The reference to what is mounted at a path; None for another path."""
    found = _MOUNTED.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found[1] == "configmaps" and not shape.or_config_map):
        return None
    selector = {"name": found[2], "key": found[3]}
    if not shape.or_config_map:
        return selector
    return {"secret" if found[1] == "secrets" else "configMap": selector}
