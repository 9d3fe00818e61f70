"""Texts and YAML trees damaged at random, as a slip of the hand, a bad merge or a stranger would."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

PIECES = (
    *("groups:", "- ", "{{", "null", "[]", "{}", "expr:", "route:", "*a", "&a ", "<<: ", '"', "'", "|", ">"),
    *(
        "\t",
        "---\n",
        "~",
        "é",
        "0x1",
        "receivers:",
        "labels: 5",
        "# tocsin: allow a/b: c\n",
        "\x00",
        "\u2028",
    ),
)
"""What is put into a text: the words and the signs that YAML and the files' readers act on."""

VALUES: tuple[Any, ...] = (
    *(None, "", 0, 1, -1, True, 1.5, [], {}, ["a"], {"a": "b"}, [None], "x", "a b", "1m", "0s", "30", "90d"),
    *(1e308, -0.0, 10**30, "1e999", ".inf", ".nan", "99999999999999d", "monday", "25:00", "Europe/Nowhere"),
    *(
        "../../x",
        "/etc/passwd",
        "con",
        "a/b",
        "A",
        "é",
        "\x1b[31mred",
        "\u202eevil",
        "#",
        "*",
        "on",
        "=",
        "!",
    ),
    *("http://a", "http://u:p@h:99/x", "javascript:alert(1)", "ftp://a", "http://", "<b>", "{{", "{{ .X }}"),
    *("{{ $labels.x }}", "{{ $value | nothing }}", "{{ range }}", "{{ end }}", "${x}", "$1", "%s", "\\"),
    *(
        "up",
        "up == 0",
        "sum(up",
        "rate(x)",
        "{}",
        'up{a="b"',
        "a and b",
        "1",
        "vector(1)",
        "x[5m]",
        "x offset 1",
    ),
    *('{job="a"}', 'rate({job="a"}[5m])', "a=b", "a=~[", "a=~(", "critical", "warning", "default", "sre"),
)
"""What takes the place of a value: of another type, extreme, hostile, or right in another place."""


def damaged_text(text: str, chance: Random) -> str:
    """The text with one to four pieces taken out, put in, replaced or doubled."""
    for _ in range(chance.randrange(1, 5)):
        lines = text.split("\n")
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randrange(60))
        line = chance.randrange(len(lines))
        text = chance.choice(
            [
                text[:start] + text[end:],
                text[:start] + chance.choice(PIECES) + text[start:],
                text[:start] + chance.choice(PIECES) + text[end:],
                "\n".join(lines[:line] + lines[line + chance.randrange(3) :]),
                "\n".join([*lines[:line], chance.choice(lines), *lines[line:]]),
            ]
        )
    return text


def damaged_tree(value: Any, chance: Random, values: Sequence[Any] = VALUES) -> Any:
    """A copy of a tree in which one to three values or keys are gone, replaced, renamed or doubled."""
    value = copy.deepcopy(value)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        paths = list(_paths(value))
        path = chance.choice(paths[1:] or [()])
        if not path:
            return copy.deepcopy(chance.choice(values))
        parent, key = _at(value, path[:-1]), path[-1]
        act = chance.randrange(7)
        if act == 0:
            del parent[key]
        elif act < 4:
            parent[key] = copy.deepcopy(chance.choice(values))
        elif act == 4 and isinstance(parent, dict):
            parent[_misspelt(str(key), chance)] = parent.pop(key)
        elif act == 4:
            parent.append(copy.deepcopy(parent[key]))
        elif act == 5:
            parent[key] = copy.deepcopy(_at(value, chance.choice(paths)))
        else:
            text = str(parent[key])
            parent[key] = damaged_text(text, chance) if text else " "
    return value


def _misspelt(word: str, chance: Random) -> str:
    at = chance.randrange(len(word) + 1)
    return chance.choice(
        [word[:at] + word[at + 1 :], f"{word[:at]}x{word[at:]}", word.upper(), f"{word}s", f" {word}"]
    )


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value
