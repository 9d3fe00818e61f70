"""A group of a spec by what the plan as a whole needs of its values, where an earlier run has read them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tocsin.result_store import digest
from tocsin.source.resolve import WrittenFloat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tocsin.spec.fast_load import Values

_NAMES = ("name", "file")
_OF_RECORDINGS = ("title", "labels", "options", "recordings")
_CAUSES = "depends_on"


class KnownGroup(dict[str, Any]):
    """The names and the recordings of a group, and of its alerts those on which each depends."""

    __slots__ = ("digest", "whole")

    def __init__(self, brief: Mapping[str, Any], digest: bytes, whole: Callable[[], Any]) -> None:
        """`digest` is that of all its values (`digest_of_values`), which `whole` reads."""
        super().__init__(brief)
        self.digest = digest
        self.whole = whole


def whole_values(group: Any) -> Any:
    """All values of a group."""
    return group.whole() if isinstance(group, KnownGroup) else group


def digest_of_values(values: object) -> bytes:
    """The digest of values as YAML has them; TypeError where JSON does not hold them as they are."""
    import orjson

    if isinstance(values, KnownGroup):
        return values.digest
    return digest(orjson.dumps(values, default=_digits, option=orjson.OPT_PASSTHROUGH_DATETIME))


def brief_values(values: Values) -> dict[str, Any]:
    """The values of a file whose groups are in brief, each behind its digest; TypeError as above."""
    groups = values.get("groups")
    if not isinstance(groups, dict):
        return values
    brief = {name: [digest_of_values(group).hex(), _brief(group)] for name, group in groups.items()}
    return {**values, "groups": brief}


def read_brief_values(kept: Any, whole: Callable[[], Values]) -> Values:
    """The values of a file from what was kept in brief; `whole` reads all of them.

    Any error of values where it is something else.
    """
    values: Values = {**kept}
    groups = values.get("groups")
    if groups is not None:
        values["groups"] = {
            name: _known(brief, bytes.fromhex(own), partial(_whole_group, whole, name))
            for name, (own, brief) in groups.items()
        }
    return values


def _known(brief: Any, own: bytes, whole: Callable[[], Any]) -> KnownGroup:
    if not all(isinstance(one, dict) for one in (brief, brief["alerts"])):
        raise ValueError("this is not a group in brief")
    return KnownGroup(brief, own, whole)


def _whole_group(whole: Callable[[], Values], name: str) -> Any:
    return whole()["groups"][name]


def _brief(group: Mapping[str, Any]) -> dict[str, Any]:
    names = (*_NAMES, *(_OF_RECORDINGS if group.get("recordings") else ()))
    alerts = {
        name: {_CAUSES: alert[_CAUSES]} if isinstance(alert, dict) and _CAUSES in alert else None
        for name, alert in group["alerts"].items()
    }
    return {**{name: group[name] for name in names if name in group}, "alerts": alerts}


def _digits(value: object) -> object:
    """A number with digits of its own, which is another value than the same number in other digits."""
    if isinstance(value, WrittenFloat):
        return {"digits": value.text}
    raise TypeError(f"{type(value).__name__} has no place in JSON")
