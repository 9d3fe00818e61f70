"""What a value of Alertmanager's configuration may look like, as its YAML reader (yaml.v2, strict) judges it.

Null is taken everywhere and means that nothing was said; a text may be written as a number or a truth value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from tocsin.diagnostics.problem import Problem, of_language
from tocsin.existing.alertmanager.variables import not_expanded
from tocsin.existing.node_reader import start_items_with_dash
from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.regexes import check_regex
from tocsin.lang.urls import host_port_fault, url_fault
from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode
from tocsin.source.place import Place
from tocsin.text.suggest import did_you_mean, is_misspelling, nearest
from tocsin.value_object import value_object

Path = tuple[str | int, ...]
Said = Callable[[MappingNode], Iterator[tuple[str, str | None]]]
"""A rule over a whole record: what is wrong, and at which key; None for the record itself."""
_OF_MAIL = {
    "subject": "write it below `headers:`, as `Subject`",
    "body": "write `text:`, or `html:`",
}


@value_object
class Scalar:
    """One value; `fault` tells what is wrong with it, and `secret` that nobody may see it."""

    fault: Callable[[ScalarNode], LangError | str | None]
    secret: bool = False


@value_object
class Many:
    """A list."""

    item: Shape
    checks_null: bool = False
    """Whether a null among the items is held against the rules of a record, as one without any key."""


@value_object
class Named:
    """A mapping with keys of the author's choice."""

    item: Shape


@value_object
class Record:
    """A mapping with known keys."""

    keys: Mapping[str, Shape]
    rules: tuple[Said, ...] = field(default=())


@value_object
class Either:
    """A scalar in short, or the whole."""

    scalar: Scalar
    whole: Shape


class Anything:
    """Whatever is written here is taken."""


Shape = Scalar | Many | Named | Record | Either | Anything

