"""From the nodes of a rule file to the rules that an import holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.existing.canonical import is_same_expression
from tocsin.importing.rules.model import ImportedAlert, ImportedGroup, ImportedRule
from tocsin.importing.sourced import Sourced, sourced
from tocsin.lang.names import is_slug
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.importing.rules.keys import Keys
    from tocsin.plan.model import Engine
    from tocsin.source.node import Entry, Node


def read_groups(root: Node, file: str, engine: Engine, keys: Keys) -> Iterator[ImportedGroup]:
    """The groups of a sound rule file, which is written to `file` again."""
    for node in _items(root, "groups"):
        if isinstance(node, MappingNode):
            name = _text(node.entries.get("name"))
            key = keys.group(name)
            shared = _texts(node.entries.get("labels"))
            rules = [
                _rule(one, engine, shared) for one in _items(node, "rules") if isinstance(one, MappingNode)
            ]
            if not rules:
                continue
            options = {
                name: Sourced(_option(entry.value), entry.key, entry.value)
                for name, entry in node.entries.items()
                if name not in ("name", "rules", "labels") and not _is_empty(entry.value)
            }
            items = tuple(_alerts(rules, key, keys))
            yield ImportedGroup(node, key, name, file, engine, options, items, {})


def _alerts(rules: Iterable[ImportedRule], group: str, keys: Keys) -> Iterator[ImportedAlert | ImportedRule]:
    """Alerting rules of one name and team that follow each other are one alert."""
    waiting: list[ImportedRule] = []
    for rule in rules:
        if waiting and not (rule.is_alert and _is_of_same_alert(rule, waiting[0])):
            yield ImportedAlert(keys.alert(waiting[0].name, group), waiting[0].name, tuple(waiting))
            waiting = []
        if rule.is_alert:
            waiting.append(rule)
        else:
            yield rule
    if waiting:
        yield ImportedAlert(keys.alert(waiting[0].name, group), waiting[0].name, tuple(waiting))


def _is_of_same_alert(rule: ImportedRule, other: ImportedRule) -> bool:
    teams = [None if one.team is None else one.team.value for one in (rule, other)]
    return rule.name == other.name and teams[0] == teams[1]


def _rule(node: MappingNode, engine: Engine, shared: Mapping[str, Sourced]) -> ImportedRule:
    """A rule; it has the labels of its group, which the engines add as well."""
    is_alert = bool(_text(node.entries.get("alert")))
    labels = {**shared, **_texts(node.entries.get("labels"))}
    expr = node.entries["expr"]
    assert isinstance(expr.value, ScalarNode), "the file is sound"
    severity = _taken(labels, "severity") if is_alert else None
    team = _taken(labels, "team") if is_alert else None
    if is_alert and "severity" in labels:
        # There it stands in the rules that a spec makes.
        labels = {"severity": labels.pop("severity"), **labels}
    return ImportedRule(
        node,
        _text(node.entries.get("alert" if is_alert else "record")),
        is_alert,
        sourced(_query_text(expr.value, engine), expr),
        severity,
        team,
        _duration(node.entries.get("for")),
        _duration(node.entries.get("keep_firing_for")),
        labels,
        _texts(node.entries.get("annotations")),
    )


def _taken(labels: dict[str, Sourced], name: str) -> Sourced | None:
    """A label taken from the others, where its value can be a name in a spec."""
    value = labels.get(name)
    if value is None or not isinstance(value.value, str) or not is_slug(value.value):
        return None
    if name == "severity" and value.value == "none":
        # As a key it says that there is no severity.
        return None
    return labels.pop(name)


def _duration(entry: Entry | None) -> Sourced | None:
    """A duration as it is written; None also for `0s`, which is what a spec takes for none."""
    text = _text(entry)
    return None if entry is None or text in ("", "0s") else sourced(text, entry)


def _query_text(node: ScalarNode, engine: Engine) -> str:
    """The expression, its lines as they are written also where YAML makes one line of them."""
    text = node.text
    if node.style == "folded" and "\n" not in text.strip("\n"):
        written = _lines_of_block(node)
        if is_same_expression(written, text, engine):
            text = written
    lines = text.rstrip().split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    if len(lines) == 1:
        return lines[0].strip()
    # Columns to which all lines are indented are not a part of the query; a string may go on in a line.
    return "\n".join(lines) + "\n"


def _lines_of_block(node: ScalarNode) -> str:
    _, *lines = node.document.text[node.start : node.end].splitlines() or [""]
    widths = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    width = min(widths, default=0)
    return "\n".join(line[width:].rstrip() for line in lines)


def _option(node: Node) -> object:
    """A value as data; texts as they are written, so that a number stays the number that it is."""
    if isinstance(node, MappingNode):
        return {
            name: Sourced(_option(entry.value), entry.key, entry.value)
            for name, entry in node.entries.items()
        }
    if isinstance(node, SequenceNode):
        return [Sourced(_option(item), None, item) for item in node.items]
    return node.value


def _items(node: Node, key: str) -> tuple[Node, ...]:
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return entry.value.items if entry is not None and isinstance(entry.value, SequenceNode) else ()


def _texts(entry: Entry | None) -> dict[str, Sourced]:
    if entry is None or not isinstance(entry.value, MappingNode):
        return {}
    return {name: sourced(_text(one), one) for name, one in entry.value.entries.items()}


def _text(entry: Entry | None) -> str:
    """The text of a scalar, whatever type YAML gives it, as the engines read it."""
    if entry is None or not isinstance(entry.value, ScalarNode) or entry.value.value is None:
        return ""
    return entry.value.text


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None
