"""Names of generated things: pages, dashboards, panels, rule groups."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SINGLE_TENANT = "fake"
"""Loki's own name for its tenant where there is only one."""

LONGEST_UID = 40
"""Grafana's limit for the uid of a dashboard or datasource."""


_GENERAL_PAGES = ("readme", "routing", "slos", "all")


def page_file(alert: str) -> str:
    """The alert's page; a colon would make a link to it look like an address of its own."""
    name = alert.replace(":", "-")
    return f"{name}-alert.md" if name.casefold() in _GENERAL_PAGES else f"{name}.md"


def procedure_file(name: str) -> str:
    """The procedure's page."""
    return f"procedures/{name}.md"


def recordings_group(name: str) -> str:
    """The rule group of recordings, which may share its file with alerts of the same name."""
    return f"{name}-recordings"


def slo_group(name: str) -> str:
    """The rule group, and the file, of the burn-rate alerts of an objective."""
    return f"slo-{name}"


def rule_file_stem(file: str) -> str:
    """What files about a rule file begin with: its path without folders and ending."""
    return file.removesuffix(".yaml").removesuffix(".yml").replace("/", "--")


def dashboard_uid(project: str, group: str) -> str:
    """The uid of a group's dashboard, within Grafana's alphabet and length."""
    return _uid(f"{project}-{group}")


def datasource_uid(project: str, program: str) -> str:
    """The uid of a project's datasource, which no other datasource of that Grafana is likely to have."""
    return _uid(f"{project}-{program}")


def panel_ids(alerts: Iterable[str]) -> dict[str, int]:
    """An id for the panel of each alert of one dashboard, from its name: another alert does not move it."""
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for alert in sorted(alerts):
        number = zlib.crc32(alert.encode()) & 0x3FFFFFFF or 1
        while number in taken:
            number += 1
        taken.add(number)
        ids[alert] = number
    return ids


def _uid(name: str) -> str:
    plain = name.replace(".", "-")
    if plain == name and len(plain) <= LONGEST_UID:
        return plain
    return f"{plain[: LONGEST_UID - 9]}-{zlib.crc32(name.encode()):08x}"
