"""The key `slos`: each mistake is told at its place, and so does the schema of the editors."""

from __future__ import annotations

import pytest

from tocsin.detect.kinds import DocumentKind, document_parts
from tocsin.source import read_stream
from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.spec.schema import spec_schema

BASE = """\
project: {name: shop, title: Shop}
severities: {warning: {rank: 1, title: Warning}}
receivers: {mail: {email: [{to: ops@example.com}]}}
routing: {catch_all: mail}
slos:
  checkout:
    title: Checkouts succeed
    objective: 99.5%
    window: 30d
    ratio:
      bad: sum(rate(checkouts_total{result="failed"}[30d]))
      total: sum(rate(checkouts_total[30d]))
"""


def _mistakes(old: str, new: str) -> list[tuple[str, int, int, str, str]]:
    assert BASE.count(old) == 1
    loaded = load_documents([Document("spec.yaml", BASE.replace(old, new))])
    found = []
    for one in loaded.diagnostics:
        assert one.span is not None
        found.append((one.id, one.span.line, one.span.column, one.message, one.help or ""))
    return found


def test_the_base_is_sound_and_files_merge_by_the_name_of_the_objective() -> None:
    assert _mistakes("Checkouts succeed", "Checkouts succeed") == []
    again = Document("z.yaml", "slos: {checkout: {title: T, objective: 90%, window: 1d}}\n")
    loaded = load_documents([Document("a.yaml", BASE), again])
    assert [(one.id, one.message) for one in loaded.diagnostics] == [
        ("spec/defined-twice", "`slos.checkout` is defined twice")
    ]


@pytest.mark.parametrize(
    ("old", "new", "where", "message", "advice"),
    [
        ("99.5%", "100%", (8, 16), "leaves no error budget", "`99.9%`"),
        ("99.5%", "0%", (8, 16), "promises nothing", "`99.5%`"),
        ("99.5%", "99.5", (8, 16), "`99.5` is not an objective", "`99.5%`"),
        ("99.5%", "true", (8, 16), "a string belongs here", ""),
        ("window: 30d", "window: 30 days", (9, 13), "`30 days` is not a duration", "write `30d`"),
        ("window: 30d", "window: 0d", (9, 13), "a window of no length", "`30d`"),
        ('"failed"}[30d]))', '"failed"}[30d])', (11, 15), "`(` is never closed", "close it with `)`"),
        ("total: sum", "total: smu", (12, 14), "smu", ""),
        ("      total: sum(rate(checkouts_total[30d]))\n", "", (10, 5), "`total` is missing", ""),
        ("bad: ", "good: up\n      bad: ", (10, 5), "either `good` or `bad`", "the other one follows"),
        ("bad: ", "worst: ", (11, 7), "unknown key `worst`", "`bad`"),
        (
            "    ratio:",
            "    latency: {histogram: x_seconds, within: 1s}\n    ratio:",
            (6, 3),
            "one of `ratio`, `latency`, `up` and `slices`, here are `ratio` and `latency`",
            "write `ratio:",
        ),
    ],
)
def test_a_mistake_is_told_at_its_place(
    old: str, new: str, where: tuple[int, int], message: str, advice: str
) -> None:
    found = _mistakes(old, new)
    at = [one for one in found if message in one[3]]
    assert at, found
    assert at[0][1:3] == where
    assert advice in at[0][4]


RATIO = BASE[BASE.index("    ratio:") :]


@pytest.mark.parametrize(
    ("latency", "message"),
    [
        ("", "one of `ratio`, `latency`, `up` and `slices`, here are none"),
        ("    latency: {within: 1s}\n", "either `histogram` or `buckets`, here are none"),
        ("    latency: {histogram: a, buckets: b, within: 1s}\n", "here are both"),
        ("    latency: {histogram: a}\n", "`within` is missing"),
        ("    latency: {histogram: a-b, within: 1s}\n", "`a-b` is not a valid metric name"),
        ("    latency: {buckets: 'sum(', within: 1s}\n", "`(` is never closed"),
    ],
)
def test_a_latency_has_one_source_and_a_limit(latency: str, message: str) -> None:
    assert any(message in one[3] for one in _mistakes(RATIO, latency))


def test_the_schema_holds_the_key() -> None:
    known = spec_schema()
    slo = known["$defs"]["Slo"]
    assert {"objective", "window", "ratio", "latency", "alerts", "team"} <= slo["properties"].keys()
    assert known["properties"]["slos"]["additionalProperties"] == {"$ref": "#/$defs/Slo"}
    assert set(slo["required"]) == {"title", "objective", "window"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("slos: {checkout: {title: T}}\n", DocumentKind.SPEC),
        ("slos: {checkout: {title: T}}\nteams: {web: {title: W}}\n", DocumentKind.SPEC),
        ("slos: {checkout: {title: T}}\nerror_budget_policy: {}\n", DocumentKind.OTHER),
        ("version: prometheus/v1\nservice: shop\nslos: [{name: checkout}]\n", DocumentKind.OTHER),
    ],
)
def test_a_file_of_objectives_alone_belongs_to_a_spec_and_other_formats_do_not(
    text: str, kind: DocumentKind
) -> None:
    (part,) = document_parts(read_stream(Document("slos.yaml", text)).nodes[0], ())
    assert part.kind is kind
