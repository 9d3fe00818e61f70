"""Files are judged by the releases that they are for, and whoever follows the help has no finding left."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner, Result

from tocsin.cli.main import main
from tocsin.engines.amtool import check_config
from tocsin.engines.promtool import check_rules, with_features

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

ALERTMANAGER = """\
global: {slack_app_token_file: /etc/token}
route: {receiver: all}
receivers:
  - name: all
    slack_configs: [{channel: "#ops", timeout: 10s, title: "{{ toJson . }}"}]
    incidentio_configs: [{url: "https://a.example", alert_source_token_file: /etc/b}]
"""
SPEC = """\
project: {name: shop, title: Shop%s}
severities: {warning: {rank: 1, title: W}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
groups:
  web:
    title: Web
    alerts:
      Errors:
        summary: errors
        description: too many
        promql: "%s"
        thresholds: {warning: {above: 2}}
"""


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


def _found(folder: Path, *options: str) -> list[dict[str, Any]]:
    result = _run("check", folder, "--only", "target/*", "--format", "json", *options)
    found: list[dict[str, Any]] = json.loads(result.stdout)
    assert result.exit_code == bool(found)
    return found


@pytest.mark.parametrize(
    ("expr", "version"),
    [
        ("histogram_count(a </ 1)", "3.5"),
        ("mad_over_time(a[5m])", "2.53"),
        ("mad_over_time(a[5m])", "3.16"),
        ("first_over_time(a[5m])", "3.5"),
        ("first_over_time(a[5m])", "3.8"),
        ("holt_winters(a[5m], 0.1, 0.1)", "3.5"),
        ("double_exponential_smoothing(a[5m], 0.1, 0.1)", "2.53"),
        ("rate(a[5m] smoothed)", "3.5"),
        ("rate(a[5m] smoothed)", "3.7"),
        ("a + fill(0) b", "3.5"),
        ("a + fill(0) b", "3.12"),
        ("rate(a[5m*2])", "2.53"),
        ("rate(a[5m*2])", "3.5"),
        ("rate(a[range()])", "3.5"),
        ("rate(a[min(5m, 10m)])", "3.5"),
        ("rate(a[min(5m, 10m)])", "3.13"),
        ("min_of(1, 2) < a", "3.5"),
        ("a > 5m", "2.53"),
        ("rate(a[300])", "2.53"),
        ('sum by ("a.b") (a)', "2.53"),
    ],
)
def test_both_ways_out_of_a_query_leave_no_finding(expr: str, version: str, tmp_path: Path) -> None:
    def found_in(text: str, *options: str) -> list[dict[str, Any]]:
        rules = [{"alert": "A", "expr": text}]
        (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}))
        return _found(tmp_path, *options)

    assert found_in(expr) == []
    (one,) = found_in(expr, "--target", f"prometheus={version}")
    named = re.search(r"check with `(.*?)`", one["help"])
    renamed = re.search(r"^write `([a-z_]+)`(?: and `([a-z_]+)`)?", one["help"])
    written = re.search(r"^write `([0-9a-z.]+)`(?=, or)", one["help"])
    options = ("--target", f"prometheus={version}") if named is None else named[1].split()
    if "does not know" in one["message"] and "went with" in one["message"]:
        assert renamed is not None
        was = "holt_winters" if renamed[2] is None else "min("
        assert found_in(expr.replace(was, renamed[1] + "(" * was.endswith("(")), *options) == []
        return
    assert named is not None
    assert found_in(expr, *options) == []
    if written is not None:
        corrected = re.sub(r"(?<=\[).*(?=\])|5m$", written[1], expr)
        assert found_in(corrected, "--target", f"prometheus={version}") == []


def test_an_alertmanager_configuration_is_judged_by_the_release_that_is_named(
    tmp_path: Path, amtool: Program, amtool_old: Program
) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(ALERTMANAGER)
    assert check_config(amtool, file) is None
    assert check_config(amtool_old, file) is not None
    assert _found(tmp_path) == []
    assert _found(tmp_path, "--target", "alertmanager=0.33") == []
    found = _found(tmp_path, "--target", "alertmanager=0.28")
    assert [(one["check"], one["line"]) for one in found] == [
        ("target/newer-key", 1),
        ("target/newer-key", 5),
        ("target/template-function", 5),
        ("target/newer-key", 6),
    ]
    assert "check with `--target alertmanager=0.30`" in found[0]["help"]
    assert [one["line"] for one in _found(tmp_path, "--target", "alertmanager=0.29")] == [1, 5, 5]


@pytest.mark.parametrize(
    ("promql", "help_"),
    [
        ("histogram_count(a </ 1)", '{prometheus: "3.11"}'),
        ("mad_over_time(a[5m])", '{prometheus: "3.5", features: [promql-experimental-functions]}'),
        ("holt_winters(a[5m], 0.1, 0.1)", '{prometheus: "3.5", features: [promql-experimental-functions]}'),
    ],
)
def test_nothing_is_generated_that_the_prometheus_of_the_spec_refuses(
    promql: str, help_: str, tmp_path: Path, promtool: Program
) -> None:
    spec, rules = tmp_path / "spec", tmp_path / "output" / "prometheus" / "rules" / "web.yaml"
    spec.mkdir()
    (spec / "spec.yaml").write_text(SPEC % ("", promql))
    refused = _run("generate", spec, "--output", tmp_path / "output")
    assert refused.exit_code == 1
    assert "error[target/query]" in refused.stdout
    assert not (tmp_path / "output").exists()
    assert f"targets: {help_}" in " ".join(_found(spec)[0]["help"].split())
    promql = promql.replace("holt_winters", "double_exponential_smoothing")
    (spec / "spec.yaml").write_text(SPEC % (f", targets: {help_}", promql))
    assert _run("generate", spec, "--output", tmp_path / "output").exit_code == 0
    if "features" in help_:
        assert check_rules(promtool, [rules]) is not None
        assert check_rules(with_features(promtool, ["promql-experimental-functions"]), [rules]) is None


def test_a_named_release_takes_the_place_of_that_of_a_spec(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC % ("", "rate(a[300])"))
    assert _found(tmp_path) == []
    (one,) = _found(tmp_path, "--target", "prometheus=2.53")
    assert one["message"] == "Prometheus 2.53 does not know `300` as a duration, which came with 2.54"
    assert (
        one["help"]
        == "write `5m`, or, if no older Prometheus reads it, check with `--target prometheus=2.54`"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["prometheus=v3.5"], "`v3.5` is not a version: write `--target prometheus=3.5`"),
        (["prometheus=2.40"], "Tocsin writes for Prometheus 2.53 and newer"),
        (["alertmanager=new"], "`new` is not a version"),
        (["grafana=12"], "the keys are `prometheus`, `alertmanager`, `features`"),
        (["3.5"], "write for example `--target prometheus=3.5`"),
        (["prometheus=3.5", "prometheus=3.7"], "`--target prometheus=…` is there twice"),
        (["features=exemplar-storage"], "those that matter are promql-experimental-functions, "),
    ],
)
def test_a_target_that_is_none_is_an_error_that_says_how_to_write_it(
    options: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "rules.yaml").write_text("groups: []\n")
    result = _run("check", tmp_path, *(part for one in options for part in ("--target", one)))
    assert result.exit_code == 2
    assert said in result.stderr
