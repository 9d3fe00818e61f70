"""Two rule files are equal where an engine evaluates the same rules, and only there."""

from __future__ import annotations

import pytest

from tocsin.importing.rules.proof import differences
from tocsin.plan.model import Engine
from tocsin.source.document import Document
from tocsin.source.yaml import read_yaml

FILE = """\
groups:
  - name: disk
    interval: 60s
    limit: 50
    query_offset: 30s
    labels: {tier: "1"}
    partial_response_strategy: warn
    rules:
      - record: disk:free
        expr: sum by (device, job) (avail{fstype="ext4", job="node"})
        labels: {from: rule}
      - alert: Full
        expr: disk:free / size < 0.10
        for: 1h
        keep_firing_for: 5m
        labels: {severity: warning}
        annotations: {summary: "Disk is  full"}
      - alert: Gone
        expr: absent(avail) or up == 0
        labels: {severity: critical}
  - name: other
    rules:
      - {alert: Down, expr: up == 0}
"""
LOGS = """\
groups:
  - name: logs
    rules:
      - {alert: Errors, expr: 'sum(count_over_time({app="web"} |= "error" [5m])) > 10'}
"""


def _differences(one: str, other: str, engine: Engine = Engine.PROMETHEUS) -> list[str]:
    left, right = (read_yaml(Document(name, text)).node for name, text in (("a", one), ("b", other)))
    assert left is not None
    assert right is not None
    return [found.message for found in differences(left, right, engine)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("interval: 60s", "interval: 1m"),
        ("for: 1h", "for: 60m"),
        ("for: 1h\n", "for: 1h # an hour\n"),
        ("< 0.10", "< .1"),
        ("< 0.10", "< 0.05 * 2"),
        ("disk:free / size < 0.10", "( disk:free\n          / size ) < 0.1"),
        ('{fstype="ext4", job="node"}', '{job="node",fstype="ext4"}'),
        ("by (device, job)", "by (job, device)"),
        ("labels: {severity: warning}", 'labels: {severity: warning, tier: "1"}'),
        ("alert: Down,", "alert: Down, for: 0m, keep_firing_for: 0,"),
        ("  - name: other\n", "  - name: other\n    limit: 0\n    interval: 0s\n"),
        ('"Disk is  full"', "'Disk is  full'"),
    ],
)
def test_how_it_is_written_makes_no_difference(before: str, after: str) -> None:
    assert before in FILE
    assert _differences(FILE, FILE.replace(before, after)) == []


def test_the_order_of_groups_makes_no_difference() -> None:
    head, first, second = FILE.partition("  - name: disk")[0], *FILE.split("  - name: ")[1:]
    assert _differences(FILE, f"{head}  - name: {second}  - name: {first}") == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("interval: 60s", "interval: 30s", "the group `disk` differs in `interval`"),
        ("    interval: 60s\n", "", "the group `disk` differs in `interval`"),
        ("    limit: 50\n", "", "the group `disk` differs in `limit`"),
        ("query_offset: 30s", "query_offset: 0s", "the group `disk` differs in `query_offset`"),
        ("strategy: warn", "strategy: abort", "the group `disk` differs in `partial_response_strategy`"),
        ("    partial_response_strategy: warn\n", "", "in `partial_response_strategy`"),
        ('tier: "1"', 'tier: "2"', "`disk:free` differs in the label `tier`"),
        ("from: rule", "from: rules", "`disk:free` differs in the label `from`"),
        ("{severity: warning}", "{}", "`Full` differs in the label `severity`"),
        ("< 0.10", "< 0.11", "`Full` differs in its expression"),
        ("< 0.10", "< 0.05 * 3", "`Full` differs in its expression"),
        ("< 0.10", "< 0.05 * x", "`Full` differs in its expression"),
        ("< 0.10", "< 0.2 / 2", "`Full` differs in its expression"),
        ("< 0.10", "<= 0.10", "`Full` differs in its expression"),
        ("free / size < 0.10", "free / (size < 0.10)", "`Full` differs in its expression"),
        ('job="node"', 'job=~"node"', "`disk:free` differs in its expression"),
        ("for: 1h", "for: 61m", "`Full` differs in the key `for`"),
        ("        keep_firing_for: 5m\n", "", "`Full` differs in the key `keep_firing_for`"),
        ("is  full", "is full", "`Full` differs in the annotation `summary`"),
        ("alert: Gone", "alert: Lost", "`Gone` differs in its place: `Lost` stands there"),
        ("alert: Down,", "alert: Down, debug: true,", "`Down` differs in the key `debug`"),
        ("name: other", "name: others", "the group `other` is missing"),
        ("      - {alert: Down, expr: up == 0}\n", "", "the group `other` is missing"),
    ],
)
def test_what_the_engine_sees_is_noticed(before: str, after: str, said: str) -> None:
    assert before in FILE
    assert said in "\n".join(_differences(FILE, FILE.replace(before, after)))


def test_swapped_rules_are_noticed() -> None:
    start, first, second, third = FILE.partition("\n  - name: other")[0].split("      - ")
    swapped = f"{start}      - {first}      - {third}\n      - {second}"
    assert len(_differences(f"{start}      - {first}      - {second}      - {third}\n", swapped)) == 2


@pytest.mark.parametrize(
    ("before", "after", "equal"),
    [
        (" > 10", ">10", True),
        (" > 10", " > 10.0", True),
        (" > 10", " > 11", False),
        ('|= "error"', '|~ "error"', False),
        ("[5m]", "[6m]", False),
        ("[5m]", "[300s]", True),
        ('|= "error"', "|= `error`", True),
    ],
)
def test_queries_of_logs(before: str, after: str, equal: bool) -> None:
    assert (_differences(LOGS, LOGS.replace(before, after), Engine.LOKI) == []) == equal


def test_both_places_are_told() -> None:
    left, right = (
        read_yaml(Document(name, text)).node
        for name, text in (("a", FILE), ("b", FILE.replace("for: 1h", "for: 2h")))
    )
    assert left is not None
    assert right is not None
    (found,) = differences(left, right, Engine.PROMETHEUS)
    assert (found.original.document.name, found.original.line) == ("a", 12)
    assert (found.generated.document.name, found.generated.line) == ("b", 12)
