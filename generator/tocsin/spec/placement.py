"""Where rules are evaluated: in each cluster or once for all clusters, as groups and environments say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode
from tocsin.spec.node_edits import child_node, each_value, mapping_at, with_entries
from tocsin.spec.switched_off import without_references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.source.document import Span

EVALUATOR = "evaluator"
CLUSTER, GLOBAL = "cluster", "global"
_SECTIONS = ("groups", "recordings", "slos")
_OTHER = {CLUSTER: GLOBAL, GLOBAL: CLUSTER}


def has_evaluators(values: Mapping[str, object]) -> bool:
    """Whether any part of a file says where it is evaluated."""
    for section in _SECTIONS:
        named = values.get(section)
        if isinstance(named, dict) and any(
            isinstance(one, dict) and EVALUATOR in one for one in named.values()
        ):
            return True
    project = values.get("project")
    return isinstance(project, dict) and EVALUATOR in project


def evaluated_here(root: MappingNode) -> MappingNode:
    """The spec of one environment without what is evaluated elsewhere."""
    project = child_node(root, "project")
    here = None if project is None else evaluator_of(project)
    if here is None:
        return root
    entries = dict(root.entries)
    gone: set[str] = set()
    groups: set[str] = set()

    def shown_apart(slo: Node) -> Node:
        """An objective whose alerts are not shown among those of a group that is elsewhere."""
        group = child_node(slo, "group")
        if not isinstance(slo, MappingNode) or not isinstance(group, ScalarNode) or group.text not in groups:
            return slo
        return with_entries(slo, {key: entry for key, entry in slo.entries.items() if key != "group"})

    for section in _SECTIONS:
        named = child_node(root, section)
        if not isinstance(named, MappingNode):
            continue
        kept = {}
        for name, entry in named.entries.items():
            if evaluator_of(entry.value) in (None, here):
                kept[name] = entry
            elif section == "groups":
                gone.update(_alerts(entry.value))
                groups.add(name)
        entries[section] = Entry(entries[section].key, with_entries(named, kept))
    made = mapping_at(with_entries(root, entries), "slos", lambda slos: each_value(slos, shown_apart))
    assert isinstance(made, MappingNode)
    return without_references(made, gone) if gone else made


def parts_with_evaluators(root: MappingNode) -> Iterator[Node]:
    """The parts of a spec, and the project, that say where they are evaluated."""
    parts = [entry.value for _, _, entry in _parts(root)]
    project = child_node(root, "project")
    yield from (one for one in (*parts, *(() if project is None else (project,))) if evaluator_of(one))


def wrong_placements(
    root: MappingNode, environments: Mapping[str | None, Node | None]
) -> Iterator[Diagnostic]:
    """What would be evaluated twice or nowhere; the project of each environment is given."""
    told = {name: None if one is None else evaluator_of(one) for name, one in environments.items()}
    places = {one for one in told.values() if one is not None}
    for section, name, entry in _parts(root):
        own = evaluator_of(entry.value)
        what = f"`{name}`" if section == "groups" else f"{_WORDS[section]} `{name}`"
        verb = "are" if section == "recordings" else "is"
        if own is None and places == {CLUSTER, GLOBAL}:
            yield Diagnostic(
                "placement/twice",
                Level.ERROR,
                f"{what} {verb} evaluated in each cluster, and once more over all of them",
                entry.key.span,
                related=tuple(_notes(environments, told)),
                help=f"write `evaluator: {CLUSTER}` in it, or `evaluator: {GLOBAL}`",
            )
        elif own is not None and told and own not in told.values() and None not in told.values():
            yield Diagnostic(
                "placement/nowhere",
                Level.ERROR,
                f"{what} {verb} evaluated nowhere: no environment has `evaluator: {own}`",
                evaluator_span(entry.value),
                related=tuple(_notes(environments, told)),
                help=f"write `evaluator: {_OTHER.get(own, own)}`, or `evaluator: {own}` in an environment",
            )
    yield from _apart(root)


_WORDS = {"recordings": "the recordings of", "slos": "the objective"}


def _apart(root: MappingNode) -> Iterator[Diagnostic]:
    """Alerts that depend on alerts which are evaluated elsewhere: no configuration has the inhibition."""
    homes: dict[str, tuple[str | None, Node]] = {}
    groups = child_node(root, "groups")
    values = [entry.value for entry in groups.entries.values()] if isinstance(groups, MappingNode) else []
    for group in values:
        homes |= {name: (evaluator_of(group), group) for name in _alerts(group)}
    for group in values:
        own = evaluator_of(group)
        for name, alert in _alerts(group).items():
            causes = child_node(alert, "depends_on")
            for cause in causes.items if isinstance(causes, SequenceNode) else ():
                named = child_node(cause, "alert") if isinstance(cause, MappingNode) else cause
                if not isinstance(named, ScalarNode) or named.text not in homes:
                    continue
                other = homes[named.text][0]
                if own is not None and other is not None and other != own:
                    there = Note(evaluator_span(homes[named.text][1]), "the other one is evaluated so")
                    yield Diagnostic(
                        "placement/apart",
                        Level.ERROR,
                        f"`{name}` is evaluated by `{own}` and `{named.text}` by `{other}`, so no "
                        "configuration has both",
                        named.span,
                        related=(there,),
                        help="give both groups one evaluator, or write the inhibition under "
                        "`routing.inhibitions`, which every configuration has",
                    )


def _notes(
    environments: Mapping[str | None, Node | None], told: Mapping[str | None, str | None]
) -> Iterable[Note]:
    seen = set()
    for name, project in environments.items():
        said = told[name]
        if project is not None and said is not None and said not in seen:
            seen.add(said)
            yield Note(evaluator_span(project), f"`{said}` is here")


def _parts(root: MappingNode) -> Iterator[tuple[str, str, Entry]]:
    for section in _SECTIONS:
        named = child_node(root, section)
        for name, entry in named.entries.items() if isinstance(named, MappingNode) else ():
            yield section, name, entry


def _alerts(group: Node) -> Mapping[str, Node]:
    alerts = child_node(group, "alerts")
    return (
        {name: one.value for name, one in alerts.entries.items()} if isinstance(alerts, MappingNode) else {}
    )


def evaluator_of(node: Node) -> str | None:
    """Where a part of a spec is evaluated, or what an environment is; None where it does not say so."""
    written = child_node(node, EVALUATOR)
    return written.text if isinstance(written, ScalarNode) and written.text in _OTHER else None


def evaluator_span(node: Node) -> Span:
    """Where that is written; all of the part where it is not."""
    written = child_node(node, EVALUATOR)
    return node.span if written is None else written.span
