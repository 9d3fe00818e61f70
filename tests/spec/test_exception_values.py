"""Values of exceptions that look like patterns: they are compared letter by letter, and that is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

HELP = "list the values, as in `[lisbon, porto]`: an exception takes no pattern"


def _spec(where: str, at: str = "alert") -> str:
    data: dict[str, Any] = {
        "project": {"name": "shop", "title": "Shop"},
        "severities": {"critical": {"rank": 1, "title": "Critical"}},
        "receivers": {"chat": {"webhook": [{"url": "http://hooks.example/all"}]}, "mail": {}},
        "routing": {
            "catch_all": "chat",
            "routes": [{"receiver": "chat", "group_by": ["shop"], "matchers": ['severity="critical"']}],
        },
        "slos": {
            "paid": {
                "title": "Paid",
                "objective": "99%",
                "window": "30d",
                "ratio": {
                    "bad": 'sum by (shop) (rate(paid_total{code="500"}[30d]))',
                    "total": "sum by (shop) (rate(paid_total[30d]))",
                },
                "burn": {"page": {"severity": "critical", "spent": ["3x in 1h"]}},
            }
        },
        "groups": {
            "web": {
                "title": "Web",
                "alerts": {
                    "Errors": {
                        "summary": "{{ $labels.shop }} has errors",
                        "description": "Errors.",
                        "promql": "sum by (shop) (rate(errors_total[5m]))",
                        "thresholds": {"critical": {"above": 2}},
                        "runbook": {"actions": {"cache": {"title": "Clear the cache"}}},
                    }
                },
            }
        },
    }
    home, said = {
        "alert": (data["groups"]["web"]["alerts"]["Errors"], "for: 1h"),
        "group": (data["groups"]["web"], "labels: {tier: a}"),
        "project": (data["project"], "labels: {tier: a}"),
        "route": (data["routing"]["routes"][0], "repeat_interval: 12h"),
        "slo": (data["slos"]["paid"], "objective: 95%"),
    }[at]
    home["except"] = "HERE"
    return yaml.safe_dump(data, sort_keys=False).replace(
        "except: HERE", f"except: [{{where: {{shop: {where}}}, {said}}}]"
    )


def _about_values(folder: Path, text: str) -> list[dict[str, Any]]:
    """The findings about texts that look like patterns, of whichever check."""
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(folder), "--format", "json"], catch_exceptions=False)
    found = json.loads(done.stdout)
    # A part of the checks is silent about a spec that is not sound.
    assert all(one["level"] != "error" for one in found), found
    return [one for one in found if "regex" in one["check"] or "pattern" in one["check"]]


@pytest.mark.parametrize("at", ["alert", "group", "project", "route", "slo"])
def test_a_pattern_is_told_once_and_at_the_value(tmp_path: Path, at: str) -> None:
    [told] = _about_values(tmp_path, _spec("'lis.*'", at))
    assert (told["check"], told["level"], told["help"]) == ("except/equals-regex", "warning", HELP)
    assert told["message"] == (
        'this exception is for `shop="lis.*"`, letter by letter, and for no other value'
    )
    line = (tmp_path / "spec.yaml").read_text(encoding="utf-8").splitlines()[told["line"] - 1]
    assert line[told["column"] - 1 :].startswith("'lis.*'")


@pytest.mark.parametrize("value", ["lis*", "'^lisbon'", "'*bon'", "'[a-z]+'"])
def test_other_forms_of_patterns_are_told(tmp_path: Path, value: str) -> None:
    assert [one["help"] for one in _about_values(tmp_path, _spec(value))] == [HELP]


@pytest.mark.parametrize("value", ["lisbon", "[lisbon, porto]", "a.b", "lisbon-1", "'10.0.0.1:80'"])
def test_names_are_values(tmp_path: Path, value: str) -> None:
    assert _about_values(tmp_path, _spec(value)) == []


@pytest.mark.parametrize(
    ("value", "meant"),
    [("lisbon|porto", "[lisbon, porto]"), ("[faro, lisbon|porto]", "[faro, lisbon, porto]")],
)
def test_alternatives_are_a_list_and_the_help_followed_leaves_nothing(
    tmp_path: Path, value: str, meant: str
) -> None:
    [told] = _about_values(tmp_path, _spec(value))
    assert told["help"] == f"write `{meant if not value.startswith('[') else 'lisbon, porto'}`"
    assert _about_values(tmp_path, _spec(meant)) == []


def test_alternatives_are_fixed(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text(_spec("lisbon|porto"), encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(tmp_path), "--fix"], catch_exceptions=False)
    assert "1 finding fixed in 1 file" in done.stdout
    assert file.read_text(encoding="utf-8") == _spec("[lisbon, porto]")


def test_it_can_be_allowed_where_the_text_is_meant(tmp_path: Path) -> None:
    text = _spec("'lis.*'").replace(
        "promql:", "allow: {except/equals-regex: a shop is called so}\n        promql:"
    )
    assert _about_values(tmp_path, text) == []


def test_a_pattern_among_the_groups_of_an_objective_is_told(tmp_path: Path) -> None:
    data = yaml.safe_load(_spec("lisbon"))
    data["slos"]["paid"]["objective"] = {"default": "99%", "by": "shop", "values": {"lis.*": "95%"}}
    [told] = _about_values(tmp_path, yaml.safe_dump(data, sort_keys=False))
    assert (told["check"], told["level"]) == ("except/equals-regex", "warning")
    assert told["message"] == (
        'this objective is for `shop="lis.*"`, letter by letter, and for no other value'
    )


def test_what_is_for_series_without_a_label_is_not_told_that_it_is_gone(tmp_path: Path) -> None:
    text = _spec("''").replace("{{ $labels.shop }} has errors", "Errors")
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json"], catch_exceptions=False)
    assert [one for one in json.loads(done.stdout) if one["level"] != "info"] == []
