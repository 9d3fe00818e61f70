"""What `tocsin explain` prints of a key of the spec."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.spec.keys import Key

    Sections = list[tuple[str, list[str]]]

_MOST_PLACES = 6


def explained(name: str, keys: Sequence[Key], width: int) -> Sections:
    """The sections of the explanation: of the key, or of the places of several that a name may mean."""
    by_meaning: dict[object, list[Key]] = {}
    for key in keys:
        by_meaning.setdefault(key.meaning, []).append(key)
    if len(by_meaning) == 1:
        return _of_key(keys, width)
    rows = [line for same in by_meaning.values() for line in _row(same, width)]
    shortest = min((same[0] for same in by_meaning.values()), key=lambda one: len(one.parts))
    return [
        (f"`{name}` exists in several places", rows),
        ("To see one of them, for example", [f"tocsin explain {'.'.join(shortest.parts)}"]),
    ]


def _of_key(keys: Sequence[Key], width: int) -> Sections:
    key = keys[0]
    found = [
        (key.path[-1], _wrapped(key.description, width)),
        ("Where it is written", [*_places(keys)]),
        ("What it takes", _wrapped(_with_limits(key), width)),
        ("Default", _wrapped(_default(key), width)),
        ("Example", _yaml({key.path[-1]: key.example})),
    ]
    if key.model is not None:
        found.append(("Keys below it", [*_keys_below(key, width)]))
    return found


def _row(same: Sequence[Key], width: int) -> Iterator[str]:
    yield from _places(same)
    yield from (f"    {line}" for line in textwrap.wrap(same[0].description, width - 4))


def _places(keys: Sequence[Key]) -> Iterator[str]:
    yield from (key.where for key in keys[:_MOST_PLACES])
    if len(keys) > _MOST_PLACES:
        yield f"… and {len(keys) - _MOST_PLACES} more places"


def _with_limits(key: Key) -> str:
    said = key.kind[:1].upper() + key.kind[1:]
    limits = {"minimum": "at least", "maximum": "at most"}
    alternatives = key.schema.get("anyOf", [key.schema])
    found = [f"{word} {one[name]}" for one in alternatives for name, word in limits.items() if name in one]
    return ", ".join([said, *found]) + "."


def _default(key: Key) -> str:
    if key.required:
        return "None; the key is required."
    default: Any = key.schema.get("default")
    if default is None or default in ([], {}):
        return "None; the key is optional."
    return f"`{str(default).lower() if isinstance(default, bool) else default}`."


def _keys_below(key: Key, width: int) -> Iterator[str]:
    from tocsin.spec.keys import keys_below

    below = keys_below(key)
    widest = max((len(name) for name, _, _ in below), default=0) + 1
    for name, description, required in below:
        mark = "*" if required else " "
        first, *rest = textwrap.wrap(description, max(width - widest - 2, 30)) or [""]
        yield f"{name + mark:{widest}}  {first}".rstrip()
        yield from (f"{'':{widest}}  {line}" for line in rest)
    if any(required for _, _, required in below):
        yield ""
        yield "* required"


def _yaml(value: object) -> list[str]:
    return yaml_text(value).rstrip("\n").split("\n")


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)
