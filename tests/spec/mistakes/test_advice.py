"""Helps that are no single edit: each is followed by hand, and no finding is left."""

from __future__ import annotations

import pytest
from tests.spec.mistakes.edits import SPEC, diagnostics_of, plan_of, the_only_one

# What is written, what stands there instead, a part of the help, and what whoever follows it writes.
ADVICE: list[tuple[str, str, str, str]] = [
    (
        'slack: [{channel: "#ops", api_url_file: /etc/slack}]',
        'slack: [{channel: "#ops"}]',
        "write `api_url_file: /path/to/file` here",
        'slack: [{channel: "#ops", api_url_file: /path/to/file}]',
    ),
    (
        "slos:\n",
        "recordings: {jobs: {record: 'job:up:sum', promql: sum by (job) (up)}}\nslos:\n",
        'write `rules: [{record: job:up:sum, promql: "sum by (job) (up)"}]`',
        "recordings: {jobs: {rules: [{record: 'job:up:sum', promql: sum by (job) (up)}]}}\nslos:\n",
    ),
    ("location: Europe/Berlin", "location: CEST", "`Europe/Berlin`", "location: Europe/Berlin"),
    ("location: Europe/Berlin", "location: PST", "`America/Los_Angeles`", "location: America/Los_Angeles"),
    ("location: Europe/Berlin", "location: UTC+1", "`Europe/Berlin`", "location: Europe/Berlin"),
    ("location: Europe/Berlin", "timezone: CEST", "write `location:`; ", "location: Europe/Berlin"),
    ('end_time: "18:00"', 'end_time: "25:00"', "`00:00` to `24:00`", 'end_time: "24:00"'),
    (
        'weekdays: ["monday:friday"]',
        "weekdays: [Sa-So]",
        "two entries: `saturday`, `sunday`",
        "weekdays: [saturday, sunday]",
    ),
    (
        'weekdays: ["monday:friday"]',
        'months: ["november:february"]',
        "two entries: `november:december`, `january:february`",
        'months: ["november:december", "january:february"]',
    ),
    ("        for: 5m", "        for: 5", "`5m` for minutes", "        for: 5m"),
    ("        for: 5m", "        for: 300", "`300s` for seconds", "        for: 300s"),
    (
        "        runbook:\n          diagnosis: [{title: Look at the log, promql: up}]",
        "        runbook: {}\n        runbook_url: https://wiki.example.org",
        "write `url:` under `runbook:`",
        "        runbook: {url: https://wiki.example.org}",
    ),
    (
        "        promql: max by (job) (latency_seconds)\n",
        "",
        "write the query as `promql: …`",
        "        promql: max by (job) (latency_seconds)\n",
    ),
    (
        "        promql: max by (job) (latency_seconds)\n",
        '        promql: max by (job) (latency_seconds)\n        logql: sum(rate({app="x"}[5m]))\n',
        "keep one",
        "        promql: max by (job) (latency_seconds)\n",
    ),
    ("        severity: critical\n", "", "`severity: critical`", "        severity: critical\n"),
    ("{rank: 2, title: Warning}", "{rank: 0, title: Warning}", "write `1`", "{rank: 2, title: Warning}"),
    (
        "{rank: 2, title: Warning}",
        "{rank: 2, title: Warning, receivers: [ops]}",
        "`receiver:`",
        "{rank: 2, title: Warning, receiver: ops}",
    ),
    (
        "      receiver: ops",
        "      receivers: [ops, mail]",
        "`continue: true`",
        "      receiver: ops\n      continue: true\n    - receiver: mail",
    ),
    (
        "    title: Web\n",
        "    title: Web\n    partial_response_strategy: warn\n",
        "write `options: {partial_response_strategy: warn}`",
        "    title: Web\n    options: {partial_response_strategy: warn}\n",
    ),
    (
        "        unit: seconds\n",
        "        unit: seconds\n        interval: 30s\n",
        "`interval` is a key of `groups.web`",
        "        unit: seconds\n",
    ),
    (
        "        unit: seconds\n",
        "        unit: seconds\n        labels: {severity: critical}\n",
        "`thresholds:` by severity",
        "        unit: seconds\n",
    ),
    (
        "        unit: seconds\n",
        "        unit: seconds\n        annotations: {summary: Slow}\n",
        "write `summary:` in the alert",
        "        unit: seconds\n",
    ),
    (
        "        unit: seconds\n",
        "        unit: seconds\n        allow: {runbook/empty: {reason: known, until: soon}}\n",
        "write it as `until: 2027-12-31`",
        "        unit: seconds\n        allow: {runbook/empty: {reason: known, until: 2027-12-31}}\n",
    ),
]


@pytest.mark.parametrize(
    ("right", "wrong", "help_", "edited"), ADVICE, ids=[one[1] or one[2] for one in ADVICE]
)
def test_whoever_follows_the_help_has_no_finding_left(
    right: str, wrong: str, help_: str, edited: str
) -> None:
    assert SPEC.count(right) == 1
    found = the_only_one(SPEC.replace(right, wrong))
    assert help_ in (found.help or ""), (found.message, found.help)
    assert diagnostics_of(SPEC.replace(right, edited)) == ()


