"""Keys in a spec for the groups and alerts of rule files, each given once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.files import windows_fault
from tocsin.importing.names import slug
from tocsin.lang.names import LONGEST_NAME, is_alert_name
from tocsin.plan.names import page_file, recordings_group

if TYPE_CHECKING:
    from collections.abc import Iterable


class Keys:
    """Gives keys; two never make the same file, also where `a` and `A` are one."""

    def __init__(self, alerts: Iterable[str] = ()) -> None:
        """`alerts` are keys that others have."""
        self._groups: set[str] = set()
        self._pages = {page_file(key).casefold() for key in alerts}

    def group(self, name: str) -> str:
        """The key of a group of this name."""
        plain = slug(name).lstrip("_.-")[: LONGEST_NAME - 20] or "group"
        if windows_fault(f"{plain}.yaml"):
            plain = f"group-{plain}"
        key, count = plain, 1
        while {key.casefold(), recordings_group(key).casefold()} & self._groups:
            count += 1
            key = f"{plain}-{count}"
        self._groups |= {key.casefold(), recordings_group(key).casefold()}
        return key

    def alert(self, name: str, group: str) -> str:
        """The key of an alert of this name: the name, or the name and the group where another one has it."""
        plain = name if is_alert_name(name) else slug(name)[: LONGEST_NAME - 20]
        if not is_alert_name(plain) or windows_fault(page_file(plain)):
            plain = f"Alert-{plain}".rstrip("-")
        key, count = plain, 1
        while page_file(key).casefold() in self._pages:
            key = f"{plain}@{group}" if count == 1 else f"{plain}@{group}-{count}"
            count += 1
        self._pages.add(page_file(key).casefold())
        return key
