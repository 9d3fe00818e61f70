"""The page about routing: the tree, who is notified of what, what inhibits what, and uncovered hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.plan.parts import outline_of
from tocsin.routing.alert_gaps import alert_gaps, clock_zone
from tocsin.routing.config import routing_config
from tocsin.routing.render.hours import gap_lines
from tocsin.routing.render.outline import outline
from tocsin.routing.render.pictures import mermaid
from tocsin.targets.runbooks import markdown
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Group, NotifiedReceiver
    from tocsin.routing.config import RoutingConfig
    from tocsin.targets.runbooks.pages import Pages
    from tocsin.translations.model import RoutingWords

FILE = "routing.md"
YEAR = 2026
"""The year of which the page tells the days: it must not depend on when it was made."""


def routing_page(pages: Pages, rows: Sequence[Sequence[str]]) -> dict[str, Any] | None:
    """The values of the template, with the rows of all alerts; None without routes."""
    plan = pages.plan
    table = routing_config(plan)
    if table is None:
        return None
    words = TEXTS[plan.project.language].routing
    where = clock_zone(plan, table)
    return {
        "routing": words,
        "picture": markdown.code_block("mermaid", mermaid(outline(table.route, words=words))),
        "rows": rows,
        "rules": [
            (_matchers(rule.source), _matchers(rule.target), ", ".join(map(markdown.inline_code, rule.equal)))
            for rule in plan.inhibitions
        ],
        "gaps": _gaps(pages, table, words, where),
        "clock": words.gaps_read.format(where, YEAR),
    }


def routing_rows(pages: Pages, group: Group) -> Iterator[tuple[str, str, str, str, str, str]]:
    """What the page says of the alerts of a group."""
    for alert in group.alerts:
        for told in alert.told:
            yield (
                pages.link(alert.name, ""),
                pages.severity(told.severity) if told.severity in pages.severities else told.severity,
                markdown.label_list(told.labels),
                pages.receiver(told.receiver) + _times(pages, told),
                str(told.timing.group_wait),
                str(told.timing.repeat_interval),
            )


def _gaps(pages: Pages, table: RoutingConfig, words: RoutingWords, where: str) -> list[tuple[str, str, str]]:
    found = []
    for one in alert_gaps(outline_of(pages.plan), table, YEAR, where):
        severity = one.labels.get("severity", "")
        lines = gap_lines(one.gaps, words.weekdays, words.all_day)
        shown = pages.severity(severity) if severity in pages.severities else severity
        found.append((pages.link(one.alert, ""), shown, "<br>".join(map(markdown.escape_text, lines))))
    return found


def _times(pages: Pages, told: NotifiedReceiver) -> str:
    texts = []
    if told.active_time_intervals:
        names = ", ".join(map(markdown.inline_code, told.active_time_intervals))
        texts.append(pages.words.only_in.format(names))
    if told.mute_time_intervals:
        names = ", ".join(map(markdown.inline_code, told.mute_time_intervals))
        texts.append(pages.words.not_in.format(names))
    return f"; {', '.join(texts)}" if texts else ""


def _matchers(matchers: Iterable[Matcher]) -> str:
    return ", ".join(markdown.inline_code(matcher.text()) for matcher in matchers)
