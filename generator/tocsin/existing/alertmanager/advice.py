"""What Alertmanager takes without a word and a reader of the configuration should still know."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from tocsin.detect.file_names import holds_ansible_variables
from tocsin.detect.signatures import items_at
from tocsin.diagnostics.problem import Problem
from tocsin.existing.alertmanager.matcher_syntax import matching_nodes, parser_warnings
from tocsin.existing.alertmanager.shapes import unquoted_null
from tocsin.existing.alertmanager.variables import has_variable
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode, node_at
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.existing.alertmanager.shapes import Path
    from tocsin.source.node import Node

_OLD = {
    "match": "matchers",
    "match_re": "matchers",
    "source_match": "source_matchers",
    "source_match_re": "source_matchers",
    "target_match": "target_matchers",
    "target_match_re": "target_matchers",
}
_STAND_IN = regex_on_use(
    r"\$\{|\$\(|\{\{|<.*>|^\[.*\]$|^\*+$|change.?me|example|placeholder|redacted|dummy|replace|insert|your|"
    r"x{3,}|^(?:foo|bar|baz){2,}$|\.\.\.|^(?:[a-z]+[-_ ])?(?:secret|password|token|mysecret|token123)$"
    r"|[-_ ]here$"
    # What it is for, in words.
    r"|^(?:[a-z]+[-_ ]){2,6}(?:key|token|secret|password)$"
    # A name between marks, or in capitals, that stands for the value.
    r"|^(?P<mark>__|@|%)\w+?(?P=mark)$|^(?-i:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)$",
    re.IGNORECASE,
)
# No data of notifications has an underscore in its name: another program fills it in.
_OF_OTHERS = regex_on_use(r"\{\{-?\s*\.[A-Za-z0-9]+_\w+\s*-?\}\}")
_TOKEN_HOSTS = (
    "hooks.slack.com",
    "discord.com",
    "discordapp.com",
    "webhook.office.com",
    "chat.googleapis.com",
)
_TOKEN_NAMES = frozenset({"token", "key", "secret", "sig", "access_token", "api_key", "apikey", "password"})
_TELEGRAM_BOT = regex_on_use(r"bot[0-9]{6,16}:[\w-]{20,64}")
# Source: core.telegram.org/bots/api, "Authorizing your bot": `123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11`.
_TELEGRAM_TOKEN = regex_on_use(r"[0-9]+:[\w-]+")
_SHORTEST_TOKEN = 8
_SHORTEST_SECRET = 4


def worth_knowing(node: MappingNode, path: Path, secrets: Iterable[Place]) -> Iterator[Problem]:
    """Everything of the kind in a configuration; `secrets` are the places of what nobody may see."""
    yield from _old_names(node, path)
    yield from parser_warnings(node, path)
    yield from _null_receivers(node, path)
    yield from _in_clear(node, path, secrets)
    yield from _split_items(node, path)
    yield from _escaped(node, path)


def _old_names(node: Node, path: Path) -> Iterator[Problem]:
    if _is_default_of_chart(node, path):
        return
    for here, mapping in matching_nodes(node, path):
        for key, new in _OLD.items():
            if key in mapping.entries:
                yield Problem(
                    "alertmanager/deprecated",
                    f"`{key}` is the old way of `{new}`",
                    Place((*here, key), key=True),
                    help=f'write `{new}`, a list such as `- team="web"`; both forms can be used together',
                )
    if isinstance(node, MappingNode) and "mute_time_intervals" in node.entries:
        yield Problem(
            "alertmanager/deprecated",
            "`mute_time_intervals` at the top is the old name of `time_intervals`",
            Place((*path, "mute_time_intervals"), key=True),
            help="write `time_intervals`; the routes keep their `mute_time_intervals`",
        )


def _is_default_of_chart(node: Node, path: Path) -> bool:
    """Whether nobody is notified and only Watchdog is routed, as in the values of a chart as they came.

    Source: `alertmanager.config` in the values of prometheus-operator and kube-prometheus-stack.
    """
    receivers = items_at(node, "receivers") if isinstance(node, MappingNode) else ()
    if not receivers or any(
        not isinstance(one, MappingNode) or {*one.entries} != {"name"} for one in receivers
    ):
        return False
    old = [
        (key, mapping.entries[key].value)
        for _, mapping in matching_nodes(node, path)
        for key in _OLD
        if key in mapping.entries
    ]
    return all(key == "match" and _is_watchdog(asked) for key, asked in old)


def _is_watchdog(match: Node) -> bool:
    if not isinstance(match, MappingNode) or {*match.entries} != {"alertname"}:
        return False
    name = match.entries["alertname"].value
    return isinstance(name, ScalarNode) and name.text in ("Watchdog", "DeadMansSwitch")


def _null_receivers(node: Node, path: Path) -> Iterator[Problem]:
    """Routes below the root whose receiver is nothing, where a receiver of that name was meant."""
    for here, mapping in matching_nodes(node, path):
        null = unquoted_null(mapping, "receiver")
        if null is not None and here != (*path, "route"):
            yield Problem(
                "alertmanager/null-receiver",
                f"`{null}` without quotes is nothing: the receiver of the route above is notified",
                Place((*here, "receiver")),
                help=f'write `"{null}"`, or leave the key out',
                fix=null,
            )


def _in_clear(node: Node, path: Path, secrets: Iterable[Place]) -> Iterator[Problem]:
    for place in secrets:
        value = scalar_at(node, place.path[len(path) :])
        key = str(place.path[-1])
        if value is None or not (_holds_token if key.endswith("url") else _is_secret)(value.text):
            continue
        if key.endswith("bot_token") and _TELEGRAM_TOKEN.fullmatch(value.text.strip()) is None:
            continue
        yield Problem(
            "alertmanager/secret",
            "a secret is written here in plain text: everyone who can read the file can use it",
            place,
            help=f"put it into a file, and write `{key}_file` with its path",
        )


def _split_items(node: MappingNode, path: Path) -> Iterator[Problem]:
    """Two items of a list that were meant as one: the second one goes to the global address."""
    settings = node.entries.get("global")
    known = settings.value.entries if settings is not None and isinstance(settings.value, MappingNode) else {}
    if not any(name.startswith(("slack_api_url", "slack_app_token")) for name in known):
        return
    for here, items in _channels(node, path, "slack_configs"):
        named = [_telling_keys(item) if isinstance(item, MappingNode) else set[str]() for item in items]
        for number, (one, other) in enumerate(pairwise(named)):
            if one and other and not one & other and not (one & _ADDRESSES and other & _ADDRESSES):
                yield Problem(
                    "alertmanager/split-item",
                    "this is an item of its own, with which everybody is notified a second time",
                    Place((*here, number + 1)),
                    help="if both are one, leave the `-` out and indent it like the item before",
                )


def _telling_keys(item: MappingNode) -> set[str]:
    """The keys by which an item is told from the next; `send_resolved` where it has no other."""
    keys = {*item.entries} - {"http_config"}
    return keys - {"send_resolved"} or keys


_ADDRESSES = frozenset({"api_url", "api_url_file", "app_token", "app_token_file", "app_url"})


def _channels(node: MappingNode, path: Path, key: str) -> Iterator[tuple[Path, tuple[Node, ...]]]:
    receivers = node.entries.get("receivers")
    named = receivers.value.items if receivers and isinstance(receivers.value, SequenceNode) else ()
    for number, receiver in enumerate(named):
        entry = receiver.entries.get(key) if isinstance(receiver, MappingNode) else None
        if entry is not None and isinstance(entry.value, SequenceNode):
            yield (*path, "receivers", number, key), tuple(entry.value.items)


_OF_HELM = regex_on_use(
    r"\{\{-?\s*`\{\{[^`]*\}\}`\s*-?\}\}|\{\{-?\s*\"\{\{-?\"\s*-?\}\}.*?\{\{-?\s*\"-?\}\}\"\s*-?\}\}",
    re.DOTALL,
)


def _escaped(node: MappingNode, path: Path) -> Iterator[Problem]:
    """Templates that are escaped for Helm, in a file that Helm did not read."""
    name = PurePath(str(path[0])) if path else PurePath()
    receivers = node.entries.get("receivers")
    if receivers is None or name.suffix == ".tpl" or "templates" in name.parts[:-1]:
        return
    if holds_ansible_variables(name.as_posix()):
        return
    if _OF_OTHERS.search(node.document.text):
        return
    waiting: list[tuple[Node, Path]] = [(receivers.value, (*path, "receivers"))]
    while waiting:
        one, here = waiting.pop()
        if isinstance(one, MappingNode):
            waiting += [(entry.value, (*here, key)) for key, entry in one.entries.items()]
        elif not isinstance(one, ScalarNode):
            waiting += [(item, (*here, number)) for number, item in enumerate(one.items)]
        elif _OF_HELM.search(one.text):
            yield Problem(
                "alertmanager/escaped",
                "this shows its braces in so many words: it is escaped for Helm",
                Place(here),
                help="write the template without the escape, unless Helm reads this file",
            )


def scalar_at(node: Node, path: Path) -> ScalarNode | None:
    """The value at a path; None where there is none."""
    found = node_at(node, path)
    return found if isinstance(found, ScalarNode) else None


def _is_secret(text: str) -> bool:
    return not has_variable(text) and len(text) >= _SHORTEST_SECRET and _STAND_IN.search(text) is None


def _holds_token(text: str) -> bool:
    """Whether a part of an address is a secret: whatever its host is, or where a service has it."""
    try:
        url = urlsplit(text)
        host, password = url.hostname or "", url.password
    except ValueError:
        return False
    parts = [part for part in url.path.split("/") if part]
    if password and _STAND_IN.search(password) is None:
        return True
    if any(name.lower() in _TOKEN_NAMES and _is_secret(value) for name, value in parse_qsl(url.query)):
        return True
    if host == "api.telegram.org" and any(map(_TELEGRAM_BOT.fullmatch, parts)):
        return True
    if not host.endswith(_TOKEN_HOSTS) or not parts or any(map(_STAND_IN.search, (url.path, *parts))):
        return False
    # The addresses of these services have numbers in them: words alone stand for one.
    return len(parts[-1]) >= _SHORTEST_TOKEN and any(map(str.isdigit, url.path))
