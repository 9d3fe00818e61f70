"""Rule files of Prometheus and Loki, and the resources that hold the same groups, as rule groups of a plan.

What may stand in them follows Prometheus' `model/rulefmt`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.detect.file_names import (
    holds_variables,
    is_of_thanos,
    is_of_victoria,
    is_template_name,
)
from tocsin.diagnostics.model import Note
from tocsin.existing.engine import engine_fault, engine_of, selects_logs
from tocsin.existing.misplaced_rule_keys import (
    continued,
    note_continued,
    note_group_among_rules,
    note_misplaced_keys,
    note_split_group,
)
from tocsin.existing.node_reader import VMALERT
from tocsin.existing.prometheus import RULES_ELSEWHERE, no_rules_here
from tocsin.lang.foreign_group_keys import FOREIGN_GROUP_KEYS
from tocsin.lang.logql import shape as logql
from tocsin.lang.promql import shape as promql
from tocsin.lang.promql.metricsql import is_metricsql
from tocsin.plan.model import Engine, Recording, Rule, RuleGroup, RulePlaces
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.existing.node_reader import Reader
    from tocsin.source.node import Node

    Path = tuple[str | int, ...]

_FILE = ("groups",)
_GROUPS_AS_TEXT = regex_on_use(r"^groups:[ \t]*$", re.MULTILINE)
GROUP_KEYS = ("name", "interval", "query_offset", "limit", "labels", "rules")
RULE_KEYS = ("alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations")
_KINDS_OF_RULE = frozenset({"alert", "record"})
_FOREIGN_IN_FILE = {"namespace": "Mimir and Cortex", "tenantID": "Loki's operator"}
_FOREIGN_IN_GROUP = {
    **_FOREIGN_IN_FILE,
    **FOREIGN_GROUP_KEYS,
}
_OTHER = {Engine.PROMETHEUS: Engine.LOKI, Engine.LOKI: Engine.PROMETHEUS}
_AS_OTHER = {
    Engine.PROMETHEUS: ("file/promql", "LogQL", "Prometheus"),
    Engine.LOKI: ("file/logql", "PromQL", "Loki"),
}
_FOREIGN_IN_RULE = dict.fromkeys(("debug", "update_entries_limit", "id"), "VictoriaMetrics")


def rule_groups(
    node: Node,
    path: Path,
    reader: Reader,
    *,
    loki: bool = False,
    is_file: bool = False,
    vmalert: bool = False,
) -> Iterator[RuleGroup]:
    """The groups of one file or resource; `path` leads to the node that holds `groups`.

    `is_file` says that it is a file of its own, which no other program reads before the engine does,
    `vmalert` that vmalert is what evaluates rules here.
    """
    if not is_file and isinstance(node, ScalarNode) and node.value is None:
        # An empty `spec:` is filled in as well.
        return
    top = reader.mapping(node)
    if top is None:
        return
    entry = top.entries.get("groups")
    if entry is not None and not is_file and isinstance(entry.value, MappingNode) and not entry.value.entries:
        # No cluster takes `groups: {}`: Kustomize, for one, fills it in before.
        return
    groups = [
        (number, group)
        for number, item in enumerate(reader.items(entry))
        if (group := reader.mapping(item)) is not None
    ]
    engine = Engine.LOKI if loki else engine_of(text for _, group in groups for text in _expressions(group))
    vmalert = vmalert or is_of_victoria(top.document.name) or any(map(_is_for_vmalert, groups))
    is_sure = is_file and engine is Engine.PROMETHEUS and not _is_filled_in(top)
    is_plain = is_sure and not vmalert and not _has_keys_of_others(top, groups)
    program = "Prometheus" if is_plain else VMALERT if is_sure and vmalert else None
    if "scrape_configs" in top.entries and entry is not None and is_file:
        reader.error("file/unknown-key", no_rules_here("groups"), entry.key.span, RULES_ELSEWHERE)
    else:
        own = (*_FILE, "tenantID") if loki else _FILE
        reader.keys(top, (*own, *_files_as_text(top, reader)), _FOREIGN_IN_FILE, "a rule file", program)
    misplaced = [group for _, group in groups if _is_rule(group)]
    if misplaced:
        several = f" and {len(misplaced) - 1} more stand" if len(misplaced) > 1 else " stands"
        reader.error(
            "file/group",
            f"this rule{several} among the groups",
            misplaced[0].span,
            "indent what is of a group below its `rules:`",
        )
    names: dict[str, ScalarNode] = {}
    before: MappingNode | None = None
    for number, group in groups:
        if _is_rule(group):
            continue
        if not note_split_group(group, before, reader):
            _unique(group, names, reader)
        before = group
        if _is_of_other_language(group):
            continue
        yield _group(group, (*path, "groups", number), engine, program, vmalert, reader)


def _files_as_text(top: MappingNode, reader: Reader) -> list[str]:
    """The keys beside the groups whose values are rule files as texts, as in a ConfigMap: none is loaded."""
    found = [
        entry
        for entry in top.entries.values()
        if isinstance(entry.value, ScalarNode) and _GROUPS_AS_TEXT.search(entry.value.text)
    ]
    if found:
        several = f" and {len(found) - 1} more are texts" if len(found) > 1 else " is a text"
        reader.error(
            "file/unknown-key",
            f"`{found[0].key.text}`{several} beside the groups, and nothing loads the rules there",
            found[0].key.span,
            "write the groups below `groups:`; files of this kind belong into a ConfigMap",
        )
    return [entry.key.text for entry in found]


def _is_filled_in(top: MappingNode) -> bool:
    """Whether the name of a file says that another program fills it in before it is read."""
    return is_template_name(top.document.name) or holds_variables(top.document.name)


def _has_keys_of_others(top: MappingNode, groups: list[tuple[int, MappingNode]]) -> bool:
    """Whether a key in a file says that something other than Prometheus reads it."""
    return (
        not _FOREIGN_IN_FILE.keys().isdisjoint(top.entries)
        or any(not _FOREIGN_IN_GROUP.keys().isdisjoint(group.entries) for _, group in groups)
        or any(
            not _FOREIGN_IN_RULE.keys().isdisjoint(rule.entries)
            for _, group in groups
            for rule in _rules(group)
        )
    )


def _is_for_vmalert(group: tuple[int, MappingNode]) -> bool:
    """Whether a group has a key that vmalert alone reads."""
    return any(FOREIGN_GROUP_KEYS.get(key) == "VictoriaMetrics" for key in group[1].entries)


def _rules(group: MappingNode) -> Iterator[MappingNode]:
    rules = group.entries["rules"].value if "rules" in group.entries else None
    for rule in rules.items if isinstance(rules, SequenceNode) else ():
        if isinstance(rule, MappingNode):
            yield rule


def _expressions(group: MappingNode) -> Iterator[str]:
    for rule in _rules(group):
        expr = rule.entries.get("expr")
        if expr is not None and isinstance(expr.value, ScalarNode):
            yield expr.value.text


def _is_of_other_language(group: MappingNode) -> bool:
    """Whether the group of a vmalert asks Graphite or VictoriaLogs; `reader` notes the key's system."""
    kind = group.entries.get("type")
    text = kind.value.text if kind is not None and isinstance(kind.value, ScalarNode) else ""
    return text in ("graphite", "vlogs")


