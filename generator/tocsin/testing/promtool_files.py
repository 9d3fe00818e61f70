"""Test files for promtool that a team has, run where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tocsin.detect.signatures import is_promtool_test
from tocsin.engines.program import EngineError
from tocsin.engines.promtool import run_in_order
from tocsin.interruption import temporary_folder
from tocsin.lang.strings import quote_string
from tocsin.source.node import MappingNode, SequenceNode, plain_data
from tocsin.source.yaml import read_yaml
from tocsin.testing.outcome import Kind, Result, TestOutcome
from tocsin.testing.promtool_answer import describe_samples, samples_given
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.engines.program import Program
    from tocsin.source.document import Document, Span

_NOT_RUN = "promtool did not run this test"


def is_test_file(document: Document) -> bool:
    """Whether a file holds tests for promtool."""
    if "rule_files" not in document.text:
        return False
    node = read_yaml(document).node
    return isinstance(node, MappingNode) and is_promtool_test(node)


def run_promtool_file(document: Document, promtool: Program) -> Iterator[TestOutcome]:
    """What promtool says to each test of a file; its name leads to where it is stored."""
    node = read_yaml(document).node
    if not isinstance(node, MappingNode):
        return
    listed = node.entries["tests"].value if "tests" in node.entries else None
    spans = [item.span for item in listed.items] if isinstance(listed, SequenceNode) else []
    data: Any = plain_data(node)
    tests: list[Any] = data.get("tests") if isinstance(data.get("tests"), list) else []
    with temporary_folder() as folder:
        try:
            answers = run_in_order(promtool, folder, [str(Path(document.name).resolve())])
        except EngineError as error:
            lines = str(error).splitlines()
            yield TestOutcome(Kind.PROMTOOL, Path(document.name).name, node.span, Result.FAILED, tuple(lines))
            return
        if [answer.name for answer in answers] != [_name(*one) for one in enumerate(tests)]:
            faults = [line for answer in answers for fault in answer.faults for line in fault.splitlines()]
            lines = [line.strip() for line in faults] or [_NOT_RUN]
            yield TestOutcome(Kind.PROMTOOL, Path(document.name).name, node.span, Result.FAILED, tuple(lines))
            return
        for test, span, answer in zip(tests, spans, answers, strict=True):
            faults = list(answer.faults)
            yield _outcome(document, data, test, span, answer.name, faults, promtool, folder)


def _name(number: int, test: object) -> str:
    """What promtool calls a test; a file that it refuses has one of another name."""
    return (isinstance(test, dict) and str(test.get("name") or "")) or f"unnamed#{number}"


def _outcome(
    document: Document,
    data: Mapping[str, Any],
    test: Mapping[str, Any],
    span: Span,
    name: str,
    faults: Sequence[str],
    promtool: Program,
    folder: Path,
) -> TestOutcome:
    asked = [one for one in test.get("alert_rule_test") or () if isinstance(one, dict)]
    alerts = tuple(dict.fromkeys(str(one.get("alertname")) for one in asked))
    details = [line.rstrip() for fault in faults for line in fault.splitlines() if line.strip()]
    if faults and asked:
        details += _states(document, data, test, asked, promtool, folder)
    result = Result.FAILED if faults else Result.PASSED
    return TestOutcome(Kind.PROMTOOL, name, span, result, tuple(details), alerts)


def _states(
    document: Document,
    data: Mapping[str, Any],
    test: Mapping[str, Any],
    asked: Sequence[Mapping[str, Any]],
    promtool: Program,
    folder: Path,
) -> Iterator[str]:
    """What state promtool saw the alerts in: pending looks like nothing in its own answer."""
    base = Path(document.name).resolve().parent
    times = {(str(one.get("alertname")), str(one.get("eval_time"))) for one in asked}
    probes = [
        {
            "expr": f"ALERTS{{alertname={quote_string(alert)}}}",
            "eval_time": time,
            "exp_samples": [{"labels": '{no="such series"}', "value": 1}],
        }
        for alert, time in sorted(times)
    ]
    value = {
        **data,
        "rule_files": [str(base / str(name)) for name in data.get("rule_files") or ()],
        "tests": [
            {key: one for key, one in test.items() if key != "alert_rule_test"} | {"promql_expr_test": probes}
        ],
    }
    (folder / "probe.yaml").write_text(yaml_text(value), encoding="utf-8")
    try:
        answers = run_in_order(promtool, folder, ["probe.yaml"])
    except EngineError:
        return
    faults = answers[0].faults if answers else ()
    for (alert, time), fault in zip(sorted(times), faults, strict=False):
        samples = samples_given(fault)
        if samples is not None:
            yield f"{alert} at {time}, with its state: {describe_samples(samples)}"
