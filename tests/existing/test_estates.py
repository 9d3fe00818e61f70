"""A repository with several estates: each is checked by itself, and what they share once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.existing.estates import divide
from tocsin.existing.input import read_input
from tocsin.source import Document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tocsin.engines.program import Program

_RULES = "groups: [{name: a, rules: [{alert: A, expr: up == 0, for: 20s, labels: {severity: page}}]}]\n"
_SERVER = "global: {evaluation_interval: 15s}\nrule_files: [rules/*.yml]\nscrape_configs: []\n"
_SLOW = _SERVER.replace("15s", "60s")
_ABSOLUTE = _SERVER.replace("rules/*.yml", "/etc/prometheus/rules/*.yml")
_ROUTES = """\
route: {receiver: all, routes: [{matchers: [severity="page"], receiver: pager}]}
receivers:
  - {name: all, webhook_configs: [{url: "http://h.example/"}]}
  - {name: pager, webhook_configs: [{url: "http://p.example/"}]}
"""
_RESOURCE = """\
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: monitoring}
spec: {evaluationInterval: 15s}
"""
_RULE_RESOURCE = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: rules, namespace: monitoring}
spec:
  groups:
    - name: a
      rules: [{alert: A, expr: up == 0, for: 2m, labels: {severity: info}}]
"""


def _estates(files: Mapping[str, str]) -> list[list[str]]:
    """The names of the files of each estate."""
    inputs = [read_input(Document(name, text), named=False) for name, text in sorted(files.items())]
    return [[one.document.name for one in estate.files] for estate in divide(inputs)]


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _found(
    monkeypatch: pytest.MonkeyPatch, folder: Path, files: Mapping[str, str]
) -> list[tuple[str, str, int]]:
    """Each finding: its id, its file, and in how many places it is."""
    _write(folder, files)
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(main, ["check", ".", "--format", "json"])
    return [(one["check"], one["file"], 1 + len(one["more"])) for one in json.loads(result.stdout)]


def test_folders_with_a_server_and_rules_of_their_own_are_estates() -> None:
    files = {
        f"{place}/{name}": text
        for place in ("dev", "prod")
        for name, text in {
            "prometheus/prometheus.yml": _SERVER,
            "prometheus/rules/a.yml": _RULES,
            "alertmanager/alertmanager.yml": _ROUTES,
        }.items()
    }
    assert _estates(files) == [
        [name for name in sorted(files) if name.startswith(place)] for place in ("dev", "prod")
    ]


def test_servers_and_routes_in_folders_of_the_same_name_are_one_estate() -> None:
    files = {
        "alertmanager/dev.yml": _ROUTES,
        "alertmanager/prod/alertmanager.yml": _ROUTES,
        "prometheus/dev/prometheus.yml": _SERVER,
        "prometheus/dev/rules/a.yml": _RULES,
        "prometheus/prod/prometheus.yml": _SERVER,
        "prometheus/prod/rules/a.yml": _RULES,
    }
    assert _estates(files) == [
        ["alertmanager/dev.yml", "prometheus/dev/prometheus.yml", "prometheus/dev/rules/a.yml"],
        [
            "alertmanager/prod/alertmanager.yml",
            "prometheus/prod/prometheus.yml",
            "prometheus/prod/rules/a.yml",
        ],
    ]


def test_one_alertmanager_and_rules_beside_several_servers_belong_to_all_that_read_them() -> None:
    files = {
        "a/prometheus.yml": _ABSOLUTE,
        "b/prometheus.yml": _SERVER.replace("rules/", "rules/own/"),
        "b/rules/own/b.yml": _RULES,
        "c/prometheus.yml": _SERVER.replace("rules/*.yml", "../common/*.yml, own.yml"),
        "c/own.yml": _RULES,
        "common/c.yml": _RULES,
        "routes/alertmanager.yml": _ROUTES,
    }
    assert _estates(files) == [
        ["a/prometheus.yml", "common/c.yml", "routes/alertmanager.yml"],
        ["b/prometheus.yml", "b/rules/own/b.yml", "routes/alertmanager.yml"],
        ["c/own.yml", "c/prometheus.yml", "common/c.yml", "routes/alertmanager.yml"],
    ]


