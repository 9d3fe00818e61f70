"""From files that a team already has to one plan with the places of their own lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.adopt.allowances import Comments, comments_key, read_comments
from tocsin.adopt.dashboards import read_dashboard
from tocsin.adopt.faults import faults, values_in_comments
from tocsin.adopt.kinds import Kind, parts
from tocsin.adopt.markdown import Markdown
from tocsin.adopt.prometheus import server, server_of_operator, unread
from tocsin.adopt.reader import Reader
from tocsin.adopt.routing import Routing
from tocsin.adopt.rules import rule_groups
from tocsin.adopt.templates import Templates, text_entry
from tocsin.diagnostics.model import Diagnostic, Level, Note, sort_diagnostics
from tocsin.diagnostics.secrets import hidden
from tocsin.frozen import frozen
from tocsin.plan.model import DashboardRef, Escalation, Plan, Project, Urls
from tocsin.source.document import Span
from tocsin.source.node import Entry, MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.adopt.alertmanager import AlertmanagerParts
    from tocsin.adopt.kinds import Part
    from tocsin.plan.model import Dashboard, RuleGroup, Server
    from tocsin.source.document import Document
    from tocsin.source.fault import Fault
    from tocsin.source.node import Node
    from tocsin.source.yaml import Stream

_LOKI = frozenset({"AlertingRule", "RecordingRule"})  # the kinds of Loki's operator
NO_TEMPLATES = Templates()
NO_MARKDOWN = Markdown()
_KINDS = (
    "rule files, PrometheusRule and AlertmanagerConfig resources, the configurations of Alertmanager "
    "and Prometheus, and Grafana dashboards"
)


@frozen
class Input:
    """A file that was read; `named` says that somebody asked for just this one."""

    document: Document
    stream: Stream
    named: bool

    def root(self) -> Node | None:
        """The node of its one document, or the list of all of them; None when it holds nothing."""
        nodes = [node for node in self.stream.nodes if not _is_null(node)]
        if len(nodes) <= 1:
            return nodes[0] if nodes else None
        return SequenceNode(self.document, 0, 0, self.stream.nodes)

    def parts(self) -> list[Part]:
        """What the file holds, each with its path below the file's name."""
        root = self.root()
        if root is not None and not isinstance(root, SequenceNode):
            return list(parts(root, (self.document.name,)))
        return [
            part
            for number, node in enumerate(self.stream.nodes)
            if not _is_null(node)
            for part in parts(node, (self.document.name, number))
        ]


@frozen
class Adopted:
    """The plan of what could be read, where it stands, and what is wrong or worth knowing."""

    plan: Plan
    sources: Sources
    diagnostics: tuple[Diagnostic, ...]
    secrets: tuple[Span, ...]
    """Values that nobody may see."""


def adopt(
    inputs: Iterable[Input],
    undecodable: Iterable[Fault] = (),
    templates: Templates = NO_TEMPLATES,
    markdown: Markdown = NO_MARKDOWN,
) -> Adopted:
    """One plan of all the files, in their order; the faults are of files that could not be read at all."""
    inputs = tuple(inputs)
    reader = Reader()
    comments: list[Comments] = []
    found = [Diagnostic("file/encoding", Level.ERROR, fault.message, fault.span) for fault in undecodable]
    found += [
        Diagnostic("file/unreadable", Level.WARNING, fault.message, fault.span)
        for fault in templates.unreadable
    ]
    groups: list[RuleGroup] = []
    routing = Routing()
    dashboards: list[Dashboard] = []
    others: list[Document] = []
    servers: list[tuple[Part, Server]] = []
    with_rules: list[str] = []
    roots: dict[str, Node] = {}
    for file in inputs:
        found += faults(file.document, file.stream)
        known, whole = False, file.root()
        for part in file.parts():
            if part.kind is Kind.PROMETHEUS and isinstance(part.node, MappingNode):
                servers.append((part, _server(part, part.node, reader)))
            elif part.kind is Kind.RULES:
                groups += rule_groups(part.node, part.path, reader, loki=part.resource in _LOKI)
            elif part.kind is Kind.DASHBOARD and isinstance(part.node, MappingNode):
                dashboards.append(read_dashboard(part.node, part.path))
            elif isinstance(part.node, MappingNode) and whole is not None:
                whole = routing.read(part, part.node, whole, reader)
            known = known or part.kind is not Kind.OTHER
            with_rules += [file.document.name] if part.kind is Kind.RULES else []
        if whole is not None:
            roots[file.document.name] = whole
        if known and whole is not None:
            comments.append(read_comments(file.document, whole, reader))
            found += values_in_comments(whole)
        if file.named and not known and not file.stream.faults:
            others.append(file.document)
    sources = Sources(_root(inputs, roots, comments, (*templates.documents(), *markdown.documents())))
    parts = routing.parts()
    if parts is not None:
        found += [problem.located(sources) for problem in (*parts.problems, *parts.notes)]
    found += routing.superfluous()
    found += _of_servers(servers, with_rules, sources)
    found += [_other(document, alone=not (groups or parts or servers or dashboards)) for document in others]
    secrets = (*(() if parts is None else map(sources.locate, parts.secrets)), *routing.hidden())
    allowed = tuple(allowance for one in comments for allowance in one.allowances)
    plan = replace(
        _plan(groups, parts),
        allowances=allowed,
        server=servers[0][1] if len(servers) == 1 else None,
        templates=templates.globs(() if parts is None else parts.templates),
        markdown=markdown.planned(),
        repositories=markdown.repositories,
        dashboards=tuple(dashboards),
    )
    return Adopted(plan, sources, sort_diagnostics(hidden((*found, *reader.found), secrets)), secrets)


