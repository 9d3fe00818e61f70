"""Labels and annotations of objects for Kubernetes that are no strings: its API refuses them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

OBJECT = """\
apiVersion: monitoring.coreos.com/v1
kind: KIND
metadata:
  name: web
spec:
  groups:
    - name: web
      rules:
        - alert: Down
          expr: up == 0
          labels: {severity: critical, priority: LABEL}
          annotations: {summary: "{{ $labels.job }} is down", paging: ANNOTATION}
"""


def _found(folder: Path, label: str, annotation: str, kind: str = "PrometheusRule") -> list[dict[str, Any]]:
    text = OBJECT.replace("LABEL", label).replace("ANNOTATION", annotation).replace("KIND", kind)
    (folder / "web.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(folder), "--format", "json"], catch_exceptions=False)
    return [one for one in json.loads(done.stdout) if one["check"] == "file/unquoted"]


def test_a_number_and_a_boolean_are_told_with_what_to_write(tmp_path: Path) -> None:
    told = _found(tmp_path, "1", "false")
    assert [(one["level"], one["message"], one["help"].partition(";")[0]) for one in told] == [
        (
            "warning",
            "the label `priority` is a number, and objects for Kubernetes hold strings there",
            'write `"1"`',
        ),
        (
            "warning",
            "the annotation `paging` is a boolean, and objects for Kubernetes hold strings there",
            'write `"false"`',
        ),
    ]


@pytest.mark.parametrize(("label", "annotation"), [('"1"', "'false'"), ("p1", "never"), ("~", '""')])
def test_strings_are_as_they_should_be(tmp_path: Path, label: str, annotation: str) -> None:
    assert _found(tmp_path, label, annotation) == []


def test_objects_of_the_operator_of_loki_have_strings_as_well(tmp_path: Path) -> None:
    [told] = _found(tmp_path, "1.5", "x", "AlertingRule")
    assert told["message"].startswith("the label `priority` is a number")


def test_a_rule_file_is_read_by_prometheus_itself(tmp_path: Path) -> None:
    groups = OBJECT.partition("spec:\n")[2].replace("LABEL", "1").replace("ANNOTATION", "false")
    (tmp_path / "web.yaml").write_text(groups, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json"], catch_exceptions=False)
    assert [one for one in json.loads(done.stdout) if one["check"] == "file/unquoted"] == []


def test_the_fix_puts_quotes_around_them(tmp_path: Path) -> None:
    assert len(_found(tmp_path, "1", "false")) == 2
    CliRunner().invoke(main, ["check", str(tmp_path), "--fix"], catch_exceptions=False)
    text = (tmp_path / "web.yaml").read_text(encoding="utf-8")
    assert 'priority: "1"}' in text
    assert 'paging: "false"}' in text
