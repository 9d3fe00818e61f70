"""The spec from plain values: for files in which nothing is wrong, without the nodes that know places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tocsin.source.empty import empty_values
from tocsin.source.fast_reader import read_values
from tocsin.source.node import MappingNode, plain_data
from tocsin.source.yaml import read_yaml
from tocsin.spec.environment_tree import ENVIRONMENTS
from tocsin.spec.exception_tree import has_exceptions
from tocsin.spec.families import has_families
from tocsin.spec.hidden_characters import hidden_character_diagnostics
from tocsin.spec.merge import NAMED
from tocsin.spec.model import Spec
from tocsin.spec.placement import has_evaluators

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.source.document import Document

    Values = dict[str, Any]


def values_if_spec(document: Document) -> Values | None:
    """The values of a file that can only be part of a spec; None for any other, and for what is wrong."""
    values = read_values(document)
    if values is None:
        node = read_yaml(document)
        if node.faults or not isinstance(node.node, MappingNode):
            return None
        # A section that holds nothing is left out; anything else that holds nothing has to be reported.
        if any(len(empty.path) > 1 for empty in empty_values(node.node)):
            return None
        if any(True for _ in hidden_character_diagnostics(node.node)):
            return None
        values = {name: plain_data(entry.value) for name, entry in node.node.entries.items()}
    if ENVIRONMENTS in values or has_families(values.get("groups")) or has_exceptions(values):
        return None
    if has_evaluators(values):
        return None
    return values if has_keys_of_spec(values) else None


def has_keys_of_spec(values: Values) -> bool:
    """Whether nothing but a spec has these top-level keys."""
    # These keys stand in files of other systems as well, with lists below them.
    shared = [values[key] for key in ("groups", "receivers") if key in values]
    return values.keys() <= Spec.model_fields.keys() and all(isinstance(value, dict) for value in shared)


def merge_values(files: Iterable[Values]) -> Values | None:
    """The top-level keys of all files, in the files' order, as `merge` joins their nodes.

    None when a name is defined twice.
    """
    whole: Values | None = {}
    for values in files:
        if whole is not None:
            filled = {key: value for key, value in values.items() if value is not None}
            whole = _joined(whole, filled, ())
    if whole is None:
        return None
    return {
        key: dict(sorted(value.items())) if key in NAMED and isinstance(value, dict) else value
        for key, value in whole.items()
    }


def _joined(first: Values, second: Values, path: tuple[str, ...]) -> Values | None:
    entries = dict(first)
    for name, value in second.items():
        if name not in entries:
            entries[name] = value
            continue
        known = entries[name]
        if (len(path) == 1 and path[0] in NAMED) or not (isinstance(known, dict) and isinstance(value, dict)):
            return None
        both = _joined(known, value, (*path, name))
        if both is None:
            return None
        entries[name] = both
    return entries


def without_groups(values: Values) -> Spec | None:
    """The spec but for its groups; None when something is wrong with it."""
    return _validated({**values, "groups": {}})


def with_groups(spec: Spec, groups: Mapping[str, object]) -> Spec | None:
    """The spec with these groups, some of which may be groups of a spec already; None when one is wrong."""
    # Not `dict(spec)`: beside its fields, a model holds what was worked out of them.
    around = {name: getattr(spec, name) for name in Spec.model_fields}
    return _validated({**around, "groups": groups})


def _validated(values: Values) -> Spec | None:
    try:
        return Spec.model_validate(values)
    except ValidationError:
        return None
