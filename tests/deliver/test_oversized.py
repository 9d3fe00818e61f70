"""What a cluster refuses for its size is an error at its place, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from pathlib import Path

SMALL, LARGE = 100_000, 600_000


def _written(folder: Path, deliver: dict[str, Any], length: int) -> Path:
    alert = {
        "summary": "{{ $labels.shop }} is slow",
        "description": "x" * length,
        "promql": "max by (shop) (page_seconds)",
        "thresholds": {"warning": {"above": 2}},
    }
    spec = {
        "project": {"name": "shop", "title": "Shop"},
        "severities": {"warning": {"rank": 1, "title": "Warning"}},
        "receivers": {"all": {"webhook": [{"url": "http://hook.example"}]}},
        "routing": {"catch_all": "all"},
        "groups": {"web": {"title": "Web", "alerts": {"Slow": alert}}},
        "deliver": deliver,
    }
    (folder / "spec").mkdir()
    (folder / "spec" / "spec.yaml").write_text(yaml_text(spec), encoding="utf-8")
    return folder / "spec"


KUBERNETES = {"kubernetes": {"namespace": "monitoring"}}


def _run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [*map(str, arguments)])
    return done.exit_code, done.output


def test_a_rule_group_that_no_object_can_hold_is_an_error_at_the_group(tmp_path: Path) -> None:
    spec = _written(tmp_path, KUBERNETES, LARGE)
    code, said = _run("check", spec, "--only", "limit/*")
    assert code == 1
    assert "error[limit/size]: the rule group `web` has 600," in said
    assert "Kubernetes takes 524,288" in said
    code, said = _run("generate", spec, "--output", tmp_path / "output")
    assert (code, "error[limit/size]" in said, (tmp_path / "output").exists()) == (1, True, False)


@pytest.mark.parametrize(("deliver", "length"), [(KUBERNETES, SMALL), ({}, LARGE)])
def test_what_fits_and_what_is_for_no_cluster_is_no_error(
    tmp_path: Path, deliver: dict[str, Any], length: int
) -> None:
    code, said = _run("check", _written(tmp_path, deliver, length), "--only", "limit/*")
    assert code == 0, said
