"""What is said to break off a notification's template is what amtool cannot render, and the reverse."""

from __future__ import annotations

import json
import os
import random
import re
from typing import TYPE_CHECKING

import pytest

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.notification_data import body_reads, definitions, reads

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.lang.gotemplate.notification_types import GoType

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
_TEXTS = (
    '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}]',
    "{{ range .Alerts }}{{ .Labels.job }} {{ .Annotations.summary }} {{ .StartsAt.Day }}{{ end }}",
    "{{ range $i, $a := .Alerts.Firing }}{{ if gt $i 0 }}, {{ end }}{{ $a.Labels.job }}{{ end }}",
    "{{ with .CommonAnnotations.summary }}{{ . }}{{ else }}{{ $.CommonLabels.job }}{{ end }}",
    '{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value | printf "%q" }} {{ end }}',
    '{{ join ", " .GroupLabels.Values }} {{ len .CommonLabels.Names }}',
    '{{ define "one" }}{{ .Labels.job }}{{ end }}{{ range .Alerts }}{{ template "one" . }}{{ end }}',
    '{{ define "all" }}{{ range .Alerts }}{{ .Labels.job }}{{ end }}{{ end }}{{ template "all" . }}',
    '{{ (index .Alerts 0).Labels.job }} {{ index .CommonLabels "job" | title }}',
    '{{ $n := len .Alerts }}{{ if and (gt $n 1) (ne .Status "resolved") }}{{ $n }} alerts{{ end }}',
    "{{ range .Alerts }}{{ since .StartsAt | humanizeDuration }} {{ .EndsAt.Sub .StartsAt }}{{ end }}",
    "{{ range $k, $v := .CommonLabels }}{{ $k }}: {{ $v | toLower }}{{ end }}",
    '{{ reReplaceAll "a(.*)" "$1" .CommonLabels.job }} {{ match "^a" .GroupLabels.job }}',
    '{{ range (.CommonLabels.Remove (stringSlice "job" "env")).SortedPairs }}{{ .Name }}{{ end }}',
    '{{ range .Alerts }}{{ date "15:04" (tz "UTC" .StartsAt) }}{{ .Fingerprint }}{{ end }}',
    '{{ .CommonLabels | toJson }} {{ (dict "a" .Status).a }} {{ range list 1 2 }}{{ . }}{{ end }}',
)
_FIELDS = (
    *(".", "$", ".Status", ".Receiver", ".Alerts", ".Alerts.Firing", ".Alerts.Resolved", ".GroupLabels"),
    *(".CommonLabels", ".CommonLabels.job", ".CommonAnnotations", ".CommonAnnotations.summary"),
    *(".ExternalURL", ".Labels", ".Labels.job", ".Annotations", ".StartsAt", ".StartsAt.Unix", ".EndsAt"),
    *(
        ".StartsAt.UTC",
        ".StartsAt.Date",
        ".StartsAt.Year",
        ".GeneratorURL",
        ".Fingerprint",
        ".Value",
        ".Name",
    ),
    *(".Names", ".SortedPairs", ".Alerts.Labels", ".Foo", ".status", "$.Status", "$.Labels"),
)
_NAMES = (
    *("toUpper", "title", "len", "join", "match", "safeHtml", "stringSlice", "date", "since", "tz", "append"),
    *("humanizeDuration", "toJson", "list", "dict", "index", "slice", "print", "printf", "html"),
    *("eq", "ne", "lt", "gt", "not", "and", "or"),
)
_LITERALS = ('"a"', '"firing"', "0", "1", "2.5", "true", "nil")
_PARTS = re.compile(r"\{\{[^}]*\}\}")
_WORDS = re.compile(
    r"""\$?\.[A-Za-z.]+|\$(?:\.[A-Za-z.]+)?|(?<=[ (])\.(?=[ )}])|"[^"]*"|\b\d+\b|\b[a-z][A-Za-z]+\b"""
)
_NEVER_EXECUTED = re.compile(r"range (?:0|dict|list|stringSlice) *\}\}")
"""A loop over nothing, whose body amtool never executes."""
_KEYWORDS = frozenset(["if", "else", "end", "range", "with", "define", "template"])


