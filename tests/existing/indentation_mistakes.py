"""How people indent rule files and Alertmanager configurations wrongly, and the same files mended."""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """A file that does not load; `line` is where the finding has to be, `mended` what to write instead."""

    name: str
    text: str
    line: int
    mended: dict[int, str | None]
    """New lines by their numbers; None takes a line away."""

    def as_mended(self) -> str:
        lines = self.text.splitlines()
        changed = [self.mended.get(number, line) for number, line in enumerate(lines, start=1)]
        return "".join(f"{line}\n" for line in changed if line is not None)


ALERTMANAGER = (
    Mistake(
        "receiver-under-integrations",
        """\
route:
  receiver: team
  group_by: [alertname]
receivers:
  - name: team
    slack_configs:
      - api_url: https://hooks.slack.com/services/T0/B0/x
        channel: '#alerts'
      - name: oncall
        telegram_configs:
          - bot_token: "123:abc"
            chat_id: 4
""",
        9,
        {
            9: "  - name: oncall",
            10: "    telegram_configs:",
            11: '      - bot_token: "123:abc"',
            12: "        chat_id: 4",
        },
    ),
    Mistake(
        "child-beside-routes",
        """\
route:
  receiver: team
  routes:
    - matchers: [severity="critical"]
      receiver: oncall
  - matchers: [severity="warning"]
    receiver: team
receivers:
  - name: team
  - name: oncall
""",
        6,
        {6: '    - matchers: [severity="warning"]', 7: "      receiver: team"},
    ),
    Mistake(
        "integration-as-item",
        """\
route:
  receiver: team
receivers:
  - name: team
  - email_configs:
      - to: a@example.com
        from: b@example.com
        smarthost: mail.example.com:25
""",
        5,
        {5: "    email_configs:"},
    ),
    Mistake(
        "settings-beside-list",
        """\
route:
  receiver: team
receivers:
  - name: team
    slack_configs:
    - api_url: https://hooks.slack.com/services/T0/B0/x
    channel: '#alerts'
    send_resolved: true
""",
        7,
        {7: "      channel: '#alerts'", 8: "      send_resolved: true"},
    ),
    Mistake(
        "receivers-under-route",
        """\
route:
  receiver: team
  receivers:
    - name: team
      webhook_configs:
        - url: http://hook.example.com/
""",
        3,
        {3: "receivers:"},
    ),
    Mistake(
        "inhibit-under-receiver",
        """\
route:
  receiver: team
receivers:
  - name: team
    webhook_configs:
      - url: http://hook.example.com/
    inhibit_rules:
      - source_matchers: [severity="critical"]
        target_matchers: [severity="warning"]
        equal: [alertname]
""",
        7,
        {7: "inhibit_rules:"},
    ),
    Mistake(
        "no-dash",
        """\
route:
  receiver: team
receivers:
  - name: team
    slack_configs:
      api_url: https://hooks.slack.com/services/T0/B0/x
      channel: '#alerts'
""",
        5,
        {6: "      - api_url: https://hooks.slack.com/services/T0/B0/x", 7: "        channel: '#alerts'"},
    ),
    Mistake(
        "receivers-no-dash",
        """\
route:
  receiver: team
receivers:
  name: team
  webhook_configs:
    - url: http://hook.example.com/
""",
        3,
        {4: "- name: team"},
    ),
    Mistake(
        "tab",
        """\
route:
  receiver: team
receivers:
  - name: team
\twebhook_configs:
      - url: http://hook.example.com/
""",
        5,
        {5: "    webhook_configs:"},
    ),
    Mistake(
        "route-keys-at-top",
        """\
route:
  receiver: team
group_by: [alertname]
group_wait: 30s
receivers:
  - name: team
""",
        3,
        {3: "  group_by: [alertname]", 4: "  group_wait: 30s"},
    ),
    Mistake(
        "global-at-top",
        """\
smtp_smarthost: mail.example.com:25
smtp_from: a@example.com
route:
  receiver: team
receivers:
  - name: team
    email_configs:
      - to: b@example.com
""",
        1,
        {1: "global:\n  smtp_smarthost: mail.example.com:25", 2: "  smtp_from: a@example.com"},
    ),
    Mistake(
        "routes-child-no-dash",
        """\
route:
  receiver: team
  routes:
    matchers: [severity="critical"]
    receiver: oncall
receivers:
  - name: team
  - name: oncall
""",
        3,
        {4: '    - matchers: [severity="critical"]', 5: "      receiver: oncall"},
    ),
    Mistake(
        "matchers-in-routes-list",
        """\
route:
  receiver: team
  routes:
    - matchers:
    - severity="critical"
      receiver: oncall
receivers:
  - name: team
  - name: oncall
""",
        6,
        {5: '      - severity="critical"'},
    ),
    Mistake(
        "route-under-global",
        """\
global:
  resolve_timeout: 5m
  route:
    receiver: team
receivers:
  - name: team
""",
        3,
        {3: "route:"},
    ),
    Mistake(
        "http-config-in-receiver",
        """\
route:
  receiver: team
receivers:
  - name: team
    webhook_configs:
      - url: http://hook.example.com/
    http_config:
      basic_auth: {username: a, password_file: /p}
""",
        7,
        {7: "        http_config:", 8: "          basic_auth: {username: a, password_file: /p}"},
    ),
    Mistake(
        "second-receiver-off-by-one",
        """\
route:
  receiver: team
receivers:
  - name: team
    webhook_configs:
      - url: http://hook.example.com/
   - name: oncall
     webhook_configs:
      - url: http://hook2.example.com/
""",
        7,
        {7: "  - name: oncall", 8: "    webhook_configs:"},
    ),
    Mistake(
        "time-intervals-under-route",
        """\
route:
  receiver: team
  time_intervals:
    - name: nights
      time_intervals:
        - times: [{start_time: '22:00', end_time: '24:00'}]
receivers:
  - name: team
""",
        3,
        {3: "time_intervals:"},
    ),
    Mistake(
        "route-under-matchers",
        """\
route:
  receiver: team
  routes:
    - receiver: oncall
      matchers:
        - severity="critical"
        - receiver: db
          matchers:
            - service="db"
receivers:
  - name: team
  - name: oncall
  - name: db
""",
        7,
        {7: "    - receiver: db", 8: "      matchers:", 9: '        - service="db"'},
    ),
    Mistake(
        "integration-in-integration",
        """\
route:
  receiver: team
receivers:
  - name: team
    email_configs:
      - to: b@example.com
        from: a@example.com
        smarthost: mail.example.com:25
        slack_configs:
          - api_url: https://hooks.slack.com/services/T0/B0/x
            channel: '#alerts'
""",
        9,
        {9: "    slack_configs:"},
    ),
)

