"""Help that was followed: it names what to write, and with that written nothing is found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

RULES = (
    "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: EXPR\n        labels: {group: shop}\n"
)
ROUTES = """\
route: {receiver: all, group_by: [alertname]}
receivers:
  - name: all
    slack_configs: [{api_url_file: /etc/url, channel: c, title: 'TITLE'}]
"""


def _helps(folder: Path, text: str) -> list[str]:
    (folder / "a.yml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(folder / "a.yml"), "--format", "json"])
    return [one["help"] for one in json.loads(result.stdout)]


@pytest.mark.parametrize(
    ("expr", "summary", "help_", "better"),
    [
        (
            "sum by (job) (rate(errors_total[5m])) > 1",
            "{{ $labels.job }} of {{ $labels.group }}",
            "write `shop` itself",
            ("sum by (job) (rate(errors_total[5m])) > 1", "{{ $labels.job }} of shop"),
        ),
        (
            "(1 - node_filesystem_avail_bytes / node_filesystem_size_bytes * 100) > 80",
            "{{ $labels.device }} is full",
            "write `(1 - …) * 100`",
            (
                "(1 - node_filesystem_avail_bytes / node_filesystem_size_bytes) * 100 > 80",
                "{{ $labels.device }} is full",
            ),
        ),
        (
            "sum by (a, b) (rate(errors_total[5m])) > 1",
            "{{ $labels.a | $labels.b }} fails",
            "write braces of its own",
            ("sum by (a, b) (rate(errors_total[5m])) > 1", "{{ $labels.a }} {{ $labels.b }} fails"),
        ),
    ],
)
def test_a_rule_is_silent_after_its_help(
    tmp_path: Path, expr: str, summary: str, help_: str, better: tuple[str, str]
) -> None:
    def rule(expr: str, summary: str) -> str:
        return f'{RULES.replace("EXPR", expr)}        annotations: {{summary: "{summary}"}}\n'

    (said,) = _helps(tmp_path, rule(expr, summary))
    assert said.startswith(help_)
    assert _helps(tmp_path, rule(*better)) == []


@pytest.mark.parametrize(
    ("title", "help_", "better"),
    [
        ('{{ .CommonLabels.layer | default "x" }}', '`or .A "none"`', '{{ or .CommonLabels.layer "x" }}'),
        ("{{ .Env.HOME }}", "templates read no environment variables", "shop"),
    ],
)
def test_a_notification_is_silent_after_its_help(tmp_path: Path, title: str, help_: str, better: str) -> None:
    (said,) = _helps(tmp_path, ROUTES.replace("TITLE", title))
    assert help_ in said
    assert _helps(tmp_path, ROUTES.replace("TITLE", better)) == []
