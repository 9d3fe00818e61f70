"""Configurations that are nearly right: one with everything, in which a few things are changed at random."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

WHOLE: dict[str, Any] = yaml.safe_load("""
global:
  {resolve_timeout: 5m, smtp_smarthost: "a:25", smtp_from: x, slack_api_url: "https://a/b",
   opsgenie_api_key: k, wechat_api_secret: s, wechat_api_corp_id: c, victorops_api_key: k,
   telegram_bot_token: t, jira_api_url: "http://j", rocketchat_token: a, rocketchat_token_id: b,
   mattermost_webhook_url: "https://m/x",
   http_config: {proxy_url: "http://p", follow_redirects: true, basic_auth: {username: a, password: b}}}
templates: [a.tmpl]
route:
  receiver: r0
  group_by: [a, b]
  group_wait: 1s
  group_interval: 1m
  repeat_interval: 1h
  routes:
    - match: {a: b}
      match_re: {c: "d|e"}
      continue: true
      mute_time_intervals: ["nights"]
      routes: [{matchers: ['x="y"', 'z=~"a.*"'], receiver: r1, group_by: ["..."]}]
    - matchers: ['{a="b",c!="d"}']
      active_time_intervals: [t1, t2]
inhibit_rules:
  - source_match: {a: b}
    target_match_re: {c: d}
    equal: [x, y]
  - source_matchers: [a=b]
    target_matchers: [c=d]
mute_time_intervals:
  - name: "nights"
    time_intervals:
      - weekdays: ["monday:friday"]
        times: [{start_time: "09:00", end_time: "17:00"}]
        days_of_month: ["1:5", "-3:-1"]
        months: ["january:march", "12"]
        years: ["2020:2022"]
        location: Europe/Lisbon
time_intervals: [{name: t1, time_intervals: [{weekdays: [sunday]}]}, {name: t2, time_intervals: []}]
receivers:
  - name: r0
    discord_configs: [{webhook_url: "https://d/x", title: a}]
    email_configs:
      [{to: a, headers: {Subject: b}, tls_config: {insecure_skip_verify: true}, require_tls: false}]
    pagerduty_configs: [{routing_key: a, details: {a: b}, links: [{href: a, text: b}]}]
    slack_configs:
      [{channel: a, fields: [{title: a, value: b, short: true}], actions: [{type: button, text: t, url: u}]}]
    webhook_configs: [{url: "http://a/b", max_alerts: 3, http_config: {authorization: {credentials: x}}}]
  - name: r1
    opsgenie_configs: [{responders: [{id: a, type: team}], api_url: "https://o/"}]
    wechat_configs: [{message_type: text}]
    pushover_configs: [{user_key: a, token: b, retry: 1m, expire: 1h}]
    victorops_configs: [{routing_key: a, custom_fields: {x: y}}]
    sns_configs: [{topic_arn: a, sigv4: {region: x}, attributes: {a: b}}]
    telegram_configs: [{chat_id: 5, parse_mode: HTML}]
    webex_configs: [{room_id: a, http_config: {authorization: {credentials: x}}}]
    msteams_configs: [{webhook_url: "https://d/x"}]
    msteamsv2_configs: [{webhook_url_file: /x}]
    jira_configs: [{project: a, issue_type: b, summary: x, description: {template: a}, fields: {a: 1}}]
    rocketchat_configs: [{channel: a}]
    mattermost_configs: [{channel: a, props: {card: x}}]
    incidentio_configs: [{url: "https://i", alert_source_token: x}]
""")

_VALUES: list[Any] = [
    *(
        None,
        "",
        0,
        1,
        -1,
        True,
        1.5,
        [],
        {},
        ["a"],
        {"a": "b"},
        [None],
        "x",
        "1m",
        "0s",
        "30",
        "90d",
        "1h30m",
    ),
    *("monday", "25:00", "-1:5", "a:b:c", "2020:2010", "march:january", "-5:-7", "sunday:monday"),
    *("Europe/Nowhere", "http://a", "http://u:p@h:99/x", "ftp://a", "http://", "host:25", "<secret>", "{{"),
    *("a=b", "[", "a=~[", "...", ["...", "a"], ["a", "a"], "{a=b", "a=b}", '"a b"=c', 'a="b"c', "a=b,,c=d"),
    *(["a=b,"], "*", "a b", "on", "yes"),
]


def mutated(value: Any, random: Random) -> Any:
    """A copy in which one or two things are gone, replaced, renamed or doubled."""
    value = copy.deepcopy(value)
    for _ in range(random.choice((1, 1, 2))):
        path = random.choice([path for path in _paths(value) if path])
        parent, key = _at(value, path[:-1]), path[-1]
        act = random.randrange(6)
        if act == 0:
            del parent[key]
        elif act < 4:
            parent[key] = copy.deepcopy(random.choice(_VALUES))
        elif act == 4 and isinstance(parent, dict):
            parent[f"{key}{random.choice(('x', '_file'))}"] = parent.pop(key)
        elif act == 4:
            parent.append(copy.deepcopy(parent[key]))
        else:
            parent[key] = copy.deepcopy(_at(value, random.choice(list(_paths(value)))))
    return value


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value
