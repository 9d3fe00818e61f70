"""One run tells everything that is wrong, once, and nothing that only follows from it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
project: {name: shop, title: Shop}
severities: {critical: {rank: 1, title: C}, warning: {rank: 2, title: W}}
teams: {web: {title: Web}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
"""
ALERT = """\
      {name}:
        summary: {name} on {{{{ $labels.pod }}}}
        description: Too many
        promql: sum by (job) (rate(errors_total[5m]))
        thresholds: {{warning: {{above: 2}}}}
"""


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


def _alerts(*names: str) -> str:
    return "groups:\n  web:\n    title: Web\n    alerts:\n" + "".join(
        ALERT.format(name=name) for name in names
    )


def _found(folder: Path, *options: str) -> list[tuple[str, int]]:
    """Id and line of each finding, without notes."""
    found = json.loads(_run("check", folder, "--format", "json", *options).stdout)
    return [(one["check"], one["line"]) for one in found if one["level"] != "info"]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "base.yaml").write_text(BASE)
    return folder


def _write(folder: Path, text: str) -> Path:
    (folder / "web.yaml").write_text(text)
    return folder


def test_a_misspelt_key_hides_neither_references_nor_checks(spec: Path) -> None:
    text = _alerts("Errors", "Others").replace("thresholds:", "tresholds:", 1)
    text = text.replace("        promql", "        team: wep\n        promql", 1)
    assert _found(_write(spec, text)) == [
        ("label/dropped", 6),
        ("reference/team", 8),
        ("spec/unknown-key", 10),
        ("label/dropped", 12),
    ]


def test_what_cannot_be_read_hides_nothing_of_others(spec: Path) -> None:
    text = _alerts("Errors", "Others").replace("promql: sum", "promql: sun", 1)
    text = text.replace("        promql", "        team: wep\n        promql", 1)
    assert _found(_write(spec, text)) == [("reference/team", 8), ("spec/promql", 9), ("label/dropped", 12)]


def test_a_missing_section_is_one_finding(spec: Path) -> None:
    (spec / "base.yaml").write_text(BASE.replace("receivers:", "contacts:"))
    assert _found(_write(spec, _alerts("Errors").replace(" on {{ $labels.pod }}", ""))) == [
        ("spec/missing-key", 1),
        ("spec/unknown-key", 4),
    ]


def test_without_any_severity_the_rest_is_checked_all_the_same(spec: Path) -> None:
    base = re.sub("severities: .*", "severities: {}", BASE).replace("catch_all: all", "catch_all: al")
    (spec / "base.yaml").write_text(base)
    assert _found(_write(spec, _alerts("Errors", "Others"))) == [
        ("reference/receiver", 5),
        ("reference/severity", 9),
    ]


def test_a_name_that_an_unreadable_file_defines_is_not_unknown(spec: Path) -> None:
    (spec / "teams.yaml").write_text("teams:\n  shop: {title: Shop\n  other: {title: Other}\n")
    text = _alerts("Errors").replace("        promql", "        team: shop\n        promql")
    found = _found(_write(spec, text))
    assert [one for one, _ in found] == ["spec/yaml", "label/dropped"]


def test_an_unreadable_matcher_does_not_match_everything(spec: Path, tmp_path: Path) -> None:
    routes = """\
routing:
  catch_all: all
  routes:
    - matchers: ['team=web"']
      receiver: all
    - severity: warning
      receiver: all
"""
    (spec / "base.yaml").write_text(BASE.replace("routing: {catch_all: all}\n", routes))
    assert _found(_write(spec, _alerts("Errors"))) == [("spec/matcher", 8), ("label/dropped", 6)]
    plain = tmp_path / "alertmanager.yml"
    plain.write_text(
        "route:\n  receiver: a\n  routes:\n"
        "    - {matchers: ['team=~\"(web\"'], receiver: a}\n    - {matchers: [team=web], receiver: a}\n"
        "receivers: [{name: a, webhook_configs: [{url: 'http://a'}]}]\n"
    )
    rules = tmp_path / "rules.yml"
    rules.write_text(
        "groups: [{name: a, rules: [{alert: A, expr: up == 0, labels: {team: web}, for: 5m}]}]\n"
    )
    found = json.loads(_run("check", plain, rules, "--format", "json").stdout)
    assert [one["check"] for one in found if one["level"] != "info"] == ["alertmanager/value"]


def test_the_same_mistake_in_many_alerts_is_one_finding(spec: Path) -> None:
    text = _alerts(*(f"Errors{n}" for n in range(40))).replace("{warning:", "{waning:")
    result = _run("check", _write(spec, text), "--only", "reference/*")
    assert result.stdout.count("error[") == 1
    assert "and 39 more places: " in result.stdout
    assert "did you mean `warning`?" in result.stdout
    [one] = json.loads(_run("check", spec, "--only", "reference/*", "--format", "json").stdout)
    assert [place["line"] for place in one["more"]] == [9 + 5 * n for n in range(1, 40)]
    assert _run("check", spec, "--only", "reference/*", "--format", "github").stdout.count("::error ") == 1
    sarif = json.loads(_run("check", spec, "--only", "reference/*", "--format", "sarif").stdout)
    [result_] = sarif["runs"][0]["results"]
    assert len(result_["locations"]) == 40
    # The severity that was meant is assumed: what checks find of these alerts is not hidden.
    dropped = _run("check", spec, "--only", "label/dropped", "--format", "json")
    [habit] = json.loads(dropped.stdout)
    assert len(habit["more"]) == 39


