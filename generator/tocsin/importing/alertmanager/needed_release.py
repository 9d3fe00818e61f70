"""The Alertmanager that an imported configuration is for, as far as it says so itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tocsin.importing.sourced import bare_value
from tocsin.lang.alertmanager.releases import (
    LABELLED_RECEIVERS,
    LABELLED_ROUTES,
    NAMED_INHIBITIONS,
    OLDEST,
    needed_release,
)
from tocsin.lang.alertmanager.sections import SECTIONS
from tocsin.lang.gotemplate.releases import ALERTMANAGER, newer_fields, newer_functions
from tocsin.lang.releases import release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.importing.alertmanager.read import ImportedRouting


def needed_alertmanager(imported: ImportedRouting) -> str:
    """The oldest supported release that knows everything in a configuration, as a spec is to write it.

    A secret may get a key that is younger than the one under which it stood.
    """
    receivers = [one for one in map(bare_value, imported.receivers.values()) if isinstance(one, dict)]
    found = [needed_release("global", bare_value(imported.settings) or {})]
    for receiver in receivers:
        for name, entries in receiver.items():
            found += [needed_release(name, entry) for entry in entries if name != "labels"]
    for name, section in imported.sections.items():
        found += [SECTIONS[name][1], needed_release(name, bare_value(section))]
    if any(receiver.get("labels") for receiver in receivers):
        found.append(LABELLED_RECEIVERS)
    routes = [] if imported.plan.route is None else [*imported.plan.route.nodes()]
    if any(one.labels for one in routes):
        found.append(LABELLED_ROUTES)
    if any(one.name is not None for one in imported.plan.inhibitions):
        found.append(NAMED_INHIBITIONS)
    of_routes = [text for one in routes for text in _templates(one.labels)]
    for text in (*_templates(receivers), *of_routes, *(text for _, text in imported.loaded)):
        newer = (*newer_functions(text, ALERTMANAGER, OLDEST), *newer_fields(text, OLDEST))
        found += [since for _, _, since in newer]
    return max(found, key=release)


def _templates(value: object) -> Iterator[str]:
    """The texts with templates in a value."""
    if isinstance(value, str):
        if "{{" in value:
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _templates(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _templates(one)
