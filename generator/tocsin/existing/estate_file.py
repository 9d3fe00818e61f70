"""A file of a repository, and what it says of the estate that it belongs to."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.detect.file_names import is_sample_name
from tocsin.detect.kinds import DocumentKind
from tocsin.existing.node_reader import Reader
from tocsin.existing.prometheus import unmatched_patterns
from tocsin.existing.rules_read import files_matching, rule_resource, rule_selector
from tocsin.existing.servers import evaluates_rules, server_of
from tocsin.source.node import MappingNode, node_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.detect.kinds import DocumentPart
    from tocsin.existing.compose import Mount
    from tocsin.existing.input import Input
    from tocsin.existing.rules_read import RuleResource, RuleSelector
    from tocsin.plan.model import Server
    from tocsin.source.node import Node


@dataclass(frozen=True, slots=True, eq=False)
class EstateFile:
    """A file, and what it says of the estate that it belongs to."""

    input: Input
    name: str
    servers: tuple[Server, ...]
    """Those that evaluate rules."""
    mounts: tuple[Mount, ...]
    """What a container has beside this configuration."""
    selectors: tuple[RuleSelector, ...]
    """Those of the servers among them that find their rules by labels, as those of the operator do."""
    resources: tuple[RuleResource, ...]
    """By what these find the rules."""
    has_routes: bool
    has_rules: bool

    @property
    def selects_rules(self) -> bool:
        """Whether a server among them finds its rules by their labels."""
        return bool(self.selectors)

    @property
    def is_configuration(self) -> bool:
        """Whether it holds something that an estate has one of."""
        return bool(self.servers) or self.has_routes


def estate_file(one: Input, mounts: Mapping[str, tuple[Mount, ...]]) -> EstateFile:
    """A file that was read; `mounts` are those beside configurations, by the names of these."""
    name, reader, parts = posixpath.normpath(one.document.name), Reader(), one.parts()
    servers = [
        (part, server_of(part, part.node, reader))
        for part in parts
        if part.kind is DocumentKind.PROMETHEUS and isinstance(part.node, MappingNode)
    ]
    counts = not is_sample_name(name)
    servers = [pair for pair in servers if counts and evaluates_rules(*pair)]
    rules = [part for part in parts if part.kind is DocumentKind.RULES]
    return EstateFile(
        input=one,
        name=name,
        servers=tuple(server for _, server in servers),
        mounts=mounts.get(name, ()),
        selectors=tuple(rule_selector(part.node) for part, _ in servers if part.resource is not None),
        resources=tuple(
            rule_resource(_resource_of(part, one)) for part in rules if part.resource == "PrometheusRule"
        ),
        has_routes=counts and any(part.kind is DocumentKind.ALERTMANAGER for part in parts),
        has_rules=bool(rules),
    )


def _resource_of(part: DocumentPart, file: Input) -> Node | None:
    root = file.root()
    return None if root is None else node_at(root, part.path[1:-1])


def rules_read(one: EstateFile, rules: Sequence[EstateFile], own: Iterable[str] = ()) -> set[str]:
    """Which rule files the servers in a file read; `own` are those beside it, which it means first."""
    found = _selected(one.selectors, rules) if one.selectors else set()
    names = [rule_file.name for rule_file in rules]
    for server in one.servers:
        patterns = {pattern for pattern, _ in unmatched_patterns(server, own)}
        # Nothing of its own is meant by a path that leads out of its folder, whatever it is called.
        patterns |= {
            pattern for pattern, _ in server.rule_files if posixpath.normpath(pattern).startswith("../")
        }
        found |= {name for pattern in patterns for name in files_matching(server, pattern, names, one.mounts)}
    return found


def _selected(selectors: Iterable[RuleSelector], rules: Sequence[EstateFile]) -> set[str]:
    """Those that selectors find; all where they find none, as labels may be added to what stands here."""
    found: set[str] = set()
    for selector in selectors:
        chosen = {one.name for one in rules if any(map(selector.may_select, one.resources))}
        found |= chosen or {one.name for one in rules}
    return found | {one.name for one in rules if not one.resources}
