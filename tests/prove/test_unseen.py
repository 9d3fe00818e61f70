"""Alerts in the style of well-known rule sets, in odd variants: promtool confirms both proofs of each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.existing.files import read_existing
from tocsin.prove.run import is_proven, proof_subjects, prove
from tocsin.text.yaml import yaml_text
from tocsin.workspace.inputs import read_inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.engines.program import Program

EACH = 1 if os.environ.get("TOCSIN_THOROUGH") else 4
"""Of so many alerts one is tried."""
ALERTS = Path(__file__).parent / "alerts.txt"
MISSED = [
    # Only samples of two series in turn, of one `instance`, are ever as old for as long.
    "min by (instance) (timestamp(probe_success)) < time() - 60",
    # Only what doubles again and again stays so far above its own average.
    "rate(app_errors_total[5m]) > 3 * stddev_over_time(rate(app_errors_total[5m])[1h:1m]) + avg_over_time("
    "rate(app_errors_total[5m])[1h:1m])",
]


def test_both_proofs_of_what_nobody_developed_against_are_found(
    tmp_path: Path, promtool: Program, record_property: Callable[[str, object], None]
) -> None:
    lines = [line for line in ALERTS.read_text().splitlines() if not line.startswith("#")]
    rules = []
    for number, line in enumerate(lines[::EACH]):
        hold, _, expr = line.partition(" ")
        rules.append({"alert": f"A{number}", "for": hold, "expr": expr})
    file = tmp_path / "rules.yaml"
    file.write_text(yaml_text({"groups": [{"name": "g", "rules": rules}]}))
    verdicts = prove(proof_subjects(read_existing(read_inputs([file]).files, ()).plan), promtool)
    record_property("alerts", len(verdicts))
    missed = [v for v in verdicts if not is_proven(v)]
    record_property("proven both ways", len(verdicts) - len(missed))
    known = [text for text in MISSED if any(rule["expr"] == text for rule in rules)]
    assert [v.subject.rule.expr for v in missed] == known, [v.reasons for v in missed]
