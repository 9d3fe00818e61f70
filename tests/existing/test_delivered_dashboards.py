"""Dashboards in ConfigMaps, resources of Grafana's operator and values of its chart are read as files are."""

from __future__ import annotations

import base64
import gzip
import json
from textwrap import fill, indent
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

DASHBOARD = """\
{
  "uid": "web", "title": "Web \\ud83d\\ude80", "schemaVersion": 39,
  "templating": {"list": [{"name": "job", "multi": true}]},
  "panels": [
    {"id": 1, "type": "timeseries", "targets": [{"expr": "up{job=\\"$job\\"}"}]},
    {"id": 1, "type": "timeseries", "targets": [
      {"expr": "sum(up{job=~\\"$jobs\\"})", "legendFormat": "{{instance}}"}]}
  ]
}
"""
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [web.yaml]\n"
RULES = "groups: [{name: g, rules: [{alert: Down, expr: up == 0}]}]\n"
WATCHED = '  labels: {grafana_dashboard: "1"}\n'
OF_OPERATOR = (
    "apiVersion: grafana.integreatly.org/v1beta1\nkind: GrafanaDashboard\nmetadata: {name: web}\nspec:\n"
)


def _config_map(text: str, metadata: str = WATCHED, name: str = "web") -> str:
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n{metadata}data:\n  {name}.json: |\n"
    return head + indent(text, "    ")


def _exported(source: str) -> str:
    dashboard = {
        "__inputs": [{"name": "DS_PROM"}],
        "schemaVersion": 39,
        "panels": [{"id": 1, "datasource": {"type": "prometheus", "uid": source}}],
    }
    return json.dumps(dashboard) + "\n"


def _check(*paths: Path) -> list[tuple[str, str, int, int]]:
    """The id, message, line and column of each finding."""
    run = CliRunner().invoke(main, ["check", "--format", "json", *map(str, paths)])
    found = json.loads(run.stdout)
    return sorted((one["check"], one["message"], one["line"], one["column"]) for one in found)


def _ids(*paths: Path) -> list[str]:
    return [one[0] for one in _check(*paths)]


def _written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "head",
    [
        f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n{WATCHED}data:\n  web.json: |\n",
        f"{OF_OPERATOR}  json: |-\n",
        "grafana:\n  dashboards:\n    default:\n      web:\n        json: |2\n",
    ],
)
def test_everything_found_in_a_file_is_found_where_it_stands_in_a_text(head: str, tmp_path: Path) -> None:
    plain = tmp_path / "web.json"
    plain.write_text(DASHBOARD, encoding="utf-8")
    width = 10 if "|2" in head else 4
    (tmp_path / "held.yaml").write_text(head + indent(DASHBOARD, " " * width), encoding="utf-8")
    alone, lines = _check(plain), head.count("\n")
    assert {one[0] for one in alone} == {
        "dashboard/legend", "dashboard/panel-id", "dashboard/several-values", "dashboard/variable",
    }  # fmt: skip
    moved = [(id_, message, line + lines, column + width) for id_, message, line, column in alone]
    assert _check(tmp_path / "held.yaml") == moved


def test_a_folder_of_them_is_read_and_one_beside_rules_only_where_it_is_named(tmp_path: Path) -> None:
    _written(tmp_path, web=_config_map(DASHBOARD), kustomization=KUSTOMIZATION)
    alone = _ids(tmp_path)
    assert "dashboard/variable" in alone
    assert not any(one.startswith("file/") for one in alone)
    _written(tmp_path, rules=RULES)
    assert not any(one.startswith("dashboard/") for one in _ids(tmp_path))
    assert "dashboard/variable" in _ids(tmp_path / "rules.yaml", tmp_path / "web.yaml")


def test_a_folder_that_may_be_a_spec_stays_one(tmp_path: Path) -> None:
    _written(tmp_path, web=_config_map(DASHBOARD), spec="groupz: {web: {}}\nreceiverz: {}\n")
    found = _ids(tmp_path)
    assert found
    assert not any(one.startswith("dashboard/") for one in found)


def test_a_broken_dashboard_is_told_at_its_line(tmp_path: Path) -> None:
    _written(tmp_path, web=_config_map(DASHBOARD.replace('"panels": [', '"panels": [,')))
    ((id_, _, line, _),) = [one for one in _check(tmp_path / "web.yaml") if one[0] == "file/yaml"]
    assert (id_, line) == ("file/yaml", 7 + 4)


