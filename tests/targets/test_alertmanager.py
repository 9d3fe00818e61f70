"""Alertmanager's files: the tree, the inhibitions, secrets by file only, a text for every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tocsin.spec.integrations import INTEGRATIONS
from tocsin.targets import alertmanager
from tocsin.targets.alertmanager.channels import TEXTS, channel
from tocsin.targets.alertmanager.templates import go_string

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan


def _configuration(plan: Plan) -> Any:
    return yaml.safe_load(next(iter(alertmanager.emit(plan))).content)


def _templates(plan: Plan) -> str:
    return next(f.content for f in alertmanager.emit(plan) if f.path.endswith(".tmpl")).decode()


def test_the_tree_tries_explicit_routes_then_teams_then_severities(shop_plan: Plan) -> None:
    route = _configuration(shop_plan)["route"]
    assert (route["receiver"], route["group_by"]) == ("everybody", ["alertname", "team"])
    assert [child["matchers"] for child in route["routes"]] == [
        ['severity="warning"', 'team="payments"'],
        ['team="payments"'],
        ['team="web"'],
        ['severity="critical"'],
        ['severity="warning"'],
    ]
    assert route["routes"][0]["active_time_intervals"] == ["office-hours"]
    assert route["routes"][2]["routes"][0] == {
        "matchers": ['severity="critical"'],
        "receiver": "on-call",
        "group_wait": "10s",
        "group_interval": "1m",
        "repeat_interval": "30m",
    }


def test_time_intervals_and_inhibitions_are_those_of_the_plan(shop_plan: Plan) -> None:
    written = _configuration(shop_plan)
    (interval,) = written["time_intervals"]
    assert interval["time_intervals"] == [
        {
            "times": [{"start_time": "09:00", "end_time": "17:00"}],
            "weekdays": ["monday:friday"],
            "location": "Europe/Lisbon",
        }
    ]
    assert written["inhibit_rules"][1] == {
        "source_matchers": ['alertname="ShopDown"'],
        "target_matchers": ['alertname="CheckoutErrors"'],
        "equal": ["shop"],
    }


def test_every_integration_but_those_that_send_data_has_a_text() -> None:
    assert set(INTEGRATIONS.values()) - set(TEXTS) == {"incidentio_configs", "webhook_configs"}


def test_a_channel_without_text_gets_one_and_says_when_it_is_over(shop_plan: Plan) -> None:
    receivers = {one["name"]: one for one in _configuration(shop_plan)["receivers"]}
    (mail,) = receivers["everybody"]["email_configs"]
    assert mail["headers"] == {"Subject": '{{ template "tocsin.title" . }}'}
    assert mail["send_resolved"] is True
    (slack,) = receivers["web"]["slack_configs"]
    assert slack["api_url_file"] == "/etc/alertmanager/secrets/slack"
    assert slack["text"] == '{{ template "tocsin.slack" . }}'


def test_what_the_author_wrote_wins() -> None:
    mail = channel("email_configs", {"to": "a", "text": "mine", "headers": {"subject": "S"}})
    assert mail == {"send_resolved": True, "to": "a", "text": "mine", "headers": {"subject": "S"}}
    assert channel("slack_configs", {"send_resolved": False, "title": "T"})["title"] == "T"
    assert channel("slack_configs", {"send_resolved": False})["send_resolved"] is False
    assert channel("telegram_configs", {"parse_mode": ""})["message"] == '{{ template "tocsin.text" . }}'


def test_every_template_that_a_channel_uses_is_defined(shop_plan: Plan) -> None:
    text = _templates(shop_plan)
    for texts in TEXTS.values():
        for value in str(texts).split('template "')[1:]:
            assert f'define "{value.split(chr(34))[0]}"' in text


def test_titles_of_the_spec_cannot_become_template_code(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(
        """
        project: {name: p, title: 'P {{ .Oops }} "x"', language: pt-BR}
        severities: {critical: {rank: 1, title: 'C }} {{ end }}'}}
        receivers: {all: {}}
        routing: {catch_all: all}
        """
    )
    text = _templates(plan)
    assert go_string('P {{ .Oops }} "x"') == '{{ "P {{ .Oops }} \\"x\\"" }}'
    assert go_string('P {{ .Oops }} "x"') in text
    assert text.count("{{ end }}") > text.count('"C }} {{ end }}"') > 0
    assert "Desde: " in text
    assert "Since" not in text
