"""A spec with one mistake: what is said of it, and the spec after the edit that the help describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile import build
from tocsin.source.document import Document
from tocsin.spec.load import load_documents

if TYPE_CHECKING:
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.plan.model import Plan
    from tocsin.spec.model import Spec

SPEC = """\
project:
  name: shop
  title: Shop
  urls: {prometheus: "http://prometheus:9090", runbooks: "https://git.example.org/runbooks"}
  alertmanager: {smtp_smarthost: "mail.example.org:587", smtp_from: alerts@example.org}
severities:
  critical: {rank: 1, title: Critical, receiver: ops}
  warning: {rank: 2, title: Warning}
teams:
  web: {title: Web}
receivers:
  ops: {slack: [{channel: "#ops", api_url_file: /etc/slack}]}
  mail: {email: [{to: ops@example.org}]}
routing:
  catch_all: mail
  group_by: [alertname]
  time_intervals:
    office:
      - weekdays: ["monday:friday"]
        times: [{start_time: "09:00", end_time: "18:00"}]
        location: Europe/Berlin
  routes:
    - matchers: ['tier="front"']
      receiver: ops
      active_time_intervals: [office]
groups:
  web:
    title: Web
    alerts:
      Slow:
        summary: Slow
        description: Too slow
        promql: max by (job) (latency_seconds)
        unit: seconds
        for: 5m
        thresholds:
          warning: {above: 2}
          critical: {above: 5, for: 3m}
        runbook:
          diagnosis: [{title: Look at the log, promql: up}]
      Down:
        summary: Down
        description: It is down
        expr: up == 0
        severity: critical
        related: [Slow]
slos:
  fast:
    title: Fast
    objective: 99.5%
    window: 30d
    latency: {histogram: latency_seconds, within: 500ms}
"""
"""A spec of which every part can be mistaken."""


def diagnostics_of(text: str) -> tuple[Diagnostic, ...]:
    """All that keeps a text from being a plan."""
    loaded = load_documents([Document("spec.yaml", text)])
    if loaded.spec is None:
        return loaded.diagnostics
    return build(loaded.spec, loaded.sources).diagnostics


def the_only_one(text: str) -> Diagnostic:
    """What is wrong with a text, which is one thing."""
    found = diagnostics_of(text)
    assert len(found) == 1, [(one.id, one.message, one.help) for one in found]
    return found[0]


def applied(text: str, diagnostic: Diagnostic) -> str:
    """The text after the edit that the diagnostic carries."""
    fix = diagnostic.fix
    assert fix is not None, (diagnostic.message, diagnostic.help)
    return text[: fix.span.start] + fix.text + text[fix.span.end :]


def spec_of(text: str) -> Spec:
    """The spec of a text that is sound."""
    loaded = load_documents([Document("spec.yaml", text)])
    assert loaded.spec is not None, [(one.id, one.message, one.help) for one in loaded.diagnostics]
    return loaded.spec


def plan_of(text: str) -> Plan:
    """The plan of a text that is sound."""
    loaded = load_documents([Document("spec.yaml", text)])
    assert loaded.spec is not None, [(one.id, one.message, one.help) for one in loaded.diagnostics]
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None, [(one.id, one.message, one.help) for one in built.diagnostics]
    return built.plan
