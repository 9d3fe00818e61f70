"""The tree of a spec as it is in one environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.source.node import Entry, MappingNode, Node, SequenceNode
from tocsin.spec.exception_mistakes import wrong_exceptions
from tocsin.spec.exception_tree import (
    EXCEPT,
    IN,
    holders,
    is_in,
    names_in,
    project_with_exceptions,
    with_exceptions,
)
from tocsin.spec.node_edits import child_node, node_at
from tocsin.spec.overlay import overlaid
from tocsin.spec.placement import evaluated_here, parts_with_evaluators, wrong_placements
from tocsin.text.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ENVIRONMENTS = "environments"
OUTPUT_NAMES = frozenset(
    {"manifest.json", "prometheus", "loki", "alertmanager", "grafana", "runbooks"}
    | {"kubernetes", "mimir", "loki-ruler"}
)
"""What the output of a spec without environments has at its top, where each environment has a folder."""


def environment_names(root: MappingNode) -> tuple[str, ...]:
    """The environments of a spec, in the order in which they are written."""
    written = child_node(root, ENVIRONMENTS)
    return tuple(written.entries) if isinstance(written, MappingNode) else ()


def has_environments(root: MappingNode) -> bool:
    """Whether something in a spec depends on where the system runs, or has exceptions."""
    parts = (*holders(root), *_limited(root), *parts_with_evaluators(root))
    return ENVIRONMENTS in root.entries or any(True for _ in parts)


def wrong_environments(root: MappingNode) -> Iterator[Diagnostic]:
    """What is wrong with the names of environments, wherever one stands, and with exceptions."""
    known = environment_names(root)
    yield from _wrong_names(root)
    items = [item for holder in holders(root) for item in _items(child_node(holder, EXCEPT))]
    unknown = False
    for node in (*items, *_limited(root)):
        for name in names_in(node):
            if name.text in known:
                continue
            unknown = True
            help_ = (
                suggest(name.text, known, 8)
                if known
                else f"write `environments: {{production: {{}}, {name.text}: {{}}}}`"
            )
            message = f"the environment `{name.text}` does not exist"
            yield Diagnostic("reference/environment", Level.ERROR, message, name.span, help=help_)
    if not unknown:
        projects = {name: _project_in(root, name) for name in known or (None,)}
        yield from wrong_exceptions(root, projects)
        there = {name: project_with_exceptions(one, name) for name, one in projects.items()}
        yield from wrong_placements(root, there)


def _wrong_names(root: MappingNode) -> Iterator[Diagnostic]:
    """Names of environments under which no folder can be written beside the others, on any system."""
    written = child_node(root, ENVIRONMENTS)
    seen: dict[str, str] = {}
    for name, entry in written.entries.items() if isinstance(written, MappingNode) else ():
        folded = name.casefold()
        if folded in OUTPUT_NAMES:
            message = f"no environment can be called `{name}`: the output has a file or folder of this name"
            help_ = "give it another name, such as `production`"
            yield Diagnostic("spec/name", Level.ERROR, message, entry.key.span, help=help_)
        elif folded in seen:
            message = f"the environments `{seen[folded]}` and `{name}` differ only in upper and lower case"
            help_ = "give one of them another name: some systems take their folders for the same"
            yield Diagnostic("spec/name", Level.ERROR, message, entry.key.span, help=help_)
        seen.setdefault(folded, name)


def environment_tree(root: MappingNode, name: str | None) -> MappingNode:
    """The spec as it is in one environment, or in none; what it says there is written where it was."""
    entries = {key: entry for key, entry in root.entries.items() if key != ENVIRONMENTS}
    own = None if name is None else node_at(root, (ENVIRONMENTS, name))
    project = _project_in(root, name)
    if project is not None:
        entries["project"] = Entry(entries["project"].key, project)
    if isinstance(own, MappingNode) and "deliver" in own.entries:
        known, said = entries.get("deliver"), own.entries["deliver"]
        entries["deliver"] = said if known is None else Entry(known.key, overlaid(known.value, said.value))
    for key, edit in (("routing", _with_own_tests), ("groups", _groups)):
        if key in entries:
            entries[key] = Entry(entries[key].key, edit(entries[key].value, name))
    return evaluated_here(with_exceptions(_with(root, entries), name))


def _project_in(root: MappingNode, name: str | None) -> Node | None:
    """The project with what an environment says of it."""
    project = child_node(root, "project")
    own = None if name is None else node_at(root, (ENVIRONMENTS, name))
    if project is None or not isinstance(own, MappingNode):
        return project
    about = {key: entry for key, entry in own.entries.items() if key != "deliver"}
    return overlaid(project, _with(own, about))


def _groups(groups: Node, name: str | None) -> Node:
    def group(node: Node) -> Node:
        return _each(node, ("alerts",), lambda alert: _with_own_tests(alert, name))

    return _each(groups, (), group)


def _each(node: Node, path: tuple[str, ...], edit: Callable[[Node], Node]) -> Node:
    """A mapping in which each value of the mapping at a path is edited."""
    if not isinstance(node, MappingNode):
        return node
    if path:
        inner = node.entries.get(path[0])
        if inner is None:
            return node
        made = Entry(inner.key, _each(inner.value, path[1:], edit))
        return _with(node, node.entries | {path[0]: made})
    return _with(node, {key: Entry(entry.key, edit(entry.value)) for key, entry in node.entries.items()})


def _with_own_tests(node: Node, name: str | None) -> Node:
    """An alert, or the routing, with the tests that are for the environment."""
    tests = child_node(node, "tests")
    if not isinstance(node, MappingNode) or not isinstance(tests, SequenceNode):
        return node
    items = tuple(item for item in tests.items if is_in(item, name))
    made = SequenceNode(tests.document, tests.start, tests.end, items)
    return _with(node, node.entries | {"tests": Entry(node.entries["tests"].key, made)})


def _limited(root: MappingNode) -> Iterator[Node]:
    """The tests that name the environments they are for."""
    homes = [child_node(root, "routing")]
    for group in _values(child_node(root, "groups")):
        homes += _values(child_node(group, "alerts"))
    for home in homes:
        for item in _items(None if home is None else child_node(home, "tests")):
            if child_node(item, IN) is not None:
                yield item


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, SequenceNode) else ()


def _values(node: Node | None) -> list[Node]:
    return [entry.value for entry in node.entries.values()] if isinstance(node, MappingNode) else []


def _with(node: MappingNode, entries: Mapping[str, Entry]) -> MappingNode:
    return MappingNode(node.document, node.start, node.end, dict(entries))
