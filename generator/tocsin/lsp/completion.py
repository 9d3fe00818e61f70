"""What can be written at a position: keys, names, values, parts of queries and labels in templates."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from lsprotocol.types import CompletionItem, CompletionItemKind, InsertTextFormat, MarkupContent, MarkupKind

from tocsin.existing.known_keys import known_keys
from tocsin.lang.logql import functions as logql
from tocsin.lang.promql import functions as promql
from tocsin.lsp.explanations import explain_key, model_at
from tocsin.lsp.names import QUERIES, defined_names, kind_at
from tocsin.lsp.vocabulary import Vocabulary, labels_of_alert, labels_of_query, vocabulary
from tocsin.manual import find_section, ids
from tocsin.plan.model import Engine
from tocsin.spec.keys import spec_keys
from tocsin.spec.mistakes.shape import keys_of, shape_at
from tocsin.spec.model import Spec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.lsp.names import Path
    from tocsin.lsp.place import Place
    from tocsin.workspace.load import Planned

_LABEL = re.compile(r"\{\{[^{}]*(?:\$labels|\.Labels|\.CommonLabels|\.GroupLabels)\.\w*$")
_IN_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*$")
_IN_BRACES = re.compile(r"\{[^{}]*$")
_BEHIND_STRING = re.compile(r"(?:=~|!~|!=|=)\s*\"[^\"]*$")
_METRIC = re.compile(r"(?<![\w:])([A-Za-z_:][\w:]{0,200})\s{0,20}\{[^{}]*$")
_PIPE = re.compile(r"\|\s*\w*$")
_LONGEST_OPERAND = 4000


def complete(place: Place) -> list[CompletionItem]:
    """What can be written at a place."""
    cursor = place.cursor
    path, states = cursor.path, place.known.states
    plans = [*chain.from_iterable(states)]
    if not cursor.on_key:
        if plans and _LABEL.search(cursor.before):
            return [*_labels(states, path, place.document.name)]
        key = next((part for part in reversed(path) if isinstance(part, str)), "")
        if key in QUERIES:
            return [*_of_query(place, key)]
        return [*_values(path, plans, is_spec=place.is_spec)]
    if len(path) > 1 and isinstance(path[-2], int):
        # A word in a list is an item, or the first key of one.
        found = [*_values(path[:-1], plans, is_spec=place.is_spec)]
        return [*found, *(_keys(path[:-1]) if place.is_spec else _plain_keys(place, path[:-1]))]
    if place.is_spec:
        return [*_keys(path[:-1]), *_key_names(path, plans)]
    return [*_plain_keys(place, path[:-1])]


def _plain_keys(place: Place, parent: Path) -> Iterator[CompletionItem]:
    """The keys that may stand at a path of a rule file or an Alertmanager configuration."""
    for part in place.parts():
        if parent[: len(part.path)] == part.path:
            for name in known_keys(part.kind, parent[len(part.path) :]):
                yield CompletionItem(name, kind=CompletionItemKind.Property, insert_text=f"{name}: ")
            return


def _keys(parent: Path) -> Iterator[CompletionItem]:
    """The keys of the model that belongs at a path."""
    model = model_at(parent)
    if model is None:
        return
    described = {key.definition[1]: key for key in spec_keys() if key.definition[0] is model}
    for name in keys_of(model):
        key = described.get(name)
        documentation = explain_key((*parent, name))
        yield CompletionItem(
            name,
            kind=CompletionItemKind.Property,
            detail="" if key is None else key.kind,
            documentation=None
            if documentation is None
            else MarkupContent(MarkupKind.Markdown, documentation),
            insert_text=f"{name}: ",
            sort_text=f"{0 if key is not None and key.required else 1}{name}",
        )


def _key_names(path: Path, plans: Sequence[Planned]) -> Iterator[CompletionItem]:
    """Names that may be keys: severities of thresholds, and checks that are allowed."""
    above = path[-2] if len(path) > 1 else None
    if above == "allow":
        for id_ in ids():
            section = find_section(id_)
            detail = "" if section is None else section.claim
            yield CompletionItem(
                id_, kind=CompletionItemKind.EnumMember, detail=detail, insert_text=f"{id_}: "
            )
    elif above in ("thresholds", "runbooks"):
        for name in _names(plans, "severity"):
            yield CompletionItem(name, kind=CompletionItemKind.EnumMember, insert_text=f"{name}: ")


def _values(path: Path, plans: Sequence[Planned], *, is_spec: bool) -> Iterator[CompletionItem]:
    """The names or the enumerated values that may stand at a path."""
    shape = shape_at(path, Spec) if is_spec else None
    if shape is not None:
        for name in shape.names:
            yield CompletionItem(name, kind=CompletionItemKind.EnumMember)
        if shape.takes(bool):
            yield from (CompletionItem(word, kind=CompletionItemKind.Value) for word in ("true", "false"))
        if shape.names:
            return
    kind = kind_at(path, on_key=False)
    if kind == "action" and "runbook" in path:
        where = (*path[: path.index("runbook") + 1], "actions")
        for name in _union(getattr(one.sources.node(where), "entries", ()) for one in plans):
            yield CompletionItem(name, kind=CompletionItemKind.Reference, detail="action")
    elif kind is not None:
        for name in _names(plans, kind):
            yield CompletionItem(name, kind=CompletionItemKind.Reference, detail=kind)


def _names(plans: Iterable[Planned], kind: str) -> list[str]:
    """The names of a kind that are defined."""
    return _union(defined_names(one).of(kind) for one in plans)


def _union(found: Iterable[Iterable[str]]) -> list[str]:
    return [*dict.fromkeys(chain.from_iterable(found))]


def _vocabulary(plans: Iterable[Planned]) -> Vocabulary:
    """What the queries name."""
    known = [vocabulary(one.plan) for one in plans]
    fields = zip(*((one.metrics, one.labels, one.log_labels) for one in known), strict=True)
    return (
        Vocabulary(*(tuple(sorted(_union(field))) for field in fields)) if known else Vocabulary((), (), ())
    )


def _labels(states: Sequence[Sequence[Planned]], path: Path, name: str) -> Iterator[CompletionItem]:
    """The labels of the alert whose template is written, first those that its query returns somewhere."""
    known, is_open = [], True
    for plans in states:
        answers = [labels_of_alert(one.plan, path, name) for one in plans]
        if any(labels for labels, _ in answers):
            known = _union(labels for labels, _ in answers)
            is_open = any(is_open for labels, is_open in answers if labels)
            break
    for label in known:
        yield _label(label, "the query returns it", "0")
    if is_open:
        for label in _vocabulary(chain.from_iterable(states)).labels:
            if label not in known:
                yield _label(label, "used in this project", "1")


def _label(label: str, detail: str, rank: str) -> CompletionItem:
    return CompletionItem(label, kind=CompletionItemKind.Field, detail=detail, sort_text=f"{rank}{label}")


def _of_query(place: Place, key: str) -> Iterator[CompletionItem]:
    before, plans = place.cursor.before, [*chain.from_iterable(place.known.states)]
    is_logql = key == "logql" or (key == "expr" and "|" in before)
    if _BEHIND_STRING.search(before):
        return
    words = _vocabulary(plans)
    if (grouping := _IN_GROUPING.search(before)) is not None:
        engine = Engine.LOKI if is_logql else Engine.PROMETHEUS
        operand = _operand(before[: grouping.start()], place.document.text[place.offset :])
        known = _union(labels_of_query(one.plan, operand, engine) for one in plans if operand is not None)
        yield from (_label(label, "the operand has it", "0") for label in known)
        others = words.log_labels if is_logql else words.labels
        yield from (_label(label, "used in this project", "1") for label in others if label not in known)
    elif _IN_BRACES.search(before):
        found = words.log_labels if is_logql else words.labels
        yield from (_label(label, "used in this project", "0") for label in found)
    elif is_logql:
        if _PIPE.search(before):
            yield from _words(logql.STAGES, "stage")
        else:
            yield from _functions(logql.RANGE_AGGREGATIONS | logql.AGGREGATIONS | logql.FUNCTIONS)
    else:
        yield from _functions(promql.FUNCTIONS | promql.AGGREGATIONS)
        for name in words.metrics:
            yield CompletionItem(
                name, kind=CompletionItemKind.Variable, detail="metric", sort_text=f"0{name}"
            )


def _functions(names: Iterable[str]) -> Iterator[CompletionItem]:
    for name in sorted(names):
        yield CompletionItem(
            name,
            kind=CompletionItemKind.Function,
            insert_text=f"{name}($0)",
            insert_text_format=InsertTextFormat.Snippet,
            sort_text=f"1{name}",
        )


def _words(names: Iterable[str], detail: str) -> Iterator[CompletionItem]:
    for name in sorted(names):
        yield CompletionItem(name, kind=CompletionItemKind.Keyword, detail=detail)


def _operand(before: str, after: str) -> str | None:
    """The expression in brackets that `by (…)` belongs to, behind the labels or before them."""
    before, after = before.rstrip()[-_LONGEST_OPERAND:], after[:_LONGEST_OPERAND]
    if before.endswith(")"):
        depth = 0
        for place in range(len(before) - 1, -1, -1):
            depth += (before[place] == ")") - (before[place] == "(")
            if not depth:
                return before[place + 1 : -1]
        return None
    found = re.match(r"[^()]*\)\s*\(", after)
    if found is None:
        return None
    depth = 1
    for place in range(found.end(), len(after)):
        depth += (after[place] == "(") - (after[place] == ")")
        if not depth:
            return after[found.end() : place]
    return None
