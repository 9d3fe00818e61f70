"""An AlertmanagerConfig is the configuration of the plain file, as the operator's rules read it back."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.cli.generated_files import generate_files
from tocsin.deliver.kubernetes.team_configuration import team_configuration
from tocsin.errors import CommandError
from tocsin.plan.model import Kubernetes, Objects
from tocsin.workspace.load import Planned, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan, Route

_SECRETS = "/etc/alertmanager/secrets/shop"
ROUTING = f"""
project:
  name: p
  title: P
  targets: {{alertmanager: "0.31"}}
  alertmanager:
    smtp_from: a@example.org
    smtp_smarthost: mail.example.org:587
    smtp_auth_username: a
    smtp_auth_password_file: {_SECRETS}/password
    slack_api_url_file: {_SECRETS}/slack
severities: {{critical: {{rank: 1, title: C}}, warning: {{rank: 2, title: W}}}}
receivers:
  all: {{email: [{{to: a@example.org}}, {{to: b@example.org, from: b@example.org}}]}}
  chat:
    slack:
      - {{channel: "#a"}}
      - channel: "#b"
        api_url_file: {_SECRETS}/other
        actions: [{{type: button, text: a, name: d, confirm: {{text: b, ok_text: c}}}}]
    msteamsv2: [{{webhook_url_file: {_SECRETS}/teams}}]
    discord: [{{webhook_url_file: {_SECRETS}/discord}}]
  hook:
    webhook:
      - url: http://example.org
        max_alerts: 3
        http_config:
          follow_redirects: false
          tls_config: {{ca_file: /etc/alertmanager/configmaps/ca/ca.crt, min_version: TLS12}}
          authorization: {{type: Token, credentials_file: {_SECRETS}/token}}
    opsgenie: [{{api_key_file: {_SECRETS}/key, details: {{a: b}}, responders: [{{name: a, type: team}}]}}]
    pagerduty: [{{routing_key_file: {_SECRETS}/key, images: [{{src: "http://example.org/a"}}]}}]
  phone:
    pushover: [{{user_key_file: {_SECRETS}/user, token_file: {_SECRETS}/token, retry: 1m, expire: 1h}}]
    victorops: [{{api_key_file: {_SECRETS}/key, routing_key: a, custom_fields: {{a: b}}}}]
    sns: [{{topic_arn: "arn:aws:sns:eu-west-1:1:a", sigv4: {{region: eu-west-1, profile: a}}}}]
    telegram: [{{chat_id: 7, bot_token_file: /run/token, message: a, parse_mode: HTML}}]
    webex: [{{room_id: a, http_config: {{authorization: {{credentials_file: {_SECRETS}/webex}}}}}}]
    wechat: [{{corp_id: a, api_secret_file: {_SECRETS}/wechat, to_user: b}}]
routing:
  catch_all: all
  group_by: [alertname]
  group_wait: 0s
  time_intervals:
    office:
      - weekdays: ["monday:friday", saturday]
        times: [{{start_time: "09:00", end_time: "17:00"}}]
        days_of_month: ["1:15", "-1:-1"]
        months: ["january:march", "december"]
        years: ["2026:2027", "2030"]
  routes:
    - matchers: ['team="a"', 'job=~"b|c"', 'x!=""', 'y!~"d.*"']
      receiver: chat
      group_by: ["..."]
      continue: true
      mute_time_intervals: [office]
      routes:
        - {{matchers: ['z="a \\" b \\\\ c"'], receiver: hook, active_time_intervals: [office]}}
    - {{matchers: ['team="b"'], receiver: phone, repeat_interval: 1d}}
  inhibitions:
    - {{source: ['severity="critical"'], target: ['severity="warning"'], equal: [alertname]}}
"""


def _config(plan: Plan, strategy: str = "OnNamespace") -> Plan:
    how = Objects("config", {"alertmanagerConfig": "shop"}, "shop", strategy)
    return replace(plan, kubernetes=Kubernetes("monitoring", {}, {}, how, None, None))


def _objects(plan: Plan) -> dict[str, str]:
    files = {file.path: file.content.decode() for file in generate_files(plan)}
    return {path.rpartition("/")[2]: text for path, text in files.items() if path.startswith("kubernetes/")}


def _read_back(plan: Plan, tmp_path: Path, *, whole: bool = True) -> Plan:
    """The routing that the operator makes of the resource, and of one more that is the Alertmanager's own."""
    text = _objects(_config(plan))["alertmanagerconfig-shop.yaml"]
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    says = "alertmanagerConfiguration: {name: shop}" if whole else "replicas: 1"
    main = f"""
        apiVersion: monitoring.coreos.com/v1
        kind: Alertmanager
        metadata: {{name: main, namespace: other}}
        spec: {{{says}}}
    """
    (tmp_path / "main.yaml").write_text(textwrap.dedent(main), encoding="utf-8")
    made = load([tmp_path])
    assert isinstance(made, Planned)
    assert [one.message for one in made.diagnostics if one.level.name == "ERROR"] == []
    return made.plan


def _tree(route: Route, prefix: str = "") -> dict[str, Any]:
    assert route.receiver is None or route.receiver.startswith(prefix)
    return {
        "matchers": route.matchers,
        "receiver": route.receiver and route.receiver.removeprefix(prefix),
        "group_by": route.group_by or None,
        "timing": route.timing,
        "continue": route.continues,
        "intervals": [
            [name.removeprefix(prefix) for name in names]
            for names in (route.mute_time_intervals, route.active_time_intervals)
        ],
        "routes": [_tree(one, prefix) for one in route.routes],
    }


