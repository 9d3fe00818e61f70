"""Rules that Prometheus does not load: they are no alerts of which anything could be proven."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.engines.promtool import check_rules
from tocsin.interruption import temporary_folder
from tocsin.prove.verdict import Status
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.prove.verdict import Verdict

_MOST_ASKED = 100


def with_load_errors(verdicts: Sequence[Verdict], promtool: Program) -> list[Verdict]:
    """The same verdicts; those of which nothing is shown say in promtool's words why the rule is refused."""
    found = list(verdicts)
    suspects = [
        index
        for index, verdict in enumerate(found)
        if verdict.fires is Status.UNPROVEN and verdict.silent is Status.UNPROVEN
    ]
    with temporary_folder() as folder:
        for index in suspects[:_MOST_ASKED]:
            said = _said(found[index], promtool, folder)
            if said is not None:
                reason = f"Prometheus does not load this rule: {said}"
                found[index] = replace(found[index], invalid=said, reasons=(reason,))
    return found


def _said(verdict: Verdict, promtool: Program, folder: Path) -> str | None:
    rule = verdict.subject.rule
    value: dict[str, object] = {"alert": rule.alert, "expr": rule.expr, "for": rule.for_}
    value |= {"labels": dict(rule.labels), "annotations": dict(rule.annotations)}
    file = folder / "rules.yaml"
    file.write_text(yaml_text({"groups": [{"name": "proof", "rules": [value]}]}), encoding="utf-8")
    said = check_rules(promtool, [file])
    if said is None:
        return None
    lines = [line.strip() for line in said.splitlines() if "FAILED" not in line and "Checking" not in line]
    text = " ".join(filter(None, lines)).replace(f"{file}: ", "").replace(str(file), "")
    return text.rpartition(f'"{rule.alert}": ')[2] or text
