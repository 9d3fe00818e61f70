"""Rule files that groups name: what cannot be there twice, or not on every system."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.diagnostics.problem import Problem
from tocsin.files import windows_fault
from tocsin.plan.names import recordings_group, slo_group
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.spec.model import Spec


class OwnNames(NamedTuple):
    """What a group says that its rule group and its rule file are called; None where it does not."""

    name: str | None
    file: str | None


def own_names(spec: Spec) -> dict[str, OwnNames]:
    """Those of each group of a whole spec."""
    return {key: OwnNames(group.name, group.file) for key, group in spec.groups.items()}


def rule_file_clashes(spec: Spec, groups: Mapping[str, OwnNames]) -> Iterator[Problem]:
    """Groups that would be one rule group of a file, and files that would be one on some systems.

    `groups` are those of the whole, as the spec need not hold them.
    """
    taken: dict[tuple[str, str], Place] = {}
    spelt: dict[str, tuple[str, Place]] = {}
    for file, name, place in _rule_groups(spec, groups):
        first = taken.setdefault((file.casefold(), name), place)
        if first is not place:
            yield Problem(
                "name/same-file",
                f"`{file}` would have two rule groups `{name}`",
                place,
                help="give one of them another `name:` or `file:`",
                related=((first, "the other one"),),
            )
        known, at = spelt.setdefault(file.casefold(), (file, place))
        if known != file:
            yield Problem(
                "name/same-file",
                f"`{known}` and `{file}` are one file where the case of letters does not count",
                place,
                help=f"write `file: {known}`, or another name",
                related=((at, "the other one"),),
            )
    for key, group in groups.items():
        for part in (group.file or "").split("/"):
            if part and (fault := windows_fault(part)):
                yield Problem(
                    "name/not-on-windows",
                    f"`{part}` cannot be the name of a file on Windows: {fault}",
                    Place(("groups", key, "file")),
                    help="choose another name: everybody has to be able to check out the generated files",
                )


def _rule_groups(spec: Spec, groups: Mapping[str, OwnNames]) -> Iterator[tuple[str, str, Place]]:
    """The file and the name of each rule group; those whose names no group can change come first."""
    for name in spec.recordings:
        yield f"{name}.yaml", recordings_group(name), Place(("recordings", name), key=True)
    for name, slo in spec.slos.items():
        if slo.burn is not None:
            yield f"{slo_group(name)}.yaml", slo_group(name), Place(("slos", name), key=True)
    for key, group in groups.items():
        at = "name" if group.name is not None else "file"
        is_named = group.name is not None or group.file is not None
        place = Place(("groups", key, at)) if is_named else Place(("groups", key), key=True)
        yield group.file or f"{key}.yaml", group.name or key, place
