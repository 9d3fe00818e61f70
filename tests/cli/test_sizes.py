"""`tocsin limits`: how large what is delivered is, beside what its programs take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tocsin.cli.main import main

SHOP = (Path(__file__).parents[1] / "specs" / "shop.yaml").read_text("utf-8")
ALL = (
    "{mimir: {namespace: shop, tenant: shop}, loki: {namespace: shop},"
    " kubernetes: {namespace: monitoring, alertmanager: {name: alertmanager-main}, loki: {form: sidecar}}}"
)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(SHOP, "utf-8")
    return tmp_path


def _run(spec: Path, deliver: str, *args: str) -> Result:
    (spec / "deliver.yaml").write_text(f"deliver: {deliver}\n", "utf-8")
    return CliRunner().invoke(main, ["limits", str(spec), *args], catch_exceptions=False)


def test_each_size_is_that_of_the_output(spec: Path, tmp_path: Path) -> None:
    shown = _run(spec, ALL, "--format", "json")
    assert shown.exit_code == 0
    sizes = {(one["program"], one["what"]): one for one in json.loads(shown.stdout)["sizes"]}
    output = tmp_path.parent / f"{tmp_path.name}-output"
    CliRunner().invoke(main, ["generate", str(spec), "-o", str(output)], catch_exceptions=False)
    mimir = yaml.safe_load((output / "mimir" / "shop.yaml").read_text("utf-8"))
    assert sizes["mimir", "rule groups of the tenant shop"]["size"] == len(mimir["groups"])
    largest = max(len(group["rules"]) for group in mimir["groups"])
    assert sizes["mimir", "rules of a group of the tenant shop"]["size"] == largest
    assert sizes["mimir", "rules of a group of the tenant shop"]["most"] == 20
    assert sizes["mimir", "bytes of a file"]["size"] == (output / "mimir" / "shop.yaml").stat().st_size
    rules = [path.stat().st_size for path in (output / "kubernetes").glob("prometheusrule-*")]
    assert sizes["kubernetes", "bytes of a PrometheusRule"]["size"] == max(rules)
    assert sizes["kubernetes", "objects"]["size"] == len([*(output / "kubernetes").iterdir()])


def test_people_get_a_line_for_each(spec: Path) -> None:
    shown = _run(spec, ALL)
    [line] = [line for line in shown.stdout.split("\n") if "bytes of a file" in line and "mimir/" in line]
    assert line.split()[-3:] == ["of", "204,800", "mimir/shop.yaml"]
    assert "alerts: one series" in shown.stdout


@pytest.mark.parametrize("groups", [1, "as many"])
def test_what_is_too_much_is_marked(groups: object, spec: Path) -> None:
    fine = json.loads(_run(spec, "{mimir: {namespace: shop}}", "--format", "json").stdout)["sizes"]
    [count] = [one["size"] for one in fine if one["program"] == "mimir" and one["what"] == "rule groups"]
    most = count if groups == "as many" else groups
    shown = _run(spec, f"{{mimir: {{namespace: shop, groups: {most}}}}}")
    assert shown.exit_code == 1
    [line] = [line for line in shown.stdout.split("\n") if line.startswith("!")]
    assert line.split()[1:6] == ["mimir", "rule", "groups", str(count), "of"]
    assert ("one more for a change" in line) is (groups == "as many")


def test_reads_that_are_late_are_counted(spec: Path) -> None:
    (spec / "more.yaml").write_text(
        "recordings: {jobs: {rules: [{record: 'job:up:sum', promql: sum by (job) (up)},"
        " {record: 'up:sum', promql: 'sum(job:up:sum)'}]}}\n",
        "utf-8",
    )
    sizes = json.loads(
        _run(spec, "{mimir: {namespace: shop, rules_per_group: 1, groups: 0}}", "--format", "json").stdout
    )["sizes"]
    assert [one["size"] for one in sizes if one["what"] == "reads that are an interval late"] == [1]


def test_without_deliver_there_are_the_rule_files(spec: Path) -> None:
    shown = _run(spec, "{}")
    assert (shown.exit_code, "prometheus  rule groups" in shown.stdout) == (0, True)
    assert "mimir" not in shown.stdout


def test_only_a_spec_has_limits(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("groups: [{name: a, rules: []}]\n", "utf-8")
    result = CliRunner().invoke(main, ["limits", str(tmp_path)], catch_exceptions=False)
    assert (result.exit_code, "does not contain a spec" in result.stderr) == (2, True)


def test_labels_that_as_many_alerts_have_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    alerts = "".join(
        f"      On_{label}: {{summary: s, description: d, expr: 'sum by ({label}) (x) > 1', severity: c}}\n"
        for label in ("zone", "host", "shop")
    )
    (tmp_path / "spec.yaml").write_text(
        "project: {name: p, title: P}\nseverities: {c: {rank: 1, title: C}}\n"
        'receivers: {all: {webhook: [{url: "http://a.example"}]}}\nrouting: {catch_all: all}\n'
        f"groups:\n  g:\n    title: G\n    alerts:\n{alerts}"
    )
    series = json.loads(_run(tmp_path, "{mimir: {namespace: p}}", "--format", "json").stdout)["series"]
    assert [one["per"] for one in series] == [["host"], ["shop"], ["zone"]]
