"""What an import did, in the words of its report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.importing.rules.model import ImportedAlert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.files import File
    from tocsin.importing.rules.import_rules import ProvedRules

_FILE = "IMPORT.md"


def import_report(proved: ProvedRules, diagnostics: Sequence[Diagnostic]) -> File:
    """The page about an import that stays with the spec: what became of which file, and what did not."""
    lines = [
        "# Import",
        "",
        "Written by `tocsin import`. Nothing reads this page: delete it when you like.",
        "",
    ]
    lines += [
        "| rule file | in the spec | generated | alerts | recordings |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    for file in proved.rules:
        rules = list(file.rules())
        alerts = sum(rule.is_alert for rule in rules)
        name = file.source.input.document.name
        lines.append(f"| {_cell(name)} | {file.path} | {file.generated} | {alerts} | {len(rules) - alerts} |")
    lines += ["", "## Lifted", "", *(f"- {line}" for line in lifted(proved) or ["nothing"])]
    kept = list(_kept(proved))
    if kept:
        lines += ["", "## Kept as it was", "", "Conditions that have no threshold to tell apart:", ""]
        lines += [f"- {name}" for name in kept]
    for title, ids in (
        ("Not imported", ("import/refused", "file/template", "file/yaml")),
        ("Left out", ("import/left-out",)),
    ):
        said = [one for one in diagnostics if one.id in ids]
        if said:
            lines += ["", f"## {title}", ""]
            lines += [
                f"- {_place(one)}: {one.message}" + (f" ({one.help})" if one.help else "") for one in said
            ]
    return text_file(_FILE, "\n".join(lines) + "\n")


def lifted(proved: ProvedRules) -> list[str]:
    """What was written in another form than it was, with how often."""
    counts: Counter[str] = Counter()
    for alert in _alerts(proved):
        if len(alert.splits) == 1:
            counts["thresholds"] += 1
        elif alert.splits:
            counts["thresholds"] += len(alert.splits)
            counts["severities merged"] += len(alert.splits)
            counts["into alerts"] += 1
        counts["runbooks"] += alert.runbook is not None
    groups = [group for file in proved.rules for group in file.groups]
    counts["labels of whole groups"] += sum(len(group.labels) for group in groups)
    counts["teams of whole groups"] += sum(group.team is not None for group in groups)
    found = [f"{counts['thresholds']:,} thresholds apart from their queries"] if counts["thresholds"] else []
    if counts["severities merged"]:
        found.append(f"{counts['severities merged']:,} severities into {counts['into alerts']:,} alerts")
    for what in ("runbooks", "labels of whole groups", "teams of whole groups"):
        found += [f"{counts[what]:,} {what}"] if counts[what] else []
    return found


def summary(proved: ProvedRules) -> Iterator[str]:
    """The lines that the command prints about rules."""
    rules = [rule for file in proved.rules for rule in file.rules()]
    if proved.rules:
        yield f"equal    {len(rules):,} of {len(rules):,} rules, in order"
    if said := lifted(proved):
        yield f"lifted   {', '.join(said)}"
    if kept := sum(1 for _ in _kept(proved)):
        yield f"kept     {kept:,} conditions as they are: see {_FILE}"


def _kept(proved: ProvedRules) -> Iterator[str]:
    for alert in _alerts(proved):
        if not alert.splits:
            place = alert.rules[0].node.span
            yield f"`{alert.key}` ({place.document.name}:{place.line})"


def _alerts(proved: ProvedRules) -> Iterator[ImportedAlert]:
    for file in proved.rules:
        for group in file.groups:
            yield from (item for item in group.items if isinstance(item, ImportedAlert))


def _place(found: Diagnostic) -> str:
    return "?" if found.span is None else f"{found.span.document.name}:{found.span.line}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
