"""What no program writes and no person can read ends in an answer or a clear error, never in a crash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

MANY = 20_000


def _rule(**keys: object) -> str:
    return json.dumps({"groups": [{"name": "g", "rules": [{"alert": "A", "expr": "up == 0", **keys}]}]})


def _summary(text: str) -> str:
    return _rule(annotations={"summary": text})


def _routes(*routes: object, **keys: object) -> str:
    return json.dumps({"route": {"receiver": "a", "routes": routes}, "receivers": [{"name": "a"}], **keys})


_MANY_LINES = "".join(f"  - {{receiver: a, matchers: [a=v{n}]}}\n" for n in range(5000))
_LAUGHS = "".join(f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * 9)}]\n" for n in range(20))
_MERGES = "".join(f"a{n + 1}: &a{n + 1} {{<<: [{','.join([f'*a{n}'] * 9)}]}}\n" for n in range(20))
_INTERVALS = [{"name": f"t{n}", "time_intervals": [{"times": [{"start_time": "08:00", "end_time": "18:00"}]}]}
              for n in range(2000)]  # fmt: skip
NESTED, LONG = "nested more than 64 deep", "the expression is too long"
DURATION = "is longer than Prometheus can hold"

CASES = {
    "lists": ("a: " + "[" * MANY + "]" * MANY, NESTED),
    "open lists": ("[" * MANY, NESTED),
    "mappings": ("{a: " * MANY, NESTED),
    "sequences": ("groups:\n" + "- " * MANY + "a\n", NESTED),
    "indented mappings": ("\n".join(" " * n + "a:" for n in range(1000)), NESTED),
    "laughs": ("a0: &a0 [x]\n" + _LAUGHS, "stand for more than"),
    "merges": ("a0: &a0 {x: 1}\n" + _MERGES, "stand for more than"),
    "a long line": ("groups: # " + "x" * 5_000_000, "nothing found"),
    "a long key": (_rule(labels={"l" * 100_000: "x"}), "error[file/yaml]"),
    "a long value": (_rule(labels={"severity": "x" * 100_000}), "nothing found"),
    "PromQL parentheses": (_rule(expr="(" * MANY + "up" + ")" * MANY), LONG),
    "PromQL signs": (_rule(expr="-" * MANY + "1"), LONG),
    "PromQL matchers": (_rule(expr="up{" + ",".join(f'l{n}="x"' for n in range(6000)) + "}"), LONG),
    "PromQL number": (_rule(expr="up > 1e999"), "query/"),
    "PromQL digits": (_rule(expr="up > " + "9" * 5000), None),
    "PromQL power": (_rule(expr="up > 10^10^10^10"), None),
    "PromQL range": (_rule(expr="rate(up[99999999999y]) > 0"), DURATION),
    "PromQL offset": (_rule(expr="up offset 99999999999999999999d > 0"), DURATION),
    "PromQL time": (_rule(expr="up @ 1e30 > 0"), "`1e30`"),
    "PromQL regular expression": (_rule(expr='up{a=~"((a{1000}){1000})"}'), "repetition"),
    "LogQL parentheses": (_rule(expr="(" * MANY + 'sum(rate({a="b"}[5m]))' + ")" * MANY), LONG),
    "LogQL duration": (_rule(expr='sum(rate({a="b"} | logfmt | n > 99999999999h [5m])) > 0'), "99999999999h"),
    "LogQL template": (
        _rule(
            expr='sum(rate({a="b"} | line_format "' + "{{if .a}}" * 2000 + "{{end}}" * 2000 + '" [5m])) > 0'
        ),
        "nested too deeply",
    ),
    "templates": (_summary("{{ if true }}" * MANY + "{{ end }}" * MANY), "nested too deeply"),
    "template parentheses": (_summary("{{ " + "(" * MANY + "1" + ")" * MANY + " }}"), "nested too deeply"),
    "template width": (_summary('{{ printf "%999999999d" 1 }}'), None),
    "template loop": (_summary('{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}'), None),
    "template numbers": (_summary("{{ humanizeDuration 1e300 }}{{ toTime 1e300 }}"), None),
    "for": (_rule(**{"for": "99999999999y"}), DURATION),
    "years": (
        _routes(time_intervals=[{"name": "t", "time_intervals": [{"years": ["1:9999999"]}]}]),
        None,
    ),
    "intervals": (
        _routes(
            {"receiver": "a", "mute_time_intervals": [one["name"] for one in _INTERVALS]},
            time_intervals=_INTERVALS,
        ),
        "receiver/empty",
    ),
    "matchers": (_routes({"matchers": [f"l{n}=x" for n in range(MANY)]}), None),
    "routes": ("route:\n  receiver: a\n  routes:\n" + _MANY_LINES + "receivers: [{name: a}]\n", None),
    "matcher parentheses": (_routes({"matchers": ['a=~"' + "(" * 2000 + "a" + ")" * 2000 + '"']}), None),
}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_in_an_answer(name: str, tmp_path: Path) -> None:
    text, said = CASES[name]
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(tmp_path / "a.yaml")], catch_exceptions=False)
    assert done.exit_code in (0, 1)
    assert said is None or said in done.output
    assert "tocsin/crash" not in done.output
    assert len(done.output) < 100_000
