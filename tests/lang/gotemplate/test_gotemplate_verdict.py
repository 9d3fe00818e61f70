"""The reader of templates takes and refuses the same texts as promtool, which parses them with Go's own."""

from __future__ import annotations

import json
import os
import random
import re
from typing import TYPE_CHECKING

import pytest

from tocsin.existing.files import read_existing
from tocsin.existing.input import Input
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import FUNCTIONS, VARIABLES
from tocsin.lang.gotemplate.parser import parse_template
from tocsin.plan.model import Rule
from tocsin.source import Document, read_stream

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tocsin.engines.program import Program

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
_TEXTS = (
    "{{ $value }}",
    "{{ $labels.instance }} is {{ $value | humanize }} of {{ .ExternalLabels.cluster }}",
    '{{ printf "%.2f" $value }}{{- /* why */ -}}',
    "{{ if gt $value 1.0 }}much{{ else if eq $labels.a `b` }}some{{ else }}few{{ end }}",
    '{{ range query "up{a=\\"b\\"}" }}{{ .Labels.job }}={{ .Value }} {{ end }}',
    '{{ range $i, $e := query "up" }}{{ if $i }}{{ break }}{{ end }}{{ $e.Value }}{{ end }}',
    '{{ with query "up" }}{{ . | first | value | humanizePercentage }}{{ end }}',
    '{{ (index (query "up") 0).Labels.job }}',
    '{{ $x := reReplaceAll "a(.*)" "$1" $labels.job }}{{ $x | toUpper }}{{ $x = "b" }}',
    '{{ define "t" }}{{ . }}{{ end }}{{ template "t" $value }}{{ block "u" . }}x{{ end }}',
    "{{ with $labels.a }}{{ . }}{{ else with $labels.b }}{{ $ }}{{ end }}",
    "{{ humanizeDuration 1.5e3 }} {{ -3 }} {{ 0x1F }} {{ 'a' }} {{ true }} {{ not nil }}",
    '{{ $labels.a | match "b" | not }} 100 % {} }} {',
    "{{\n$value\n|\nhumanize\n}}",
)
_PIECES = (
    *(
        "{{",
        "}}",
        "{{-",
        "-}}",
        " ",
        "|",
        ":=",
        "=",
        ",",
        "(",
        ")",
        ".",
        ".x",
        "$",
        "$x",
        "$value",
        "$labels.a",
    ),
    *(
        "if ",
        "else ",
        "end ",
        "range ",
        "with ",
        "define ",
        "template ",
        "break ",
        "nil ",
        "true ",
        "printf ",
    ),
    *(
        '"a"',
        "`b`",
        "'c'",
        "1",
        "-2.5",
        "/*",
        "*/",
        "*",
        "+",
        "[",
        "]",
        "<",
        "value ",
        "humanise ",
        "\n",
        '"',
    ),
)


def _accepts(text: str) -> bool:
    error = _fault(text)
    if error is not None and not 0 <= error.span[0] <= error.span[1] <= len(text):
        pytest.fail(f"{error.reason} at {error.span} of {text!r}")
    return error is None


def _fault(text: str) -> LangError | None:
    try:
        parse_template(text, FUNCTIONS, VARIABLES)
    except LangError as error:
        return error
    return None


def _refused(promtool: Program, texts: Sequence[str], folder: Path) -> set[int]:
    """The numbers of the texts that promtool does not take as annotations."""
    rules = [
        {"alert": f"A{number}", "expr": "up", "annotations": {"a": text}} for number, text in enumerate(texts)
    ]
    path = folder / "rules.json"
    path.write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}), encoding="utf-8")
    done = promtool.run(["check", "rules", str(path)], timeout=60)
    return {int(found) for found in re.findall(r'rule \d+, "A(\d+)"', done.stdout + done.stderr)}


def _mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        cut = chance.choice((0, 0, 1, 1, 2, 5))
        text = text[:at] + chance.choice(("", *_PIECES)) + text[at + cut :]
    return text


def test_broken_templates_are_judged_as_promtool_judges_them(promtool: Program, tmp_path: Path) -> None:
    chance = random.Random(20)
    texts = list(_TEXTS)
    count = 20_000 if _THOROUGH else 2_000
    texts += [_mutated(chance.choice(_TEXTS), chance) for _ in range(count)]
    refused = _refused(promtool, texts, tmp_path)
    wrong = [text for number, text in enumerate(texts) if _accepts(text) == (number in refused)]
    print(
        f"\n{len(texts)} templates, {len(refused)} of them refused by promtool; {len(wrong)} judged otherwise"
    )
    assert wrong == []
    assert 0.2 < len(refused) / len(texts) < 0.9


def test_real_templates_are_taken(corpora: Path, promtool: Program, tmp_path: Path) -> None:
    files = sorted(path for path in (corpora / "prom_rules").rglob("*") if path.suffix in (".yml", ".yaml"))
    texts: set[str] = set()
    for path in files:
        document = Document(str(path), path.read_text(encoding="utf-8"))
        plan = read_existing([Input(document, read_stream(document), True)]).plan
        for group in plan.rule_groups:
            for rule in group.rules:
                if isinstance(rule, Rule):
                    texts |= {text for text in rule.annotations.values() if "{{" in text}
    listed = sorted(texts)
    refused = _refused(promtool, listed, tmp_path)
    print(f"\n{len(listed)} real templates, {len(refused)} refused by promtool")
    assert [text for number, text in enumerate(listed) if _accepts(text) == (number in refused)] == []
    assert len(listed) > 1_000


@pytest.mark.parametrize("depth", [60, 5_000])
def test_a_template_that_is_nested_deeply_is_an_error_and_no_crash(depth: int) -> None:
    for text in ("{{ " + "(" * depth + "1" + ")" * depth + " }}", "{{ if 1 }}" * depth + "{{ end }}" * depth):
        assert not _accepts(text)