def test_a_few_findings_with_the_same_words_are_shown_one_by_one(spec: Path) -> None:
    assert [one for one, _ in _found(_write(spec, _alerts("A", "B")))] == ["label/dropped"] * 2


def test_errors_are_first_with_a_summary_by_check(spec: Path) -> None:
    text = _alerts("Errors", "Others").replace("thresholds", "tresholds", 1)
    text = text.replace("rate(errors_total[5m])", "errors")
    lines = _run("check", _write(spec, text)).stdout.splitlines()
    levels = [found[1] for line in lines if (found := re.match(r"(error|warning|info)\[", line))]
    assert levels == sorted(levels, key=["error", "warning", "info"].index)
    assert lines[-1].startswith("3 errors")
    assert "2 label/dropped, " in lines[-1]
    assert "1 spec/unknown-key" in lines[-1]


def test_a_spec_that_cannot_be_generated_fails_even_if_its_errors_are_left_out(spec: Path) -> None:
    text = _alerts("Errors").replace("thresholds", "tresholds").replace(" on {{ $labels.pod }}", "")
    result = _run("check", _write(spec, text), "--except", "spec/*")
    assert result.exit_code == 1
    assert "error[" not in result.stdout
    assert "unknown key `tresholds`" in result.stderr


def test_targets_take_only_a_whole_spec_and_tell_everything(spec: Path, tmp_path: Path) -> None:
    text = _alerts("Errors").replace("thresholds", "tresholds")
    text = text.replace("        promql", "        team: wep\n        promql", 1)
    result = _run("generate", _write(spec, text), "--output", tmp_path / "out")
    assert result.exit_code == 1
    assert "unknown key `tresholds`" in result.stdout
    assert "there is no team `wep`" in result.stdout
    assert not (tmp_path / "out").exists()


def test_a_broken_rule_file_hides_nothing_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(
        "route:\n  receiver: a\n  routes: [{matchers: [team=shop], receiver: a}]\n"
        "receivers: [{name: a, webhook_configs: [{url: 'http://a'}]}]\n"
    )
    (tmp_path / "good.yml").write_text(
        "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: sum(up) == 0\n"
        "        labels: {team: other}\n        annotations: {summary: 'down on {{ $labels.job }}'}\n"
    )
    team = "groups:\n  - name: b\n    rules:\n      - {alert: B, expr: up == 0, labels: {team: shop}}\n"
    (tmp_path / "bad.yml").write_text(team)
    whole = _found(tmp_path)
    assert [id_ for id_, _ in whole] == ["label/dropped"]
    (tmp_path / "bad.yml").write_text(team + "  - name: [\n")
    assert sorted(id_ for id_, _ in _found(tmp_path)) == ["file/yaml", "label/dropped"]
    assert "route/" not in _run("check", tmp_path, "--only", "route/*").stdout
    # Where the file is not there at all, its alerts are missing for good.
    (tmp_path / "bad.yml").unlink()
    assert "info[route/" in _run("check", tmp_path, "--only", "route/*").stdout


def test_a_template_is_read_beside_a_key_that_nobody_knows(tmp_path: Path) -> None:
    """What cannot be parsed is so whatever stands beside it, and a value of another form is told once."""
    channel = (
        "  - name: {name}\n    slack_configs:\n      - api_url: http://h.example/\n        {key}: {value}\n"
    )
    refused = "'{{ .Labels.x | upper }}'"
    (tmp_path / "alertmanager.yml").write_text(
        "route: {receiver: a, routes: [{receiver: b, matchers: [a=b]}, {receiver: c, matchers: [a=c]}]}\n"
        "receivers:\n"
        + channel.format(name="a", key="titel_link", value="x")
        + f"        title: {refused}\n"
        + channel.format(name="b", key="body", value="'{{ .Status | trim }}'")
        + channel.format(name="c", key="title", value=f"{{text: {refused}}}")
    )
    assert _found(tmp_path) == [
        ("alertmanager/key", 6),
        ("notification/syntax", 7),
        ("alertmanager/key", 11),
        ("notification/syntax", 11),
        ("alertmanager/type", 15),
    ]


def test_a_query_is_read_beside_a_key_that_nobody_knows(tmp_path: Path) -> None:
    """What the query says by itself is so; what hangs on labels and durations may be the misspelt key's."""
    (tmp_path / "rules.yml").write_text(
        "groups:\n  - name: a\n    rules:\n      - alert: Slow\n"
        "        expr: histogram_quantile(95, sum by (le) (rate(x_seconds_bucket[5m]))) > 1\n"
        "        lables: {job: a}\n        annotations: {summary: '{{ $labels.job }}'}\n"
        "      - alert: Down\n        expr: up > bool 0\n        lables: {job: a}\n"
    )
    assert _found(tmp_path) == [("query/quantile", 5), ("file/unknown-key", 6), ("alert/bool", 9)]
