"""The hand-written alerting that the spec of this repository replaces still shows what was wrong with it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from tocsin.adopt.files import Input, adopt
from tocsin.checks import CHECKS
from tocsin.checks.run import run
from tocsin.source import Document, read_stream

_FOLDER = Path(os.environ.get("TOCSIN_CORPORA", Path(__file__).parents[3] / "shared" / "corpora")).parent / (
    "seed/original"
)
_FILES = ["alertmanager.yml", "prometheus-alert-rules.yml", "loki-alert-rules.yml"]


@pytest.mark.skipif(not _FOLDER.is_dir(), reason="the original files are not beside this checkout")
def test_the_original_shows_its_faults_between_rules_and_routes() -> None:
    documents = [Document(name, (_FOLDER / name).read_text(encoding="utf-8")) for name in _FILES]
    adopted = adopt([Input(one, read_stream(one), True) for one in documents])
    found = run(
        adopted.plan,
        adopted.sources,
        [*CHECKS.values()],
        known=CHECKS,
        today=date(2026, 6, 15),
        found=adopted.diagnostics,
    )
    lines = {
        (one.id, one.span.line, one.span.document.text[one.span.start : one.span.end])
        for one in found
        if one.span is not None and one.span.document.name == "alertmanager.yml"
    }
    assert ("inhibit/never", 63, "'alertname'") in lines
    assert ("inhibit/unknown-alert", 67, "'SystemDown'") in lines
    assert ("route/split", 37, "warning") in lines
    assert ("route/group-by", 20, "'service'") in lines
    assert [line for id_, line, _ in sorted(lines) if id_ == "alertmanager/value"] == [91, 118, 130, 138]
