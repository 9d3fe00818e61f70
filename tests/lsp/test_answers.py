"""What an editor shows under the pointer, and where it leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.lsp.client import Client, place, range_of
from tests.lsp.conftest import write_starter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def open_spec(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    """A client of a spec that nobody edits, and the spec's folder."""
    spec = write_starter(tmp_path_factory.mktemp("read"))
    with Client(spec.parent) as client:
        client.open(spec / "alerts.yaml")
        client.settle(spec / "alerts.yaml")
        yield client, spec


@pytest.fixture
def client(spec: Path) -> Iterator[Client]:
    with Client(spec.parent) as client:
        client.open(spec / "alerts.yaml")
        client.settle(spec / "alerts.yaml")
        yield client


@pytest.fixture(scope="module")
def text(open_spec: tuple[Client, Path]) -> str:
    return (open_spec[1] / "alerts.yaml").read_text(encoding="utf-8")


def test_an_alert_shows_who_is_notified_and_what_was_promised(
    open_spec: tuple[Client, Path], text: str
) -> None:
    client, spec = open_spec
    shown = client.hover(spec / "alerts.yaml", text, "[HostDown]", 3)
    assert "critical: on-call" in shown
    assert "99.5 % over 30d" in shown
    assert "up{job=" in shown


def test_a_key_shows_its_manual_and_a_threshold_its_condition(
    open_spec: tuple[Client, Path], text: str
) -> None:
    client, spec = open_spec
    file = spec / "alerts.yaml"
    assert "Owner of its alerts" in client.hover(file, text, "team: platform")
    assert "Platform team" in client.hover(file, text, "team: platform", 8)
    assert "warning: > 85 % for 30m" in client.hover(file, text, "85%")
    assert "duration" in client.hover(file, text, "30m}")
    assert "Fires while the value is greater" in client.hover(file, text, "above: 85%")


def test_a_finding_shows_the_manual_of_its_check(client: Client, spec: Path, text: str) -> None:
    file = spec / "alerts.yaml"
    version = client.change(file, text.replace("team: platform", "team: plat"))
    client.diagnostics(file, version, until=lambda codes: "reference/team" in codes)
    assert "**reference/team**" in client.hover(file, text, "team: plat", 8)


@pytest.mark.parametrize(
    ("needle", "inside", "file", "definition"),
    [
        ("team: platform", 8, "project.yaml", "platform:"),
        ("[HostDown]", 3, "alerts.yaml", "HostDown:"),
        ("critical: {above", 2, "project.yaml", "critical:"),
        ("action: rotate-logs", 10, "alerts.yaml", "rotate-logs:"),
    ],
)
def test_a_name_leads_to_where_it_is_defined(
    open_spec: tuple[Client, Path], text: str, needle: str, inside: int, file: str, definition: str
) -> None:
    client, spec = open_spec
    (found,) = client.at("definition", spec / "alerts.yaml", *place(text, needle, inside))
    there = (spec / file).read_text(encoding="utf-8")
    assert found["uri"] == (spec / file).as_uri()
    assert range_of(found)[:2] == place(there, definition)


def test_definitions_move_with_what_is_typed_above_them(client: Client, spec: Path, text: str) -> None:
    file = spec / "alerts.yaml"
    client.change(file, "# one more line\n", (0, 0, 0, 0))
    line, character = place(text, "[HostDown]", 3)
    (found,) = client.at("definition", file, line + 1, character)
    assert range_of(found)[0] == place(text, "HostDown:")[0] + 1


def test_all_uses_of_a_name_are_found(open_spec: tuple[Client, Path], text: str) -> None:
    client, spec = open_spec
    found = client.at(
        "references", spec / "alerts.yaml", *place(text, "HostDown:", 2), context={"includeDeclaration": True}
    )
    lines = {range_of(one)[0] for one in found if one["uri"].endswith("alerts.yaml")}
    expected = {number for number, line in enumerate(text.splitlines()) if "HostDown" in line}
    assert lines == expected


def test_a_file_of_a_spec_is_laid_out_as_it_is_typed(client: Client, spec: Path, text: str) -> None:
    file = spec / "alerts.yaml"
    uri = {"uri": file.as_uri()}
    options = {"tabSize": 4, "insertSpaces": True}
    assert client.request("textDocument/formatting", textDocument=uri, options=options) == []
    client.change(
        file, text.replace("    title: Hosts\n    team: platform\n", "    team: platform\n    title: Hosts\n")
    )
    (edit,) = client.request("textDocument/formatting", textDocument=uri, options=options)
    assert range_of(edit)[0] == place(text, "title: Hosts")[0]
    assert "Hosts\n    team" in edit["newText"]


def test_the_outline_has_groups_and_alerts(open_spec: tuple[Client, Path]) -> None:
    client, spec = open_spec
    uri = {"uri": (spec / "alerts.yaml").as_uri()}
    symbols = client.request("textDocument/documentSymbol", textDocument=uri)

    def names(found: list[dict[str, Any]]) -> dict[str, Any]:
        return {one["name"]: names(one.get("children") or []) for one in found}

    assert names(symbols)["groups"]["hosts"].keys() >= {"DiskFillingUp", "HostDown"}


