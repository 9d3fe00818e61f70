"""Which alerts a changed route is reported for: those that can reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

FILES = """\
groups:
  - name: g
    rules:
      - {{alert: Any, expr: sum by (tier) (errors) > 1}}
      - {{alert: Some, expr: 'sum by (tier) (errors{{tier=~"a.*"}}) > 1'}}
---
route:
  receiver: all
  routes:
    - {{matchers: [{matcher}], receiver: {receiver}}}
receivers: [{{name: all}}, {{name: one}}, {{name: two}}]
"""


@pytest.mark.parametrize(
    ("matcher", "alerts"),
    [
        ('tier="b"', ["Any"]),
        ('tier="ab"', ["Any", "Some"]),
        ('tier=~"b.*"', ["Any"]),
        ('tier=~".*b"', ["Any", "Some"]),
        ('tier!=""', ["Any", "Some"]),
        ('tier=""', ["Any"]),
    ],
)
def test_an_alert_whose_query_excludes_what_a_route_asks_for_is_not_named(
    tmp_path: Path, matcher: str, alerts: list[str]
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yml").write_text(FILES.format(matcher=matcher, receiver=name), encoding="utf-8")
    sides = [str(tmp_path / f"{name}.yml") for name in ("one", "two")]
    result = CliRunner().invoke(main, ["diff", *sides, "--format", "json"])
    said: list[dict[str, Any]] = orjson.loads(result.stdout)["routing"]
    assert sorted({name for one in said for name in (*one["alerts"], *one["alerts_perhaps"])}) == alerts