RULES = (
    Mistake(
        "rules-beside-group",
        """\
groups:
  - name: a
  rules:
  - alert: A
    expr: up == 0
""",
        3,
        {3: "    rules:", 4: "    - alert: A", 5: "      expr: up == 0"},
    ),
    Mistake(
        "rules-as-own-item",
        """\
groups:
  - name: a
  - rules:
      - alert: A
        expr: up == 0
""",
        3,
        {3: "    rules:"},
    ),
    Mistake(
        "labels-in-annotations",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
    annotations:
      summary: down
      labels:
        severity: page
""",
        8,
        {8: "    labels:"},
    ),
    Mistake(
        "alert-under-annotations",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
    annotations:
      summary: down
      - alert: B
        expr: up == 1
""",
        8,
        {8: "  - alert: B", 9: "    expr: up == 1"},
    ),
    Mistake(
        "alert-in-labels-map",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
    labels:
      severity: page
      annotations:
        summary: down
""",
        8,
        {8: "    annotations:"},
    ),
    Mistake(
        "tab",
        """\
groups:
- name: a
  rules:
  - alert: A
\texpr: up == 0
""",
        5,
        {5: "    expr: up == 0"},
    ),
    Mistake(
        "no-dash",
        """\
groups:
- name: a
  rules:
    alert: A
    expr: up == 0
""",
        4,
        {4: "  - alert: A"},
    ),
    Mistake(
        "groups-no-dash",
        """\
groups:
  name: a
  rules:
  - alert: A
    expr: up == 0
""",
        2,
        {2: "- name: a"},
    ),
    Mistake(
        "summary-beside-annotations",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
    annotations:
    summary: down
    description: it is down
""",
        7,
        {7: "      summary: down", 8: "      description: it is down"},
    ),
    Mistake(
        "severity-beside-labels",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
    labels:
    severity: page
""",
        7,
        {7: "      severity: page"},
    ),
    Mistake(
        "alert-as-group",
        """\
groups:
- name: a
  rules:
- alert: A
  expr: up == 0
""",
        4,
        {4: "  - alert: A", 5: "    expr: up == 0"},
    ),
    Mistake(
        "dash-before-each-key",
        """\
groups:
- name: a
  rules:
  - alert: A
  - expr: up == 0
  - labels:
      severity: page
""",
        5,
        {5: "    expr: up == 0", 6: "    labels:"},
    ),
    Mistake(
        "second-group-inside-rules",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
  - name: b
    rules:
    - alert: B
      expr: up == 1
""",
        6,
        {6: "- name: b", 7: "  rules:"},
    ),
    Mistake(
        "labels-in-next-item",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
  - labels:
      severity: page
    alert: B
    expr: up == 1
  - annotations:
      summary: x
""",
        10,
        {10: "    annotations:"},
    ),
    Mistake(
        "rule-under-expr",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
      for: 5m
""",
        6,
        {6: "    for: 5m"},
    ),
    Mistake(
        "second-alert-off-by-one",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
   - alert: B
     expr: up == 1
""",
        6,
        {6: "  - alert: B", 7: "    expr: up == 1"},
    ),
    Mistake(
        "keys-one-left",
        """\
groups:
- name: a
  rules:
  - alert: A
   expr: up == 0
""",
        5,
        {5: "    expr: up == 0"},
    ),
    Mistake(
        "alert-key-nested",
        """\
groups:
- name: a
  rules:
  - alert:
      name: A
      expr: up == 0
""",
        5,
        {4: "  - alert: A", 5: "    expr: up == 0", 6: None},
    ),
    Mistake(
        "no-dash-second-alert",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: up == 0
    alert: B
    expr: up == 1
""",
        6,
        {6: "  - alert: B"},
    ),
    Mistake(
        "multiline-expr",
        """\
groups:
- name: a
  rules:
  - alert: A
    expr: |
    up == 0
    for: 5m
""",
        6,
        {6: "      up == 0"},
    ),
)
