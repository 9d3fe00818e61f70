"""Commands with labels of an alert, filled in by the engine that fires it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tocsin.lang.label_placeholders import filled_in_template, placeholders, shown_command

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

COMMAND = "kubectl -n {{ $labels.namespace }} get pods --template '{{ .x }}' # {{-$labels.pod-}}"


def test_a_page_shows_the_name_of_the_label() -> None:
    assert shown_command(COMMAND) == "kubectl -n <namespace> get pods --template '{{ .x }}' # <pod>"
    assert [label for label, _ in placeholders(COMMAND)] == ["namespace", "pod"]


@pytest.mark.parametrize("program", ["promtool", "promtool_old"])
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("shop-1.eu/a:b@c%d+e=f_g,h", "shop-1.eu/a:b@c%d+e=f_g,h"),
        ("", "<namespace>"),
        ("a; rm -rf /", "<namespace>"),
        ("$(reboot)", "<namespace>"),
        ("`reboot`", "<namespace>"),
        ("a'b", "<namespace>"),
        ("--all", "<namespace>"),
        ("a\nb", "<namespace>"),
        ("ação", "<namespace>"),
    ],
)
def test_only_a_harmless_value_is_filled_in(
    request: pytest.FixtureRequest, tmp_path: Path, program: str, value: str, shown: str
) -> None:
    promtool: Program = request.getfixturevalue(program)
    rule = {"alert": "A", "expr": "up == 0", "annotations": {"command": filled_in_template(COMMAND)}}
    rules = {"groups": [{"name": "g", "rules": [rule]}]}
    labels = {"namespace": value, "pod": "p-1"}
    command = f"kubectl -n {shown} get pods --template '{{{{ .x }}}}' # p-1"
    series = 'up{namespace="' + value.replace("\n", "\\n") + '", pod="p-1"}'
    test = {
        "rule_files": ["rules.yaml"],
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": series, "values": "0x5"}],
                "alert_rule_test": [
                    {
                        "eval_time": "2m",
                        "alertname": "A",
                        "exp_alerts": [
                            {
                                "exp_labels": {name: text for name, text in labels.items() if text},
                                "exp_annotations": {"command": command},
                            }
                        ],
                    }
                ],
            }
        ],
    }
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(test), encoding="utf-8")
    ran = promtool.run(["test", "rules", str(tmp_path / "test.yaml")])
    assert ran.returncode == 0, ran.stdout + ran.stderr