def test_copies_of_rules_without_a_server_are_an_estate_and_other_rules_are_shared() -> None:
    names = ("alertmanager-rule.yml", "node-rule.yml")
    files = {f"{place}/{name}": _RULES for place in ("eks", "gke", "observer") for name in names}
    files |= {f"{place}/prometheus.yml": _RESOURCE for place in ("eks", "gke")}
    files["apps/shop/rule.yml"] = _RULES
    assert _estates(files) == [
        ["apps/shop/rule.yml", "eks/alertmanager-rule.yml", "eks/node-rule.yml", "eks/prometheus.yml"],
        ["apps/shop/rule.yml", "gke/alertmanager-rule.yml", "gke/node-rule.yml", "gke/prometheus.yml"],
        ["observer/alertmanager-rule.yml", "observer/node-rule.yml"],
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"prometheus.yml": _SERVER, "rules/a.yml": _RULES, "alertmanager.yml": _ROUTES},
        {"conf/a.yml": _SERVER, "conf/b.yml": _SLOW, "conf/rules/a.yml": _RULES},
        {"conf/a.yml": _SERVER, "conf/old.yml.example": _SLOW, "conf/rules/a.yml": _RULES},
        {"a/alertmanager.yml": _ROUTES, "b/alertmanager.yml": _ROUTES, "rules.yml": _RULES},
        {"a/rules.yml": _RULES, "b/rules.yml": _RULES, "alertmanager.yml": _ROUTES},
        {
            "scrape/prometheus.yml": "scrape_configs: []\n",
            "b/prometheus.yml": _SERVER,
            "b/rules/a.yml": _RULES,
        },
    ],
    ids=["one", "one-folder", "a-form", "routes-for-the-same-rules", "folders-of-rules", "who-only-scrapes"],
)
def test_what_nothing_tells_apart_is_one_estate(files: Mapping[str, str]) -> None:
    assert _estates(files) == []


def test_each_server_counts_for_its_own_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = {
        "dev/prometheus.yml": _SERVER,
        "dev/rules/a.yml": _RULES,
        "prod/prometheus.yml": _SLOW,
        "prod/rules/a.yml": _RULES.replace("alert: A", "alert: B"),
    }
    assert _found(monkeypatch, tmp_path, files) == [("rule/for-interval", "prod/rules/a.yml", 1)]


def test_routes_are_judged_for_the_alerts_of_their_own_estate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = {
        "dev/alertmanager.yml": _ROUTES,
        "dev/rules.yml": _RULES,
        "prod/alertmanager.yml": _ROUTES.replace('severity="page"', 'severity="critical"'),
        "prod/rules.yml": _RULES,
    }
    found = _found(monkeypatch, tmp_path, files)
    assert [one for one in found if one[1] == "dev/alertmanager.yml"] == []
    assert {one[0] for one in found if one[1] == "prod/alertmanager.yml"} == {"route/unused"}


def test_a_shared_route_that_alerts_of_one_estate_take_is_no_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = {
        "alertmanager.yml": _ROUTES,
        "a/prometheus.yml": _SERVER,
        "a/rules/a.yml": _RULES,
        "b/prometheus.yml": _SERVER,
        "b/rules/a.yml": _RULES.replace("page", "ticket"),
    }
    assert [one for one in _found(monkeypatch, tmp_path, files) if "route" in one[0]] == []
    (tmp_path / "a/rules/a.yml").write_text(_RULES.replace("page", "info"))
    assert [one[0] for one in _found(monkeypatch, tmp_path, {}) if "route" in one[0]] == ["route/unused"]


def test_an_inhibition_that_never_acts_for_the_alerts_of_two_servers_is_one_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inhibition = (
        "inhibit_rules: [{source_matchers: [alertname=A], target_matchers: [severity=info], "
        "equal: [alertname]}]\n"
    )
    rules = _RULES.replace("]}]", ", {alert: NAME, expr: up == 1, labels: {severity: info}}]}]")
    files = {"alertmanager.yml": _ROUTES + inhibition}
    for place, name in (("a", "Up"), ("b", "Running")):
        files |= {f"{place}/prometheus.yml": _SERVER, f"{place}/rules/a.yml": rules.replace("NAME", name)}
    assert [one for one in _found(monkeypatch, tmp_path, files) if one[0] == "inhibit/never"] == [
        ("inhibit/never", "alertmanager.yml", 1)
    ]


def test_what_is_found_in_copies_for_several_estates_is_one_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = {
        f"{place}/{name}": text
        for place in ("dev", "prod", "test")
        for name, text in {"prometheus.yml": _SLOW, "rules/a.yml": _RULES}.items()
    }
    assert _found(monkeypatch, tmp_path, files) == [("rule/for-interval", "dev/rules/a.yml", 3)]


