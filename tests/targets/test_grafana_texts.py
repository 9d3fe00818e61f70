"""Texts on panels: templates become names, and severities take the colours of their icons."""

from __future__ import annotations

import pytest

from tocsin.plan.model import ResponseTargets, Severity, Timing
from tocsin.targets.grafana.colours import severity_colours
from tocsin.targets.grafana.template_text import plain_markdown, readable_template


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Nothing to fill in", "Nothing to fill in"),
        ("{{ $labels.shop }} is down", "‹shop› is down"),
        ("{{- .Labels.shop -}} is down", "‹shop› is down"),
        ('{{ index $labels "shop" }} is down', "‹shop› is down"),
        ("{{ $value | humanizePercentage }} fail", "‹value› fail"),
        ('{{ printf "%.2f" $value }} }}', "‹value› }}"),
        ("{{ if gt $value 5.0 }}much{{ end }}", "much"),
        ("{{ externalURL }}/graph", "…/graph"),
    ],
)
def test_a_template_is_shown_as_what_it_stands_for(text: str, shown: str) -> None:
    assert readable_template(text, "value") == shown


def test_a_title_cannot_break_a_link() -> None:
    assert plain_markdown("a]b\nc*") == "a\\]b c\\*"


def _severity(name: str, rank: int, icon: str) -> Severity:
    return Severity(name, rank, name, icon, Timing(None, None, None), ResponseTargets(None, None, None))


def test_a_severity_has_the_colour_of_its_icon() -> None:
    assert severity_colours([_severity("high", 1, "🟠"), _severity("low", 2, "🔵")]) == {
        "high": "orange",
        "low": "blue",
    }


def test_severities_without_a_coloured_icon_get_colours_of_their_own() -> None:
    severities = [_severity("a", 1, ""), _severity("b", 2, "🔴"), _severity("c", 3, "🔴")]
    assert severity_colours(severities) == {"a": "orange", "b": "red", "c": "yellow"}