BLOCKS: list[tuple[str, str, str, str]] = [
    (
        "          warning: {above: 2}\n          critical: {above: 5, for: 3m}\n",
        "          - {severity: warning, above: 2}\n          - {severity: critical, above: 5, for: 3m}\n",
        "write `thresholds: {warning: {above: 2}, critical: {above: 5, for: 3m}}`",
        "          {warning: {above: 2}, critical: {above: 5, for: 3m}}\n",
    ),
    (
        '  ops: {slack: [{channel: "#ops", api_url_file: /etc/slack}]}\n'
        "  mail: {email: [{to: ops@example.org}]}\n",
        '  - name: ops\n    slack: [{channel: "#ops", api_url_file: /etc/slack}]\n'
        "  - name: mail\n    email: [{to: ops@example.org}]\n",
        "write it as `receivers: {ops: {…}, mail: {…}}`",
        '  ops: {slack: [{channel: "#ops", api_url_file: /etc/slack}]}\n'
        "  mail: {email: [{to: ops@example.org}]}\n",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "help_", "edited"), BLOCKS)
def test_a_list_with_names_in_it_is_shown_by_these_names(
    right: str, wrong: str, help_: str, edited: str
) -> None:
    found = the_only_one(SPEC.replace(right, wrong))
    assert found.help == help_
    assert diagnostics_of(SPEC.replace(right, edited)) == ()
    plan_of(SPEC.replace(right, edited))


def test_an_address_without_its_scheme_is_not_repeated() -> None:
    found = the_only_one(
        SPEC.replace("{email: [{to: ops@example.org}]}", "{webhook: [{url: hooks.example.org/T0KEN}]}")
    )
    assert "T0KEN" not in f"{found.message} {found.help} {found.fix and found.fix.text}"
    assert found.help == "write `https://` before it"


@pytest.mark.parametrize(
    "receiver", ["{pagerduty: T0KEN}", "{slack: [T0KEN]}", "{webhook: https://h/T0KEN}", "{email: T0KEN}"]
)
def test_what_may_be_a_secret_is_not_repeated_in_a_help(receiver: str) -> None:
    found = the_only_one(SPEC.replace("{email: [{to: ops@example.org}]}", receiver))
    assert "T0KEN" not in f"{found.message} {found.help} {found.fix and found.fix.text}"


def test_no_key_is_proposed_that_the_oldest_alertmanager_lacks() -> None:
    written = SPEC.replace("api_url_file: /etc/slack}", "api_url_file: /etc/slack, app_token_fil: /etc/x}")
    assert "app_token_file" not in (the_only_one(written).help or "")
    newer = written.replace("  title: Shop\n", '  title: Shop\n  targets: {alertmanager: "0.33"}\n')
    assert the_only_one(newer).help == "did you mean `app_token_file`?"


@pytest.mark.parametrize(
    ("program", "version", "fixed"),
    [
        ("alertmanager", "0.30", '"0.30"'),
        ("alertmanager", "v0.30.1", "0.30.1"),
        ("alertmanager", "0.27", "0.28"),
        ("prometheus", "3.10", '"3.10"'),
        ("prometheus", "2.45.1", "2.53"),
    ],
)
def test_a_version_is_a_string_and_a_release_that_is_supported(
    program: str, version: str, fixed: str
) -> None:
    text = SPEC.replace("  title: Shop\n", f"  title: Shop\n  targets: {{{program}: {version}}}\n")
    found = the_only_one(text)
    assert found.fix is not None
    assert found.fix.text.strip('"') == fixed.strip('"')
    assert diagnostics_of(text[: found.fix.span.start] + found.fix.text + text[found.fix.span.end :]) == ()


def test_a_number_with_a_comma_inside_of_braces_is_one_finding() -> None:
    found = the_only_one(SPEC.replace("{above: 2}", "{above: 2,5}"))
    assert found.help == "write `2.5`"


def test_a_merge_conflict_is_called_one() -> None:
    ours = "<<<<<<< HEAD\n  title: Shop\n=======\n  title: Store\n>>>>>>> main\n"
    found = diagnostics_of(SPEC.replace("  title: Shop\n", ours))
    assert [one.message for one in found] == ["this is a merge conflict that nobody has resolved"]
    assert found[0].span is not None
    assert found[0].span.line == 3


def test_a_template_of_a_chart_is_one_finding_at_its_place() -> None:
    text = SPEC.replace("{above: 2}", "{above: {{ .Values.limit }}}")
    found = the_only_one(text)
    assert "template of a Helm chart" in found.message
    assert found.span is not None
    assert text[found.span.start : found.span.end] == "{{ .Values.limit }}"


def test_a_template_of_a_notification_beside_another_fault_is_no_chart() -> None:
    text = SPEC.replace("description: Too slow", "description: '{{ with $value }}{{ . }}{{ end }}'")
    found = diagnostics_of(text.replace("  title: Shop\n", "  title: 'Shop\n"))
    assert found
    assert not any("Helm" in one.message for one in found)


def test_an_item_in_the_place_of_its_list_is_shown_at_its_first_key() -> None:
    wrong = SPEC.replace(
        "slos:\n", "recordings: {jobs: {record: 'job:up:sum', promql: sum by (job) (up)}}\nslos:\n"
    )
    (found,) = diagnostics_of(wrong)
    assert found.message == "`record` and `promql` belong to an item of `rules`"
    assert found.span is not None
    assert wrong[found.span.start : found.span.end] == "record"
