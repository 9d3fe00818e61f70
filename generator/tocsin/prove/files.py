"""The proofs as files: unit tests for promtool, beside the rules that they test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.prove.cases import alert_entry, test_file
from tocsin.prove.prove import rule_values
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.files import File
    from tocsin.prove.verdict import Verdict

_HEADING = "Derived by `tocsin prove` from the alerts' expressions, and confirmed by promtool: do not edit."
_UNSAFE = re.compile(r"[^a-zA-Z0-9_.-]+")


def proof_files(verdicts: Sequence[Verdict]) -> Iterator[File]:
    """A test file for each rule and spacing of samples, and the rule files that these load.

    Each alert is tested by itself: an alert of the same name in another severity has its own file.
    """
    names: dict[str, int] = {}
    for verdict in verdicts:
        cases = [case for case in verdict.cases if case.moments]
        if not cases:
            continue
        rule = verdict.subject.rule
        stem = _stem(verdict, names)
        group = {"name": verdict.subject.group.name, "rules": rule_values(rule, verdict.through)}
        yield text_file(f"{stem}.rules.yaml", yaml_text({"groups": [group]}, heading=_HEADING))
        steps = sorted({case.step for case in cases})
        for step in steps:
            name = f"{stem}.test.yaml" if len(steps) == 1 else f"{stem}.{step}s.test.yaml"
            part = [alert_entry(case) for case in cases if case.step == step]
            yield text_file(name, test_file(part, [f"{stem.rsplit('/', 1)[-1]}.rules.yaml"], step, _HEADING))


def _stem(verdict: Verdict, names: dict[str, int]) -> str:
    rule, group = verdict.subject.rule, verdict.subject.group
    parts = [_UNSAFE.sub("-", part).strip("-.") or "x" for part in (group.name, rule.alert, rule.severity)]
    stem = f"{parts[0]}/{parts[1]}" + (f".{parts[2]}" if rule.severity else "")
    key = stem.lower()
    names[key] = names.get(key, 0) + 1
    return stem if names[key] == 1 else f"{stem}.{names[key]}"