_TRUTH = re.compile("y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF")
_GO_DURATION = re.compile(r"[-+]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_SECRET = "<secret>"


def faults(node: Node, shape: Shape, path: Path) -> Iterator[Problem]:
    """Everything about a value that Alertmanager would refuse by itself."""
    if isinstance(shape, Anything) or (isinstance(node, ScalarNode) and node.value is None):
        return
    if isinstance(shape, Either):
        yield from faults(node, shape.scalar if isinstance(node, ScalarNode) else shape.whole, path)
        return
    if isinstance(shape, Scalar):
        yield from _scalar(node, shape, path)
    elif isinstance(shape, Many):
        if not isinstance(node, SequenceNode):
            lacks_dash = isinstance(node, MappingNode) and isinstance(shape.item, Record) and node.entries
            help_ = start_items_with_dash(node) if lacks_dash and isinstance(node, MappingNode) else None
            yield _wrong(path, "a list belongs here", node, help_)
            return
        for number, item in enumerate(node.items):
            if shape.checks_null and isinstance(item, ScalarNode) and item.value is None:
                item = MappingNode(item.document, item.start, item.end, {})
            yield from faults(item, shape.item, (*path, number))
    elif not isinstance(node, MappingNode):
        yield _wrong(path, "a mapping belongs here", node)
    elif isinstance(shape, Named):
        for key, entry in node.entries.items():
            yield from faults(entry.value, shape.item, (*path, key))
    else:
        yield from _record(node, shape, path)


def secrets(node: Node, shape: Shape, path: Path) -> Iterator[Place]:
    """The places of all values that nobody may see."""
    if isinstance(shape, Either):
        shape = shape.scalar if isinstance(node, ScalarNode) else shape.whole
    if isinstance(shape, Scalar):
        if shape.secret and isinstance(node, ScalarNode) and node.text not in ("", _SECRET):
            yield Place(path)
    elif isinstance(shape, Many) and isinstance(node, SequenceNode):
        for number, item in enumerate(node.items):
            yield from secrets(item, shape.item, (*path, number))
    elif isinstance(node, MappingNode) and isinstance(shape, (Named, Record)):
        for key, entry in node.entries.items():
            inner = shape.item if isinstance(shape, Named) else shape.keys.get(key, Anything())
            yield from secrets(entry.value, inner, (*path, key))


def written_text(node: MappingNode, key: str) -> str | None:
    """The text of a key; None when it is absent, null or empty."""
    entry = node.entries.get(key)
    if entry is None or not isinstance(entry.value, ScalarNode) or entry.value.value is None:
        return None
    return entry.value.text or None


def unquoted_null(node: MappingNode, key: str) -> str | None:
    """The `null` or `~` that stands where a name is meant; None where there is something else."""
    entry = node.entries.get(key)
    value = None if entry is None else entry.value
    is_null = isinstance(value, ScalarNode) and value.value is None and value.text != ""
    return value.text if is_null and isinstance(value, ScalarNode) else None


def _record(node: MappingNode, shape: Record, path: Path) -> Iterator[Problem]:
    sound = True
    for key, entry in node.entries.items():
        if key not in shape.keys:
            known = _known_mistake(key, shape)
            meant = nearest(key, shape.keys) if known is None else None
            help_ = known or did_you_mean(key, shape.keys) or "Alertmanager 0.35 knows no such key here"
            yield Problem(
                "alertmanager/key",
                f"unknown key `{key}`",
                Place((*path, key), key=True),
                help=help_,
                fix=meant if meant not in node.entries else None,
                is_safe=meant is not None and is_misspelling(key, meant, shape.keys),
            )
            continue
        for problem in faults(entry.value, shape.keys[key], (*path, key)):
            sound = False
            yield problem
    if sound:
        for rule in shape.rules:
            for message, at in rule(node):
                place = Place(path if at is None else (*path, at), key=True)
                yield Problem("alertmanager/rule", message, place)


def _known_mistake(key: str, shape: Record) -> str | None:
    """What to do about a key that Alertmanager never had or has no more, where that is known."""
    if key.startswith("hipchat_"):
        # Alertmanager's CHANGELOG, 0.21.
        return "remove it: HipChat is no more, and Alertmanager has not had it since 0.21"
    if f"smtp_{key.removeprefix('email_')}" in shape.keys:
        return f"did you mean `smtp_{key.removeprefix('email_')}`?"
    # The keys of an e-mail.
    return _OF_MAIL.get(key) if {"headers", "html", "smarthost"} <= shape.keys.keys() else None


def _scalar(node: Node, shape: Scalar, path: Path) -> Iterator[Problem]:
    if not isinstance(node, ScalarNode):
        yield _wrong(path, "one value belongs here", node)
        return
    fault = shape.fault(node)
    if isinstance(fault, LangError):
        yield of_language("alertmanager/value", fault, Place(path))
    elif fault is not None:
        yield Problem("alertmanager/value", fault, Place(path), help=not_expanded(node.text, str(path[-1])))


def _wrong(path: Path, message: str, node: Node, help_: str | None = None) -> Problem:
    kind = {ScalarNode: "one value", MappingNode: "a mapping", SequenceNode: "a list"}[type(node)]
    return Problem("alertmanager/type", f"{message}, but this is {kind}", Place(path), help=help_)


def _text(_node: ScalarNode) -> None:
    return None


def _truth(node: ScalarNode) -> str | None:
    plain = node.style == "plain" and (isinstance(node.value, bool) or _TRUTH.fullmatch(node.text))
    return None if plain else "`true` or `false` belongs here"


def _number(node: ScalarNode) -> str | None:
    sound = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
    return None if sound else "a number belongs here"


def _count(node: ScalarNode) -> str | None:
    fault = _number(node)
    return fault or ("this cannot be negative" if isinstance(node.value, int) and node.value < 0 else None)


def _duration(node: ScalarNode) -> LangError | None:
    try:
        parse_duration(node.text)
    except LangError as error:
        return error
    return None


def _nonzero_duration(node: ScalarNode) -> LangError | str | None:
    fault = _duration(node)
    if fault is None and parse_duration(node.text) == 0:
        return "Alertmanager takes no zero here: write for example `1m`"
    return fault


def _go_duration(node: ScalarNode) -> str | None:
    number = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
    return None if number else _go_duration_text(node)


def _go_duration_text(node: ScalarNode) -> str | None:
    if _GO_DURATION.fullmatch(node.text):
        return None
    return "this is not a duration: write for example `90s` or `1h30m`; days and weeks are not known here"


def _url(node: ScalarNode) -> str | None:
    return url_fault(node.text)


def _secret_url(node: ScalarNode) -> str | None:
    return None if node.text == _SECRET else url_fault(node.text)


def _template_url(node: ScalarNode) -> str | None:
    text = node.text
    if not text or text == _SECRET:
        return None
    if "{{" in text:
        return None if text.count("{{") == text.count("}}") else "the template is never closed: add `}}`"
    return url_fault(text)


def _proxy(node: ScalarNode) -> str | None:
    return url_fault(node.text, any_scheme=True)


def _host_port(node: ScalarNode) -> str | None:
    return host_port_fault(node.text)


def _regex(node: ScalarNode) -> LangError | None:
    try:
        check_regex(node.text, (0, len(node.text)))
    except LangError as error:
        return error
    return None


TEXT = Scalar(_text)
SECRET = Scalar(_text, secret=True)
TRUTH = Scalar(_truth)
NUMBER = Scalar(_number)
COUNT = Scalar(_count)
DURATION = Scalar(_duration)
NONZERO = Scalar(_nonzero_duration)
GO_DURATION = Scalar(_go_duration)
GO_DURATION_TEXT = Scalar(_go_duration_text)
URL = Scalar(_url)
SECRET_URL = Scalar(_secret_url, secret=True)
TEMPLATE_URL = Scalar(_template_url, secret=True)
PROXY_URL = Scalar(_proxy, secret=True)
HOST_PORT = Scalar(_host_port)
REGEX = Scalar(_regex)
ANYTHING = Anything()


def shape_under_names(shape: Shape, names: str) -> dict[str, Shape]:
    """A shape under each of the names."""
    return dict.fromkeys(names.split(), shape)


def one_of(*texts: str) -> Scalar:
    """One of a few texts."""
    names = ", ".join(f"`{text}`" for text in texts if text)
    return Scalar(lambda node: None if node.text in texts else f"one of {names} belongs here")


def label_keys(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    """A rule: every key is a label's name in the classic sense."""
    for key in node.entries:
        if not _LABEL.fullmatch(key):
            yield f"`{key}` is not a valid label name for the old matchers; use `matchers`", key