def _says_which(rule: MappingNode) -> bool:
    """Whether a rule has a key that says which kind of rule it is."""
    return bool(_KINDS_OF_RULE & rule.entries.keys())


def _is_rule(group: MappingNode) -> bool:
    """Whether what stands among the groups is a rule that was not indented."""
    return bool(_KINDS_OF_RULE & group.entries.keys()) and not {"name", "rules"} & group.entries.keys()


def _unique(group: MappingNode, names: dict[str, ScalarNode], reader: Reader) -> None:
    node = reader.scalar(group.entries.get("name"))
    if node is None or not node.text:
        reader.error("file/group", "a rule group needs a name", group.span, "write `name:`")
    elif node.text in names:
        first = Note(names[node.text].span, "the other one")
        reader.error(
            "file/group", f"two groups of this file are called `{node.text}`", node.span, "rename one", first
        )
    else:
        names[node.text] = node


def _group(
    node: MappingNode, path: Path, engine: Engine, program: str | None, vmalert: bool, reader: Reader
) -> RuleGroup:
    of_thanos = [key for key, system in FOREIGN_GROUP_KEYS.items() if system == "Thanos"]
    own = (*GROUP_KEYS, *of_thanos) if is_of_thanos(node.document.name) else GROUP_KEYS
    reader.keys(node, own, _FOREIGN_IN_GROUP, "a rule group", program)
    query_offset = reader.duration(node.entries.get("query_offset"))
    limit = reader.whole_number(node.entries.get("limit"))
    shared = _labels(node, reader)
    places = {name: Place((*path, "labels", name)) for name in shared}
    rules: list[Rule | Recording] = []
    items = reader.items(node.entries.get("rules"))
    parts = continued(items, _KINDS_OF_RULE)
    for number, item in enumerate(items):
        if number in parts:
            if parts[number] == number - 1:
                note_continued(item, items[number - 1], reader)
            continue
        rule = reader.mapping(item)
        if rule is not None and not note_group_among_rules(node, rule, reader):
            known = RULE_KEYS if _says_which(rule) else (*RULE_KEYS, "name")
            is_slip = program is not None or not _is_filled_in(rule)
            told = {*known, *_FOREIGN_IN_RULE}
            known = (*known, *note_misplaced_keys(rule, told, program, reader, is_slip=is_slip))
            reader.keys(rule, known, _FOREIGN_IN_RULE, "a rule", program)
            if number not in parts.values() or "expr" in rule.entries:
                made = _rule(rule, (*path, "rules", number), engine, vmalert, (shared, places), reader)
                rules += [] if made is None else [made]
    return RuleGroup(
        name=reader.text(node.entries.get("name")) or "",
        engine=engine,
        tenant=None,
        file=str(path[0]),
        interval=reader.duration(node.entries.get("interval")),
        rules=tuple(rules),
        place=Place((*path, "name")),
        query_offset=query_offset,
        limit=max(limit or 0, 0),
        is_of_vmalert=vmalert and engine is Engine.PROMETHEUS,
    )


