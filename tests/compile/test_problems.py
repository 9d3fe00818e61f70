"""What keeps a spec from becoming a plan: each mistake with its message, its place and its advice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tocsin.compile import build
from tocsin.source.document import Document
from tocsin.spec.load import load_documents

if TYPE_CHECKING:
    from tocsin.diagnostics.model import Diagnostic

BASE = """\
project: {name: p, title: P}
severities:
  critical: {rank: 1, title: C, receiver: pager}
  warning: {rank: 2, title: W}
teams:
  web: {title: Web, receiver: pager}
receivers:
  pager: {}
  all: {}
routing: {catch_all: all}
groups:
  g:
    title: G
    team: web
    alerts:
      Up: {summary: s, description: d, promql: "sum by (job) (up)", thresholds: {critical: {below: 1}}}
      Slow:
        summary: s
        description: d
        promql: max by (job, zone) (slow_seconds)
        unit: seconds
        thresholds: {warning: {above: 1s}, critical: {above: 2s}}
        depends_on: [Up]
"""


def _diagnostics(text: str) -> tuple[Diagnostic, ...]:
    loaded = load_documents([Document("spec.yaml", text)])
    assert loaded.spec is not None, loaded.diagnostics
    return build(loaded.spec, loaded.sources).diagnostics


def _found(text: str) -> list[tuple[str, str, str, str]]:
    """Each diagnostic: its id, message, the text that it underlines, and its help."""
    found = []
    for one in _diagnostics(text):
        assert one.span is not None
        found.append(
            (one.id, one.message, text[one.span.start : one.span.end].split("\n")[0], one.help or "")
        )
    return found


def test_the_base_is_sound() -> None:
    assert _found(BASE) == []


@pytest.mark.parametrize(
    ("old", "new", "id_", "message", "at", "advice"),
    [
        (
            "receiver: pager}\n  warn",
            "receiver: pagr}\n  warn",
            "reference/receiver",
            "no receiver `pagr`",
            "pagr",
            "`pager`",
        ),
        (
            "catch_all: all",
            "catch_all: al",
            "reference/receiver",
            "no receiver `al`",
            "al",
            "did you mean `all`?",
        ),
        ("team: web", "team: wep", "reference/team", "no team `wep`", "wep", "did you mean `web`?"),
        (
            "{critical: {below: 1}}",
            "{critcal: {below: 1}}",
            "reference/severity",
            "no severity `critcal`",
            "critcal",
            "`critical`",
        ),
        (
            "depends_on: [Up]",
            "depends_on: [Upp]",
            "reference/alert",
            "no alert `Upp`",
            "Upp",
            "did you mean `Up`?",
        ),
        (
            "depends_on: [Up]",
            "related: [Down]",
            "reference/alert",
            "no alert `Down`",
            "Down",
            "known here: `Slow`, `Up`",
        ),
        (
            "{catch_all: all}",
            "{catch_all: all, routes: [{mute_time_intervals: [night]}]}",
            "reference/time-interval",
            "no time interval `night`",
            "night",
            "defines no time interval yet",
        ),
        (
            "rank: 2",
            "active_time_intervals: [day], rank: 2",
            "reference/time-interval",
            "no time interval `day`",
            "day",
            "defines no time interval yet",
        ),
        (
            "depends_on: [Up]",
            "runbook: {diagnosis: [{findings: [{see: x, action: mend}]}], actions: {mends: {title: M}}}",
            "reference/action",
            "no action `mend`",
            "mend",
            "did you mean `mends`?",
        ),
        (
            "rank: 2",
            "rank: 1",
            "severity/rank",
            "`critical` and `warning` have the same rank",
            "1",
            "2 is free",
        ),
        (
            "      Slow:",
            "      UP:",
            "name/same-file",
            "would have the same runbook page",
            "UP",
            "case of its letters",
        ),
        (
            "      Slow:",
            "      Con:",
            "name/not-on-windows",
            "`Con` cannot be the name of a file on Windows: `Con` is the name of a device there",
            "Con",
            "another name",
        ),
        (
            "unit: seconds",
            "unit: seconds\n        labels: {severity: x}",
            "label/reserved",
            "`severity` is set by Tocsin",
            "severity",
            "thresholds",
        ),
        (
            "unit: seconds",
            "unit: seconds\n        annotations: {summary: x}",
            "annotation/reserved",
            "set by Tocsin",
            "summary",
            "`summary:`",
        ),
        (
            "above: 2s",
            "above: 2GiB",
            "spec/quantity",
            "`2GiB` is a size in bytes, but the unit is seconds",
            "2GiB",
            "500ms",
        ),
        (
            "promql: max by (job, zone) (slow_seconds)",
            "promql: slow_seconds",
            "inhibition/instances",
            "distinguish the instances of `Slow`",
            "Slow",
            "per: [instance]",
        ),
        (
            "unit: seconds",
            "unit: seconds\n        per: [job, node]",
            "inhibition/label",
            "`Slow` cannot have the label `node`",
            "node",
            "by (…)",
        ),
        (
            "depends_on: [Up]",
            "depends_on: [{alert: Up, equal: [zone]}]",
            "inhibition/label",
            "`Up` cannot have the label `zone`",
            "zone",
            "both alerts carry",
        ),
        (
            "sum by (job) (up)",
            "sum(up)",
            "inhibition/equal",
            "`Slow` and `Up` have to agree",
            "Up",
            "equal: []",
        ),
        (
            "thresholds: {critical: {below: 1}}}",
            "thresholds: {critical: {below: 1}}, depends_on: [Slow]}",
            "inhibition/circle",
            "silence each other: ",
            "depends_on",
            "depend on nothing",
        ),
        (
            "  pager: {}",
            "  pager: {email: [{to: a@example.org}]}",
            "receiver/incomplete",
            "`smarthost`",
            "{to: a@example.org}",
            "smtp_smarthost",
        ),
        (
            "  pager: {}",
            '  pager: {email: [{to: a@example.org, smarthost: "a:25", from: ""}]}',
            "receiver/incomplete",
            "`from`",
            "{to: a@example.org",
            "smtp_from",
        ),
    ],
)
def test_a_mistake_is_told_where_it_is(
    old: str, new: str, id_: str, message: str, at: str, advice: str
) -> None:
    assert BASE.count(old) == 1
    found = _found(BASE.replace(old, new))
    assert any(
        one[0] == id_ and message in one[1] and one[2].startswith(at) and advice in one[3] for one in found
    ), found


def test_two_alerts_of_one_name_show_both_places() -> None:
    again = (
        BASE
        + "  h:\n    title: H\n    alerts: {Up: {summary: s, description: d, expr: up, severity: warning}}\n"
    )
    loaded = load_documents([Document("spec.yaml", again)])
    assert loaded.spec is not None
    (one,) = build(loaded.spec, loaded.sources).diagnostics
    assert one.message == "there are two alerts `Up`"
    assert one.span is not None
    assert (one.span.line, [note.span.line for note in one.related]) == (26, [16])


def test_a_complete_expression_is_judged_by_its_engine() -> None:
    broken = BASE.replace('promql: "sum by (job) (up)", thresholds: {critical: {below: 1}}',
                          'expr: "sum by (job) (up) == ", severity: critical')  # fmt: skip
    (one,) = _found(broken)
    assert one[0] == "spec/promql"


_CONDITIONS = {
    "max by (job, zone) (slow_seconds) > 20000": ["> 20000"],
    "(max by (job, zone) (slow_seconds) == 1)": ["== 1"],
    "max by (job, zone) (slow_seconds) >= 3 and on (job) up": [">= 3"],
    "max by (job, zone) (slow_seconds) > 3 unless on (job) up == 0": ["> 3"],
    "max by (job, zone) (slow_seconds) or max by (job, zone) (slower_seconds) > 4": ["> 4"],
    "max by (job, zone) (slow_seconds) > 3 < 9": ["< 9", "> 3"],
}
_MEASURED = [
    "count by (job, zone) (up == 0)",
    "max by (job, zone) (slow_seconds) and on (job, zone) sum by (job, zone) (rate(hits[5m])) > 10",
    "max by (job, zone) (slow_seconds) unless on (job) maintenance == 1",
    "max by (job, zone) (slow_seconds) > bool 5",
    "(max by (job, zone) (slow_seconds) > 0) * 100",
    "avg_over_time((max by (job, zone) (slow_seconds) > 0)[5m:1m])",
]
_QUERY = "promql: max by (job, zone) (slow_seconds)\n"


@pytest.mark.parametrize("query", _CONDITIONS)
def test_a_query_with_thresholds_may_not_compare_its_value(query: str) -> None:
    text = BASE.replace(_QUERY, f"promql: {query}\n")
    (one,) = _diagnostics(text)
    assert (one.id, one.span is not None) == ("spec/second-comparison", True)
    spans = [one.span, *(note.span for note in one.related)]
    assert [text[span.start : span.end] for span in spans if span is not None] == _CONDITIONS[query]
    # Both ways out that the help names end without the finding, and without another one.
    assert one.help is not None
    assert f"leave `{_CONDITIONS[query][0]}` out" in one.help
    left = query
    for condition in _CONDITIONS[query]:
        left = left.replace(f" {condition}", "")
    assert _found(BASE.replace(_QUERY, f"promql: {left}\n")) == []
    whole = BASE.replace(_QUERY, f"expr: {query}\n        severity: warning\n")
    thresholds = "        thresholds: {warning: {above: 1s}, critical: {above: 2s}}\n"
    assert _found(whole.replace(thresholds, "")) == []


@pytest.mark.parametrize("query", _MEASURED)
def test_a_comparison_inside_of_what_is_measured_is_fine(query: str) -> None:
    assert _found(BASE.replace(_QUERY, f"promql: {query}\n")) == []


def test_a_log_query_with_thresholds_may_not_compare_either() -> None:
    rate = 'sum by (job, zone) (rate({job="api"} |= "error" | status >= 500 [5m]))'
    assert _found(BASE.replace(_QUERY, f"logql: {rate}\n")) == []
    (one,) = _found(BASE.replace(_QUERY, f"logql: {rate} > 7\n"))
    assert (one[0], one[2]) == ("spec/second-comparison", "> 7")
    assert "`logql` already compares" in one[1]


def test_all_mistakes_are_told_at_once() -> None:
    text = BASE.replace("catch_all: all", "catch_all: al").replace("team: web", "team: wep")
    assert [one[0] for one in _found(text)] == ["reference/receiver", "reference/team"]


@pytest.mark.parametrize(
    ("up", "slow", "labels"),
    [
        ("max by (shop) (up)", "max(slow_seconds)", None),
        ("max by (shop) (up)", "absent(slow_seconds)", None),
        ("max by (shop) (up)", "max by (job, zone) (slow_seconds)", None),
        ("max by (shop) (up)", "max without (instance) (slow_seconds)", "shop"),
        ("min without (zone) (up)", "max by (job, zone) (slow_seconds)", "job"),
        ("min without (zone) (up)", "max without (job) (slow_seconds)", "instance"),
    ],
)
def test_only_labels_that_both_alerts_can_carry_are_proposed(up: str, slow: str, labels: str | None) -> None:
    text = BASE.replace("sum by (job) (up)", up).replace("max by (job, zone) (slow_seconds)", slow)
    ((_, help_),) = [(id_, help_) for id_, _, _, help_ in _found(text) if id_ == "inhibition/equal"]
    proposed = re.findall(r"\{alert: Up, equal: \[.*?\]\}", help_)
    named = [] if labels is None else [f"{{alert: Up, equal: [{labels}]}}"]
    assert proposed == [*named, "{alert: Up, equal: []}"]
    for one in proposed:
        found = {id_ for id_, _, _, _ in _found(text.replace("depends_on: [Up]", f"depends_on: [{one}]"))}
        assert not found & {"inhibition/equal", "inhibition/label"}
