"""Texts on panels: templates become names, and severities take the colours of their icons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tocsin.plan.model import ResponseTargets, Severity, Timing
from tocsin.targets import grafana
from tocsin.targets.grafana.colours import severity_colours
from tocsin.targets.grafana.template_text import plain_markdown, readable_template

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


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


def test_no_panel_is_empty_without_a_word(shop_plan: Plan) -> None:
    dashboards = [json.loads(file.content) for file in grafana.emit(shop_plan) if file.path.endswith(".json")]
    panels = [panel for dashboard in dashboards for panel in dashboard["panels"] if panel.get("targets")]
    silent = [
        panel["title"]
        for panel in panels
        # Of these two, Grafana shows a text of its own.
        if panel["type"] not in ("logs", "state-timeline")
        if not panel["fieldConfig"]["defaults"].get("noValue")
        if not any("vector(0)" in target["expr"] for target in panel["targets"])
    ]
    assert len(panels) > 10
    assert silent == []
