"""The page of the service level objectives, and what the other pages say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.objectives import format_share
from tocsin.plan.burn_table import burn_rows
from tocsin.plan.objectives_dashboard import objectives_dashboard
from tocsin.plan.slo import Latency
from tocsin.targets.runbooks import markdown

if TYPE_CHECKING:
    from tocsin.plan.model import Alert
    from tocsin.plan.slo import Slo
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
    words, several = pages.slo_words, len(slo.every_objective) > 1
    rows = [
        [
            pages.severity(row.tier.severity),
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


def watched_tiers(pages: Pages, alert: Alert) -> list[list[str]]:
    """The table of the objective whose burn-rate alert this is; empty for all others."""
    for slo in pages.promised.get(alert.name, ()):
        if slo.burn is not None and alert.name in {tier.alert for tier in slo.burn.tiers}:
            return tiers(pages, slo)
    return []


def promise(words: SloWords, slo: Slo) -> str:
    """How much has to be good, over how long."""
    if isinstance(slo.indicator, Latency):
        return words.within_over.format(slo.objective_text, slo.indicator.limit_text, slo.window)
    return words.good_over.format(slo.objective_text, slo.window)


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
            *([f"{words.team}: {team}"] if team else []),
            f"{words.watched_by}: {_watchers(pages, slo) or words.nobody}",
        ],
        "kept": kept,
        "tiers": tiers(pages, slo),
        "panels": _panels(pages, slo),
    }


def _panels(pages: Pages, slo: Slo) -> str | None:
    """A link to the dashboard of the error budgets."""
    url = objectives_dashboard(pages.plan.project).url
    return None if url is None or slo.burn is None or not slo.burn.recorded else url


def _watchers(pages: Pages, slo: Slo) -> str:
    return ", ".join(f"{pages.link(name, FILE)} {pages.icons(pages.alerts[name])}" for name in slo.alerts)


def _link(pages: Pages, slo: Slo) -> str:
    return f"[{markdown.escape_text(slo.title)}]({FILE}#{pages.slo_anchors[slo.name]})"