def test_plain_files_lead_from_the_route_to_the_receiver_and_show_who_is_notified(tmp_path: Path) -> None:
    rules, config = tmp_path / "rules.yml", tmp_path / "alertmanager.yml"
    rule_text = """\
groups:
  - name: web
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: job:up:sum == 0
        for: 5m
        labels: {severity: page}
"""
    config_text = """\
route:
  receiver: mail
  routes:
    - matchers: ['severity="page"', 'alertname="Down"']
      receiver: pager
      mute_time_intervals: [nights]
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: "00:00", end_time: "06:00"}]}]
receivers:
  - name: mail
    webhook_configs: [{url: "https://example.org/a"}]
  - name: pager
    webhook_configs: [{url: "https://example.org/b"}]
"""
    rules.write_text(rule_text, encoding="utf-8")
    config.write_text(config_text, encoding="utf-8")
    with Client(tmp_path) as client:
        client.open(rules)
        client.open(config)
        client.settle(config)
        assert "pager" in client.hover(rules, rule_text, "alert: Down", 8)
        for text, file, needle, inside, there, line in (
            (config_text, config, "receiver: pager", 11, config, "name: pager"),
            (config_text, config, "[nights]", 2, config, "name: nights"),
            (config_text, config, 'alertname="Down"', 12, rules, "alert: Down"),
            (rule_text, rules, "job:up:sum ==", 3, rules, "record: job"),
        ):
            (found,) = client.at("definition", file, *place(text, needle, inside))
            lines = (config_text if there == config else rule_text).splitlines()
            assert found["uri"] == there.as_uri()
            assert line in lines[range_of(found)[0]]


def test_questions_about_nonsense_and_cancelled_ones_leave_the_server_alive(
    client: Client, spec: Path
) -> None:
    file = spec / "alerts.yaml"
    for text in ("{{{[[\n\t- : :", "a: &a [*a, *b", "groups:\n  x: |\n\n\n- -", "\ufeff😀: '😀", ""):
        client.change(file, text)
        for line in range(4):
            for character in (0, 2, 9, 99):
                for method in ("hover", "definition"):
                    client.at(method, file, line, character)
    client.notify(
        "$/cancelRequest", id=client.send("textDocument/documentSymbol", textDocument={"uri": "x:y"})
    )
    client.request("textDocument/documentSymbol", textDocument={"uri": file.as_uri()})
    assert not [one for one in client.said if one.get("method") == "window/logMessage"]


ENVIRONMENTS = """\
project: {name: shop, title: Shop}
environments: {production: {}, staging: {}, test: {}}
severities: {critical: {rank: 1, title: Critical}}
receivers:
  on-call: {title: On-call, webhook: [{url: "http://example.org/a"}]}
  staging-channel: {title: Staging, webhook: [{url: "http://example.org/b"}]}
routing:
  catch_all: on-call
  routes:
    - matchers: ['severity="critical"']
      receiver: on-call
      except: [{in: staging, receiver: staging-channel}]
groups:
  pages:
    title: Pages
    alerts:
      SlowPages:
        summary: Pages are slow
        description: Pages take long.
        promql: avg by (shop) (page_seconds)
        unit: seconds
        thresholds: {critical: {above: 3s, for: 5m}}
        except:
          - {in: staging, thresholds: {critical: {above: 9s, for: 5m}}}
          - {in: test, off: nobody looks}
        runbook: {impact: [Users wait.]}
"""


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    file = tmp_path_factory.mktemp("environments") / "spec" / "spec.yaml"
    file.parent.mkdir()
    file.write_text(ENVIRONMENTS, encoding="utf-8")
    with Client(file.parent.parent) as client:
        client.open(file)
        client.settle(file)
        yield client, file


def test_hover_says_where_environments_differ(environments: tuple[Client, Path]) -> None:
    client, file = environments
    shown = client.hover(file, ENVIRONMENTS, "SlowPages:", 2)
    assert client.hover(file, ENVIRONMENTS, "Critical}", 0).count("In `") == 0
    assert "In `" not in client.hover(file, ENVIRONMENTS, "catch_all: on-call", 12)
    conditions = client.hover(file, ENVIRONMENTS, "3s")
    first, otherwise = shown.split("In `staging`:")
    assert first.startswith("In `production`:")
    assert "on-call" in first
    assert "staging-channel" not in first
    assert "staging-channel" in otherwise
    # What is so in both is told once.
    assert "avg by (shop) (page_seconds)" not in otherwise
    assert "Not in `test`." in shown
    assert "> 3 s" in conditions.split("In `staging`:")[0]
    assert "> 9 s" in conditions.split("In `staging`:")[1]


def test_names_of_later_environments_are_found_and_renamed(environments: tuple[Client, Path]) -> None:
    uses = [place(ENVIRONMENTS, "staging-channel: {"), place(ENVIRONMENTS, "staging-channel}]")]
    client, file = environments
    (found,) = client.at("definition", file, *place(ENVIRONMENTS, "staging-channel}]", 3))
    assert range_of(found)[:2] == uses[0]
    found = client.at("references", file, *uses[0], context={"includeDeclaration": True})
    assert sorted(range_of(one)[:2] for one in found) == uses
    edits = client.at("rename", file, *uses[0], newName="tests")["changes"][file.as_uri()]
    assert sorted(range_of(one)[:2] for one in edits) == uses
