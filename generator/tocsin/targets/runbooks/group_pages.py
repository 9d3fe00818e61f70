"""The pages of the alerts of one group: written from the group and from what they ask of the rest."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tocsin.plan.parts import recordings_with_groups
from tocsin.plan.severities import shown_severities
from tocsin.targets.kept_texts import KeptTexts
from tocsin.targets.runbooks.alert_page import alert_page
from tocsin.targets.runbooks.pages import Beside, Pages
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tocsin.plan.model import Alert, Group, Plan
    from tocsin.result_store import ResultStore

_KIND = "pages of a group"


@value_object
class WrittenPage:
    """A page as the page of all pages takes it, and with the anchors that it needs as a file of its own."""

    text: str
    anchored: str


class GroupPages:
    """The pages of all groups of a plan, which may be taken from what earlier runs kept."""

    def __init__(self, pages: Pages, store: ResultStore | None = None) -> None:
        self._pages = pages
        self._frame = _without_groups(pages.plan, pages.words.no_severity)
        self._kept = KeptTexts(store, _KIND, pages.plan, self._frame)

    def find(self, group: Group) -> list[WrittenPage] | None:
        """The pages of a group as they were kept, in their order."""
        count = 2 * len({alert.runbook.page.file for alert in group.alerts})
        found = self._kept.find(group, self._beside(group), count)
        if found is None:
            return None
        return [
            WrittenPage(text, anchored or text)
            for text, anchored in zip(found[::2], found[1::2], strict=True)
        ]

    def keep(self, group: Group, pages: Iterable[WrittenPage]) -> None:
        """Keep the pages of a group, in their order."""
        # Few pages need anchors.
        texts = (
            text
            for page in pages
            for text in (page.text, "" if page.anchored == page.text else page.anchored)
        )
        self._kept.keep(group, self._beside(group), texts)

    def to_write(self, group: Group) -> Iterator[tuple[str, Callable[[], str]]]:
        """The pages of a group by their paths in the folder of runbooks, and what writes them."""
        pages: list[Pages] = []

        def text(alerts: list[Alert]) -> str:
            if not pages:
                pages.append(self._pages_of(group))
            return pages[0].render("alert.md.j2", alert_page(pages[0], group, alerts))

        shared: dict[str, list[Alert]] = {}
        for alert in group.alerts:
            shared.setdefault(alert.runbook.page.file, []).append(alert)
        for file, alerts in shared.items():
            yield file, partial(text, alerts)

    def _pages_of(self, group: Group) -> Pages:
        """The group alone, before what all groups have around them."""
        beside = self._beside(group)
        return Pages(replace(self._frame, groups=(group,)), beside)

    def _beside(self, group: Group) -> Beside:
        pages = self._pages
        all_dependents = pages.beside.dependents
        dependents = {
            alert.name: all_dependents[alert.name] for alert in group.alerts if alert.name in all_dependents
        }
        names = dict.fromkeys(
            name
            for alert in group.alerts
            for name in (
                *alert.related,
                *(cause.alert for cause in alert.depends_on),
                *dependents.get(alert.name, ()),
            )
        )
        return Beside(
            {name: pages.beside.linked[name] for name in names if name in pages.beside.linked},
            dependents,
            {alert.name: pages.beside.evaluating[alert.name] for alert in group.alerts},
        )


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