def test_what_the_operator_or_flux_fills_in_is_no_finding(tmp_path: Path) -> None:
    filled = OF_OPERATOR + "  datasources: [{inputName: DS_PROM, datasourceName: prometheus}]\n  json: |\n"
    _written(tmp_path, web=filled + indent(_exported("${DS_PROM}"), "    "))
    assert _ids(tmp_path / "web.yaml") == []
    _written(tmp_path, web=f"{OF_OPERATOR}  json: |\n" + indent(_exported("${DS_PROM}"), "    "))
    assert _ids(tmp_path / "web.yaml") == ["dashboard/input"]
    flux = DASHBOARD.replace("$jobs", "${CLUSTER}").replace("$job\\", "$${job}\\")
    _written(tmp_path, web=_config_map(flux))
    assert "dashboard/variable" not in _ids(tmp_path / "web.yaml")
    _written(tmp_path, web=_config_map(flux.replace("$${job}", "${job}")))
    assert "dashboard/variable" in _ids(tmp_path / "web.yaml")


def test_an_export_that_another_resource_may_take_is_no_finding(tmp_path: Path) -> None:
    _written(tmp_path, web=_config_map(_exported("${DS_PROM}"), metadata=""))
    assert _ids(tmp_path / "web.yaml") == []
    _written(tmp_path, web=_config_map(_exported("${DS_PROM}")))
    assert _ids(tmp_path / "web.yaml") == ["dashboard/input"]


def test_one_title_is_a_finding_only_within_one_folder_of_one_grafana(tmp_path: Path) -> None:
    text = '{"schemaVersion": 39, "title": "Web", "panels": [{"id": 1}]}\n'
    _written(tmp_path, a=_config_map(text, name="a"), b=_config_map(text, name="b"))
    both = tmp_path / "a.yaml", tmp_path / "b.yaml"
    assert _ids(*both) == ["dashboard/title"]
    for other in (
        WATCHED + "  annotations: {grafana_folder: Shop}\n",
        WATCHED + "  namespace: shop\n",
        '  labels: {dashboards: "2"}\n',
        "",
    ):
        _written(tmp_path, b=_config_map(text, other, name="b"))
        assert _ids(*both) == [], other


def test_a_config_map_of_data_sources_is_called_one(tmp_path: Path) -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a.yaml: |\n    apiVersion: 1\n"
    _written(tmp_path, sources=f"{head}    datasources: []\n", providers=f"{head}    providers: []\n")
    (of_sources,) = _check(tmp_path / "sources.yaml")
    assert "data sources of Grafana in a ConfigMap" in of_sources[1]
    (of_providers,) = _check(tmp_path / "providers.yaml")
    assert "providers of Grafana's dashboards in a ConfigMap" in of_providers[1]


def test_an_expression_of_the_server_needs_no_datasource(tmp_path: Path) -> None:
    panel = {"id": 1, "targets": [{"datasource": {"type": "__expr__", "uid": "${DS_EXPRESSION}"}}]}
    file = tmp_path / "web.json"
    file.write_text(json.dumps({"schemaVersion": 39, "panels": [panel]}), encoding="utf-8")
    assert _ids(file) == []
    panel["targets"] = [{"datasource": {"type": "prometheus", "uid": "${DS_PROM}"}}]
    file.write_text(json.dumps({"schemaVersion": 39, "panels": [panel]}), encoding="utf-8")
    assert _ids(file) == ["dashboard/datasource"]


def _packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


@pytest.mark.parametrize(
    "resource",
    [
        f"{OF_OPERATOR}  gzipJson: {_packed(DASHBOARD)}\n",
        f"{OF_OPERATOR}  gzipJson: |\n{indent(fill(_packed(DASHBOARD)), '    ')}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"
        f"{WATCHED}binaryData:\n  web.json: {base64.b64encode(DASHBOARD.encode()).decode()}\n",
    ],
    ids=["gzipJson", "on-several-lines", "binaryData"],
)
def test_packed_dashboards_are_read_at_their_key(resource: str, tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(resource)
    (tmp_path / "web.json").write_text(DASHBOARD)
    found = _ids(tmp_path / "web.yaml")
    assert found == _ids(tmp_path / "web.json") != []
    (tmp_path / "web.json").unlink()
    assert _ids(tmp_path) == found


@pytest.mark.parametrize(
    "value",
    ["H4sIAAAA", "not base64!", base64.b64encode(b"\x1f\x8bbroken").decode(), _packed("{}"), _packed("text")],
)
def test_what_is_packed_and_no_dashboard_is_left_alone(value: str, tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(f"{OF_OPERATOR}  gzipJson: {value}\n")
    (tmp_path / "rules.yaml").write_text(RULES)
    assert _ids(tmp_path / "web.yaml", tmp_path / "rules.yaml") in ([], ["file/kind"])
