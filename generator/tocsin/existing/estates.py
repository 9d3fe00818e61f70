"""A repository with the files of several estates: environments, clusters, customers, examples beside them.

An estate has one Prometheus or one Alertmanager, or both, and the rules that belong to them. Which these are,
the files say themselves: `rule_files` of a Prometheus, and otherwise the folders that they lie in.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tocsin.existing.compose import mounts_of_configurations
from tocsin.existing.estate_file import EstateFile, estate_file, rules_read
from tocsin.existing.estate_names import name_estates
from tocsin.existing.kustomized import kustomized_files
from tocsin.existing.routing import shared_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.existing.input import Input

_PROGRAMS = frozenset(
    {
        "prometheus",
        "alertmanager",
        "config",
        "configs",
        "configmap",
        "cm",
        "conf",
        "secret",
        "values",
        "rules",
    }
)
"""Words in the names of files and folders that every estate may have."""
_WORD = re.compile(r"[-_.\s]+")
_ALIKE = 2
_SEVERAL = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Files that belong together: those of an estate, or a part of them."""

    files: tuple[EstateFile, ...]
    is_left_over: bool = False
    """Whether these are routes beside servers of which each has routes of its own."""

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
        words = (
            [word for word in _WORD.split(posixpath.splitext(step)[0].lower()) if word] for step in steps
        )
        return {"-".join(word for word in step if word not in _PROGRAMS) for step in words} - {""}


@dataclass(frozen=True, slots=True)
class Estate:
    """The files of an estate, in their order, and what to call it."""

    name: str
    files: tuple[Input, ...]


def divide(inputs: Sequence[Input]) -> tuple[Estate, ...]:
    """The estates among the files; none where nothing says that there are several.

    A file may belong to several estates, such as rules that all servers read.
    """
    mounts = mounts_of_configurations(inputs)
    files = tuple(estate_file(one, mounts) for one in inputs)
    estates = _divided(files, 0, [one for one in files if one.has_rules])
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
    called = name_estates([[one.name for one in here] for here in held], [*map(_known_by, held)])
    return tuple(
        Estate(name, tuple(one.input for one in here)) for name, here in zip(called, held, strict=True)
    )


def _known_by(files: Iterable[EstateFile]) -> list[str]:
    """The names of the files that say what an estate is: of its servers, its routes and its rules."""
    found = [one for one in files if one.is_configuration or one.has_rules]
    return [one.name for one in sorted(found, key=lambda one: (not one.servers, not one.has_routes))]


def _divided(files: tuple[EstateFile, ...], depth: int, rules: Sequence[EstateFile]) -> list[_Part]:
    """The estates among files that have the folders above this depth in common.

    `rules` are all files with rules.
    """
    whole = _Part(files)
    if whole.servers < 2 and whole.routings < 2:
        return [whole]
    below: dict[str, list[EstateFile]] = {}
    here: list[EstateFile] = []
    for one in files:
        folders = one.name.split("/")[:-1]
        (here if len(folders) <= depth else below.setdefault(folders[depth], [])).append(one)
    with_own = {name: inside for name, inside in below.items() if any(one.is_configuration for one in inside)}
    parts = [part for inside in with_own.values() for part in _divided(tuple(inside), depth + 1, rules)]
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
    near = [one for one in files if one.has_rules] or rules
    return _combined([*parts, *(_apart(own, near, depth) if own else [])], shared, whole, depth)


def _apart(own: tuple[EstateFile, ...], rules: Sequence[EstateFile], depth: int) -> list[_Part]:
    """The configurations of one folder: apart where each server has rules, and not all have the same.

    Each Alertmanager among them has to be called as one of these, or to be the only one.
    """
    by_rules: dict[frozenset[str], list[EstateFile]] = {}
    for one in own:
        if one.servers:
            by_rules.setdefault(frozenset(rules_read(one, rules)), []).append(one)
    if len(by_rules) < _SEVERAL or not all(by_rules):
        return [_Part(own)]
    routes = [one for one in own if not one.servers]
    parts = _paired(
        [_Part(tuple(files)) for files in (*by_rules.values(), *([one] for one in routes))], depth
    )
    return parts if sum(not one.servers for one in parts) < _SEVERAL else [_Part(own)]


def _rule_names(files: Iterable[EstateFile], depth: int) -> set[str]:
    """The names of the rule files in a folder, as seen from there."""
    return {"/".join(one.name.split("/")[depth + 1 :]) for one in files if one.has_rules}


def _is_copy(names: set[str], others: set[str]) -> bool:
    """Whether most rule files of a folder are called as those of another, as for another environment."""
    same = len(names & others)
    return same >= _ALIKE and 2 * same >= len(names)


def _combined(parts: list[_Part], shared: list[EstateFile], whole: _Part, depth: int) -> list[_Part]:
    """The estates of parts that lie beside each other.

    A Prometheus and an Alertmanager belong to one estate where their folders have the same name, and a single
    Alertmanager beside several servers belongs to all of them.
    """
    left_over = [one for one in parts if one.is_left_over]
    parts = _paired([one for one in parts if not one.is_left_over], depth)
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
    elif all(one.routings for one in estates):
        # They are no more for the servers of other folders than for those beside them.
        left_over += [replace(one, is_left_over=True) for one in routings]
    else:
        estates += routings
    return _distinct([*estates, *left_over])


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


def _with_shared(part: _Part, shared: Iterable[EstateFile]) -> _Part:
    """A part with those of the rules beside it that its servers read; without servers, those it has."""
    own = [one.name for one in part.files if one.has_rules]
    rules = [one for one in shared if one.has_rules]
    found = {name for one in part.files for name in rules_read(one, rules, own)}
    return _joined(part, _Part(tuple(one for one in rules if one.name in found)))


def _with_bases(
    estates: list[_Part], files: Iterable[EstateFile], made_of: Mapping[str, frozenset[str]]
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


def _is_taken(one: EstateFile, estate: _Part) -> bool:
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
