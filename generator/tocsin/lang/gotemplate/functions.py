"""The functions that templates may call, with how many arguments each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANY = 1_000

GO: Mapping[str, tuple[int, int]] = {
    "and": (1, _ANY),
    "or": (1, _ANY),
    "not": (1, 1),
    "len": (1, 1),
    "index": (1, _ANY),
    "slice": (1, 4),
    "call": (1, _ANY),
    "print": (0, _ANY),
    "printf": (1, _ANY),
    "println": (0, _ANY),
    "html": (0, _ANY),
    "js": (0, _ANY),
    "urlquery": (0, _ANY),
    "eq": (2, _ANY),
    "ne": (2, 2),
    "lt": (2, 2),
    "le": (2, 2),
    "gt": (2, 2),
    "ge": (2, 2),
}
"""Go's own, from `text/template`: the least and the most arguments."""

PROMETHEUS: Mapping[str, tuple[int, int]] = {
    **GO,
    "query": (1, 1),
    "first": (1, 1),
    "label": (2, 2),
    "value": (1, 1),
    "strvalue": (1, 1),
    "sortByLabel": (2, 2),
    "args": (0, _ANY),
    "tmpl": (2, 2),
    "safeHtml": (1, 1),
    "match": (2, 2),
    "reReplaceAll": (3, 3),
    "title": (1, 1),
    "toUpper": (1, 1),
    "toLower": (1, 1),
    "stripPort": (1, 1),
    "stripDomain": (1, 1),
    "humanize": (1, 1),
    "humanize1024": (1, 1),
    "humanizeDuration": (1, 1),
    "humanizePercentage": (1, 1),
    "humanizeTimestamp": (1, 1),
    "toTime": (1, 1),
    "toDuration": (1, 1),
    "parseDuration": (1, 1),
    "now": (0, 0),
    "graphLink": (1, 1),
    "tableLink": (1, 1),
    "pathPrefix": (0, 0),
    "externalURL": (0, 0),
    "urlQueryEscape": (1, 1),
}
"""Those of rules, from Prometheus' `template/template.go`."""
