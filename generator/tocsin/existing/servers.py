"""The configurations of Prometheus among the files: which rule files they read, and which one counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.detect.file_names import is_beside_what_runs
from tocsin.detect.kinds import CHART_SERVER
from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.existing.prometheus import path_of, server, server_of_operator, unmatched_patterns
from tocsin.source.document import Span
from tocsin.source.node import MappingNode, SequenceNode, plain_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from tocsin.detect.kinds import DocumentPart, Path
    from tocsin.existing.node_reader import Reader
    from tocsin.plan.model import Server
    from tocsin.source.node import Node
    from tocsin.source.place import Sources


def server_of(part: DocumentPart, node: MappingNode, reader: Reader) -> Server:
    """A server as its configuration, its resource or the values of its chart have it."""
    if part.resource is None:
        return server(node, part.path, reader)
    key = CHART_SERVER if part.resource == CHART_SERVER else "spec"
    return server_of_operator(node, part.path, reader, key)


def files_beside(root: Node | None, part: DocumentPart) -> Iterator[str]:
    """The names of the files that stand beside a configuration in the same ConfigMap."""
    node = root
    for step in part.path[1:-1]:
        if isinstance(node, MappingNode) and str(step) in node.entries:
            node = node.entries[str(step)].value
        elif isinstance(node, SequenceNode) and isinstance(step, int):
            node = node.items[step]
    if isinstance(node, MappingNode) and len(part.path) > 1:
        yield from node.entries


def evaluates_rules(part: DocumentPart, server: Server) -> bool:
    """Whether a server evaluates rules, as far as its configuration tells; resources find them by labels."""
    return part.resource is not None or bool(server.rule_files)


def servers_with_rules(servers: list[tuple[DocumentPart, Server]]) -> list[tuple[DocumentPart, Server]]:
    """Those that evaluate rules, as far as their configurations tell, without copies; all where none says so.

    Who names no rule file only scrapes. Forms to copy, examples and tests count where there is nothing else.
    """
    real = [one for one in servers if not is_beside_what_runs(one[0].node.document.name)] or servers
    real = [one for one in real if evaluates_rules(*one)] or real
    held = [plain_data(part.node) for part, _ in real]
    return [one for number, one in enumerate(real) if held[number] not in held[:number]]


def only_names_rules(part: DocumentPart, server: Server) -> bool:
    """Whether a configuration has nothing but its rule files, as one that `promtool check config` reads.

    The servers that evaluate them have intervals and labels of their own.
    """
    keys = part.node.entries.keys() if isinstance(part.node, MappingNode) else ()
    return part.resource is None and bool(server.rule_files) and keys == {"rule_files"}


def with_rules_elsewhere(part: DocumentPart, server: Server, rules: Iterable[Path]) -> Server:
    """The server, which knows where rules stand that it does not evaluate; `rules` are all such places.

    Who names rule files reads no others, and no file is a resource, which the operator's Prometheus reads.
    """
    if part.resource is not None:
        return server
    return replace(server, elsewhere=frozenset(one for one in rules if not _may_read(server, one)))


def _may_read(server: Server, path: Path) -> bool:
    if path[-1] == "spec":
        return False
    names = [step for step in path if isinstance(step, str)]
    unmatched = [*unmatched_patterns(server, names)]
    return not server.rule_files or len(unmatched) < len(server.rule_files)


def missing_rule_files(
    servers: list[tuple[DocumentPart, Server]],
    with_rules: Sequence[str],
    routings: AbstractSet[str],
    sources: Sources,
) -> Iterator[Diagnostic]:
    """Rule files that a server reads and nobody named, and such as are none."""
    for _, one in servers:
        unmatched = list(unmatched_patterns(one, with_rules))
        wrong = [(pattern, place) for pattern, place in unmatched if path_of(one, pattern) in routings]
        for pattern, place in wrong:
            yield Diagnostic(
                "file/rule-files",
                Level.WARNING,
                f"`{pattern}` is a configuration of Alertmanager, and holds no rules",
                sources.locate(place),
                help="leave it out: Prometheus does not start with a rule file that it cannot read",
            )
        missing = [one for one in unmatched if one not in wrong]
        if missing:
            patterns = " or ".join(f"`{pattern}`" for pattern, _ in missing)
            yield Diagnostic(
                "file/rule-files",
                Level.INFO,
                f"none of the checked files matches {patterns}",
                sources.locate(missing[0][1]),
                help="name them as well: then rules, routes and this server are judged together",
            )


def several_servers(servers: list[tuple[DocumentPart, Server]]) -> Iterator[Diagnostic]:
    """Servers among which nobody can choose."""
    for part, _ in servers[1:]:
        first = servers[0][0].node
        yield Diagnostic(
            "file/second-server",
            Level.INFO,
            "this is a second Prometheus: which of them runs the rules is unknown, so neither is used",
            Span(part.node.document, part.node.start, part.node.start),
            related=(Note(Span(first.document, first.start, first.start), "the first one"),),
            help="check each with the rules that it is for",
        )


def is_elsewhere(one: Diagnostic) -> bool:
    """Whether a finding of `missing_rule_files` is about rules that are in none of the files."""
    return one.level is Level.INFO
