"""Inhibitions, with the traps that people fall into."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.lang.alertmanager.matchers import parse_matcher
from tocsin.plan.model import Inhibition
from tocsin.routing.config import FiringAlert
from tocsin.routing.inhibit import Inhibitor
from tocsin.source.place import Place

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def _rule(source: str, target: str, *equal: str) -> Inhibition:
    return Inhibition((parse_matcher(source),), (parse_matcher(target),), equal, Place(()))


def _inhibited(rule: Inhibition, labels: dict[str, str], *firing: FiringAlert | dict[str, str]) -> bool:
    alerts = [one if isinstance(one, FiringAlert) else FiringAlert(one) for one in firing]
    return Inhibitor([rule], alerts).inhibited_by(labels) is not None


RULE = _rule("severity=critical", "severity=warning", "instance")


def test_labels_in_equal_have_to_agree() -> None:
    assert _inhibited(
        RULE, {"severity": "warning", "instance": "a"}, {"severity": "critical", "instance": "a"}
    )
    assert not _inhibited(
        RULE, {"severity": "warning", "instance": "a"}, {"severity": "critical", "instance": "b"}
    )


def test_labels_in_equal_that_both_miss_do_agree() -> None:
    assert _inhibited(RULE, {"severity": "warning"}, {"severity": "critical"})
    assert _inhibited(RULE, {"severity": "warning", "instance": ""}, {"severity": "critical"})
    assert not _inhibited(RULE, {"severity": "warning", "instance": "a"}, {"severity": "critical"})


def test_an_alert_that_meets_both_sides_does_not_silence_its_like() -> None:
    rule = _rule("team=a", "team=a")
    assert not _inhibited(rule, {"team": "a", "x": "1"}, {"team": "a", "x": "1"}, {"team": "a", "x": "2"})
    wide = _rule("severity=~critical|warning", "severity=~warning|info")
    assert _inhibited(wide, {"severity": "info"}, {"severity": "warning"})
    assert not _inhibited(wide, {"severity": "warning"}, {"severity": "warning", "x": "1"})


def test_a_two_sided_source_hides_another_one_that_came_before_it() -> None:
    rule = _rule("severity=~critical|warning", "severity=~warning|info")
    critical, warning = {"severity": "critical"}, {"severity": "warning", "x": "1"}
    assert not _inhibited(rule, {"severity": "warning"}, critical, warning)
    assert _inhibited(rule, {"severity": "warning"}, warning, critical)
    lasting = FiringAlert(critical, NOW, NOW + timedelta(hours=2))
    assert _inhibited(
        rule, {"severity": "warning"}, lasting, FiringAlert(warning, NOW, NOW + timedelta(hours=1))
    )


def test_of_several_sources_the_one_that_ends_last_is_named() -> None:
    short = FiringAlert({"severity": "critical", "x": "1"}, NOW, NOW + timedelta(hours=1))
    long = FiringAlert({"severity": "critical", "x": "2"}, NOW, NOW + timedelta(hours=2))
    for order in ((short, long), (long, short)):
        found = Inhibitor([RULE], order).inhibited_by({"severity": "warning"})
        assert found is not None
        assert found.source is long


def test_a_matcher_with_an_empty_value_takes_alerts_without_the_label() -> None:
    assert _inhibited(_rule('cluster=""', "severity=warning"), {"severity": "warning"}, {"alertname": "A"})
