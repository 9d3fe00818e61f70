"""The notifications' templates, rendered by the engine that renders them in production."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tocsin.targets.alertmanager.go_text import go_string
from tocsin.targets.alertmanager.templates import notification_templates
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

    Render = Callable[..., str]

ODD = 'Say "{{ .Boom }}" \\ `100 %` <b> }} {{ end }}\n🔴'

SLOW: dict[str, Any] = {
    "status": "firing",
    "labels": {"alertname": "SlowPages", "severity": "critical", "team": "web", "shop": 'a"b + <c> \\d'},
    "annotations": {
        "summary": "Pages of <Lisbon> & co are slow",
        "description": "The P99 is 4s.",
        "runbook_url": "https://runbooks.example/SlowPages.md?a=1&b=2",
        "dashboard_url": "https://grafana.example/d/web?viewPanel=7",
    },
    "startsAt": "2026-01-02T03:04:05Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "https://prometheus.example/graph?g0.expr=up",
    "fingerprint": "1",
}
BARE: dict[str, Any] = {
    **SLOW,
    "labels": {"alertname": "Bare"},
    "annotations": {},
    "generatorURL": "",
    "fingerprint": "2",
}
OVER: dict[str, Any] = {
    **SLOW,
    "status": "resolved",
    "labels": {"alertname": "SlowPages", "severity": "warning", "shop": "porto"},
    "annotations": {"summary": "Pages of porto are slow"},
    "endsAt": "2026-01-02T04:05:06Z",
    "fingerprint": "3",
}
FORMATS = ["text", "slack.text", "markdown", "html"]
SILENCE_TEXT = (
    "https://alertmanager.example/#/silences/new?filter=%7Balertname%3D%22SlowPages%22%2Cseverity%3D%22critical"
    "%22%2Cshop%3D%22a%5C%22b%20%2B%20%3Cc%3E%20%5C%5Cd%22%2Cteam%3D%22web%22%7D"
)


def _days_since(alert: dict[str, Any]) -> str:
    """How long an alert that began days ago has been firing, as its message says it."""
    lasted = datetime.now(UTC) - datetime.fromisoformat(alert["startsAt"])
    hours = lasted.seconds // 3600
    return f"{lasted.days} days" + (f" and {hours} hour{'s' * (hours > 1)}" if hours else "")


@pytest.fixture(params=["amtool", "amtool_old"])
def render(request: pytest.FixtureRequest, shop_plan: Plan, tmp_path: Path) -> Render:
    """Renders a template for alerts, as it is done for mails when `kind` is html."""
    amtool: Program = request.getfixturevalue(request.param)

    def rendered(name: str, *alerts: dict[str, Any], plan: Plan = shop_plan, kind: str = "text") -> str:
        common: dict[str, dict[str, str]] = {}
        for key, part in (("commonLabels", "labels"), ("commonAnnotations", "annotations")):
            shared = set.intersection(*(set(alert[part].items()) for alert in alerts))
            common[key] = dict(sorted(shared))
        data: dict[str, Any] = {
            "receiver": "web",
            "status": "firing" if any(alert["status"] == "firing" for alert in alerts) else "resolved",
            "alerts": alerts,
            "groupLabels": {},
            **common,
            "externalURL": "https://alertmanager.example",
        }
        (tmp_path / "data.json").write_text(json.dumps(data), encoding="utf-8")
        (tmp_path / "tocsin.tmpl").write_text(notification_templates(plan), encoding="utf-8")
        ran = amtool.run(
            [
                "template",
                "render",
                f"--template.glob={tmp_path}/*.tmpl",
                f"--template.data={tmp_path}/data.json",
                f"--template.type={kind}",
                f'--template.text={{{{ template "tocsin.{name}" . }}}}',
            ]
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return rendered


def test_the_text_says_all_that_a_person_needs(render: Render) -> None:
    assert render("text", SLOW).rstrip("\n") == (
        "🔴 Critical · SlowPages: Pages of <Lisbon> & co are slow\n"
        "The P99 is 4s.\n"
        "Team: Web team\n"
        'Labels: shop=a"b + <c> \\d\n'
        "Runbook: https://runbooks.example/SlowPages.md?a=1&b=2\n"
        "Panel: https://grafana.example/d/web?viewPanel=7\n"
        "Query: https://prometheus.example/graph?g0.expr=up\n"
        f"Since: 2026-01-02 03:04:05 WET (03:04:05 UTC), for {_days_since(SLOW)}\n"
        f"Silence: {SILENCE_TEXT}"
    )


def test_what_is_over_stands_apart_and_offers_no_silence(render: Render) -> None:
    common, firing, resolved = render("text", SLOW, OVER).rstrip("\n").split("\n\n")
    assert common.startswith("🔴 Critical · SlowPages (1 firing)\n")
    assert firing.startswith("🔴 Critical · Pages of <Lisbon> & co are slow\n")
    assert "Silence: " in firing
    assert resolved.startswith("✅ Resolved · Pages of porto are slow\n")
    assert "Until: 2026-01-02 04:05:06 WET (04:05:06 UTC), lasted 1 hour and 1 minute" in resolved
    assert "Silence" not in resolved


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", ["text", "html"])
def test_what_is_missing_leaves_no_empty_link(render: Render, name: str, kind: str) -> None:
    text = render(name, BARE, kind=kind)
    for label in ("Runbook", "Panel", "Query", "Team", "Labels", 'href=""', "<|", "]()", "no value"):
        assert label not in text
    assert "Bare" in text
    assert "Silence" in text


def test_slack_reads_no_markup_in_values(render: Render) -> None:
    text = render("slack.text", SLOW)
    title = render("slack.title", SLOW).rstrip("\n")
    assert title == "🔴 Critical · SlowPages: Pages of &lt;Lisbon&gt; &amp; co are slow"
    assert title not in text
    assert "<https://runbooks.example/SlowPages.md?a=1&amp;b=2|Runbook>" in text
    assert f"<{SILENCE_TEXT}|Silence>" in text


HOSTILE = "a@b.example <!channel> @everyone [y](http://evil.example) <b> `c`\n& d <http://evil.example|x>"
"""Mentions and links of Slack, of Markdown and of Mattermost, HTML, and what ends code and lines."""


@pytest.mark.parametrize("name", ["slack.title", "slack.text", "markdown.title", "markdown"])
@pytest.mark.parametrize("severity", ["critical", "@here <!here> [s](http://evil.example)"])
def test_nobody_is_mentioned_and_nothing_linked_by_values_and_titles(
    render: Render, shop_plan: Plan, name: str, severity: str
) -> None:
    labels = {"alertname": HOSTILE, "severity": severity, "team": "web", "shop": HOSTILE}
    alert = {
        **SLOW,
        "labels": labels,
        "annotations": {
            "summary": HOSTILE,
            "description": HOSTILE,
            "runbook_url": "JavaScript:alert(1)",
            "dashboard_url": "https://grafana.example/a|b>c)d <e\n",
        },
    }
    unnamed = {**alert, "annotations": {}, "labels": {**labels, "team": HOSTILE}}
    plan = replace(
        shop_plan,
        severities=tuple(replace(one, title=HOSTILE) for one in shop_plan.severities),
        teams=tuple(replace(one, title=HOSTILE) for one in shop_plan.teams),
        project=replace(shop_plan.project, title=HOSTILE),
    )
    for alerts in ([alert], [unnamed], [alert, {**OVER, "labels": labels}], [alert, {**BARE, "labels": {}}]):
        text = render(name, *alerts, plan=plan)
        assert "javascript:" not in text.lower()
        assert "a@b.example" in text or alerts[-1]["labels"] == {}
        if name.startswith("slack"):
            own = re.sub(
                r"<(?:https://(?:alertmanager|grafana|prometheus)[^<>|\s]*|javascript%3A[^<>|]*)\|\w+>",
                "",
                text,
                flags=re.I,
            )
            assert not re.search("[<>]", own)
        else:
            prose = re.sub("`[^`\n]*`", "", text)
            assert not re.search(r"(?<!\\)<", prose)
            assert not re.search(r"@(?:everyone|here)", prose)
            assert set(re.findall(r"(?<!\\)\[(.*?)(?<!\\)\]\(", prose)) <= {
                "Runbook",
                "Panel",
                "Query",
                "Silence",
            }
        assert all(line.count("`") % 2 == 0 for line in text.splitlines() if "shop=" in line)


def test_a_mail_escapes_values_and_links(render: Render) -> None:
    html = render("html", SLOW, OVER, kind="html")
    assert "Pages of &lt;Lisbon&gt; &amp; co are slow" in html
    assert '<a href="https://runbooks.example/SlowPages.md?a=1&amp;b=2">Runbook</a>' in html
    assert SILENCE_TEXT.lower() in html.lower()


def test_markdown_links_are_not_ended_by_a_bracket(render: Render) -> None:
    alert = {**SLOW, "annotations": {"runbook_url": "https://wiki.example/Slow_(pages)"}}
    assert "[Runbook](https://wiki.example/Slow_%28pages%29)" in render("markdown", alert)


@pytest.mark.parametrize(
    ("alerts", "title"),
    [
        ([SLOW], "🔴 Critical · SlowPages: Pages of <Lisbon> & co are slow"),
        ([OVER], "✅ Resolved · SlowPages: Pages of porto are slow"),
        ([SLOW, OVER], "🔴 Critical · SlowPages (1 firing)"),
        ([{**OVER, "status": "firing"}, SLOW], "🔴 Critical · SlowPages (2 firing)"),
        ([BARE], "Bare"),
        ([BARE, SLOW], "🔴 Critical · Web Shop (2 firing)"),
    ],
)
def test_the_title_names_the_most_urgent(render: Render, alerts: list[dict[str, Any]], title: str) -> None:
    assert render("title", *alerts).rstrip("\n") == title
    assert render("subject", *alerts).rstrip("\n") == f"[Web Shop] {title}"


def test_the_colour_tells_how_urgent_it_is(render: Render) -> None:
    colors = [render("color", alert) for alert in (SLOW, {**OVER, "status": "firing"}, OVER)]
    assert len(set(colors)) == 3


def test_pagerduty_gets_a_severity_that_it_knows(render: Render, shop_plan: Plan) -> None:
    assert render("pagerduty.severity", SLOW).strip() == "critical"
    assert render("pagerduty.severity", BARE).strip() == "error"
    first = replace(shop_plan.severities[0], name="p1")
    plan = replace(shop_plan, severities=(first,))
    alert = {**SLOW, "labels": {"alertname": "A", "severity": "p1"}}
    assert render("pagerduty.severity", alert, plan=plan).strip() == "critical"


@pytest.mark.parametrize("kind", ["text", "html"])
def test_titles_are_shown_and_never_run(render: Render, shop_plan: Plan, kind: str) -> None:
    critical = replace(shop_plan.severities[0], title=ODD)
    plan = replace(
        shop_plan,
        severities=(critical,),
        project=replace(shop_plan.project, title=ODD),
        teams=tuple(replace(team, title=ODD) for team in shop_plan.teams),
    )
    shown = ODD if kind == "text" else ODD.replace("<b>", "&lt;b&gt;").replace('"', "&#34;")
    assert f"🔴 {shown[:40]}" in render("text", SLOW, plan=plan, kind=kind)
    assert f"Team: {shown}\n" in render("text", SLOW, plan=plan, kind=kind)
    assert shown in render("subject", SLOW, plan=plan, kind=kind)


def test_the_words_are_those_of_the_specs_language(render: Render, shop_plan: Plan) -> None:
    plan = replace(shop_plan, project=replace(shop_plan.project, language="pt-BR"))
    text = render("text", SLOW, OVER, plan=plan)
    assert "\nEquipe: Web team\n" in text
    assert "\nDesde: 02/01/2026 03:04:05 WET (03:04:05 UTC), há " in text
    assert "✅ Resolvido · Pages of porto are slow" in text
    assert "durou 1 hora e 1 minuto" in text


@pytest.mark.parametrize("project", ["Europe/Lisbon", None])
def test_a_receiver_may_have_a_zone_of_its_own(render: Render, shop_plan: Plan, project: str | None) -> None:
    receivers = tuple(
        replace(one, timezone="America/Sao_Paulo" if one.name == "web" else None)
        for one in shop_plan.receivers
    )
    plan = replace(shop_plan, receivers=receivers, project=replace(shop_plan.project, timezone=project))
    assert "web" in {one.name for one in receivers}
    assert "\nSince: 2026-01-02 00:04:05 -03 (03:04:05 UTC), for " in render("text", SLOW, plan=plan)
    assert "2026-01-02 00:04:05 -03 (03:04:05 UTC)" in render("html", SLOW, plan=plan, kind="html")
    receivers = tuple(replace(one, name=f"{one.name}-2") for one in receivers)
    others = render("text", SLOW, plan=replace(plan, receivers=receivers))
    expected = "03:04:05 WET (03:04:05 UTC), for " if project else "03:04:05 UTC, for "
    assert f"\nSince: 2026-01-02 {expected}" in others


def test_german_writes_days_first_and_durations_in_the_right_case(render: Render, shop_plan: Plan) -> None:
    plan = replace(shop_plan, project=replace(shop_plan.project, language="de"))
    text = render("text", SLOW, OVER, plan=plan)
    assert "\nBeginn: 02.01.2026 03:04:05 WET (03:04:05 UTC), bislang " in text
    assert "✅ Behoben · Pages of porto are slow" in text
    assert "dauerte 1 Stunde und 1 Minute" in text


def test_spanish_says_how_long_an_alert_has_been_firing(render: Render, shop_plan: Plan) -> None:
    plan = replace(shop_plan, project=replace(shop_plan.project, language="es"))
    text = render("text", SLOW, OVER, plan=plan)
    assert "\nEquipo: Web team\n" in text
    assert "\nDesde: 02/01/2026 03:04:05 WET (03:04:05 UTC), desde hace " in text
    assert "✅ Resuelta · Pages of porto are slow" in text
    assert "duró 1 hora y 1 minuto" in text


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_every_word_is_put_in_its_place(shop_plan: Plan, language: str) -> None:
    text = notification_templates(replace(shop_plan, project=replace(shop_plan.project, language=language)))
    assert "@{" not in text
    assert TEXTS[language].notifications.silence in text


def test_a_spec_without_teams_shows_the_label(render: Render, shop_plan: Plan) -> None:
    assert "\nTeam: web\n" in render("text", SLOW, plan=replace(shop_plan, teams=()))


def test_a_go_string_closes_no_quote_and_keeps_its_line() -> None:
    assert go_string('a"b\\c\n🔴') == '"a\\"b\\\\c\\n🔴"'
