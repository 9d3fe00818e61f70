"""Which alerts are shown side by side, and what their samples become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Case, Engine
from tocsin.source.place import Place
from tocsin.validate.openmetrics import openmetrics
from tocsin.validate.scenarios import pack_rounds, scenarios

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

    Made = Callable[[str], tuple[Plan, dict[str, str]]]


def _case(series: dict[str, str], at: str = "2m") -> Case:
    return Case(None, series, (), "1m", at, (), Place(()))


def test_the_moment_of_a_case_becomes_the_given_one() -> None:
    text = openmetrics([_case({'up{job="a\\"b"}': "1 0 _ 5"})], 1000.0)
    assert text == 'up{job="a\\"b"} 1.0 880.000\nup{job="a\\"b"} 0.0 940.000\n# EOF\n'


def test_a_name_with_signs_of_its_own_is_quoted() -> None:
    text = openmetrics([_case({'{"http.requests", code="5"}': "NaN Inf -Inf"})], 0.0)
    assert text.splitlines()[0] == '{"http.requests",code="5"} NaN -120.000'
    assert "+Inf" in text
    assert "-Inf" in text


def test_each_severity_is_shown_by_the_fewest_cases(shop_text: str, made: Made) -> None:
    plan = made(shop_text)[0]
    names = [scenario.alert.name for scenario in scenarios(plan, Engine.PROMETHEUS)]
    assert names == ["CheckoutErrors", "ShopDown", "SlowPages", "DiskFull"]


def test_alerts_that_see_each_other_s_samples_are_kept_apart(conectcrm: tuple[Plan, dict[str, str]]) -> None:
    plan = conectcrm[0]
    parts = [
        {scenario.alert.name for scenario in part}
        for part in pack_rounds(plan, scenarios(plan, Engine.PROMETHEUS))
    ]
    assert sum(len(part) for part in parts) == 21
    assert len(parts) < 6
    for apart in (
        {"TrafficDropDetected", "HighHTTPErrorRate"},
        {"HighTicketAbandonmentRate", "LowConversionRate"},
    ):
        assert not any(apart <= part for part in parts)
    # The same samples serve both.
    assert any(
        {"SLOAvailabilityViolation", "ErrorBudgetExhausted", "HighHTTPErrorRate"} <= part for part in parts
    )
