"""A repository with the files of several estates: environments, clusters, customers, examples beside them.

An estate has one Prometheus or one Alertmanager, or both, and the rules that belong to them. Which these are,
the files say themselves: `rule_files` of a Prometheus, and otherwise the folders that they lie in.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tocsin.detect.file_names import is_sample_name
from tocsin.detect.kinds import DocumentKind
from tocsin.existing.estate_names import name_estates
from tocsin.existing.kustomized import kustomized_files
from tocsin.existing.node_reader import Reader
from tocsin.existing.prometheus import path_of, unmatched_patterns
from tocsin.existing.routing import shared_folders
from tocsin.existing.servers import evaluates_rules, server_of
from tocsin.source.node import MappingNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.existing.files import Input
    from tocsin.plan.model import Server

_PROGRAMS = frozenset({"prometheus", "alertmanager", "config", "configs", "conf", "values", "rules"})
"""Names of files and folders that every estate may have."""
_ALIKE = 2


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    """A file, and what it says of the estate that it belongs to."""

    input: Input
    name: str
    servers: tuple[Server, ...]
    """Those that evaluate rules."""
    selects_rules: bool
    """Whether a server among them finds its rules by their labels, as those of the operator do."""
    has_routes: bool
    has_rules: bool

    @property
    def is_configuration(self) -> bool:
        """Whether it holds something that an estate has one of."""
        return bool(self.servers) or self.has_routes


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Files that belong together: those of an estate, or a part of them."""

    files: tuple[_File, ...]

    @property
    def servers(self) -> int:
        return sum(bool(one.servers) for one in self.files)

    @property
    def routings(self) -> int:
        return sum(one.has_routes for one in self.files)

    @property
    def has_rules(self) -> bool:
        return any(one.has_rules for one in self.files)

    def lacks(self, other: _Part) -> bool:
        """Whether the other has the Prometheus or the Alertmanager that this part has none of."""
        return bool(
            (not self.servers and self.routings and other.servers and not other.routings)
            or (self.servers and not self.routings and other.routings and not other.servers)
        )

    def names(self, depth: int) -> set[str]:
        """What its configurations and their folders below a depth are called, without names of programs."""
        steps = (step for one in self.files if one.is_configuration for step in one.name.split("/")[depth:])
        return {posixpath.splitext(step)[0].lower() for step in steps} - _PROGRAMS


@dataclass(frozen=True, slots=True)
class Estate:
    """The files of an estate, in their order, and what to call it."""

    name: str
    files: tuple[Input, ...]


def divide(inputs: Sequence[Input]) -> tuple[Estate, ...]:
    """The estates among the files; none where nothing says that there are several.

    A file may belong to several estates, such as rules that all servers read.
    """
    files = tuple(map(_file, inputs))
    estates = _divided(files, 0)
    if len(estates) > 1:
        estates = _with_bases(estates, files, kustomized_files(inputs))
    if len(estates) < 2:
        return ()
    names = [{one.name for one in estate.files} for estate in estates]
    known = set[str]().union(*names)
    for name in {one.name for one in files} - known:
        # What belongs to none of them is looked at once, with what lies nearest.
        max(names, key=lambda found: max(shared_folders(name, one) for one in found)).add(name)
    order = [one.name for one in files]
    names.sort(key=lambda found: [name in found for name in order], reverse=True)
    held = [[one for one in files if one.name in found] for found in names]
    configured = [_configurations(here) for here in held]
    called = name_estates([[one.name for one in here] for here in held], configured)
    return tuple(
        Estate(name, tuple(one.input for one in here)) for name, here in zip(called, held, strict=True)
    )


def _configurations(files: Iterable[_File]) -> list[str]:
    """The names of the configurations among the files, those of servers first."""
    found = [one for one in files if one.is_configuration]
    return [one.name for one in sorted(found, key=lambda one: not one.servers)]


def _divided(files: tuple[_File, ...], depth: int) -> list[_Part]:
    """The estates among files that have the folders above this depth in common."""
    whole = _Part(files)
    if whole.servers < 2 and whole.routings < 2:
        return [whole]
    below: dict[str, list[_File]] = {}
    here: list[_File] = []
    for one in files:
        folders = one.name.split("/")[:-1]
        (here if len(folders) <= depth else below.setdefault(folders[depth], [])).append(one)
    with_own = {name: inside for name, inside in below.items() if any(one.is_configuration for one in inside)}
    parts = [part for inside in with_own.values() for part in _divided(tuple(inside), depth + 1)]
    shared = [one for one in here if not one.is_configuration]
    patterns = [_rule_names(inside, depth) for inside in with_own.values()]
    for name, inside in below.items():
        if name in with_own:
            continue
        if any(_is_copy(_rule_names(inside, depth), other) for other in patterns):
            parts.append(_Part(tuple(inside)))
        else:
            shared += inside
    own = tuple(one for one in here if one.is_configuration)
    return _combined([*parts, *([_Part(own)] if own else [])], shared, whole, depth)


def _rule_names(files: Iterable[_File], depth: int) -> set[str]:
    """The names of the rule files in a folder, as seen from there."""
    return {"/".join(one.name.split("/")[depth + 1 :]) for one in files if one.has_rules}


def _is_copy(names: set[str], others: set[str]) -> bool:
    """Whether most rule files of a folder are called as those of another, as for another environment."""
    same = len(names & others)
    return same >= _ALIKE and 2 * same >= len(names)


