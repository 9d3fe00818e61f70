"""Secrets that are recognised by their key, in YAML and JSON that need not be well-formed.

A line that cannot be parsed is shown as well, so the text is read and not the nodes.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tocsin.lang.alertmanager.secret_keys import SECRET_KEYS, SECRET_URL_KEYS
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = regex_on_use(
    r"(?<![\w./-])[\"']?(?P<name>[A-Za-z_][\w-]{1,60})[\"']?[ \t]{0,8}"
    r"(?:(?P<sign>:(?=\s|[\"'\[{]|$))|[:=](?![=~]))"
)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


# Alertmanager's keys for secrets, and how others call the same; without `_` and `-`, in lower case.
_NAMES = frozenset(map(_plain, SECRET_KEYS)) | {
    "accesstoken",
    "apitoken",
    "authorization",
    "authtoken",
    "basicauthpassword",
    "credential",
    "httpheaders",
    "integrationkey",
    "passphrase",
    "privatekey",
    "secret",
    "secretaccesskey",
    "sessiontoken",
}
_URLS = frozenset(map(_plain, SECRET_URL_KEYS)) | {"webhook", "slackwebhookurl", "discordwebhookurl"}
# What is part of a longer name, also with the usual slips.
_PART = regex_on_use(
    r"secr[ea]?t|p[a-z]{0,2}ss?w[a-z]{0,2}r?d|passphrase|tok[ea]?n|cred[ea]nt|api_?key|bearer"
)
_LAST_PART = regex_on_use(r"[_-]ke?ye?y?s?$|[a-z0-9]Key{1,2}s?$")
# Names that say where a secret is, or what it is called, and are none.
_ABOUT = regex_on_use(
    r"(?:_?(?:file|path|url|ref|type|name|namespace|selector|expiry|ttl|id_?key))s?$", re.IGNORECASE
)
_HARMLESS = frozenset({"name", "key", "optional", "type", "file", "path", "username", "namespace"})
_PROPERTIES = regex_on_use(r"(?:[ \t]*(?:!<[^>\s]*>|[!&][^\s,\[\]{}]*))*[ \t]*")
_HOST = regex_on_use(r"[\"']?[A-Za-z][A-Za-z0-9+.-]{0,30}://(?:[^\s/@]*@)?[^\s/]*/?")
_HOOKS = regex_on_use(
    r"(?i)(?:webhook|incident_?io|msteams|discord|mattermost|slack|rocketchat)[\w-]{0,20}[\"']?[ \t]*:"
)
_RESOURCE = regex_on_use(r"(?m)^[ \t]{0,20}[\"']?kind[\"']?:[ \t]{1,8}[\"']?Secret\b")
_KIND = regex_on_use(r"[\"']?kind[\"']?:[ \t]{1,8}[\"']?(\w+)")
# The name of a variable that is still to be filled in is no secret.
_VARIABLE = regex_on_use(r"\s*([\"']?)\$\{[A-Za-z_]\w*\}\1\s*")
_PARTING = regex_on_use(r"---(?:\s|$)")
_STARTS = regex_on_use(r"[ \t]*(?:-[ \t]*)*")
# What follows a colon without a space, or a `=`; a colon more makes it the name of a recorded metric.
_GLUED = regex_on_use(r"[ \t]*(?![\"'\s/])(?![\w.]+:\w)")
_LONGEST = 20_000
# Alertmanager's configuration is in a Secret as a whole, and has its secrets under keys of their own.
_CONFIGURATION = regex_on_use(r"([\"']?)(?:alertmanager\.ya?ml|[\w.-]{1,200}\.tmpl)\1:[ \t]*\|[-+]?[ \t]*")


class _Key(NamedTuple):
    name: str
    at: int
    """Where the name starts."""
    after: int
    """Where the value can start."""
    column: int
    in_flow: bool


def key_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the values of keys for secrets stand in a text."""
    covered = 0
    in_secret = _RESOURCE.search(text) is not None
    for found in _KEY.finditer(text):
        name, at = found["name"], found.start()
        if at < covered:
            continue
        is_data = in_secret and name in ("data", "stringData") and _is_of_secret(text, at)
        is_secret = is_secret_key(name) or is_data
        is_url = _is_url(name)
        if not is_secret and not is_url and name != "url":
            continue
        line = text.rfind("\n", 0, at) + 1
        before = text[line:at].rstrip(" \t\"'")
        if found["sign"] is None and not (_STARTS.fullmatch(before) and _GLUED.match(text, found.end())):
            continue
        key = _Key(name, at, found.end(), at - line, before[-1:] in ("{", ",", "["))
        if is_secret:
            for start, end in _value(text, key):
                covered = max(covered, end)
                if not _VARIABLE.fullmatch(text, start, end):
                    yield start, end
        elif is_url or _HOOKS.search(text, max(0, at - 400), at):
            yield from _address(text, key)


def _is_of_secret(text: str, at: int) -> bool:
    """Whether the resource that a key at `at` belongs to is a Secret, or does not say what it is.

    The `kind` of a resource stands as far in as its `data`, with no line between them that is less far in.
    """
    start = text.rfind("\n", 0, at) + 1
    column = at - start
    starts_item = "-" in text[start:at]
    if text[start:at].strip(" -"):
        return True
    for lines, is_above in ((_lines_above(text, start), True), (_lines_after(text, at), False)):
        for line in () if is_above and starts_item else lines:
            content = line.lstrip(" -")
            inside = len(line) - len(content)
            is_item = inside == column and "-" in line[:column]
            is_other = inside < column and bool(line.strip()) and content[:1] != "#"
            if _PARTING.match(line) or is_other or (is_item and not is_above):
                break
            kind = _KIND.match(content) if inside == column else None
            if kind is not None:
                return kind[1] == "Secret"
            if is_item:
                break
    return True