def _plan(groups: Iterable[RuleGroup], routing: AlertmanagerParts | None) -> Plan:
    nowhere = Urls(None, None, None, None, None, None)
    overview = DashboardRef("", "", None)
    settings = {} if routing is None else routing.defaults
    return Plan(
        project=Project("", "", "en", nowhere, "", "", "", overview, settings),
        severities=(),
        teams=(),
        receivers=() if routing is None else routing.receivers,
        route=None if routing is None else routing.route,
        time_intervals=() if routing is None else routing.time_intervals,
        inhibitions=() if routing is None else routing.inhibitions,
        groups=(),
        rule_groups=tuple(groups),
        procedures=(),
        escalation=Escalation((), (), ()),
    )


def _server(part: Part, node: MappingNode, reader: Reader) -> Server:
    return (server if part.resource is None else server_of_operator)(node, part.path, reader)


def _of_servers(
    servers: list[tuple[Part, Server]], with_rules: list[str], sources: Sources
) -> Iterator[Diagnostic]:
    """Rule files that a server reads and nobody named, and servers among which nobody can choose."""
    for _, one in servers:
        for pattern, place in unread(one, with_rules) if with_rules else ():
            yield Diagnostic(
                "file/rule-files",
                Level.INFO,
                f"none of the files that are checked is one of `{pattern}`",
                sources.locate(place),
                help="name them as well: then rules, routes and this server are judged together",
            )
    for part, _ in servers[1:]:
        first = servers[0][0].node
        yield Diagnostic(
            "file/second-server",
            Level.WARNING,
            "this is a second Prometheus: nobody can say which of them runs the rules, so neither counts",
            Span(part.node.document, part.node.start, part.node.start),
            related=(Note(Span(first.document, first.start, first.start), "the first one"),),
            help="check each with the rules that it is for",
        )


def _other(document: Document, *, alone: bool) -> Diagnostic:
    """A file that holds nothing to read: a slip when nothing else was read, else part of `*.yml`."""
    return Diagnostic(
        "file/kind",
        Level.ERROR if alone else Level.INFO,
        "nothing in this file is alerting that Tocsin reads",
        Span(document, 0, 0),
        help=f"it reads {_KINDS}, and specs of its own",
    )


def _root(
    inputs: tuple[Input, ...],
    roots: Mapping[str, Node],
    comments: Iterable[Comments],
    texts: tuple[Document, ...],
) -> MappingNode | None:
    """One mapping from the names of the files to what they hold."""
    entries = {name: _entry(name, root) for name, root in roots.items()}
    for one in comments:
        if one.allowances:
            name = comments_key(one.nodes.document.name)
            entries[name] = _entry(name, one.nodes)
    entries.update((document.name, text_entry(document)) for document in texts)
    first = [*(file.document for file in inputs), *texts][:1]
    return MappingNode(first[0], 0, 0, entries) if first else None


def _entry(name: str, node: Node) -> Entry:
    return Entry(ScalarNode(node.document, 0, 0, "plain", name, name), node)


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None
