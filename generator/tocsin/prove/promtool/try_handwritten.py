"""The tests that a team wrote for a rule by hand, and what they say of another version of the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.interruption import temporary_folder
from tocsin.prove.promtool.run import run_or_split
from tocsin.prove.rule_values import rule_value
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Rule

_FILES_A_CALL = 40


@value_object
class OwnTests:
    """Entries of a test file about one rule."""

    entries: tuple[Mapping[str, Any], ...]
    interval: str | None
    """How often the rule is evaluated."""
    recordings: tuple[Mapping[str, Any], ...]
    """Groups of recording rules, which the rule may read."""


def failing_rules(promtool: Program, tried: Sequence[tuple[Rule, OwnTests]]) -> list[bool]:
    """For each rule, whether any of its tests does not hold."""
    with temporary_folder() as folder:
        files = [[_write(folder, number, rule, tests)] for number, (rule, tests) in enumerate(tried)]
        said: dict[tuple[str, str], tuple[str, ...]] = {}
        for at in range(0, len(files), _FILES_A_CALL):
            said.update(run_or_split(promtool, folder, files[at : at + _FILES_A_CALL]))
    failed = {file for (file, _), answer in said.items() if answer}
    return [file in failed for (file,) in files]


def _write(folder: Path, number: int, rule: Rule, tests: OwnTests) -> str:
    groups = [*tests.recordings, {"name": "changed", "rules": [rule_value(rule)]}]
    (folder / f"{number}.rules.yaml").write_text(yaml_text({"groups": groups}), encoding="utf-8")
    value = {
        "rule_files": [f"{number}.rules.yaml"],
        "evaluation_interval": tests.interval or "1m",
        "tests": list(tests.entries),
    }
    (folder / f"{number}.test.yaml").write_text(yaml_text(value), encoding="utf-8")
    return f"{number}.test.yaml"
