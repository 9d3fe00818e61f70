"""Runbooks: an index, a page for each alert and each procedure, as Markdown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.parallel import parallel_map, useful_processes
from tocsin.targets.runbooks.group_pages import GroupPages, WrittenPage
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
    from tocsin.plan.model import Group, Plan, Procedure
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
    planned = list(_planned(seen, of_groups))
    known = [None if group is None else of_groups.find(group) for group, _ in planned]
    fresh = [
        page for (_, pages), found in zip(planned, known, strict=True) if found is None for page in pages
    ]
    processes = useful_processes() if len(fresh) >= MUCH else 1
    written = iter(parallel_map(_written, fresh, processes))
    about_alerts = front_matter(plan) if plan.project.front_matter else None
    texts: dict[str, str] = {}

    def finished(file: str, page: WrittenPage) -> File:
        whole = page.anchored
        if about_alerts is not None:
            whole = add_front_matter(whole, about_alerts.get(file, {}))
        return text_file(f"runbooks/{file}", whole)

    for (group, pages), found in zip(planned, known, strict=True):
        done = [next(written) for _ in pages] if found is None else found
        if found is None and group is not None:
            of_groups.keep(group, filter(None, done))
        for (file, _), page in zip(pages, done, strict=True):
            if page is not None:
                yield finished(file, page)
                if file not in _AROUND:
                    texts[file] = page.text
    if texts:
        yield finished(ONE_PAGE, _anchored(ONE_PAGE, one_page(seen, texts)))


def _written(page: tuple[str, Callable[[], str | None]]) -> WrittenPage | None:
    file, write = page
    text = write()
    return None if text is None else _anchored(file, text)


def _anchored(file: str, text: str) -> WrittenPage:
    return WrittenPage(text, name_anchors(text, of_all=file in _AROUND))


def pages(plan: Plan) -> Iterator[tuple[str, Callable[[], str | None]]]:
    """Every page by its path in the folder of runbooks, and what writes it; None where it is left out."""
    seen = Pages(plan)
    for _, found in _planned(seen, GroupPages(seen)):
        yield from found


def _planned(
    seen: Pages, of_groups: GroupPages
) -> Iterator[tuple[Group | None, list[tuple[str, Callable[[], str | None]]]]]:
    """The pages in their order: those of each group together with it, the others with no group."""
    plan = seen.plan
    around: list[tuple[str, Callable[[], str | None]]] = [
        ("README.md", lambda: seen.render("index.md.j2", index_page(seen))),
        (ROUTING, lambda: _routing(seen)),
    ]
    if plan.slos:
        around.append((SLOS, lambda: seen.render("slos.md.j2", slo_page(seen))))
    yield None, around
    for group in plan.groups:
        yield group, [*of_groups.to_write(group)]
    yield None, [(one.page.file, partial(_procedure, seen, one)) for one in plan.procedures]


def _procedure(seen: Pages, procedure: Procedure) -> str:
    return seen.render("procedure.md.j2", procedure_page(seen, procedure))


def _routing(seen: Pages) -> str | None:
    values = routing_page(seen)
    return None if values is None else seen.render("routing.md.j2", values)