def _combined(parts: list[_Part], shared: list[_File], whole: _Part, depth: int) -> list[_Part]:
    """The estates of parts that lie beside each other.

    A Prometheus and an Alertmanager belong to one estate where their folders have the same name, and a single
    Alertmanager beside several servers belongs to all of them.
    """
    parts = _paired(parts, depth)
    routings = [one for one in parts if one.routings and not one.servers and not one.has_rules]
    rest = [one for one in parts if one not in routings]
    if not rest and not any(one.has_rules for one in shared):
        return routings
    if len(rest) < 2:
        return [whole]
    estates = [_with_shared(one, shared) for one in rest]
    claimed = {file for one in estates for file in one.files}
    unclaimed = tuple(one for one in shared if one not in claimed)
    if any(one.has_rules for one in unclaimed):
        # Of configurations without rules nobody can say which of these rules they are for.
        aside = [one for one in estates if not one.has_rules]
        estates = [one for one in estates if one.has_rules]
        several = routings if len(routings) > 1 else []
        estates.append(_joined(_Part(unclaimed), *aside, *several))
        routings = [one for one in routings if one not in several]
    if len(routings) == 1 and not all(one.routings for one in estates):
        estates = [one if one.routings else _joined(one, routings[0]) for one in estates]
    else:
        estates += routings
    return _distinct(estates)


def _paired(parts: list[_Part], depth: int) -> list[_Part]:
    """The parts, of which a server and routes are one where their files or folders have the same name."""
    found: list[_Part] = []
    for part in parts:
        names = part.names(depth)
        at = next(
            (n for n, one in enumerate(found) if one.lacks(part) and names & one.names(depth)), len(found)
        )
        found[at : at + 1] = [_joined(*found[at : at + 1], part)]
    return found


def _with_shared(part: _Part, shared: Iterable[_File]) -> _Part:
    """A part with those of the rules beside it that its servers read; without servers, those it has."""
    servers = [server for one in part.files for server in one.servers]
    if not servers:
        return part
    own = [one.name for one in part.files if one.has_rules]
    patterns = [(server, pattern) for server in servers for pattern, _ in unmatched_patterns(server, own)]
    # Nothing of its own is meant by a path that leads out of its folder, whatever it is called.
    patterns += [
        (server, pattern)
        for server in servers
        for pattern, _ in server.rule_files
        if posixpath.normpath(pattern).startswith("../")
    ]
    selects = any(one.selects_rules for one in part.files)
    return _joined(
        part,
        _Part(
            tuple(
                one
                for one in shared
                if one.has_rules
                and (selects or any(_reads(server, pattern, one.name) for server, pattern in patterns))
            )
        ),
    )


def _reads(server: Server, pattern: str, name: str) -> bool:
    """Whether a pattern of `rule_files` may mean this file; absolute ones are of the machine it runs on."""
    if posixpath.isabs(pattern):
        return fnmatchcase(posixpath.basename(name), posixpath.basename(pattern))
    path = path_of(server, pattern)
    return path.count("/") == name.count("/") and fnmatchcase(name, path)


def _with_bases(
    estates: list[_Part], files: Iterable[_File], made_of: Mapping[str, frozenset[str]]
) -> list[_Part]:
    """The estates with what their Kustomizations take from elsewhere; what others take whole is no estate."""
    folders = [{posixpath.dirname(one.name) for one in estate.files} for estate in estates]
    named = [set[str]().union(*(made_of.get(folder, ()) for folder in here)) for here in folders]
    found = [
        _joined(estate, _Part(tuple(one for one in files if one.name in names and _is_taken(one, estate))))
        for estate, names in zip(estates, named, strict=True)
        if not all(
            any(one.name in other for other in named if other is not names)
            for one in estate.files
            if one.is_configuration or one.has_rules
        )
    ]
    return found or estates


def _is_taken(one: _File, estate: _Part) -> bool:
    """Whether it counts beside what the estate has: its own server and routes are in place of others."""
    return (
        not one.is_configuration
        or one.has_rules
        or one.selects_rules
        or bool(one.servers and not estate.servers)
        or (one.has_routes and not estate.routings)
    )


def _joined(*parts: _Part) -> _Part:
    return _Part(tuple(dict.fromkeys(one for part in parts for one in part.files)))


def _distinct(parts: list[_Part]) -> list[_Part]:
    """The parts, of which those with the same rules and routes are one."""
    kept: dict[object, _Part] = {}
    for one in parts:
        held = frozenset(file for file in one.files if file.has_rules or file.has_routes)
        key = held or one
        kept[key] = _joined(kept[key], one) if key in kept else one
    return list(kept.values())


def _file(one: Input) -> _File:
    name, reader, parts = posixpath.normpath(one.document.name), Reader(), one.parts()
    servers = [
        (part, server_of(part, part.node, reader))
        for part in parts
        if part.kind is DocumentKind.PROMETHEUS and isinstance(part.node, MappingNode)
    ]
    counts = not is_sample_name(name)
    servers = [pair for pair in servers if counts and evaluates_rules(*pair)]
    return _File(
        input=one,
        name=name,
        servers=tuple(server for _, server in servers),
        selects_rules=any(part.resource is not None for part, _ in servers),
        has_routes=counts and any(part.kind is DocumentKind.ALERTMANAGER for part in parts),
        has_rules=any(part.kind is DocumentKind.RULES for part in parts),
    )
