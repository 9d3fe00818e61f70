"""Environment variables in a configuration: Alertmanager expands none, it takes them as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.source.node import MappingNode, ScalarNode
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.source.node import Node

    Path = tuple[str | int, ...]

_VARIABLE = regex_on_use(r"\$\{[ \t]*[A-Za-z_][A-Za-z0-9_]*(?::?[-=?+][^{}]*|[ \t]*)\}")
_GO_VARIABLE = regex_on_use(r"\{\{-?[ \t]*\.[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+[ \t]*-?\}\}")
_ENV = regex_on_use(r"\{\{-?[ \t]*(?:\.Env\.\w+|(?:env|getenv) +[\"'`]\w+[\"'`])[ \t]*-?\}\}")
_OF_PIPELINE = regex_on_use(r"\$\([A-Za-z_]\w*\)")
_BARE = regex_on_use(r"\$[A-Z][A-Z0-9_]+")
_WITH_FILE = regex_on_use(
    r"(?:smtp_auth_|auth_|)(?:password|secret)|(?:slack_|)(?:api_url|app_token)|(?:telegram_|)bot_token|"
    r"(?:opsgenie_|victorops_|)api_key|(?:wechat_|)api_secret|credentials|client_secret|service_key|"
    r"routing_key|user_key|token|chat_id|webhook_url|url"
)


_STAND_IN = regex_on_use(
    r"<[\w .:/-]+>|\(\([\w./-]+\)\)"
    r"|(?i:place_?holder|(?:replace|change)[ _-]?(?:me|this)|to_?do|fix_?me|x{4,})"
    r"|(?i:your|insert|paste|enter)[ _-][\w .-]+|(?P<mark>__|@|%)\w+?(?P=mark)"
    # Words joined so are a name that stands for a value, and no host has one.
    r"|-?[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)+|[A-Za-z0-9]+(?:_[A-Za-z0-9]+){2,}"
)
"""A value that says itself that another one has to stand there."""


def is_of_other_template(text: str) -> bool:
    """Whether a value is a variable of a Go template in capitals, which external-secrets fills in."""
    return _GO_VARIABLE.fullmatch(text.strip()) is not None


def is_of_pipeline(text: str) -> bool:
    """Whether a value is a variable such as `$(SlackUrl)`, in whose place a pipeline writes another."""
    return _OF_PIPELINE.fullmatch(text.strip()) is not None


def is_filled_in_later(text: str) -> bool:
    """Whether a value is a variable or a placeholder, in whose place the real one is written later.

    It asks about values that are wrong as they stand: a sound one may look like a placeholder.
    """
    if "{{" in text:
        return False
    return has_variable(text) or is_of_pipeline(text) or _STAND_IN.fullmatch(text.strip()) is not None


def has_variable(text: str) -> bool:
    """Whether somebody meant an environment variable in a text."""
    if "{{" in text:
        return _ENV.search(text) is not None
    return _VARIABLE.search(text) is not None or _BARE.fullmatch(text.strip()) is not None


def not_expanded(text: str, key: str) -> str | None:
    """What to do about a variable in the value of a key; None where there is none."""
    if not has_variable(text):
        if not is_filled_in_later(text):
            return None
        return "write the value, or fill it in before Alertmanager reads the file"
    said = "Alertmanager expands no environment variables"
    fill = "fill it in before Alertmanager reads the file, as with `envsubst`"
    if _WITH_FILE.fullmatch(key):
        return f"{said}; write `{key}_file` with the path of a file, or {fill}"
    return f"{said}; {fill}"


def left_as_text(node: Node, path: Path) -> Iterator[Problem]:
    """The values of receivers and of the global section that are environment variables."""
    if not isinstance(node, MappingNode):
        return
    for key in ("global", "receivers"):
        if key in node.entries:
            yield from _below(node.entries[key].value, (*path, key), is_executed=key == "receivers")


def _below(node: Node, path: Path, *, is_executed: bool) -> Iterator[Problem]:
    """Those below a node; `is_executed` says that texts are templates, whose unknown fields are told."""
    waiting: list[tuple[Node, Path]] = [(node, path)]
    while waiting:
        one, here = waiting.pop()
        if isinstance(one, MappingNode):
            waiting += [(entry.value, (*here, key)) for key, entry in one.entries.items()]
        elif not isinstance(one, ScalarNode):
            waiting += [(item, (*here, number)) for number, item in enumerate(one.items)]
        elif has_variable(one.text) and ("{{" not in one.text or not is_executed):
            yield filled_in_later(one.text, here)


def filled_in_later(text: str, path: Path) -> Problem:
    """That a value at a path is a variable or a placeholder."""
    key = str(next(part for part in reversed(path) if isinstance(part, str)))
    message = "this variable is not replaced: Alertmanager uses the string as it is written"
    if not text.strip():
        message = "this is empty, and Alertmanager does not load it"
    elif not has_variable(text):
        message = "this is a placeholder, which Alertmanager does not load"
    return Problem("alertmanager/variable", message, Place(path), help=not_expanded(text, key))
