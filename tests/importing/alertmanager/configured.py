"""Importing Alertmanager configurations in tests, and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tocsin.existing.input import read_input
from tocsin.existing.templates import Templates
from tocsin.importing.import_files import import_files
from tocsin.source.document import Document
from tocsin.targets import alertmanager

if TYPE_CHECKING:
    from tocsin.importing.alertmanager.import_routing import SoundRouting
    from tocsin.importing.import_files import Imported

CONFIG = """\
# The Alertmanager of the shop.
global:
  slack_api_url: https://hooks.slack.com/services/T0/B0/s3cret0ne  # rotated in May
  smtp_smarthost: mail.example.org:587
  smtp_from: alerts@example.org
  # smtp_auth_password: an-0ld-one
  smtp_auth_password: pa55word!
  resolve_timeout: 10m
route:
  receiver: default
  group_by: [alertname, cluster]   # one message for a cluster
  group_wait: 30s
  routes:
    # the database people
    - match: {service: db}
      match_re: {severity: warning|critical}
      receiver: db team
      continue: true
    - matchers:
        - severity = critical
        - team =~ "web|shop"   # both
      receiver: pager
      group_by: ['...']
      repeat_interval: 2h
      mute_time_intervals: [out of hours]
      routes:
        - matchers: ['env="dev"']
          receiver: "null"
    - matchers: [severity="critical"]
      receiver: default
inhibit_rules:
  - source_match: {severity: critical}
    target_match: {severity: warning}
    equal: [alertname, instance]
receivers:
  - name: default
    email_configs: [{to: ops@example.org, send_resolved: yes, headers: {X-Prio: 1}}]
  - name: db team
    slack_configs:
      - channel: '#db'
        title: '{{ .CommonLabels.alertname }}'
        http_config: {bearer_token: t0ken-t0ken}
      - channel: '#db-archive'
  # calls somebody
  - name: pager
    pagerduty_configs:
      - service_key: 0123456789abcdef0123456789abcdef
    webhook_configs:
      - url: https://chat.example.org/hooks/a8f9c2d7e1b3
        http_config:
          http_headers: {X-Team: {values: [shop], secrets: [header-s3cret]}}
      - url: http://alert-log:8080/alerts
  - name: "null"
time_intervals:
  - name: out of hours
    time_intervals:
      - weekdays: [saturday, sunday]
      - times: [{start_time: "18:00", end_time: "24:00"}]
"""
SECRETS = (
    "T0/B0/s3cret0ne",
    "pa55word!",
    "an-0ld-one",
    "t0ken-t0ken",
    "0123456789abcdef0123456789abcdef",
    "a8f9c2d7e1b3",
    "header-s3cret",
)


def run(*texts: str, templates: Templates = Templates()) -> Imported:  # noqa: B008
    """Import texts as the files `a.yaml`, `b.yaml` and so on."""
    names = [f"{name}.yaml" for name, _ in zip("abcdef", texts, strict=False)]
    inputs = [
        (read_input(Document(name, text), named=True), name) for name, text in zip(names, texts, strict=True)
    ]
    return import_files(inputs, None, templates=templates)


def sound(*texts: str, templates: Templates = Templates()) -> SoundRouting:  # noqa: B008
    """Import texts of which a spec can hold everything."""
    made = run(*texts, templates=templates)
    assert made.routing is not None, made.diagnostics
    assert [one.message for one in made.diagnostics if one.id.startswith("import/")] == []
    return made.routing


def spec(made: SoundRouting) -> dict[str, Any]:
    """What the file of the spec holds."""
    value: dict[str, Any] = yaml.safe_load(made.file.content)
    return value


def generated(made: SoundRouting) -> dict[str, str]:
    """The files that the spec makes for Alertmanager."""
    return {file.path: file.content.decode() for file in alertmanager.emit(made.spec.plan)}


def configuration(made: SoundRouting) -> dict[str, Any]:
    """The configuration that the spec makes."""
    value: dict[str, Any] = yaml.safe_load(generated(made)["alertmanager/alertmanager.yaml"])
    return value
