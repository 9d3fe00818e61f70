"""Runbooks: an index, a page for each alert and each procedure, as Markdown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tocsin.parallel import parallel_map, useful_processes
from tocsin.plan.parts import shown_parts
from tocsin.targets.runbooks.around_pages import AroundPages, around_page
from tocsin.targets.runbooks.group_pages import GroupPages, WrittenPage, page_file
from tocsin.targets.runbooks.one_page import FILE as ONE_PAGE
from tocsin.targets.runbooks.one_page import one_page
from tocsin.targets.runbooks.pages import Pages
from tocsin.targets.runbooks.portable import add_front_matter
from tocsin.targets.runbooks.procedure_page import procedure_page
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Plan, Procedure
    from tocsin.result_store import ResultStore

    Writing = Callable[[], WrittenPage | None]
    """What writes a page; None where it is left out."""

about = "runbooks as Markdown"
MUCH = 500
"""Pages from which on a second process saves more time than it costs."""


@value_object
class _Section:
    """Pages that are kept together: as they were kept, or else what writes them."""

    found: list[WrittenPage] | None
    writing: Sequence[Writing]
    keep: Callable[[list[WrittenPage]], None]


def emit(plan: Plan, store: ResultStore | None = None) -> Iterator[File]:
    """The index, then the pages, then all runbooks and procedures on one.

    Pages that earlier runs wrote are taken from the store.
    """
    seen = Pages(plan)
    sections = list(_sections(seen, store))
    fresh = [one for section in sections for one in section.writing]
    processes = useful_processes() if len(fresh) >= MUCH else 1
    written = iter(parallel_map(_call, fresh, processes))
    parts = []
    for section in sections:
        pages = section.found
        if pages is None:
            pages = [page for page in (next(written) for _ in section.writing) if page is not None]
            section.keep(pages)
        yield from (page.file for page in pages)
        parts += [page.part for page in pages if page.part is not None]
    if parts:
        whole = one_page(seen, parts)
        yield page_file(ONE_PAGE, add_front_matter(whole, {}) if plan.project.front_matter else whole)


def _call(write: Writing) -> WrittenPage | None:
    return write()


def _sections(seen: Pages, store: ResultStore | None) -> Iterator[_Section]:
    """Those of all pages, in their order."""
    of_groups = GroupPages(seen, store)
    around = AroundPages(seen, of_groups, store)
    has_front_matter = seen.plan.project.front_matter

    def write_around(file: str, write: Callable[[], str | None]) -> WrittenPage | None:
        text = write()
        return None if text is None else around_page(file, text, has_front_matter=has_front_matter)

    found = around.find()
    writing = () if found is not None else [partial(write_around, *one) for one in around.to_write()]
    yield _Section(found, writing, around.keep)
    for part in shown_parts(seen.plan):
        found = of_groups.find(part)
        of_group = () if found is not None else tuple(of_groups.to_write(part))
        yield _Section(found, of_group, partial(of_groups.keep, part))
    nothing: dict[str, object] | None = {} if has_front_matter else None
    procedures = [
        partial(_written, one.page.file, partial(_procedure, seen, one), nothing)
        for one in seen.plan.procedures
    ]
    yield _Section(None, procedures, lambda _: None)


def _written(file: str, write: Callable[[], str], about: Mapping[str, object] | None) -> WrittenPage:
    return WrittenPage.of(file, write(), about)


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
