"""From files that a team already has to one plan with the places of their own lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.detect.file_names import is_filled_in_by_flux, is_sample_name
from tocsin.detect.foreign import RULES_OF_CHART, RULES_OF_OTHERS
from tocsin.detect.kinds import DocumentKind
from tocsin.diagnostics.incomplete import COMPLETE, Incomplete
from tocsin.diagnostics.model import Diagnostic, Level, sort_diagnostics
from tocsin.diagnostics.secrets import mask_secrets
from tocsin.existing.alertmanager.variables import has_variable
from tocsin.existing.allowances import Comments, comments_key, read_comments
from tocsin.existing.dashboards import read_dashboard
from tocsin.existing.incomplete import (
    of_faults,
    of_kube_prometheus,
    of_routing,
    of_rules,
    of_unread_text,
)
from tocsin.existing.markdown import Markdown
from tocsin.existing.node_reader import Reader
from tocsin.existing.resource_texts import values_without_quotes
from tocsin.existing.routing import Routing
from tocsin.existing.rules import rule_groups
from tocsin.existing.servers import (
    files_beside,
    is_elsewhere,
    missing_rule_files,
    only_names_rules,
    server_of,
    servers_with_rules,
    several_servers,
    with_rules_elsewhere,
)
from tocsin.existing.template_texts import template_texts, with_texts
from tocsin.existing.templates import Templates, text_entry
from tocsin.existing.yaml_faults import (
    faults,
    file_template,
    unrendered_template,
    values_in_comments,
    without_consequences,
)
from tocsin.plan.model import DashboardRef, Escalation, FurtherConfiguration, Plan, Project, Urls
from tocsin.source.document import Span
from tocsin.source.node import Entry, MappingNode, ScalarNode
from tocsin.source.place import Sources
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tocsin.detect.filling import Filling
    from tocsin.detect.foreign import Unread
    from tocsin.detect.kinds import DocumentPart, Path
    from tocsin.detect.template import FileTemplate
    from tocsin.existing.alertmanager import AlertmanagerParts
    from tocsin.existing.input import Input
    from tocsin.existing.template_texts import TemplateText
    from tocsin.plan.model import Dashboard, RuleGroup, Server
    from tocsin.source.document import Document
    from tocsin.source.node import Node
    from tocsin.source.yaml_error import YamlError

_LOKI = frozenset({"AlertingRule", "RecordingRule"})  # the kinds of Loki's operator
_VARIABLE = "alertmanager/variable"
NO_TEMPLATES = Templates()
NO_MARKDOWN = Markdown()
_CONFIGURATIONS = frozenset({DocumentKind.PROMETHEUS, DocumentKind.ALERTMANAGER})
_KINDS = (
    "rule files, PrometheusRule and AlertmanagerConfig resources, the configurations of Alertmanager "
    "and Prometheus, and Grafana dashboards"
)


@value_object
class NotRead:
    """A file, or a part of it, that is not read, and why; only its name may be known."""

    document: Document
    unread: Unread


@value_object
class Adopted:
    """The plan of what could be read, where it stands, and what is wrong or worth knowing."""

    plan: Plan
    sources: Sources
    diagnostics: tuple[Diagnostic, ...]
    secrets: tuple[Span, ...]
    """Values that nobody may see."""
    unread: Incomplete = COMPLETE
    unrendered: tuple[NotRead, ...] = ()
    """Templates of alerting among the files."""


def read_existing(
    inputs: Iterable[Input],
    undecodable: Iterable[YamlError] = (),
    templates: Templates = NO_TEMPLATES,
    markdown: Markdown = NO_MARKDOWN,
    not_read: Iterable[NotRead] = (),
) -> Adopted:
    """One plan of all the files, in their order; the faults are of files that could not be read at all.

    `not_read` are files beside them that hold alerting and cannot be read.
    """
    inputs, undecodable = tuple(inputs), tuple(undecodable)
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
    others: list[Input] = []
    servers: list[tuple[DocumentPart, Server]] = []
    with_rules: list[str] = []
    rule_paths: list[Path] = []
    beside: list[str] = []
    roots: dict[str, Node] = {}
    encoded: list[Span] = []
    texts: list[TemplateText] = []
    unrendered_files: list[tuple[Input, FileTemplate]] = []
    of_vmalert = _is_of_vmalert(inputs)
    of_notifications = {one.name for one in templates.documents()}
    for file in inputs:
        if file.document.name in of_notifications:
            # A configuration names it as a file of templates, whatever its name ends with.
            continue
        encoded += file.secrets
        is_alerting = bool(file.stream.faults) or file.named or file.is_alerting()
        rendered = file_template(file.document, file.stream) if is_alerting else None
        if rendered is not None:
            unrendered_files.append((file, rendered))
            continue
        # Nothing runs with an example or a backup.
        is_spare = not file.named and is_sample_name(file.document.name)
        held = {part.kind for part in file.parts()}
        is_configuration = bool(held & _CONFIGURATIONS) and DocumentKind.RULES not in held
        level = Level.INFO if is_spare else Level.ERROR
        found += faults(file.stream, level, of_configuration=is_configuration)
        known, whole = False, file.root()
        for part in file.parts():
            if part.kind is DocumentKind.PROMETHEUS and isinstance(part.node, MappingNode):
                servers.append((part, server_of(part, part.node, reader)))
                beside += files_beside(file.root(), part)
            elif part.kind is DocumentKind.RULES:
                is_loki, is_file = part.resource in _LOKI, part.node is file.root()
                vmalert = of_vmalert or part.resource == "VMRule"
                groups += rule_groups(
                    part.node, part.path, reader, loki=is_loki, is_file=is_file, vmalert=vmalert
                )
                found += () if part.resource is None else values_without_quotes(part.node)
            elif part.kind is DocumentKind.DASHBOARD and isinstance(part.node, MappingNode):
                dashboards.append(read_dashboard(part.node, part.path, file.root() or part.node))
            elif isinstance(part.node, MappingNode) and whole is not None:
                whole = routing.read(part, part.node, whole, reader)
            known = known or part.kind is not DocumentKind.OTHER
            if part.kind is DocumentKind.RULES:
                # A rule file inside of another file is called like the key that it is under.
                with_rules += [step for step in part.path if isinstance(step, str)]
                rule_paths.append(part.path)
        texts += [one for one in template_texts(file) if one.is_of_notifications() and not one.is_encoded]
        if whole is not None:
            roots[file.document.name] = whole
        if known and whole is not None:
            comments.append(read_comments(file.document, whole, reader))
            found += values_in_comments(whole)
        if not known and not file.stream.faults and (file.named or whole is not None):
            others.append(file)
    kinds = {file.document.name: {part.kind for part in file.parts()} for file in inputs}
    sources = Sources(_root(inputs, roots, comments, (*templates.documents(), *markdown.documents())))
    servers = servers_with_rules(servers)
    rule_files = [name for name, held in kinds.items() if DocumentKind.RULES in held]
    parts = routing.parts(rule_files)
    routes = () if parts is None else (parts, *routing.aside())
    is_later = any(is_filled_in_by_flux(file.document.text) for file in inputs)
    lost = Incomplete.of(of_faults(file.document, file.stream) for file in inputs)
    fillings = {file.document.name: file.fillings for file in inputs if file.fillings}
    for read in routes:
        # What is missing may stand in a part that could not be read.
        said = (one for one in (*read.problems, *read.notes) if not lost.may_define(one.unknown or ""))
        told = [problem.located(sources) for problem in said]
        told = [one for one in told if not _is_filled(one, fillings)]
        found += [one for one in told if not (is_later and one.id == _VARIABLE)]
    found += routing.superfluous()
    # Whom one configuration leaves out, another one may notify.
    lost += Incomplete(("configurations",)) if routing.may_notify_elsewhere(rule_files) else COMPLETE
    # Without any rules among the files, it is the configuration alone that somebody wants to know about.
    routings = {name for name, held in kinds.items() if held == {DocumentKind.ALERTMANAGER}}
    if groups:
        missing = list(missing_rule_files(servers, (*with_rules, *beside), routings, sources))
        found += missing
        # Rules that are elsewhere may be what routes and inhibitions ask for.
        lost += Incomplete(("alerts", "recordings")) if any(map(is_elsewhere, missing)) else COMPLETE
    servers = [one for one in servers if not only_names_rules(*one)]
    if groups or parts is not None:
        found += several_servers(servers)
    nothing = not (groups or parts or servers or dashboards)
    for file, rendered in unrendered_files:
        if nothing or file.named:
            found.append(unrendered_template(file.document, rendered))
    found += [_unread(one) for one in not_read if nothing and one.unread.is_alerting]
    # A folder of which nothing is read must not look as if all were well.
    is_known = any(kind is not DocumentKind.OTHER for held in kinds.values() for kind in held)
    is_told = is_known or any(one.level is Level.ERROR for one in found)
    found += _nothing_read(others, alone=nothing and not is_told)
    of_routes = (place for read in routes for place in read.secrets)
    secrets = (*map(sources.locate, of_routes), *routing.hidden(), *encoded)
    allowed = tuple(allowance for one in comments for allowance in one.allowances)
    plan = replace(
        _plan(groups, parts),
        allowances=allowed,
        server=with_rules_elsewhere(*servers[0], rule_paths) if len(servers) == 1 else None,
        templates=with_texts(
            templates.globs(() if parts is None else parts.templates),
            texts,
            routing.followed_path(),
            mounted=routing.is_of_resources(),
        ),
        templates_are_elsewhere=routing.has_templates_elsewhere(),
        markdown=markdown.planned(),
        repositories=markdown.repositories,
        aside=tuple(
            FurtherConfiguration(read.receivers, templates.globs_aside(read.templates)) for read in routes[1:]
        ),
        dashboards=tuple(dashboards),
        is_filled_in_later=is_later,
    )
    lost += of_rules(reader.found, roots, kinds, sources)
    if parts is not None:
        lost += of_routing(parts.problems, sources) + of_kube_prometheus(parts, groups)
    lost += Incomplete(("templates",)) if templates.unreadable else COMPLETE
    unread = {part.unread for file in inputs for part in file.parts()}
    lost += Incomplete(("alerts",)) if unread & {RULES_OF_CHART, RULES_OF_OTHERS} else COMPLETE
    lost += Incomplete.of(of_unread_text(fault.span.document.text) for fault in undecodable)
    told = without_consequences((*found, *reader.found), (file.stream for file in inputs))
    diagnostics = sort_diagnostics(mask_secrets(told, secrets))
    unrendered = tuple(NotRead(file.document, rendered.unread) for file, rendered in unrendered_files)
    return Adopted(plan, sources, diagnostics, secrets, lost, unrendered)


def _is_filled(one: Diagnostic, fillings: Mapping[str, Sequence[Filling]]) -> bool:
    """Whether it is about a variable that a script replaces; `fillings` are those of files by their names."""
    if one.span is None:
        return False
    text = one.span.document.text[one.span.start : one.span.end]
    is_variable = one.id == _VARIABLE or (one.id == "alertmanager/value" and has_variable(text))
    return is_variable and any(filling.fills(text) for filling in fillings.get(one.span.document.name, ()))


def _is_of_vmalert(inputs: Iterable[Input]) -> bool:
    """Whether the only program that evaluates rules is one of VictoriaMetrics, by its resource."""
    parts = [part for file in inputs for part in file.parts()]
    return any(part.resource == "VMAlert" for part in parts) and not any(
        part.kind is DocumentKind.PROMETHEUS for part in parts
    )


def _plan(groups: Iterable[RuleGroup], routing: AlertmanagerParts | None) -> Plan:
    nowhere = Urls(None, None, None, None, None, None)
    overview = DashboardRef("", "", None)
    settings, sections = ({}, {}) if routing is None else (routing.defaults, routing.sections)
    return Plan(
        project=Project("", "", "en", None, nowhere, "", "", "", overview, settings, sections),
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


def _unread(one: NotRead) -> Diagnostic:
    """Something that is alerting, or becomes some, and is not read, where nothing is."""
    message = f"not read: {one.unread.what}, because {one.unread.why}"
    return Diagnostic("file/not-read", Level.ERROR, message, Span(one.document, 0, 0))


def _nothing_read(files: list[Input], *, alone: bool) -> Iterator[Diagnostic]:
    """Files with nothing to read: each that was named, and where nothing else was read, at least one."""
    named = [file for file in files if file.named]
    # What becomes alerting is the better example.
    files = sorted(files, key=lambda file: not file.is_alerting())
    for file in named or (files[:1] if alone else []):
        unread = next((part.unread for part in file.parts() if part.unread is not None), None)
        if alone and unread is not None and unread.is_alerting:
            yield _unread(NotRead(file.document, unread))
            continue
        where = "this file" if named or len(files) == 1 else f"these {len(files)} files"
        what = "" if unread is None else f": {unread.what} ({unread.why})"
        yield Diagnostic(
            "file/kind",
            Level.ERROR if alone else Level.INFO,
            f"nothing in {where} is alerting that Tocsin reads{what}",
            Span(file.document, 0, 0),
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
