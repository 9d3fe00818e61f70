"""The hand-written alerting that the spec of this repository replaces still shows what was wrong with it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.missing import NO_ORIGINAL

from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.compile.policy import policy
from tocsin.existing.files import read_existing
from tocsin.existing.input import Input
from tocsin.source import Document, read_stream
from tocsin.spec.policy_file import load_policy

_FOLDER = Path(os.environ.get("TOCSIN_CORPORA", Path(__file__).parents[3] / "shared" / "corpora")).parent / (
    "seed/original"
)
_ROUTES, _METRICS, _LOGS = "alertmanager.yml", "prometheus-alert-rules.yml", "loki-alert-rules.yml"
_POLICY = "policy: {annotations: {required: [runbook]}}"
_DEFECTS = {
    # Alertmanager refuses the addresses: it expands no variables.
    ("alertmanager/variable", _ROUTES, 91, "'${SLACK_WEBHOOK_URL}'"),
    ("alertmanager/variable", _ROUTES, 118, "'${SLACK_WEBHOOK_URL}'"),
    ("alertmanager/variable", _ROUTES, 130, "'${SLACK_WEBHOOK_URL}'"),
    ("alertmanager/variable", _ROUTES, 138, "'${SLACK_WEBHOOK_URL}'"),
    # "Not answering for {{ $value }} minutes", of `up == 0`.
    ("template/value-constant", _METRICS, 20, "$value"),
    # The instance of an average over all of them.
    ("label/dropped", _METRICS, 119, "$labels.instance"),
    # No two rules share a name, and there is no alert SystemDown.
    ("inhibit/never", _ROUTES, 63, "'alertname'"),
    ("inhibit/unknown-alert", _ROUTES, 67, "'SystemDown'"),
    # A warning of an SLO never comes to the channel of the SLOs.
    ("route/split", _ROUTES, 37, "warning"),
    # Most alerts have no runbook; the first and the last one of each file.
    ("policy/missing-annotation", _METRICS, 61, "HighLatencyP95"),
    ("policy/missing-annotation", _LOGS, 12, "HighLogErrorRate"),
    # Further ones: labels that no alert has, waits that are longer than the interval, a broken template.
    ("route/group-by", _ROUTES, 20, "'service'"),
    ("route/group-wait", _ROUTES, 39, "30s"),
    ("route/group-wait", _ROUTES, 46, "5m"),
    ("template/field", _LOGS, 261, ".trace_id"),
}


@pytest.mark.skipif(not _FOLDER.is_dir(), reason=NO_ORIGINAL)
def test_the_original_shows_every_defect_that_lies_in_its_files() -> None:
    documents = [
        Document(name, (_FOLDER / name).read_text(encoding="utf-8")) for name in (_ROUTES, _METRICS, _LOGS)
    ]
    adopted = read_existing([Input(one, read_stream(one), True) for one in documents])
    demands = load_policy(Document("policy.yml", _POLICY)).policy
    assert demands is not None
    found = check_plan(
        replace(adopted.plan, policy=policy(demands)),
        adopted.sources,
        [*CHECKS.values()],
        known=CHECKS,
        today=date(2026, 6, 15),
        found=adopted.diagnostics,
    )
    texts = {one.name: one.text for one in documents}
    told = {
        (one.id, name := one.span.document.name, one.span.line, texts[name][one.span.start : one.span.end])
        for one in found
        if one.span is not None
    }
    assert told >= _DEFECTS, sorted(_DEFECTS - told)
    lacking = [one for one in told if one[0] == "policy/missing-annotation"]
    assert len(lacking) == 32
