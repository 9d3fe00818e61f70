"""The page of the service level objectives, and what the other pages say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.objectives import format_share
from tocsin.plan.burn_table import burn_rows
from tocsin.plan.objectives_dashboard import objectives_dashboard
from tocsin.plan.slo import Latency
from tocsin.targets.runbooks import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Alert
    from tocsin.plan.slo import Promise, Slo
    from tocsin.targets.runbooks.pages import Pages
    from tocsin.translations.model import SloWords

FILE = "slos.md"


def slo_page(pages: Pages) -> dict[str, Any]:
    """The values of the template."""
    words = pages.slo_words
    return {"slo_words": words, "slos": [_section(pages, words, slo) for slo in pages.plan.slos]}


def slo_rows(pages: Pages) -> list[dict[str, str]]:
    """A row for each objective, for a table."""
    words = pages.slo_words
    return [
        {
            "link": _link(pages, slo),
            "promise": promise(words, slo),
            "budget": f"{slo.budget_text} ({slo.budget_time})",
            "watched_by": ", ".join(pages.link(name, FILE) for name in slo.alerts) or words.nobody,
            "team": pages.team(slo.team),
        }
        for slo in pages.plan.slos
    ]


def promises(pages: Pages, alert: Alert) -> list[str]:
    """What is promised where an alert watches: a line of Markdown for each objective."""
    words = pages.slo_words
    return [
        f"{_link(pages, slo)}: {promise(words, slo)}. {words.budget}: {budget(words, slo)}"
        for slo in pages.promised.get(alert.name, ())
    ]


def tiers(pages: Pages, slo: Slo) -> list[list[str]]:
    """The table of an objective's burn-rate alerts, with its head; empty where there are none."""
    words = pages.slo_words
    several = len({objective for one in slo.promises for objective in one.objectives}) > 1
    rows = [
        [
            markdown.table_cell(pages.severity(row.tier.severity) + _of_groups(row.promise)),
            words.both_windows.format(row.pair.short, row.pair.long),
            row.threshold,
            row.spent,
            words.for_objective.format(row.outage or words.never, format_share(row.objective))
            if several
            else row.outage or words.never,
        ]
        for row in burn_rows(slo)
    ]
    head = [words.severity, words.windows, words.above, words.by_then, words.outage_after]
    return [head, ["---"] * len(head), *rows] if rows else []


def _of_groups(promised: Promise) -> str:
    """The groups that an exception is about, behind what holds for them."""
    return f" ({markdown.inline_code(promised.selected)})" if promised.is_exception else ""


def watched_tiers(pages: Pages, alert: Alert) -> list[list[str]]:
    """The table of the objective whose burn-rate alert this is; empty for all others."""
    for slo in pages.promised.get(alert.name, ()):
        if alert.name in {tier.alert for one in slo.promises for tier in one.tiers}:
            return tiers(pages, slo)
    return []


def promise(words: SloWords, slo: Slo) -> str:
    """How much has to be good, over how long."""
    return _promise_of(words, slo, slo.promises[0])


def _promise_of(words: SloWords, slo: Slo, promised: Promise) -> str:
    objectives = slo.objective_text
    if promised.is_exception:
        objectives = " / ".join(map(format_share, promised.objectives))
    if isinstance(slo.indicator, Latency):
        return words.within_over.format(objectives, slo.indicator.limit_text, slo.window)
    return words.good_over.format(objectives, slo.window)


def budget(words: SloWords, slo: Slo) -> str:
    """How much may go wrong: as a share, and as time."""
    said = words.all_late if isinstance(slo.indicator, Latency) else words.all_bad
    return said.format(f"**{slo.budget_text}**", f"**{slo.budget_time}**")


def _section(pages: Pages, words: SloWords, slo: Slo) -> dict[str, Any]:
    if isinstance(slo.indicator, Latency):
        kept = words.kept_quantile.format(slo.indicator.limit_text)
    else:
        kept = words.kept_share.format(slo.objective_text)
    team = pages.team(slo.team)
    return {
        "title": markdown.escape_text(slo.title),
        "slo": slo,
        "lines": [
            f"{words.promise}: {promise(words, slo)}",
            f"{words.budget}: {budget(words, slo)}",
            *_otherwise(words, slo),
            *([f"{words.team}: {team}"] if team else []),
            f"{words.watched_by}: {_watchers(pages, slo) or words.nobody}",
        ],
        "kept": kept,
        "tiers": tiers(pages, slo),
        "panels": _panels(pages, slo),
    }


def _otherwise(words: SloWords, slo: Slo) -> Iterator[str]:
    """What is promised of groups for which exceptions say something else, or nothing."""
    for one in slo.exceptions:
        if one.objectives != slo.every_objective:
            yield f"{words.promise}{_of_groups(one)}: {_promise_of(words, slo, one)}"
    for off in slo.unwatched:
        reason = words.not_promised.format(markdown.escape_text(off.reason))
        yield f"{words.promise} ({markdown.inline_code(off.selected)}): {reason}"


def _panels(pages: Pages, slo: Slo) -> str | None:
    """A link to the dashboard of the error budgets."""
    url = objectives_dashboard(pages.plan.project).url
    return None if url is None or slo.burn is None or not slo.burn.recorded else url


def _watchers(pages: Pages, slo: Slo) -> str:
    return ", ".join(f"{pages.link(name, FILE)} {pages.icons(pages.alerts[name])}" for name in slo.alerts)


def _link(pages: Pages, slo: Slo) -> str:
    return f"[{markdown.escape_text(slo.title)}]({FILE}#{pages.slo_anchors[slo.name]})"