@pytest.fixture(params=["routing", "shop"])
def plan(request: pytest.FixtureRequest, plan_of: Callable[[str], Plan]) -> Plan:
    if request.param == "routing":
        return plan_of(ROUTING)
    text = (Path(__file__).parents[1] / "specs" / "shop.yaml").read_text(encoding="utf-8")
    text = text.replace("alertmanager/secrets/", "alertmanager/secrets/shop/")
    return plan_of(text.replace("  timezone: Europe/Lisbon\n", ""))


def test_the_operator_makes_the_same_routing_of_it(plan: Plan, tmp_path: Path) -> None:
    read = _read_back(plan, tmp_path)
    assert plan.route is not None
    assert read.route is not None
    assert _tree(read.route, "monitoring/shop/") == _tree(plan.route)
    assert [(one.source, one.target, one.equal) for one in read.inhibitions] == [
        (one.source, one.target, one.equal) for one in plan.inhibitions
    ]
    periods = [[dict(one) for one in interval.periods] for interval in plan.time_intervals]
    assert [[dict(one) for one in interval.periods] for interval in read.time_intervals] == periods


def test_every_channel_comes_back_with_what_it_took_from_the_global_section(
    plan_of: Callable[[str], Plan], tmp_path: Path
) -> None:
    plan = plan_of(ROUTING)
    read = _read_back(plan, tmp_path)
    held = {one.name.removeprefix("monitoring/shop/"): dict(one.channels) for one in read.receivers}
    assert {name: [*channels] for name, channels in held.items()} == {
        one.name: [key for key, _ in one.channels] for one in plan.receivers
    }
    first, second = held["all"]["email_configs"]
    assert (first["from"], second["from"]) == ("a@example.org", "b@example.org")
    assert first["smarthost"] == "mail.example.org:587"
    assert first["auth_password"] == "<secret shop/password>"
    made = yaml.safe_load(_objects(_config(plan))["alertmanagerconfig-shop.yaml"])
    one, other = made["spec"]["receivers"][1]["slackConfigs"]
    assert one["apiURL"] == {"name": "shop", "key": "slack"}
    assert other["apiURL"] == {"name": "shop", "key": "other"}


def test_what_the_operator_adds_is_told_at_its_head(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(ROUTING)
    head = _objects(_config(plan))["alertmanagerconfig-shop.yaml"].partition("apiVersion")[0]
    assert 'adds the matcher namespace="monitoring"' in head
    assert "monitoring/shop/" in head
    assert "ConfigMap shop-templates" in head
    none = _objects(_config(plan, "None"))["alertmanagerconfig-shop.yaml"].partition("apiVersion")[0]
    assert "the operator adds no matcher" in none


def test_the_matcher_of_the_namespace_is_what_the_reader_finds(
    plan_of: Callable[[str], Plan], tmp_path: Path
) -> None:
    read = _read_back(plan_of(ROUTING), tmp_path, whole=False)
    assert read.route is not None
    [route] = read.route.routes
    assert [matcher.text() for matcher in route.matchers] == ['namespace="monitoring"']
    assert route.continues
    [inhibition] = read.inhibitions
    assert 'namespace="monitoring"' in [matcher.text() for matcher in inhibition.source]


def test_the_templates_are_in_a_config_map(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(ROUTING)
    held = yaml.safe_load(_objects(_config(plan))["templates-shop-templates.yaml"])
    plain = {file.path: file.content.decode() for file in generate_files(plan)}
    assert held["data"] == {"tocsin.tmpl": plain["alertmanager/templates/tocsin.tmpl"]}
    assert held["metadata"] == {
        "name": "shop-templates",
        "namespace": "monitoring",
        "labels": {"app.kubernetes.io/managed-by": "tocsin"},
    }


def test_no_secret_and_no_path_of_one_is_in_it(plan_of: Callable[[str], Plan]) -> None:
    text = _objects(_config(plan_of(ROUTING)))["alertmanagerconfig-shop.yaml"]
    assert "/etc/alertmanager/secrets" not in text


def test_what_it_cannot_hold_is_refused_with_the_reason(shop_plan: Plan) -> None:
    assert team_configuration(shop_plan).unheld
    with pytest.raises(CommandError, match="refers to a Secret instead of the file"):
        _objects(_config(shop_plan))


def test_each_thing_that_it_cannot_hold_is_said(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(
        ROUTING.replace('group_by: ["..."]', "group_by: []").replace(
            "  alertmanager:\n", "  alertmanager:\n    resolve_timeout: 7m\n"
        )
    )
    assert [one.message for one in team_configuration(plan).unheld] == [
        "an AlertmanagerConfig holds no empty `group_by` below the first route",
        "an AlertmanagerConfig has no `resolve_timeout`: it is that of the whole Alertmanager",
    ]


def test_an_empty_group_by_below_the_first_route_is_refused(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(ROUTING.replace('group_by: ["..."]', "group_by: []"))
    assert [one.message for one in team_configuration(plan).unheld] == [
        "an AlertmanagerConfig holds no empty `group_by` below the first route"
    ]
