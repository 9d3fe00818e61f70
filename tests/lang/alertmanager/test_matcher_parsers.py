"""What the two parsers of matchers read, and when Alertmanager logs a warning: amtool is the judge."""

from __future__ import annotations

import json
import os
import re
from random import Random
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.matcher_lines import read_matcher_line, read_matchers
from tocsin.lang.errors import LangError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.engines.program import Program

COUNT = 20_000 if os.environ.get("TOCSIN_THOROUGH") else 2000
SEED = 20261130
_LOGGED = re.compile(
    r'level=WARN source=parse\.go:\d+ msg="(?P<kind>Alertmanager is moving|Matchers input has disagreement)'
    r'[^"]*" input=(?P<input>"(?:[^"\\]|\\.)*"|\S*) origin=config'
    r'(?: err=(?:"(?:[^"\\]|\\.)*"|\S*) suggestion=(?P<suggestion>"(?:[^"\\]|\\.)*"|\S*))?'
)
_NAMES = ("a", "team", "severity", "_b", "alertname", "a:b", "foo.bar", '"a b"', "é", "_", "9a")
_OPERATORS = ("=", "=", "=~", "=~", "!=", "!~", " = ", "=~ ", "==", "~=", "=\t")
_VALUES = (
    *(
        "x",
        '"x"',
        "x y",
        '"x y"',
        '"x\\.y"',
        "x\\.y",
        '"x\\ty"',
        '"\\bx"',
        '"x\\\\y"',
        '"x\\"y"',
        'x"y',
        "'x'",
    ),
    *(
        "`x`",
        "",
        '""',
        "x|y",
        '"x|y"',
        ".*",
        "x{2}",
        '"x{2}"',
        "x,y",
        '"x,y"',
        "[a-z]+",
        "(x|y)",
        "/x/}",
        "=x",
    ),
    *(
        '"\\u00e9"',
        "é",
        '"é"',
        '"\\x41"',
        '"\\d+"',
        "\\d+",
        '"x',
        'x"',
        '"x\\n"',
        "x!",
        "x~y",
        '"\\x"',
        "x\\",
        "*",
    ),
)
_BETWEEN = (",", ", ", " ,", ",,", " ")


def _line(random: Random) -> str:
    several = [
        f"{random.choice(_NAMES)}{random.choice(_OPERATORS)}{random.choice(_VALUES)}"
        for _ in range(random.choice((1, 1, 1, 1, 1, 2, 3)))
    ]
    line = random.choice(_BETWEEN).join(several)
    front, back = random.choice(
        (("", ""), ("", ""), ("", ""), ("{", "}"), ("{", ""), ("", "}"), (" ", " "), ("", ","))
    )
    return f"{front}{line}{back}"


def _warnings(amtool: Program, lines: Iterable[str], folder: Path) -> dict[str, tuple[str, str]] | None:
    """The warnings about each line: its kind and its suggestion. None when a line is refused."""
    routes = [{"matchers": [line]} for line in lines]
    path = folder / "alertmanager.yml"
    path.write_text(
        json.dumps({"route": {"receiver": "all", "routes": routes}, "receivers": [{"name": "all"}]})
    )
    done = amtool.run(["--verbose", "check-config", str(path)])
    if done.returncode != 0:
        return None
    return {
        _unquoted(found["input"]): (found["kind"], _unquoted(found["suggestion"] or ""))
        for found in _LOGGED.finditer(done.stdout + done.stderr)
    }


def _unquoted(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') else text


def test_warnings_are_those_that_alertmanager_logs(amtool: Program, tmp_path: Path) -> None:
    random = Random(SEED)
    lines = list(dict.fromkeys(["", "{}", *(_line(random) for _ in range(COUNT))]))
    readings = {}
    refused = []
    for line in lines:
        try:
            readings[line] = read_matcher_line(line)
        except LangError:
            refused.append(line)
    logged = _warnings(amtool, readings, tmp_path)
    assert logged is not None
    assert {line for line, reading in readings.items() if reading.is_logged} == set(logged)
    kinds = {line: "Alertmanager" if readings[line].utf8 is None else "Matchers" for line in logged}
    assert kinds == {line: kind.split()[0] for line, (kind, _) in logged.items()}
    for line, (_, suggestion) in logged.items():
        if readings[line].utf8 is None:
            assert read_matchers(suggestion) == readings[line].matchers
    quiet = [readings[line].suggestion for line in logged if readings[line].matchers]
    assert _warnings(amtool, quiet, tmp_path) == {}
    print(f"{len(lines)} lines, {len(logged)} with a warning, {len(refused)} refused")
    assert len(logged) > COUNT / 10


def test_what_neither_parser_reads_is_refused(amtool: Program, tmp_path: Path) -> None:
    random = Random(SEED + 1)
    refused: list[str] = []
    while len(refused) < COUNT // 50:
        line = _line(random)
        try:
            read_matcher_line(line)
        except LangError:
            refused.append(line)
    assert [line for line in refused if _warnings(amtool, [line], tmp_path) is not None] == []
