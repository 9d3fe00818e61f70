"""Runbooks: an index, a page for each alert and each procedure, as Markdown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tocsin.plan.parts import shown_parts
from tocsin.targets.runbooks.around_pages import AroundPages, around_page
from tocsin.targets.runbooks.group_pages import GroupPages, WrittenPage
from tocsin.targets.runbooks.one_page import one_page
from tocsin.targets.runbooks.pages import Pages
from tocsin.targets.runbooks.procedure_page import procedure_page
from tocsin.targets.sections import Section, write_sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tocsin.files import File
    from tocsin.plan.model import Plan, Procedure
    from tocsin.result_store import ResultStore
    from tocsin.targets.runbooks.page_part import PagePart

about = "runbooks as Markdown"
MUCH = 500
"""Alerts from which on a second process saves more time than it costs."""


def emit(plan: Plan, store: ResultStore | None = None) -> Iterator[File]:
    """The index, then the pages, then all runbooks and procedures on one.

    Pages that earlier runs wrote are taken from the store.
    """
    seen = Pages(plan)
    parts: list[PagePart] = []
    for pages in write_sections(_sections(seen, store), MUCH):
        yield from (page.file for page in pages)
        parts += (page.part for page in pages if page.part is not None)
    if parts:
        yield one_page(seen, parts)


def _sections(seen: Pages, store: ResultStore | None) -> Iterator[Section[WrittenPage]]:
    """Those of all pages, in their order."""
    of_groups = GroupPages(seen, store)
    around = AroundPages(seen, of_groups, store)
    has_front_matter = seen.plan.project.front_matter

    def write_around(file: str, write: Callable[[], str | None]) -> list[WrittenPage]:
        if (kept := around.find_page(file)) is not None:
            return kept
        text = write()
        return [] if text is None else [around_page(file, text, has_front_matter=has_front_matter)]

    found = around.find()
    writing = () if found is not None else [partial(write_around, *one) for one in around.to_write()]
    yield Section(found, writing, around.keep, 0)
    for part in shown_parts(seen.plan):
        yield Section(
            of_groups.find(part),
            of_groups.to_write(part),
            partial(of_groups.keep, part),
            len(part.facts.alerts),
        )
    nothing: dict[str, object] | None = {} if has_front_matter else None
    procedures = [
        partial(_written, one.page.file, partial(_procedure, seen, one), nothing)
        for one in seen.plan.procedures
    ]
    yield Section(None, procedures, lambda _: None, len(procedures))


def _written(file: str, write: Callable[[], str], about: Mapping[str, object] | None) -> list[WrittenPage]:
    return [WrittenPage.of(file, write(), about)]


def pages(plan: Plan) -> Iterator[tuple[str, Callable[[], str | None]]]:
    """Every page by its path in the folder of runbooks, and what writes it; None where it is left out."""
    seen = Pages(plan)
    of_groups = GroupPages(seen)
    yield from AroundPages(seen, of_groups).to_write()
    for part in shown_parts(plan):
        yield from of_groups.texts(part)
    for one in plan.procedures:
        yield one.page.file, partial(_procedure, seen, one)


def _procedure(seen: Pages, procedure: Procedure) -> str:
    return seen.render("procedure.md.j2", procedure_page(seen, procedure))
