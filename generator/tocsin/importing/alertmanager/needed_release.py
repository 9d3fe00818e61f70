"""The Alertmanager that an imported configuration is for, as far as it says so itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.releases import (
    LABELLED_RECEIVERS,
    NAMED_INHIBITIONS,
    OLDEST,
    needed_release,
)
from tocsin.lang.alertmanager.sections import SECTIONS
from tocsin.lang.gotemplate.releases import ALERTMANAGER, newer_functions
from tocsin.lang.releases import release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.plan.model import Plan


def needed_alertmanager(plan: Plan, templates: Iterable[str]) -> str:
    """The oldest supported release that knows everything in a configuration and in its files of templates."""
    found = [needed_release("global", plan.project.alertmanager)]
    for receiver in plan.receivers:
        for key, entries in receiver.channels:
            found += [needed_release(key.removesuffix("_configs"), entry) for entry in entries]
    found += [SECTIONS[name][1] for name in plan.project.sections]
    found += [needed_release(name, section) for name, section in plan.project.sections.items()]
    if any(one.labels.keys() - {"name"} for one in plan.receivers):
        found.append(LABELLED_RECEIVERS)
    if any(one.name is not None for one in plan.inhibitions):
        found.append(NAMED_INHIBITIONS)
    for text in (*_templates([one.channels for one in plan.receivers]), *templates):
        found += [since for _, _, since in newer_functions(text, ALERTMANAGER, OLDEST)]
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