def test_the_estates_are_named_after_the_findings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = {
        f"envs/{place}/{name}": text
        for place in ("dev", "prod")
        for name, text in {
            "prometheus.yml": _SERVER,
            "rules/a.yml": _RULES,
            "alertmanager.yml": _ROUTES,
        }.items()
    }
    _write(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    checked = CliRunner().invoke(main, ["check", "."])
    assert checked.stdout.endswith("2 estates, each checked by itself: envs/dev, envs/prod\n")


def test_overlays_of_kustomize_have_the_rules_that_they_build_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = {
        "base/kustomization.yaml": "resources: [rules, prometheus.yaml]\n",
        "base/rules/kustomization.yaml": "resources: [./a.yaml]\n",
        "base/rules/a.yaml": _RULE_RESOURCE.replace("info", "page"),
        "base/prometheus.yaml": _RESOURCE,
    }
    for place in ("dev", "prod"):
        files |= {
            f"overlays/{place}/kustomization.yaml": "resources: [../../base, own.yaml]\n",
            f"overlays/{place}/own.yaml": _RULE_RESOURCE,
            f"overlays/{place}/prometheus.yaml": _RESOURCE,
            f"overlays/{place}/alertmanager.yml": _ROUTES,
        }
    assert _estates(files) == [
        [name for name in sorted(files) if name.startswith(("base/", f"overlays/{place}/"))]
        for place in ("dev", "prod")
    ]
    found = [id_ for id_, _, _ in _found(monkeypatch, tmp_path, files)]
    assert not {"route/unused", "file/second-server", "file/second-route"} & {*found}


def _names(files: Mapping[str, str]) -> list[str]:
    inputs = [read_input(Document(name, text), named=False) for name, text in sorted(files.items())]
    return [one.name for one in divide(inputs)]


_TWO_SERVERS = {
    "prometheus-dev.yml": _SERVER.replace("*.yml", "dev/*.yml"),
    "prometheus-prod.yml": _SERVER.replace("[rules/*.yml]", "[rules/prod/*.yml, rules/all.yml]"),
    "rules/all.yml": _RULES,
    "rules/dev/a.yml": _RULES,
    "rules/prod/a.yml": _RULES,
}


def test_servers_of_one_folder_with_different_rule_files_are_estates(
    promtool: Program, tmp_path: Path
) -> None:
    files = {**_TWO_SERVERS, "alertmanager.yml": _ROUTES}
    assert _names(files) == ["prometheus-dev.yml", "prometheus-prod.yml"]
    _write(tmp_path, files)
    for estate, names in zip(("dev", "prod"), _estates(files), strict=True):
        said = promtool.run(["check", "config", str(tmp_path / f"prometheus-{estate}.yml")])
        read = {
            line.split(f"Checking {tmp_path}/rules")[1]
            for line in said.stdout.splitlines()
            if "/rules/" in line
        }
        assert {name.removeprefix("rules") for name in names if "rules/" in name} == read
        assert "alertmanager.yml" in names


def test_alertmanagers_of_one_folder_belong_to_the_server_that_is_called_alike() -> None:
    files = {**_TWO_SERVERS, "alertmanager-dev.yml": _ROUTES, "alertmanager-prod.yml": _ROUTES}
    assert [[name for name in estate if "manager" in name] for estate in _estates(files)] == [
        ["alertmanager-dev.yml"],
        ["alertmanager-prod.yml"],
    ]
    # Which of these is whose, nobody can say.
    assert _estates({**_TWO_SERVERS, "am-1.yml": _ROUTES, "am-2.yml": _ROUTES}) == []


def test_routes_beside_servers_that_have_their_own_are_for_no_servers_elsewhere() -> None:
    files = {
        "docker/alertmanager/routes.yml": _ROUTES,
        **{f"docker/prometheus/{name}": text for name, text in _TWO_SERVERS.items()},
        "docker/prometheus/alertmanager.yml": _ROUTES.replace("http://h", "http://g"),
        "k8s/a/prometheus.yml": _SERVER,
        "k8s/a/rules/a.yml": _RULES,
        "k8s/b/prometheus.yml": _SERVER,
        "k8s/b/rules/a.yml": _RULES,
    }
    held = _estates(files)
    assert [one for one in held if "docker/alertmanager/routes.yml" in one] == [
        ["docker/alertmanager/routes.yml"]
    ]
    # The servers beside it without routes of their own have it.
    del files["docker/prometheus/alertmanager.yml"]
    with_it = [one for one in _estates(files) if "docker/alertmanager/routes.yml" in one]
    assert [sum("prometheus-" in name for name in one) for one in with_it] == [1, 1]


_TEXTS = """\
route: {receiver: all, routes: [{matchers: [alert="A"], receiver: all}]}
receivers:
  - name: all
    webhook_configs: [{url: "http://h.example/"}]
    slack_configs:
      - api_url: http://s.example/
        text: "{{ range .Alerts }}{{ .Annotations.fix }}{{ .Labels.team }}{{ end }}"
"""


def test_what_the_alerts_of_one_server_have_is_read_in_shared_texts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plain = _RULES.replace("up == 0", "sum(up) == 0")
    rules = plain.replace("severity: page}", "severity: page, team: b}, annotations: {fix: restart}")
    files = {"alertmanager.yml": _TEXTS}
    for place, text in (("a", rules), ("b", plain.replace("alert: A", "alert: B"))):
        files |= {f"{place}/prometheus.yml": _SERVER, f"{place}/rules/a.yml": text}
    found = _found(monkeypatch, tmp_path, files)
    assert [one for one in found if one[0].startswith("notification/")] == []
    assert [one for one in found if one[0] == "route/alertname"] == [
        ("route/alertname", "alertmanager.yml", 1)
    ]
    (tmp_path / "a/rules/a.yml").write_text(plain)
    assert {"notification/annotation", "notification/label"} <= {
        one[0] for one in _found(monkeypatch, tmp_path, {})
    }


def test_a_server_of_which_no_rule_file_is_there_divides_nothing() -> None:
    files = {"a.yml": _SERVER, "b.yml": _SERVER.replace("rules/", "elsewhere/"), "rules/a.yml": _RULES}
    assert _estates(files) == []


def test_what_a_compose_file_mounts_says_which_rules_a_server_reads() -> None:
    compose = """\
services:
  live:
    command: [--config.file=/etc/prometheus/prometheus.yml]
    volumes: ["./conf/one.yml:/etc/prometheus/prometheus.yml", "./alerts/x:/etc/prometheus/rules:ro"]
  trial:
    volumes:
      - {type: bind, source: ./conf/two.yml, target: /etc/prometheus/prometheus.yml}
      - {type: bind, source: ./alerts/y, target: /etc/prometheus/rules}
"""
    files = {
        "alerts/x/a.yml": _RULES,
        "alerts/y/a.yml": _RULES,
        "conf/one.yml": _ABSOLUTE,
        "conf/two.yml": _ABSOLUTE,
    }
    assert _estates(files) == []
    assert _estates({**files, "docker-compose.yml": compose}) == [
        ["alerts/x/a.yml", "conf/one.yml", "docker-compose.yml"],
        ["alerts/y/a.yml", "conf/two.yml"],
    ]


def _selecting(name: str, labels: str, namespaces: str = "{}") -> str:
    selectors = f"ruleSelector: {labels}, ruleNamespaceSelector: {namespaces}"
    return _RESOURCE.replace("name: main", f"name: {name}").replace("spec: {", f"spec: {{{selectors}, ")


def _labelled(role: str, namespace: str = "monitoring") -> str:
    named = f"{{name: r, namespace: {namespace}, labels: {{role: {role}}}}}"
    return _RULE_RESOURCE.replace("{name: rules, namespace: monitoring}", named)


@pytest.mark.parametrize(
    ("selectors", "rules"),
    [
        (
            (_selecting("a", "{matchLabels: {role: a}}"), _selecting("b", "{matchLabels: {role: b}}")),
            (_labelled("a"), _labelled("b")),
        ),
        (
            (
                _selecting("a", "{}", "{matchLabels: {kubernetes.io/metadata.name: x}}"),
                _selecting("b", "{}", "{matchLabels: {kubernetes.io/metadata.name: y}}"),
            ),
            (_labelled("all", "x"), _labelled("all", "y")),
        ),
        (
            (
                _selecting("a", "{matchExpressions: [{key: role, operator: In, values: [a, z]}]}"),
                _selecting("b", "{matchExpressions: [{key: role, operator: NotIn, values: [a]}]}"),
            ),
            (_labelled("a"), _labelled("b")),
        ),
    ],
    ids=["labels", "namespaces", "expressions"],
)
def test_servers_of_the_operator_have_the_rules_that_they_select(
    selectors: tuple[str, str], rules: tuple[str, str]
) -> None:
    files = {
        "prom/a.yml": selectors[0],
        "prom/b.yml": selectors[1],
        "rules/a.yml": rules[0],
        "rules/b.yml": rules[1],
    }
    assert _estates(files) == [["prom/a.yml", "rules/a.yml"], ["prom/b.yml", "rules/b.yml"]]


def test_labels_that_are_not_in_the_files_divide_nothing() -> None:
    files = {
        "prom/a.yml": _selecting("a", "{matchLabels: {release: a}}"),
        "prom/b.yml": _selecting("b", "{matchLabels: {release: b}}"),
        "rules/a.yml": _labelled("a"),
        "rules/b.yml": _labelled("b"),
    }
    assert _estates(files) == []


def test_an_estate_in_the_folder_of_all_is_called_by_its_configuration() -> None:
    files = {"prometheus.yml": _SERVER, "rules/a.yml": _RULES}
    files |= {f"try/{name}": text for name, text in files.items()}
    assert sorted(_names(files)) == ["prometheus.yml", "try"]
