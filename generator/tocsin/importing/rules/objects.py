"""The Kubernetes objects that rules were in, as what a spec says under `deliver:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.errors import LangError
from tocsin.lang.kubernetes.names import (
    check_label_key,
    check_label_value,
    check_namespace,
    check_object_name,
)
from tocsin.plan.model import Engine
from tocsin.source.node import MappingNode, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tocsin.importing.notes import Notes
    from tocsin.importing.rules.rule_file import RuleFile
    from tocsin.source.document import Span
    from tocsin.source.node import Entry, Node

_OF_KUBECTL = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which `kubectl apply` keeps what it applied: nobody writes it."""
_HELP = "write it under `deliver: {kubernetes: …}`, as `tocsin explain delivery` says"


def delivered(files: Sequence[RuleFile]) -> dict[str, Any] | None:
    """What makes the same objects of the rules: their names, their namespace, and the labels that all have.

    None where some of the rules were in no object, or where they are in several namespaces or in none.
    """
    rules = [file for file in files if file.engine is Engine.PROMETHEUS]
    found = [_metadata(file) for file in rules]
    namespaces = {_said(one, "namespace", check_namespace) for one in found}
    names = [_said(one, "name", check_object_name) for one in found]
    namespace = namespaces.pop() if len(namespaces) == 1 else None
    if namespace is None or not all(names) or len({*names}) < len(names):
        return None
    labels = _common([_labels(one) for one in found])
    value: dict[str, Any] = {"namespace": namespace}
    written = {f"{file.source.file}.yaml": name for file, name in zip(rules, names, strict=True)}
    value["rules"] = {**({"labels": labels} if labels else {}), "names": written}
    logs = [file for file in files if file.engine is Engine.LOKI]
    if logs:
        of_logs = _common([_labels(_metadata(file)) for file in logs])
        is_object = all(file.source.is_resource for file in logs)
        form = {"form": "operator", **({"labels": of_logs} if of_logs else {})}
        value["loki"] = form if is_object else {"form": "none"}
    return {"kubernetes": value}


def mention_objects(files: Sequence[RuleFile], notes: Notes, *, part: bool) -> None:
    """Note what of the objects that rules were in is not under `deliver:`; a `part` of a spec has none."""
    objects = [file for file in files if file.source.is_resource]
    made = None if part else delivered(files)
    if made is None:
        if objects:
            span = objects[0].source.whole.span
            notes.left_out("the names, namespaces and labels of the objects that rules were in", span, _HELP)
        return
    shared = made["kubernetes"]["rules"].get("labels", {})
    of_logs = made["kubernetes"].get("loki", {}).get("labels", {})
    lost: dict[str, list[Span]] = {}
    for file in objects:
        for key in ("labels", "annotations"):
            for name, entry in _entries(_metadata(file), key).items():
                if name == _OF_KUBECTL:
                    continue
                if key == "annotations" or name not in (
                    shared if file.engine is Engine.PROMETHEUS else of_logs
                ):
                    lost.setdefault(f"the {key[:-1]} `{name}` of an object", []).append(entry.key.span)
    for what, spans in lost.items():
        help_ = "add it where the objects are applied, as by a patch of kustomize"
        notes.left_out(what, spans[0], help_, tuple(spans[1:]))


def _entries(node: MappingNode | None, key: str) -> Mapping[str, Entry]:
    entry = None if node is None else node.entries.get(key)
    return entry.value.entries if entry is not None and isinstance(entry.value, MappingNode) else {}


def _metadata(file: RuleFile) -> MappingNode | None:
    whole = file.source.whole if file.source.is_resource else None
    entry = whole.entries.get("metadata") if isinstance(whole, MappingNode) else None
    return entry.value if entry is not None and isinstance(entry.value, MappingNode) else None


def _said(metadata: MappingNode | None, key: str, check: Callable[[str], None]) -> str | None:
    """The text of a key; None where it is missing, or not what the API takes."""
    entry = None if metadata is None else metadata.entries.get(key)
    return None if entry is None else _sound(entry.value, check)


def _labels(metadata: MappingNode | None) -> dict[str, str]:
    found = {
        name: _sound(entry.value, check_label_value)
        for name, entry in _entries(metadata, "labels").items()
        if _is_sound(name, check_label_key)
    }
    return {name: text for name, text in found.items() if text is not None}


def _common(labels: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first, *others = labels
    return {name: text for name, text in first.items() if all(one.get(name) == text for one in others)}


def _sound(node: Node, check: Callable[[str], None]) -> str | None:
    if not isinstance(node, ScalarNode) or node.value is None:
        return None
    return node.text if _is_sound(node.text, check) else None


def _is_sound(text: str, check: Callable[[str], None]) -> bool:
    try:
        check(text)
    except LangError:
        return False
    return True
