"""Runbooks: an index, a page for each alert and each procedure, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.targets.runbooks.alert_page import alert_page
from tocsin.targets.runbooks.index_page import index_page
from tocsin.targets.runbooks.pages import Pages
from tocsin.targets.runbooks.procedure_page import procedure_page
from tocsin.targets.runbooks.routing_page import FILE as ROUTING
from tocsin.targets.runbooks.routing_page import routing_page
from tocsin.targets.runbooks.slo_page import FILE as SLOS
from tocsin.targets.runbooks.slo_page import slo_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.files import File
    from tocsin.plan.model import Plan

about = "runbooks as Markdown"


def emit(plan: Plan) -> Iterator[File]:
    """The index, then the pages."""
    pages = Pages(plan)
    yield text_file("runbooks/README.md", pages.render("index.md.j2", index_page(pages)))
    routing = routing_page(pages)
    if routing is not None:
        yield text_file(f"runbooks/{ROUTING}", pages.render("routing.md.j2", routing))
    if plan.slos:
        yield text_file(f"runbooks/{SLOS}", pages.render("slos.md.j2", slo_page(pages)))
    for group in plan.groups:
        for alert in group.alerts:
            text = pages.render("alert.md.j2", alert_page(pages, group, alert))
            yield text_file(f"runbooks/{alert.runbook.page.file}", text)
    for procedure in plan.procedures:
        text = pages.render("procedure.md.j2", procedure_page(pages, procedure))
        yield text_file(f"runbooks/{procedure.page.file}", text)
