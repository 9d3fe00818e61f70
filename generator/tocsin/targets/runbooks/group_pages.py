"""The pages of the alerts of one group: written from the group and from what they ask of the rest."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tocsin.files import text_file
from tocsin.plan.parts import recordings_with_groups
from tocsin.plan.severities import shown_severities
from tocsin.targets.kept_files import KeptFiles
from tocsin.targets.kept_texts import KeptTexts
from tocsin.targets.runbooks.alert_page import alert_page
from tocsin.targets.runbooks.index_page import index_entry
from tocsin.targets.runbooks.page_part import PagePart
from tocsin.targets.runbooks.pages import Beside, Pages
from tocsin.targets.runbooks.portable import add_front_matter, front_matter, name_anchors
from tocsin.targets.runbooks.routing_page import routing_rows
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Alert, Group, Plan
    from tocsin.plan.parts import PlanPart
    from tocsin.result_store import ResultStore

FOLDER = "runbooks/"
_KIND = "pages of a group"
_ENTRIES = "entries of a group on pages about all"
_PARTS = "parts of a group of the page of all"
_TOGETHER = 40
"""Pages that one process writes: it has to read all of their group."""


@value_object
class WrittenPage:
    """A page as a file of its own, and as a part of the page of all; one about all is no part of that."""

    file: File
    part: PagePart | None = None

    @staticmethod
    def of(file: str, text: str, about: Mapping[str, object] | None) -> WrittenPage:
        """The page of an alert or a procedure; `about` is its front matter, None where pages have none."""
        whole = name_anchors(text, of_all=False)
        whole = whole if about is None else add_front_matter(whole, about)
        return WrittenPage(page_file(file, whole), PagePart.of(file, text))


def page_file(file: str, text: str) -> File:
    """The file of a page, by its path in the folder of runbooks."""
    return text_file(f"{FOLDER}{file}", text)


@value_object
class GroupEntries:
    """What pages about all alerts say of those of a group."""

    index: Mapping[str, Any]
    routing: Sequence[Sequence[str]]


class GroupPages:
    """The pages of all groups of a plan, which may be taken from what earlier runs kept."""

    def __init__(self, pages: Pages, store: ResultStore | None = None) -> None:
        self._pages = pages
        self._frame = _without_groups(pages.plan, pages.words.no_severity)
        self._kept = KeptFiles(store, _KIND, self._frame)
        self._kept_entries = KeptTexts(store, _ENTRIES, self._frame)
        self._kept_parts = KeptTexts(store, _PARTS, self._frame)

    def find(self, part: PlanPart) -> list[WrittenPage] | None:
        """The pages of a group as they were kept, in their order."""
        beside = self._beside(part)
        files = self._kept.find(
            part, beside, lambda: [page.file for write in self.to_write(part) for page in write()]
        )
        parts = None if files is None else self._kept_parts.find_value(part, beside, _read_parts)
        if files is None or parts is None:
            return None
        if [f"{FOLDER}{one.file}" for one in parts] != [file.path for file in files]:
            return None
        return [*map(WrittenPage, files, parts)]

    def keep(self, part: PlanPart, pages: Sequence[WrittenPage]) -> None:
        """Keep the pages of a group, in their order."""
        beside = self._beside(part)
        self._kept.keep(part, beside, [page.file for page in pages])
        parts = [page.part.as_json() for page in pages if page.part is not None]
        self._kept_parts.keep_value(part, beside, parts)

    def entries(self, part: PlanPart) -> GroupEntries:
        """What pages about all alerts say of those of a group."""
        import orjson

        return GroupEntries(*map(orjson.loads, self.written_entries(part)))

    def written_entries(self, part: PlanPart) -> list[str]:
        """The same as JSON: of the index, and of the page about routing."""
        import orjson

        found = self._kept_entries.find(part, (), 2)
        if not found:
            group, _ = part.read()
            values = (index_entry(self._pages, group), [*routing_rows(self._pages, group)])
            found = [orjson.dumps(one).decode() for one in values]
            self._kept_entries.keep(part, (), found)
        return found[:2]

    def to_write(self, part: PlanPart) -> list[Callable[[], list[WrittenPage]]]:
        """What writes the pages of a group, several at a time, and reads the group when it does."""
        count = len({alert.page for alert in part.facts.alerts})
        starts = range(0, count, _TOGETHER)
        return [partial(self._written, part, slice(start, start + _TOGETHER)) for start in starts]

    def _written(self, part: PlanPart, which: slice) -> list[WrittenPage]:
        about = front_matter(self._of_group(part.read()[0])) if self._frame.project.front_matter else None
        return [
            WrittenPage.of(file, text(), None if about is None else about.get(file, {}))
            for file, text in [*self.texts(part)][which]
        ]

    def texts(self, part: PlanPart) -> Iterator[tuple[str, Callable[[], str]]]:
        """The pages of a group by their paths in the folder of runbooks, and what writes them."""
        group, _ = part.read()
        pages: list[Pages] = []

        def text(alerts: list[Alert]) -> str:
            if not pages:
                pages.append(Pages(self._of_group(group), self._beside(part)))
            return pages[0].render("alert.md.j2", alert_page(pages[0], group, alerts))

        shared: dict[str, list[Alert]] = {}
        for alert in group.alerts:
            shared.setdefault(alert.runbook.page.file, []).append(alert)
        for file, alerts in shared.items():
            yield file, partial(text, alerts)

    def _of_group(self, group: Group) -> Plan:
        return replace(self._frame, groups=(group,))

    def _beside(self, part: PlanPart) -> Beside:
        beside = self._pages.beside
        alerts = part.facts.alerts
        dependents = {
            alert.name: beside.dependents[alert.name] for alert in alerts if alert.name in beside.dependents
        }
        names = dict.fromkeys(
            name
            for alert in alerts
            for name in (*alert.related, *alert.causes, *dependents.get(alert.name, ()))
        )
        return Beside(
            {name: beside.linked[name] for name in names if name in beside.linked},
            dependents,
            {alert.name: beside.evaluating[alert.name] for alert in alerts},
        )


def _read_parts(kept: Any) -> list[PagePart] | None:
    found = [PagePart.read(one) for one in kept]
    return None if None in found else [one for one in found if one is not None]


def _without_groups(plan: Plan, no_severity: str) -> Plan:
    """What pages may read of a plan beside one of its groups; of the rules, the recordings."""
    return replace(
        plan,
        severities=tuple(shown_severities(plan, no_severity).values()),
        receivers=tuple(replace(receiver, channels=()) for receiver in plan.receivers),
        route=None,
        time_intervals=(),
        inhibitions=(),
        groups=(),
        rule_groups=tuple(replace(group, rules=(rule,)) for group, rule in recordings_with_groups(plan)),
        policy=None,
        allowances=(),
        templates=(),
        routing_cases=(),
        kubernetes=None,
        rulers=(),
    )
