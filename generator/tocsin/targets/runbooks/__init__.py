"""Runbooks: an index, a page for each alert and each procedure, as Markdown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.parallel import parallel_map, useful_processes
from tocsin.targets.runbooks.alert_page import alert_page
from tocsin.targets.runbooks.index_page import index_page
from tocsin.targets.runbooks.one_page import FILE as ONE_PAGE
from tocsin.targets.runbooks.one_page import one_page
from tocsin.targets.runbooks.pages import Pages
from tocsin.targets.runbooks.portable import add_front_matter, front_matter, name_anchors
from tocsin.targets.runbooks.procedure_page import procedure_page
from tocsin.targets.runbooks.routing_page import FILE as ROUTING
from tocsin.targets.runbooks.routing_page import routing_page
from tocsin.targets.runbooks.slo_page import FILE as SLOS
from tocsin.targets.runbooks.slo_page import slo_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.files import File
    from tocsin.plan.model import Alert, Group, Plan, Procedure

about = "runbooks as Markdown"
_AROUND = frozenset({"README.md", ROUTING, SLOS})
"""The pages that are about all alerts."""
MUCH = 500
"""Pages from which on a second process saves more time than it costs."""


def emit(plan: Plan) -> Iterator[File]:
    """The index, then the pages, then all runbooks and procedures on one."""
    planned = list(pages(plan))
    processes = useful_processes() if len(planned) >= MUCH else 1
    written: dict[str, str] = {}
    about_alerts = front_matter(plan) if plan.project.front_matter else None

    def finished(file: str, text: str) -> File:
        whole = name_anchors(text, of_all=file in _AROUND)
        if about_alerts is not None:
            whole = add_front_matter(whole, about_alerts.get(file, {}))
        return text_file(f"runbooks/{file}", whole)

    for (file, _), text in zip(planned, parallel_map(_text, planned, processes), strict=True):
        if text is not None:
            yield finished(file, text)
            if file not in _AROUND:
                written[file] = text
    if written:
        yield finished(ONE_PAGE, one_page(Pages(plan), written))


def _text(page: tuple[str, Callable[[], str | None]]) -> str | None:
    return page[1]()


def pages(plan: Plan) -> Iterator[tuple[str, Callable[[], str | None]]]:
    """Every page by its path in the folder of runbooks, and what writes it; None where it is left out."""
    seen = Pages(plan)
    yield "README.md", lambda: seen.render("index.md.j2", index_page(seen))
    yield ROUTING, lambda: _routing(seen)
    if plan.slos:
        yield SLOS, lambda: seen.render("slos.md.j2", slo_page(seen))
    for group in plan.groups:
        shared: dict[str, list[Alert]] = {}
        for alert in group.alerts:
            shared.setdefault(alert.runbook.page.file, []).append(alert)
        for file, alerts in shared.items():
            yield file, partial(_alerts, seen, group, alerts)
    for procedure in plan.procedures:
        yield procedure.page.file, partial(_procedure, seen, procedure)


def _alerts(seen: Pages, group: Group, alerts: list[Alert]) -> str:
    return seen.render("alert.md.j2", alert_page(seen, group, alerts))


def _procedure(seen: Pages, procedure: Procedure) -> str:
    return seen.render("procedure.md.j2", procedure_page(seen, procedure))


def _routing(seen: Pages) -> str | None:
    values = routing_page(seen)
    return None if values is None else seen.render("routing.md.j2", values)
