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


ADDED = "      - {alert: New, expr: sum by (tier) (errors) > 5, labels: {tier: b}}\n"


@pytest.mark.parametrize("is_removed", [False, True])
def test_an_alert_of_one_side_alone_is_not_among_those_that_are_notified_otherwise(
    tmp_path: Path, is_removed: bool
) -> None:
    """It had no receivers before, or has none after: what it does is said of itself."""
    for name, more in (("one", ""), ("two", ADDED)):
        text = FILES.format(matcher='tier="b"', receiver=name).replace("---", f"{more}---")
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    sides = [str(tmp_path / f"{name}.yml") for name in ("one", "two")]
    result = CliRunner().invoke(main, ["diff", *(sides[::-1] if is_removed else sides), "--format", "json"])
    said = orjson.loads(result.stdout)
    assert [one["alerts"] for one in said["routing"]] == [["Any"]]
    [alert] = said["alerts"]
    [notified] = alert["details"]
    assert (alert["alert"], notified["before"] or notified["after"]) == ("New", "two")
