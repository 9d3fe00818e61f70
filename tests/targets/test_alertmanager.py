"""Alertmanager's configuration: what the spec says, secrets by file only, a text for every channel."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.spec.integrations import MINIMAL

from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.lang.alertmanager.releases import newer_integrations, newer_keys
from tocsin.targets import alertmanager
from tocsin.targets.alertmanager.receiver_texts import with_default_texts
from tocsin.targets.alertmanager.templates import notification_templates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

_SPEC = """
project:
  targets: {alertmanager: "0.31"}
  name: all
  title: 'Say "{{ .Boom }}" \\ 100 % 🔴'
  language: pt-BR
  alertmanager: {smtp_smarthost: "mail.example:25", smtp_from: a@mail.example}
severities:
  critical: {rank: 1, title: 'Crítico }} "now" {{ end }}', icon: 🔴}
  notice: {rank: 2, title: Aviso}
teams: {web: {title: "Equipe `web` {{ . }}", receiver: old}}
receivers: RECEIVERS
routing: {catch_all: old}
groups:
  g:
    title: G
    alerts:
      Down: {summary: Down, description: Down, expr: up == 0, severity: critical}
"""


def _spec(receivers: dict[str, Any]) -> str:
    # What JSON can say is YAML as well.
    return _SPEC.replace("RECEIVERS", json.dumps({"silent": {}, **receivers}))


EVERY_CHANNEL = _spec({"old": {name: [channel] for name, channel in MINIMAL.items()}})
POST_DATA = {"webhook_configs", "incidentio_configs"}


def _configuration(plan: Plan) -> dict[str, Any]:
    text = next(file.content for file in alertmanager.emit(plan) if file.path.endswith("alertmanager.yaml"))
    value: dict[str, Any] = yaml.safe_load(text)
    return value


def _receivers(plan: Plan) -> dict[str, dict[str, Any]]:
    return {receiver["name"]: receiver for receiver in _configuration(plan)["receivers"]}


def _write(plan: Plan, folder: Path) -> Path:
    for file in alertmanager.emit(plan):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return folder / "alertmanager"


def test_the_global_section_is_the_specs(shop_plan: Plan) -> None:
    assert _configuration(shop_plan)["global"] == {
        "resolve_timeout": "5m",
        "smtp_smarthost": "mail.shop.example:587",
        "smtp_from": "alerts@shop.example",
    }


def test_the_root_is_the_catch_all_with_the_timings_of_the_spec(shop_plan: Plan) -> None:
    root = _configuration(shop_plan)["route"]
    assert {key: value for key, value in root.items() if key != "routes"} == {
        "receiver": "everybody",
        "group_by": ["alertname", "team"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "12h",
    }


def test_routes_stand_in_the_order_in_which_they_are_tried(shop_plan: Plan) -> None:
    routes = _configuration(shop_plan)["route"]["routes"]
    assert [route["matchers"] for route in routes] == [
        ['severity="warning"', 'team="payments"'],
        ['team="payments"'],
        ['team="web"'],
        ['severity="critical"'],
        ['severity="warning"'],
    ]
    assert routes[0]["active_time_intervals"] == ["office-hours"]
    assert routes[2]["routes"][0] == {
        "matchers": ['severity="critical"'],
        "receiver": "on-call",
        "group_wait": "10s",
        "group_interval": "1m",
        "repeat_interval": "30m",
    }


def test_inhibitions_name_the_labels_that_have_to_agree(shop_plan: Plan) -> None:
    rules = _configuration(shop_plan)["inhibit_rules"]
    assert {
        "source_matchers": ['alertname="ShopDown"'],
        "target_matchers": ['alertname="CheckoutErrors"'],
        "equal": ["shop"],
    } in rules


def test_time_intervals_are_written_as_alertmanager_reads_them(shop_plan: Plan) -> None:
    assert _configuration(shop_plan)["time_intervals"] == [
        {
            "name": "office-hours",
            "time_intervals": [
                {
                    "times": [{"start_time": "09:00", "end_time": "17:00"}],
                    "weekdays": ["monday:friday"],
                    "location": "Europe/Lisbon",
                }
            ],
        }
    ]


def test_secrets_are_paths_of_files(shop_plan: Plan) -> None:
    receivers = _receivers(shop_plan)
    assert receivers["on-call"]["pagerduty_configs"][0]["routing_key_file"] == (
        "/etc/alertmanager/secrets/pagerduty"
    )
    assert receivers["web"]["slack_configs"][0]["api_url_file"] == "/etc/alertmanager/secrets/slack"


def test_a_receiver_without_channels_is_there(plan_of: Callable[[str], Plan]) -> None:
    assert _receivers(plan_of(EVERY_CHANNEL))["silent"] == {"name": "silent"}


def test_every_integration_speaks_in_our_templates(plan_of: Callable[[str], Plan]) -> None:
    receiver = _receivers(plan_of(EVERY_CHANNEL))["old"]
    channels = {key: value[0] for key, value in receiver.items() if key != "name"}
    assert set(channels) == set(BY_LIST)
    silent = {key for key, entry in channels.items() if '{{ template "tocsin.' not in str(entry)}
    assert silent == POST_DATA


def test_an_integration_that_posts_the_alerts_as_data_is_left_alone() -> None:
    assert with_default_texts("webhook_configs", {"url": "http://hook"}) == {"url": "http://hook"}


@pytest.mark.parametrize("key", ["email_configs", "slack_configs", "rocketchat_configs", "wechat_configs"])
def test_people_hear_of_the_end_where_alertmanager_would_keep_quiet(key: str) -> None:
    assert with_default_texts(key, {})["send_resolved"] is True
    assert with_default_texts(key, {"send_resolved": False})["send_resolved"] is False


@pytest.mark.parametrize("key", sorted(set(BY_LIST) - POST_DATA))
def test_the_authors_own_words_stay(key: str) -> None:
    for field, text in with_default_texts(key, {}).items():
        if isinstance(text, str):
            assert with_default_texts(key, {field: "mine"})[field] == "mine"


def test_a_body_of_the_author_is_not_hidden_by_ours() -> None:
    mail = with_default_texts("email_configs", {"to": "a", "text": "mine", "headers": {"subject": "S"}})
    assert mail == {"send_resolved": True, "to": "a", "text": "mine", "headers": {"subject": "S"}}
    own = {"attachments": [{"text": "mine"}]}
    assert with_default_texts("mattermost_configs", own) == own


def test_wechat_gets_markdown_where_it_shows_markdown() -> None:
    markdown = with_default_texts("wechat_configs", {"message_type": "markdown"})
    assert markdown["message"] == '{{ template "tocsin.wechat.markdown" . }}'


def test_every_template_that_a_channel_uses_is_defined(plan_of: Callable[[str], Plan]) -> None:
    defined = notification_templates(plan_of(EVERY_CHANNEL))
    used = {
        name
        for one in BY_LIST.values()
        for written in ({}, {"phone_number": "+1"}, {"message_type": "markdown"})
        for name in re.findall(r'template "([^"]+)"', str(one.texts_beside(written)))
    }
    assert len(used) > 15
    for name in sorted(used):
        assert f'{{{{ define "{name}" ' in defined


def test_only_the_templates_of_integrations_in_use_are_written(shop_plan: Plan) -> None:
    used = {key for receiver in shop_plan.receivers for key, _ in receiver.channels}
    defined = notification_templates(shop_plan)
    for key, one in BY_LIST.items():
        for message in one.messages if key not in used and key != "email_configs" else ():
            assert f'{{{{ define "tocsin.{message.name}" ' not in defined


def test_own_headers_of_a_mail_do_not_cost_it_the_subject() -> None:
    headers = with_default_texts("email_configs", {"to": "a", "headers": {"Reply-To": "b"}})["headers"]
    assert headers == {"Subject": '{{ template "tocsin.subject" . }}', "Reply-To": "b"}


def test_own_details_of_an_incident_stand_beside_ours() -> None:
    details = with_default_texts("pagerduty_configs", {"details": {"place": "here"}})["details"]
    assert details["place"] == "here"
    assert details["firing"] == '{{ template "tocsin.pagerduty.firing" . }}'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, {"parse_mode": "", "message": '{{ template "tocsin.telegram.message" . }}'}),
        (
            {"parse_mode": "HTML"},
            {"parse_mode": "HTML", "message": '{{ template "tocsin.telegram.message" . }}'},
        ),
        ({"parse_mode": "MarkdownV2"}, {"parse_mode": "MarkdownV2"}),
        ({"message": "mine"}, {"message": "mine"}),
    ],
)
def test_telegram_gets_text_that_its_markup_cannot_break(
    written: dict[str, str], expected: dict[str, str]
) -> None:
    assert with_default_texts("telegram_configs", written) == expected


@pytest.mark.parametrize("program", ["amtool", "amtool_old"])
def test_amtool_accepts_the_shop(
    program: str, request: pytest.FixtureRequest, shop_plan: Plan, tmp_path: Path
) -> None:
    folder = _write(shop_plan, tmp_path)
    checked = request.getfixturevalue(program).run(["check-config", str(folder / "alertmanager.yaml")])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 templates" in checked.stdout


def test_amtool_accepts_every_integration_and_odd_titles(
    amtool: Program, plan_of: Callable[[str], Plan], tmp_path: Path
) -> None:
    folder = _write(plan_of(EVERY_CHANNEL), tmp_path)
    checked = amtool.run(["check-config", str(folder / "alertmanager.yaml")])
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_old_amtool_accepts_every_integration_that_it_knows(
    amtool_old: Program, plan_of: Callable[[str], Plan], tmp_path: Path
) -> None:
    old = {
        name: [channel]
        for name, channel in MINIMAL.items()
        # Debian builds 0.28 without Jira.
        if name not in {"jira", *newer_integrations("0.28")}
        and not any(path in channel for path, _ in newer_keys(name, "0.28"))
    }
    plan = plan_of(_spec({"old": old}))
    checked = amtool_old.run(["check-config", str(_write(plan, tmp_path) / "alertmanager.yaml")])
    assert checked.returncode == 0, checked.stdout + checked.stderr
