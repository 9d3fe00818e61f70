"""What stands in a sound rule file, and a spec cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.importing.refused import RefusedError
from tocsin.importing.rules.sources import never_loaded
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import reads
from tocsin.lang.names import is_label_name, is_metric_name, is_reserved_label
from tocsin.source.document import Span
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.scalar_map import source_piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.existing.input import Input
    from tocsin.importing.notes import Notes
    from tocsin.importing.rules.sources import RuleSource

_OF_RULES = ("alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations")
_OF_FILES = ("groups", "namespace", "tenantID")
"""The last two are for Mimir and for Loki's operator."""
_LEAVE = "take it away, or leave the file where it is"
_RENAME = "rename it, with whatever reads it, or leave the file where it is"
_LABEL = "letters, digits and `_`, and begin with no digit and not with `__`"
_METRIC = "letters, digits, `_` and `:`, and begin with no digit"


def find_unheld(source: RuleSource) -> Iterator[RefusedError]:
    """The reasons for which a rule file cannot be imported, though it can be read."""
    top = source.node
    if not isinstance(top, MappingNode):
        return
    for name, entry in top.entries.items() if not source.is_resource else ():
        if name not in _OF_FILES:
            # `rulefmt.RuleGroups` has no other field, and Prometheus refuses what it does not know.
            reason = f"Prometheus refuses a rule file with `{name}` beside `groups`"
            yield RefusedError(reason, entry.key.span, "take it away: a rule file has only `groups`")
    for group in _mappings(top, "groups"):
        yield from _names_of_labels(group)
        for rule in _mappings(group, "rules"):
            for name, entry in rule.entries.items():
                if name not in _OF_RULES:
                    yield RefusedError(f"a spec holds no `{name}` of a rule", entry.key.span, _LEAVE)
            yield from _names_of_labels(rule)
            yield from _templates(rule)
            record = rule.entries.get("record")
            if record is not None and isinstance(record.value, ScalarNode) and record.value.text:
                node = record.value
                if not is_metric_name(node.text):
                    reason = f"a spec holds no recording called `{node.text}`: names in it have {_METRIC}"
                    yield RefusedError(reason, node.span, _RENAME)


def refuse_never_loaded(files: Iterable[Input], notes: Notes) -> None:
    """Refuse the documents of rule files that Prometheus does not load."""
    for file in files:
        for node in never_loaded(file):
            number = next(n for n, one in enumerate(file.stream.nodes, 1) if one is node)
            notes.refuse(
                f"document {number} of {file.document.name}",
                RefusedError(
                    "Prometheus loads only the first document of a rule file",
                    Span(file.document, node.start, node.start),
                    "write its groups into the first one, or into a file of their own",
                ),
            )


def mention_left_out(source: RuleSource, notes: Notes) -> None:
    """Note what stands beside the groups of a file, which no rule file that is generated has."""
    top = source.node
    if not isinstance(top, MappingNode):
        return
    for name, entry in top.entries.items():
        if name != "groups":
            # Mimir and Loki call a file by its namespace.
            help_ = "give it to the program that loads the rules, if it needs it"
            if name == "namespace":
                help_ = "write it under `deliver:` for `mimir` or `loki`, as `tocsin explain delivery` says"
            notes.left_out(f"`{name}`, which stands beside the groups", entry.key.span, help_)
    for group in _mappings(top, "groups"):
        rules = group.entries.get("rules")
        if rules is None or not getattr(rules.value, "items", ()):
            named = group.entries.get("name")
            node = None if named is None else named.value
            called = f" `{node.text}`" if isinstance(node, ScalarNode) else ""
            help_ = "write the first of its rules, or remove it; comments on it are left out as well"
            notes.left_out(f"the group{called}, which has no rules", group.span, help_)


def _names_of_labels(node: MappingNode) -> Iterator[RefusedError]:
    """Names of labels and annotations that Prometheus takes since it takes any text in UTF-8."""
    for key in ("labels", "annotations"):
        named = node.entries.get(key)
        if named is None or not isinstance(named.value, MappingNode):
            continue
        for name, entry in named.value.entries.items():
            if not is_label_name(name) or is_reserved_label(name):
                reason = f"a spec holds no {key[:-1]} called `{name}`: names in it have {_LABEL}"
                yield RefusedError(reason, entry.key.span, _RENAME)


def _templates(rule: MappingNode) -> Iterator[RefusedError]:
    """Templates that Prometheus and Loki parse when they load the file, and cannot."""
    for key in ("labels", "annotations") if "alert" in rule.entries else ():
        texts = rule.entries.get(key)
        if texts is None or not isinstance(texts.value, MappingNode):
            continue
        for name, entry in texts.value.entries.items():
            if not isinstance(entry.value, ScalarNode) or "{{" not in entry.value.text:
                continue
            try:
                reads(entry.value.text)
            except LangError as error:
                reason = f"the {key[:-1]} `{name}` is not a valid template: {error.reason}"
                span = source_piece(entry.value, *error.span)
                yield RefusedError(reason, span, error.help or "correct it and import again")


def _mappings(node: MappingNode, key: str) -> Iterator[MappingNode]:
    entry = node.entries.get(key)
    if entry is not None and isinstance(entry.value, SequenceNode):
        yield from (one for one in entry.value.items if isinstance(one, MappingNode))
