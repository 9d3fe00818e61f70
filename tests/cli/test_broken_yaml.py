"""A syntax error in a file hides only its own part, and nothing is missed that may stand in that part."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEED = 20261130
SPEC = """\
project: {name: shop, title: Shop, language: en}
severities:
  critical: {rank: 1, title: Critical}
teams:
  web:
    title: Web
  data:
    title: Data
receivers:
  web:
    webhook: [{url: "http://web.example"}]
  data:
    webhook: [{url: "http://data.example"}]
routing:
  catch_all: web
  group_by: [alertname]
  routes:
    - {matchers: ['team="data"'], receiver: data}
    - {matchers: ['team="web"'], receiver: web}
groups:
  shop:
    title: Shop
    team: web
    alerts:
      Slow:
        summary: slow
        description: slow
        severity: critical
        expr: max by (job) (latency) > 5
      Full:
        summary: full
        description: "{{ $labels.instance }} is full"
        severity: critical
        expr: sum(disk) > 1
  stock:
    title: Stock
    team: data
    alerts:
      Empty:
        summary: empty
        description: empty
        severity: critical
        expr: min by (job) (stock) < 1
        depends_on: [Slow]
"""
RULES = """\
groups:
  - name: shop
    rules:
      - alert: Slow
        expr: max by (job) (latency) > 5
        labels: {severity: critical, team: data}
      - alert: Full
        expr: sum(disk) > 1
        annotations: {summary: "{{ $labels.instance }} is full"}
  - name: stock
    rules:
      - record: stock:sum
        expr: sum(stock)
        labels: {team: data}
      - alert: Empty
        expr: stock:sum < 1
"""
ROUTES = """\
global:
  resolve_timeout: 5m
route:
  receiver: all
  routes:
    - matchers: [team="data"]
      receiver: data
receivers:
  - name: all
    webhook_configs: [{url_file: /all}]
  - name: data
    slack_configs: [{channel: "#data", api_url_file: /data}]
inhibit_rules:
  - source_matchers: [alertname="Slow"]
    target_matchers: [alertname="Full"]
"""


def _conflict(line: str) -> str:
    return f"<<<<<<< HEAD\n{line}\n=======\n{line}\n>>>>>>> other"


def _tab(line: str) -> str:
    return "\t" + line.lstrip()


def _open(sign: str) -> Callable[[str], str]:
    def damage(line: str) -> str:
        key, _, value = line.partition(": ")
        return f"{key}: {sign}{value.translate({ord(one): None for one in chr(34) + chr(39)})}"

    return damage


DAMAGES = {"conflict": _conflict, "tab": _tab, "quote": _open('"'), "brace": _open("{")}


def _found(folder: Path) -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, ["check", str(folder), "--format", "json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    found: list[dict[str, Any]] = json.loads(result.stdout or "[]")
    return found


def _damaged(text: str, line: str, damage: str) -> str:
    assert text.count(f"{line}\n") == 1
    return text.replace(f"{line}\n", f"{DAMAGES[damage](line)}\n")


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("spec.yaml", SPEC, "        summary: slow"),
        ("spec.yaml", SPEC, "        summary: empty"),
        ("spec.yaml", SPEC, "    webhook: [{url: 'http://data.example'}]".replace("'", '"')),
        ("rules.yml", RULES, "        expr: max by (job) (latency) > 5"),
        ("rules.yml", RULES, "        expr: sum(stock)"),
    ],
)
def test_the_syntax_error_and_what_stands_apart_from_it_are_found(
    tmp_path: Path, name: str, text: str, line: str, damage: str
) -> None:
    (tmp_path / name).write_text(_damaged(text, line, damage), encoding="utf-8")
    found = [one["check"] for one in _found(tmp_path) if one["level"] == "error"]
    syntax = "spec/yaml" if name == "spec.yaml" else "file/yaml"
    assert sorted(found) == sorted(["label/dropped", syntax])


@pytest.mark.parametrize("number", range(12))
def test_nothing_is_found_only_because_a_part_is_missing(tmp_path: Path, number: int) -> None:
    """Each line damaged in each way: there are the findings of the sound files, but no others."""
    random = Random(f"{SEED}/{number}")
    files = {"spec.yaml": SPEC} if number % 2 else {"rules.yml": RULES, "alertmanager.yml": ROUTES}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    sound = {(one["check"], one["message"]) for one in _found(tmp_path)}
    for name, text in files.items():
        lines = text.splitlines()
        for at in random.sample(range(len(lines)), 4):
            damage = random.choice([*DAMAGES])
            broken = [*lines[:at], DAMAGES[damage](lines[at]), *lines[at + 1 :]]
            (tmp_path / name).write_text("\n".join(broken) + "\n", encoding="utf-8")
            found = {(one["check"], one["message"]) for one in _found(tmp_path)}
            syntax = {one for one in found if one[0] in ("spec/yaml", "file/yaml")}
            # Some lines are YAML with the damage as well, and mean something else.
            assert not syntax or found - syntax <= sound, (name, at + 1, damage)
        (tmp_path / name).write_text(text, encoding="utf-8")


def test_a_tag_in_an_annotation_does_not_make_a_broken_file_a_template(tmp_path: Path) -> None:
    text = RULES.replace("is full", "is full{{ with $labels.job }} in {{ . }}{{ end }}")
    (tmp_path / "rules.yml").write_text(_damaged(text, "        expr: sum(stock)", "quote"), encoding="utf-8")
    assert [one["check"] for one in _found(tmp_path) if one["level"] == "error"] == [
        "label/dropped",
        "file/yaml",
    ]
