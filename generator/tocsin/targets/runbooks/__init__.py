"""Runbooks: an index, a page for each alert and each procedure, as Markdown."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.parallel import parallel_map, useful_processes
from tocsin.plan.parts import shown_parts
from tocsin.targets.runbooks.group_pages import GroupEntries, GroupPages, WrittenPage
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
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Plan, Procedure
    from tocsin.plan.parts import PlanPart
    from tocsin.result_store import ResultStore

about = "runbooks as Markdown"
_AROUND = frozenset({"README.md", ROUTING, SLOS})
"""The pages that are about all alerts."""
MUCH = 500
"""Pages from which on a second process saves more time than it costs."""


def emit(plan: Plan, store: ResultStore | None = None) -> Iterator[File]:
    """The index, then the pages, then all runbooks and procedures on one.

    Pages of groups that earlier runs wrote are taken from the store.
    """
    seen = Pages(plan)
    of_groups = GroupPages(seen, store)
    known = {part.facts.name: of_groups.find(part) for part in shown_parts(plan)}
    planned = [
        (part, [] if part is not None and known[part.facts.name] is not None else [*pages])
        for part, pages in _planned(seen, of_groups)
    ]
    fresh = [page for _, pages in planned for page in pages]
    processes = useful_processes() if len(fresh) >= MUCH else 1
    written = iter(parallel_map(_written, fresh, processes))
    about_alerts = front_matter(plan) if plan.project.front_matter else None
    texts: dict[str, str] = {}

    def finished(page: WrittenPage) -> File:
        whole = page.anchored
        if about_alerts is not None:
            whole = add_front_matter(whole, about_alerts.get(page.file, {}))
        return text_file(f"runbooks/{page.file}", whole)

    for part, pages in planned:
        found = None if part is None else known[part.facts.name]
        done = [next(written) for _ in pages] if found is None else found
        if found is None and part is not None:
            of_groups.keep(part, filter(None, done))
        for page in filter(None, done):
            yield finished(page)
            if page.file not in _AROUND:
                texts[page.file] = page.text
    if texts:
        yield finished(_anchored(ONE_PAGE, one_page(seen, texts)))


def _written(page: tuple[str, Callable[[], str | None]]) -> WrittenPage | None:
    file, write = page
    text = write()
    return None if text is None else _anchored(file, text)


def _anchored(file: str, text: str) -> WrittenPage:
    return WrittenPage(file, text, name_anchors(text, of_all=file in _AROUND))


def pages(plan: Plan) -> Iterator[tuple[str, Callable[[], str | None]]]:
    """Every page by its path in the folder of runbooks, and what writes it; None where it is left out."""
    seen = Pages(plan)
    for _, found in _planned(seen, GroupPages(seen)):
        yield from found


def _planned(
    seen: Pages, of_groups: GroupPages
) -> Iterator[tuple[PlanPart | None, Iterable[tuple[str, Callable[[], str | None]]]]]:
    """The pages in their order: those of each group together with it, the others with no group."""
    plan = seen.plan

    @cache
    def entries() -> list[GroupEntries]:
        return [of_groups.entries(part) for part in shown_parts(plan)]

    around: list[tuple[str, Callable[[], str | None]]] = [
        ("README.md", lambda: seen.render("index.md.j2", index_page(seen, [one.index for one in entries()]))),
        (ROUTING, lambda: _routing(seen, [row for one in entries() for row in one.routing])),
    ]
    if plan.slos:
        around.append((SLOS, lambda: seen.render("slos.md.j2", slo_page(seen))))
    yield None, around
    for part in shown_parts(plan):
        yield part, of_groups.to_write(part)
    yield None, [(one.page.file, partial(_procedure, seen, one)) for one in plan.procedures]


def _procedure(seen: Pages, procedure: Procedure) -> str:
    return seen.render("procedure.md.j2", procedure_page(seen, procedure))


def _routing(seen: Pages, rows: Sequence[Sequence[str]]) -> str | None:
    values = routing_page(seen, rows)
    return None if values is None else seen.render("routing.md.j2", values)
