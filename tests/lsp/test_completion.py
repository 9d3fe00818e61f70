"""What an editor offers while somebody types; `‸` stands where the cursor is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.lsp.client import Client, place
from tests.lsp.conftest import write_starter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CURSOR = "‸"
RULES = """\
groups:
  - name: web
    rules:
      - record: job:errors:rate5m
        expr: sum by (job) (rate(errors_total{code="500"}[5m]))
      - alert: Errors
        expr: job:errors:rate5m > 0.1
        labels: {severity: page}
        annotations:
          summary: "on {{ $labels.job }}"
"""


@pytest.fixture(scope="module")
def rules_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    file = tmp_path_factory.mktemp("rules") / "rules.yml"
    file.write_text(RULES, encoding="utf-8")
    with Client(file.parent) as client:
        client.open(file)
        client.settle(file)
        yield client, file


def _offered(client: Client, file: Path, text: str) -> list[str]:
    """The labels of what is offered at the cursor, in the order in which an editor shows it."""
    assert text.count(CURSOR) == 1
    client.change(file, text.replace(CURSOR, ""))
    answer = client.at("completion", file, *place(text, CURSOR))
    items = sorted(answer["items"], key=lambda one: one.get("sortText", one["label"]))
    return [one["label"] for one in items]


@pytest.mark.parametrize(
    ("old", "new", "offered"),
    [
        ("rate(errors", "rate(err‸ors", {"errors_total", "job:errors:rate5m", "histogram_quantile", "sum"}),
        ("by (job)", "by (job, ‸)", {"code", "job"}),
        ('{code="500"}', '{co‸="500"}', {"code"}),
        ("{{ $labels.job", "{{ $labels.‸", {"job", "severity"}),
    ],
)
def test_queries_and_templates_of_plain_rules(
    rules_client: tuple[Client, Path], old: str, new: str, offered: set[str]
) -> None:
    assert set(_offered(*rules_client, RULES.replace(old, new))) >= offered


def test_a_template_offers_the_labels_that_the_query_returns_and_no_others(
    rules_client: tuple[Client, Path],
) -> None:
    assert _offered(*rules_client, RULES.replace("$labels.job", "$labels.‸")) == ["job", "severity"]


def test_nothing_is_offered_inside_of_a_string_of_a_query(rules_client: tuple[Client, Path]) -> None:
    assert _offered(*rules_client, RULES.replace('"500"', '"5‸00"')) == []


@pytest.fixture(scope="module")
def spec_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    folder = write_starter(tmp_path_factory.mktemp("project"))
    with Client(folder.parent) as client:
        client.open(folder / "alerts.yaml")
        client.settle(folder / "alerts.yaml")
        yield client, folder / "alerts.yaml"


@pytest.mark.parametrize(
    ("old", "new", "offered", "not_offered"),
    [
        ("    title: Hosts\n", "    title: Hosts\n    int‸\n", {"interval", "alerts"}, {"promql"}),
        ("        unit: ratio\n", "        ‸\n", {"unit", "thresholds", "runbook"}, {"interval"}),
        ("team: platform", "team: ‸", {"platform"}, {"on-call"}),
        ("unit: ratio", "unit: ‸", {"ratio", "seconds", "bytes"}, {"platform"}),
        ("depends_on: [HostDown]", "depends_on: [‸]", {"HostDown", "DiskFillingUp"}, {"platform"}),
        ("severity: critical", "severity: ‸", {"critical", "warning"}, {"platform"}),
        ("critical: {above: 95%}", "critical: {‸}", {"above", "below", "for"}, {"warning"}),
        ("          warning: {above", "          ‸: {above", {"critical", "warning"}, {"above"}),
        ("action: rotate-logs", "action: ‸", {"rotate-logs"}, {"platform"}),
        ("$labels.mountpoint", "$labels.‸", {"instance", "mountpoint"}, set()),
        ("alerts: [HostDown]", "alerts:\n      - ‸", {"HostDown", "DiskFillingUp"}, {"platform"}),
    ],
)
def test_keys_names_and_values_of_a_spec(
    spec_client: tuple[Client, Path], old: str, new: str, offered: set[str], not_offered: set[str]
) -> None:
    client, file = spec_client
    text = file.read_text(encoding="utf-8")
    assert old in text
    found = set(_offered(client, file, text.replace(old, new, 1)))
    assert found >= offered
    assert not found & not_offered


def test_what_is_half_typed_hides_no_names(spec_client: tuple[Client, Path]) -> None:
    client, file = spec_client
    text = file.read_text(encoding="utf-8")
    broken = text.replace('expr: up{job="node"} == 0', "expr: up{job=")
    assert broken != text
    client.change(file, broken)
    client.settle(file)
    assert "HostDown" in _offered(client, file, broken.replace("related: [HostDown]", f"related: [{CURSOR}]"))


def test_a_key_comes_with_its_manual(spec_client: tuple[Client, Path]) -> None:
    client, file = spec_client
    text = file.read_text(encoding="utf-8").replace("    title: Hosts\n", "    title: Hosts\n    ‸\n")
    client.change(file, text.replace(CURSOR, ""))
    items = client.at("completion", file, *place(text, CURSOR))["items"]
    interval = next(one for one in items if one["label"] == "interval")
    assert "How often its rules are evaluated" in interval["documentation"]["value"]
    assert interval["insertText"] == "interval: "


def test_log_queries(spec_client: tuple[Client, Path]) -> None:
    client, file = spec_client
    text = file.read_text(encoding="utf-8")
    text = text.replace(
        "        expr: up{", "        logql: sum(count_over_time({job='x'} | ‸\n        x: up{"
    )
    assert {"json", "logfmt", "line_format"} <= set(_offered(client, file, text))