def _mutated(text: str, chance: random.Random) -> str:
    """The template with one or two of its operands, functions or arguments replaced, added or removed."""
    for _ in range(chance.choice((1, 1, 2))):
        part = chance.choice(list(_PARTS.finditer(text)))
        words = [one for one in _WORDS.finditer(part[0]) if one[0] not in _KEYWORDS]
        if not words:
            continue
        word = chance.choice(words)
        start, end = part.start() + word.start(), part.start() + word.end()
        way = chance.randrange(5)
        if way == 0:
            new = chance.choice(_FIELDS)
        elif way == 1:
            new = chance.choice(_LITERALS)
        elif way == 2:
            new = chance.choice(_NAMES)
        elif way == 3:
            new = f"({chance.choice(_NAMES)} {text[start:end]})"
        else:
            new = f"{text[start:end]} | {chance.choice(_NAMES)}" if chance.random() < 0.5 else ""
        text = text[:start] + new + text[end:]
    return text


def _fault(text: str) -> str | None:
    """What is said to be wrong with a template of a receiver; None when nothing is."""
    try:
        own = {one.name: one for one in definitions(text)}
        waiting = [reads(text)]
    except LangError as error:
        return error.reason
    seen: set[tuple[str, GoType]] = set()
    while waiting:
        found = waiting.pop()
        if found.faults:
            return found.faults[0].message
        for call in found.calls:
            if call.name not in own:
                return f"no template {call.name}"
            if (call.name, call.data) not in seen:
                seen.add((call.name, call.data))
                waiting.append(body_reads(own[call.name].body, call.data))
    return None


def _data(status: str, labels: dict[str, str]) -> dict[str, object]:
    alert = {
        "labels": labels,
        "annotations": labels,
        "startsAt": "2026-06-15T10:00:00Z",
        "endsAt": "2026-06-15T11:00:00Z",
        "generatorURL": "http://p.example/",
        "fingerprint": "00",
    }
    return {
        "receiver": "all",
        "status": status,
        "alerts": [{"status": "firing", **alert}, {"status": "resolved", **alert}],
        "groupLabels": labels,
        "commonLabels": labels,
        "commonAnnotations": labels,
        "externalURL": "http://a.example/",
    }


@pytest.fixture
def data(tmp_path: Path) -> list[Path]:
    """Notifications: the first has all fields, the others take the other branches of conditions."""
    full = {"alertname": "Down", "job": "api", "summary": "it is down", "env": "prod"}
    made = []
    for number, one in enumerate((_data("firing", full), _data("resolved", full), _data("firing", {}))):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(one), encoding="utf-8")
        made.append(path)
    return made


def _refusal(amtool: Program, text: str, data: Path) -> str | None:
    arguments = [f"--template.glob={data.parent / '*.tmpl'}", f"--template.text={text}"]
    done = amtool.run(["template", "render", *arguments, f"--template.data={data}"], timeout=20)
    return done.stderr if done.returncode else None


def _of_value(refusal: str) -> bool:
    """Whether it is about a value, such as an index that is too large, and not about a type."""
    return "out of range" in refusal or "ParseFloat" in refusal or "time zone" in refusal


def test_templates_are_judged_as_amtool_judges_them(amtool: Program, data: list[Path]) -> None:
    chance = random.Random(15)
    texts = list(_TEXTS)
    texts += [_mutated(chance.choice(_TEXTS), chance) for _ in range(4_000 if _THOROUGH else 200)]
    refused, missed, wrong = 0, [], []
    for text in texts:
        refusal = _refusal(amtool, text, data[0])
        fault = _fault(text)
        if refusal is not None and not _of_value(refusal):
            refused += 1
            if fault is None:
                missed.append((text, refusal))
        elif fault is None or _NEVER_EXECUTED.search(text):
            continue
        elif not any(_refusal(amtool, text, one) for one in data):
            wrong.append((text, fault))
    print(f"\n{len(texts)} templates, {refused} refused by amtool, {len(missed)} of them not found")
    assert wrong == []
    assert len(missed) <= refused * 0.05, missed[:20]
    assert 0.3 < refused / len(texts) < 0.95


def test_functions_of_newer_releases_than_the_amtool_here_are_known() -> None:
    assert (
        _fault('{{ range .Alerts }}{{ addDuration "1h" .StartsAt }}{{ end }}{{ addDuration "-1h" now }}')
        is None
    )
    assert _fault('{{ addDuration .Alerts "1h" }}') is not None


@pytest.mark.parametrize("text", _TEXTS)
def test_what_amtool_renders_is_not_an_error(amtool: Program, data: list[Path], text: str) -> None:
    assert (_refusal(amtool, text, data[0]), _fault(text)) == (None, None)
