"""Which alerts can meet a set of matchers, found without asking every alert."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.lang.flow.label_values import ANY
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.plan.model import Plan
    from tocsin.routing.alert_labels import AlertLabels


class AlertIndex:
    """Alerts, sorted by what each label can be in them as soon as somebody asks for it."""

    def __init__(self, alerts: Sequence[AlertLabels]) -> None:
        self.alerts = tuple(alerts)
        self._sorted: dict[str, _Sorted] = {}
        self._met: dict[tuple[Matcher, ...], tuple[AlertLabels, ...]] = {}

    def values(self, label: str) -> Iterable[LabelValues]:
        """All that the label can be in them, each once."""
        return self._by(label).kinds

    def meeting(self, matchers: Sequence[Matcher]) -> tuple[AlertLabels, ...]:
        """Those that may meet all matchers, in their order."""
        key = tuple(matchers)
        if key not in self._met:
            self._met[key] = self._find(key)
        return self._met[key]

    def _find(self, matchers: tuple[Matcher, ...]) -> tuple[AlertLabels, ...]:
        asked: dict[str, list[Matcher]] = {}
        for matcher in matchers:
            asked.setdefault(matcher.name, []).append(matcher)
        if not asked:
            return self.alerts
        # What an alert's labels can be does not depend on each other: it meets all when it meets each.
        fewest, *others = sorted((self._by(label).numbers(these) for label, these in asked.items()), key=len)
        found = set(fewest).intersection(*others) if others else fewest
        return tuple([self.alerts[number] for number in sorted(found)])

    def _by(self, label: str) -> _Sorted:
        if label not in self._sorted:
            self._sorted[label] = _Sorted(label, self.alerts)
        return self._sorted[label]


@answered_once
def index_alerts(plan: Plan) -> AlertIndex:
    """All alerts of a plan."""
    return AlertIndex(alert_labels(plan))


class _Sorted:
    """The numbers of the alerts by what one label can be in them."""

    def __init__(self, label: str, alerts: Sequence[AlertLabels]) -> None:
        self.kinds: dict[LabelValues, list[int]] = {}
        for number, alert in enumerate(alerts):
            self.kinds.setdefault(alert.values(label), []).append(number)
        self._known: dict[str, list[int]] = {}
        self._open: list[tuple[LabelValues, list[int]]] = []
        for texts, numbers in self.kinds.items():
            if texts.listed is not None and len(texts.listed) == 1:
                self._known[next(iter(texts.listed))] = numbers
            else:
                self._open.append((texts, numbers))

    def numbers(self, matchers: Sequence[Matcher]) -> list[int]:
        """The numbers of those that may meet the matchers, which all ask for this label."""
        wanted = _narrowed(ANY, matchers)
        names = self._known if wanted.listed is None else wanted.listed
        found = [self._known[text] for text in names if text in self._known and wanted.allows(text)]
        found += [numbers for texts, numbers in self._open if not _narrowed(texts, matchers).is_empty]
        return [*chain.from_iterable(found)]


def _narrowed(texts: LabelValues, matchers: Iterable[Matcher]) -> LabelValues:
    for matcher in matchers:
        texts = texts.narrowed(matcher.op, matcher.value)
    return texts
