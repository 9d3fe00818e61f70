"""No plain file, however broken, ends in a traceback: real cases, damaged at random, are read and checked."""

from __future__ import annotations

import os
import random
from datetime import date
from typing import TYPE_CHECKING

from tests.checks.cases import every_case
from tests.damage import damaged_text
from tests.time_limit import time_limit

from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.diagnostics.render import RENDERERS
from tocsin.diagnostics.report import Report
from tocsin.existing.files import read_existing
from tocsin.existing.input import Input
from tocsin.source import Document, read_stream

if TYPE_CHECKING:
    import pytest

SEED = 20_260_115
COUNT = 20_000 if os.environ.get("TOCSIN_THOROUGH") else 400
ROUTES = """\
global: {resolve_timeout: 5m, slack_api_url: &url https://hooks.slack.example/x}
route:
  receiver: all
  group_by: ['...']
  routes:
  - {match: {severity: critical}, receiver: pager, continue: true, mute_time_intervals: [night]}
  - {matchers: ['team=~"a|b"', c!=d], match_re: {e: f.*}, routes: [{receiver: all}]}
receivers: [{name: all}, {name: pager, slack_configs: [{api_url: *url, channel: '#x'}]}]
inhibit_rules: [{source_matchers: [a=b], target_match: {c: d}, equal: [e]}]
time_intervals: [{name: night, time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}]}]}]
"""
RESOURCES = """\
apiVersion: monitoring.coreos.com/v1beta1
kind: AlertmanagerConfig
metadata: {name: web, namespace: shop}
spec:
  route:
    receiver: chat
    matchers: [{name: team, value: a|b, matchType: =~}]
    routes: [{receiver: chat, matchers: [{name: c, value: d}], muteTimeIntervals: [night]}]
  receivers: [{name: chat, slackConfigs: [{apiURL: {name: a, key: b}, httpConfig: {tlsConfig: {}}}]}]
  inhibitRules: [{sourceMatch: [{name: a, value: b}], targetMatch: [{name: c, value: d}], equal: [e]}]
  timeIntervals: [{name: night, timeIntervals: [{daysOfMonth: [{start: 1, end: 2}]}]}]
---
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: {namespace: shop}
spec: {alertmanagerConfigMatcherStrategy: {type: None}, alertmanagerConfiguration: {name: web}}
"""


def test_damaged_files_are_read_checked_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    whole = [ROUTES, *([RESOURCES] * 20), *(case.text for case in every_case())]
    shown = 0
    for _ in range(COUNT):
        text = damaged_text(chance.choice(whole), chance)
        document = Document("damaged.yml", text)
        with time_limit(10):
            adopted = read_existing([Input(document, read_stream(document), True)])
            found = check_plan(
                adopted.plan,
                adopted.sources,
                list(CHECKS.values()),
                known=CHECKS,
                today=date(2026, 1, 1),
                found=adopted.diagnostics,
            )
        assert [one.message for one in found if one.span is None] == [], text
        assert [one.message for one in found if one.id == "tocsin/crash"] == [], text
        for render in RENDERERS.values():
            assert isinstance(render(Report(found)), str), text
        shown += len(found)
    with capsys.disabled():
        print(f"\n{COUNT} damaged files (seed {SEED}): no traceback, {shown} findings")