def _lines_above(text: str, start: int) -> Iterator[str]:
    while start > 0:
        before = text.rfind("\n", 0, start - 1) + 1
        yield text[before : start - 1]
        start = before


def _lines_after(text: str, at: int) -> Iterator[str]:
    end = _end_of_line(text, at)
    while end < len(text):
        start, end = end + 1, _end_of_line(text, end + 1)
        yield text[start:end]


@cache
def is_secret_key(name: str) -> bool:
    """Whether a key's value is a secret, also where the name has a slip of one letter."""
    plain = _plain(name)
    if plain in _NAMES:
        return True
    # `SecretExpires:` and the like are names of alerts.
    if name[0].isupper() or _ABOUT.search(name):
        return False
    if _PART.search(name.lower()) or _LAST_PART.search(name):
        return True
    return len(plain) > 5 and not _NEAR.isdisjoint(_shortened(plain))


@cache
def _is_url(name: str) -> bool:
    plain = _plain(name)
    return plain in _URLS or (len(plain) > 6 and not _NEAR_URLS.isdisjoint(_shortened(plain)))


def _shortened(name: str) -> set[str]:
    """The name itself, and the name without any one of its letters: two names with a slip meet in these."""
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


_NEAR = frozenset(short for name in _NAMES if len(name) > 5 for short in _shortened(name))
_NEAR_URLS = frozenset(short for name in _URLS for short in _shortened(name))


def _address(text: str, key: _Key) -> Iterator[tuple[int, int]]:
    """What follows the host in an address."""
    end = _end_of_line(text, key.after)
    host = _HOST.search(text, key.after, end)
    if host is not None:
        stop = regex_on_use(r"[\s\"'`,}\]]").search(text, host.end(), end)
        yield host.end(), end if stop is None else stop.start()


def _value(text: str, key: _Key) -> Iterator[tuple[int, int]]:
    """The parts of a key's value that nobody may see."""
    properties = _PROPERTIES.match(text, key.after)
    at = key.after if properties is None else properties.end()
    sign = text[at : at + 1]
    end = _end_of_line(text, at)
    if sign in ("'", '"') and sign:
        end = _end_of_quoted(text, at)
        # What follows on the line makes it no YAML, and may be the rest of the secret.
        yield at, end if key.in_flow else max(end, _end_of_line(text, end))
    elif sign in ("[", "{") and sign:
        end = _end_of_flow(text, at)
        inside = [(found["name"], found.end()) for found in _KEY.finditer(text, at, end)]
        if sign == "[" or not inside or any(name not in _HARMLESS for name, _ in inside):
            yield at + 1, end
    elif sign in ("|", ">") and sign:
        yield from _lines_below(text, end, key, whole=True)
    elif not text[at:end].strip():
        yield from _lines_below(text, end, key, whole=False)
    elif key.in_flow:
        stop = regex_on_use(r"[,}\]\n]").search(text, at)
        yield at, len(text) if stop is None else stop.start()
    elif sign != "*" or not re.fullmatch(r"\*[\w-]+\s*", text[at:end]):
        yield at, end
        yield from _lines_below(text, end, key, whole=True)


def _lines_below(text: str, at: int, key: _Key, *, whole: bool) -> Iterator[tuple[int, int]]:
    """The lines after `at` that belong to the key, as they are further in; of mappings only the values.

    `whole` says that a scalar has begun, which the lines go on with.
    """
    limit = min(len(text), at + _LONGEST)
    known = _plain(key.name) in _NAMES or key.name in ("data", "stringData")
    while at < limit:
        start = at + 1
        end = _end_of_line(text, start)
        line = text[start:end]
        content = line.lstrip(" \t")
        column = len(line) - len(content)
        if known and _CONFIGURATION.fullmatch(content):
            at = _end_of_block(text, end, column, limit)
            yield from ((end + inner, end + after) for inner, after in key_spans(text[end:at]))
            continue
        found = _KEY.match(content)
        is_inside = column > key.column or (column == key.column and content[:1] == "-" and not whole)
        if _PARTING.match(line):
            return
        # A line that is neither further in nor starts anything belongs to a scalar that lost its indentation.
        if content and not is_inside and (not whole or found is not None or content[0] in "-#}]"):
            return
        if whole or found is None:
            yield start + column, end
        elif known and found["name"] not in _HARMLESS:
            yield start + column + found.end(), end
        at = end


def _end_of_block(text: str, at: int, column: int, limit: int) -> int:
    """The end of the last line after `at` that is further in than a column."""
    while at < limit:
        end = _end_of_line(text, at + 1)
        line = text[at + 1 : end]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= column:
            break
        at = end
    return at


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _end_of_quoted(text: str, at: int) -> int:
    """The end of a quoted value; of one that is never closed, the end of its line."""
    sign, limit = text[at], min(len(text), at + _LONGEST)
    place = at + 1
    while place < limit:
        char = text[place]
        if char == "\\" and sign == '"':
            place += 2
        elif char == sign:
            if sign == "'" and text[place + 1 : place + 2] == "'":
                place += 2
                continue
            return place + 1
        else:
            place += 1
    return _end_of_line(text, at)


def _end_of_flow(text: str, at: int) -> int:
    """The end of a list or mapping in brackets; of one that is never closed, the end of its line."""
    depth, place, limit = 0, at, min(len(text), at + _LONGEST)
    while place < limit:
        char = text[place]
        if char in "\"'":
            place = _end_of_quoted(text, place)
            continue
        depth += (char in "[{") - (char in "]}")
        place += 1
        if depth == 0:
            return place - 1
    return _end_of_line(text, at)