def _rule(
    node: MappingNode,
    path: Path,
    engine: Engine,
    vmalert: bool,
    shared: tuple[dict[str, str], dict[str, Place]],
    reader: Reader,
) -> Rule | Recording | None:
    """The rule; None when it says not even which kind of rule it is."""
    alert, record = reader.text(node.entries.get("alert")), reader.text(node.entries.get("record"))
    if not _says_which(node) and "name" in node.entries:
        message = "this rule has neither `alert` nor `record`, and a rule has no key `name`"
        reader.error("file/rule", message, node.entries["name"].key.span, "write `alert:` for `name:`")
        return None
    if bool(alert) == bool(record):
        wrong = "both `record` and `alert`" if alert else "neither `alert` nor `record`"
        named = (node.entries[kind].value for kind in _KINDS_OF_RULE & node.entries.keys())
        if alert or all(isinstance(name, ScalarNode) for name in named):
            reader.error(
                "file/rule", f"this rule has {wrong}", node.span, "a rule has exactly one of the two"
            )
        if not alert:
            return None
    expr, sound = _expression(node, engine, vmalert, reader)
    labels = _labels(node, reader)
    annotations = reader.texts(node.entries.get("annotations"), RULE_KEYS)
    for_ = reader.duration(node.entries.get("for"))
    keep = reader.duration(node.entries.get("keep_firing_for"))
    written = RulePlaces(
        text=expr,
        name=Place((*path, "alert" if alert else "record")),
        expr=Place((*path, "expr")),
        threshold=None,
        for_=Place((*path, "for")),
        labels={**shared[1], **{name: Place((*path, "labels", name)) for name in labels}},
        annotations={name: Place((*path, "annotations", name)) for name in annotations},
    )
    labels = {**shared[0], **labels}
    if not alert:
        for name in ("for", "keep_firing_for", "annotations"):
            if name in node.entries:
                key = node.entries[name].key
                reader.error("file/rule", f"a recording rule has no `{name}`", key.span, "remove it")
        if record is not None and {"{", "}"} & set(record):
            name_node = node.entries["record"].value
            reader.error(
                "file/rule",
                "a recording rule's name has no braces",
                name_node.span,
                "write further labels under `labels:`",
            )
        return Recording(record or "", engine, expr, labels, None, written, Place(path))
    comparison, threshold = _compared(expr, engine) if sound else (None, None)
    return Rule(
        alert=alert,
        severity=labels.get("severity", ""),
        engine=engine,
        expr=expr,
        for_=for_ or "0s",
        keep_firing_for=keep,
        labels=labels,
        annotations=annotations,
        comparison=comparison,
        threshold=None if threshold is None else float(threshold),
        threshold_text=threshold,
        written=written,
        place=Place(path),
    )


def _labels(node: MappingNode, reader: Reader) -> dict[str, str]:
    entry = node.entries.get("labels")
    labels = reader.texts(entry, RULE_KEYS)
    if entry is not None and isinstance(entry.value, MappingNode):
        for name in {"", "__name__"} & labels.keys():
            span = entry.value.entries[name].key.span
            reader.error("file/rule", f"`{name}` cannot be the name of a label", span)
    return labels


def _expression(node: MappingNode, engine: Engine, vmalert: bool, reader: Reader) -> tuple[str, bool]:
    """The expression, and whether its engine takes it."""
    expr = reader.scalar(node.entries.get("expr"))
    if expr is None or not expr.text.strip():
        reader.error("file/rule", "this rule has no expression", node.span, "write `expr:`")
        return "", False
    wrong = engine_fault(expr.text, engine)
    is_other = wrong is not None and not selects_logs(expr.text)
    if wrong is not None and vmalert and is_metricsql(expr.text):
        message = "this is MetricsQL: VictoriaMetrics reads it, and it is not checked"
        reader.info("file/promql", message, expr.span)
    elif is_other and engine_fault(expr.text, _OTHER[engine]) is None:
        id_, said, read_as = _AS_OTHER[engine]
        message = f"this is {said}, and its file is read as one of {read_as}"
        reader.error(id_, message, expr.span, "a file is for one engine: move the rule to a file of its own")
    elif wrong is not None:
        reader.language("file/promql" if engine is Engine.PROMETHEUS else "file/logql", wrong, expr)
    return expr.text, wrong is None


def _compared(expr: str, engine: Engine) -> tuple[str | None, str | None]:
    """The operator and number of `query op number`."""
    shape = promql if engine is Engine.PROMETHEUS else logql
    return shape.comparison(expr) or (None, None)
