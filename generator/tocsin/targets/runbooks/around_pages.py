"""The pages that are about all alerts: the index, routing and the objectives."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.plan.outline_answers import outline_key
from tocsin.plan.parts import shown_parts
from tocsin.result_store import digest
from tocsin.targets.kept_texts import counted, read_counted
from tocsin.targets.runbooks.group_pages import WrittenPage, page_file
from tocsin.targets.runbooks.index_page import index_page
from tocsin.targets.runbooks.portable import add_front_matter, name_anchors
from tocsin.targets.runbooks.routing_page import FILE as ROUTING
from tocsin.targets.runbooks.routing_page import routing_page
from tocsin.targets.runbooks.slo_page import FILE as SLOS
from tocsin.targets.runbooks.slo_page import slo_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tocsin.result_store import ResultStore
    from tocsin.targets.runbooks.group_pages import GroupEntries, GroupPages
    from tocsin.targets.runbooks.pages import Pages

_KIND = "pages about all alerts"
INDEX = "README.md"


class AroundPages:
    """These pages of a plan, each of which may be taken from what an earlier run kept.

    They follow from the outline of the plan and from what is said on them of each group.
    """

    def __init__(self, pages: Pages, of_groups: GroupPages, store: ResultStore | None = None) -> None:
        self._pages = pages
        self._of_groups = of_groups
        self._store = store

    def find(self) -> list[WrittenPage] | None:
        """The pages as they were kept, in their order; None where one was not kept."""
        found = [self.find_page(file) for file, _ in self.to_write()]
        return None if None in found else [page for pages in found for page in pages or ()]

    def find_page(self, file: str) -> list[WrittenPage] | None:
        """The page with this path as it was kept; empty where it is left out, None where nobody knows."""
        return self._known.get(file)

    def keep(self, pages: Sequence[WrittenPage]) -> None:
        """Keep the pages, in their order."""
        texts = {page.file.path: page.file.content.decode() for page in pages}
        for file, key in self._keys.items():
            if self._store is not None and file not in self._known:
                written = [text for path, text in texts.items() if path == page_file(file, "").path]
                self._store.write(counted(written), _KIND, *key)

    def to_write(self) -> Iterator[tuple[str, Callable[[], str | None]]]:
        """The pages by their paths in the folder of runbooks, and what writes each (None: it is left out)."""
        yield INDEX, self._index
        yield ROUTING, self._routing
        if self._pages.plan.slos:
            yield SLOS, lambda: self._pages.render("slos.md.j2", slo_page(self._pages))

    @cached_property
    def _known(self) -> dict[str, list[WrittenPage]]:
        """The pages that were kept, by their paths."""
        known: dict[str, list[WrittenPage]] = {}
        for file, key in self._keys.items():
            found = None if self._store is None else self._store.read(_KIND, _read, *key)
            if found is not None:
                known[file] = [WrittenPage(page_file(file, text)) for text in found]
        return known

    @cached_property
    def _keys(self) -> dict[str, tuple[bytes, ...]]:
        """What each page follows from, by its path; nothing where nobody knows it."""
        outline = None if self._store is None else outline_key(self._pages.plan)
        if outline is None:
            return {}
        said = [self._of_groups.written_entries(part) for part in shown_parts(self._pages.plan)]
        of_index, of_routing = (b"".join(digest(one[at].encode()) for one in said) for at in (0, 1))
        says = {INDEX: of_index, ROUTING: of_routing}
        return {
            file: (file.encode(), *outline, says.get(file, of_index + of_routing))
            for file, _ in self.to_write()
        }

    @cached_property
    def _entries(self) -> list[GroupEntries]:
        return [self._of_groups.entries(part) for part in shown_parts(self._pages.plan)]

    def _index(self) -> str:
        values = index_page(self._pages, [one.index for one in self._entries])
        return self._pages.render("index.md.j2", values)

    def _routing(self) -> str | None:
        values = routing_page(self._pages, [row for one in self._entries for row in one.routing])
        return None if values is None else self._pages.render("routing.md.j2", values)


def around_page(file: str, text: str, *, has_front_matter: bool) -> WrittenPage:
    """A page about all alerts, every heading of which may be linked from other pages."""
    whole = name_anchors(text, of_all=True)
    return WrittenPage(page_file(file, add_front_matter(whole, {}) if has_front_matter else whole))


def _read(kept: object) -> list[str] | None:
    """The text of a page, or nothing where it is left out."""
    texts = read_counted(kept)
    return texts if texts is not None and len(texts) <= 1 else None
