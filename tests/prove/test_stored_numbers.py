"""Prometheus 3 stores `le="1"` with a point, older servers as it is written: a proof is for the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import planned

from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.verdict import Status

if TYPE_CHECKING:
    from tocsin.engines.program import Program

SPEC = """\
project: {name: p, title: P, targets: {prometheus: "VERSION"}}
groups:
  web:
    title: Web
    alerts:
      Slow:
        summary: slow
        description: too many are slow
        expr: rate(latency_seconds_bucket{le="BOUND"}[5m]) < 0.1
        severity: critical
"""


@pytest.mark.parametrize(
    ("version", "bound", "fires"),
    [
        ("2.53", "1", Status.PROVEN),
        ("3.5", "1", Status.ON_PAPER),
        ("3.5", "1.0", Status.PROVEN),
        ("2.53", "0.5", Status.PROVEN),
    ],
)
def test_a_bucket_exists_as_the_target_stores_it(
    promtool: Program, version: str, bound: str, fires: Status
) -> None:
    made = planned(SPEC.replace("VERSION", version).replace("BOUND", bound))
    assert made is not None
    (verdict,) = prove(proof_subjects(made.plan), promtool)
    assert (verdict.fires, verdict.silent) == (fires, fires)
