"""What of plain files could not be read, so that nothing is found only because it is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.diagnostics.incomplete import Incomplete
from tocsin.diagnostics.model import Level
from tocsin.existing.allowances import innermost_item
from tocsin.lang.kubernetes.kube_prometheus import OF_ALERTING
from tocsin.lang.regexes import literal_texts
from tocsin.plan.model import Rule
from tocsin.source.document import Span
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tocsin.diagnostics.incomplete import Area
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.diagnostics.problem import Problem
    from tocsin.existing.alertmanager import AlertmanagerParts
    from tocsin.plan.model import RuleGroup
    from tocsin.source.document import Document
    from tocsin.source.node import Node
    from tocsin.source.place import Sources
    from tocsin.source.yaml import Stream, UnreadPart

_RULES: frozenset[Area] = frozenset({"alerts", "recordings"})
_AREAS: Mapping[DocumentKind, frozenset[Area]] = {
    DocumentKind.RULES: _RULES,
    DocumentKind.PROMETHEUS: frozenset({"server"}),
    DocumentKind.DASHBOARD: frozenset({"dashboards"}),
    **dict.fromkeys(
        (DocumentKind.ALERTMANAGER, DocumentKind.RESOURCE, DocumentKind.OPERATOR), frozenset({"routing"})
    ),
}
_SIGNS: tuple[tuple[re.Pattern[str], frozenset[Area]], ...] = (
    (regex_on_use(r"^[ \t]*+(?:- )?[ \t]*+(?:alert|record|expr)[ \t]*+:", re.MULTILINE), _RULES),
    (
        regex_on_use(r"^[ \t]*+(?:route|receivers|inhibit_rules)[ \t]*+:", re.MULTILINE),
        frozenset({"routing"}),
    ),
    (regex_on_use(r"^(?:scrape_configs|rule_files|alerting)[ \t]*+:", re.MULTILINE), frozenset({"server"})),
    (regex_on_use(r"""^[ \t]*+["']?panels["']?[ \t]*+:""", re.MULTILINE), frozenset({"dashboards"})),
)
_ANYTHING: frozenset[Area] = _RULES | {"routing", "server", "dashboards"}
_READ_ALL_THE_SAME = frozenset({"file/promql", "file/logql", "file/comment", "file/refused-key"})
_NOT_READ = frozenset({"alertmanager/key", "alertmanager/type", "alertmanager/value"})
_OF_ROUTING = frozenset({"route", "inhibit_rules", "mute_time_intervals", "time_intervals"})


def of_faults(document: Document, stream: Stream) -> Incomplete:
    """What of a file is unread, where its YAML has faults: as little as is known to be."""
    if all(fault.is_taken_by_configurations for fault in stream.faults):
        return Incomplete()
    if not stream.unread:
        return of_unread_text(document.text)
    parts = (
        Incomplete(_areas(_with_section(part)), [part.span], unparsed=[part.span]) for part in stream.unread
    )
    return Incomplete.of(parts)


def of_unread_text(text: str) -> Incomplete:
    """What a file that is not sound YAML, or not text, was probably about: its keys tell."""
    return Incomplete(_areas(text))


def _areas(text: str) -> frozenset[Area]:
    found = [areas for sign, areas in _SIGNS if sign.search(text)]
    return frozenset().union(*found) if found else _ANYTHING


def _with_section(part: UnreadPart) -> str:
    text = part.span.document.text[part.span.start : part.span.end]
    return text if part.section is None else f"{part.section}:\n{text}"


def of_rules(
    found: Iterable[Diagnostic],
    roots: Mapping[str, Node],
    kinds: Mapping[str, Collection[DocumentKind]],
    sources: Sources,
) -> Incomplete:
    """The rules, and other items of lists, in which something has another form than it needs."""
    unread = Incomplete()
    for one in found:
        if one.level is Level.ERROR and one.span is not None and one.id not in _READ_ALL_THE_SAME:
            name = one.span.document.name
            areas = [_AREAS[kind] for kind in kinds.get(name, ()) if kind in _AREAS]
            path = innermost_item(roots[name], one.span.start) if name in roots else ()
            span = sources.extent((name, *path)) if path else one.span
            place = Span(span.document, span.start, span.end)
            # What a query says by itself is so whatever the key beside it was meant to be.
            values = () if one.id == "file/unknown-key" else (place,)
            unread += Incomplete(frozenset().union(*areas), [place], values=values)
    return unread


def of_routing(problems: Iterable[Problem], sources: Sources) -> Incomplete:
    """The routes, inhibitions, time intervals and receivers in which something cannot be read."""
    unread = Incomplete()
    for one in problems:
        if one.id in _NOT_READ:
            path = one.place.path
            ends = [
                number for number, part in enumerate(path) if isinstance(part, int) and _is_part(path, number)
            ]
            scope = path[: ends[-1] + 1] if ends else path
            # Without its channels a receiver looks as if nobody were behind it.
            is_routing = bool(_OF_ROUTING & set(map(str, path))) or str(path[-1]).endswith("_configs")
            areas: tuple[Area, ...] = ("routing",) if is_routing else ()
            values = () if one.id == "alertmanager/key" else (sources.extent(path),)
            unread += Incomplete(areas, [sources.extent(scope)], values=values)
    return unread


def of_kube_prometheus(parts: AlertmanagerParts, groups: Iterable[RuleGroup]) -> Incomplete:
    """The rules that come with kube-prometheus, where its alerts about alerting are named and not here."""
    known = {rule.alert for group in groups for rule in group.rules if isinstance(rule, Rule)}
    missing = OF_ALERTING - known
    waiting = [] if parts.route is None else [parts.route]
    matchers = [one for rule in parts.inhibitions for one in (*rule.source, *rule.target)]
    while waiting:
        route = waiting.pop()
        waiting += route.routes
        matchers += route.matchers
    named = (one for one in matchers if one.name == "alertname" and one.op in ("=", "=~"))
    is_named = any(missing & {one.value, *(literal_texts(one.value) or ())} for one in named)
    return Incomplete(("alerts",)) if is_named else Incomplete()


def _is_part(path: tuple[str | int, ...], number: int) -> bool:
    return number > 0 and path[number - 1] in {"routes", "receivers", *_OF_ROUTING}
