"""What an import did, in the words of its report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.importing.alertmanager.import_routing import counts
from tocsin.importing.notes import REFUSED
from tocsin.importing.rules.model import ImportedAlert
from tocsin.importing.sourced import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.files import File
    from tocsin.importing.alertmanager.import_routing import SoundRouting
    from tocsin.importing.alertmanager.secret_files import SecretFiles
    from tocsin.importing.rules.import_rules import ProvedRules

_FILE = "IMPORT.md"
_COUNTED = (
    *("unit", "runbook", "runbook page", "panel"),
    *("label of whole groups", "label of all rules", "team of whole groups"),
)
_UNREAD = ("file/encoding", "file/template", "file/yaml")


def not_imported(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """What is refused, and the files that could not be read, each of these once."""
    refused = [one for one in diagnostics if one.id == "import/refused"]
    named = {one.span.document.name for one in refused if one.span is not None}
    for one in diagnostics:
        if one.id in _UNREAD and one.span is not None and one.span.document.name not in named:
            named.add(one.span.document.name)
            refused.append(one)
    return refused


def refused_things(diagnostics: Sequence[Diagnostic]) -> int:
    """How many files and SLOs are not imported, each of which may have several reasons."""
    refused = not_imported(diagnostics)
    named = {one.message.partition(REFUSED)[0] for one in refused if one.id == "import/refused"}
    return len(named) + sum(one.id != "import/refused" for one in refused)


def import_report(
    proved: ProvedRules,
    routing: SoundRouting | None,
    diagnostics: Sequence[Diagnostic],
    left_pages: Sequence[tuple[str, str | None]] = (),
) -> File:
    """The page about an import that stays with the spec: what became of which file, and what did not.

    `left_pages` are the pages that became no runbooks, each with the reason; None where it is about no alert.
    """
    lines = [
        "# Import",
        "",
        "Written by `tocsin import`. Nothing reads this page: delete it when you like.",
        "",
    ]
    lines += [*_of_rules(proved), *_of_left_pages(left_pages)] if proved.rules else []
    if routing is not None:
        lines += [*([""] if proved.rules else []), *_of_routing(routing)]
    for title, said in (
        ("Not imported", not_imported(diagnostics)),
        ("Left out", [one for one in diagnostics if one.id == "import/left-out"]),
        ("Changed", [one for one in diagnostics if one.id == "import/changed"]),
    ):
        if said:
            lines += ["", f"## {title}", ""]
            lines += [
                f"- {_place(one)}: {one.message}" + (f" ({one.help})" if one.help else "") for one in said
            ]
    return text_file(_FILE, "\n".join(lines) + "\n")


def _of_rules(proved: ProvedRules) -> Iterator[str]:
    yield "| rule file | in the spec | generated | alerts | recordings |"
    yield "| --- | --- | --- | ---: | ---: |"
    for file in proved.rules:
        rules = list(file.rules())
        alerts = sum(rule.is_alert for rule in rules)
        name = file.source.input.document.name
        yield f"| {_cell(name)} | {file.path} | {file.generated} | {alerts} | {len(rules) - alerts} |"
    yield from ("", "## Lifted", "", *(f"- {line}" for line in lifted(proved) or ["nothing"]))
    if joined := [(one.name, one.page) for one in _alerts(proved) if one.page is not None]:
        yield from ("", "## Runbooks", "", "These pages became the runbooks of their alerts:", "")
        yield from (f"- {page.name}: `{name}`" for name, page in joined)
    if drawn := [(one.name, one.panel) for one in _alerts(proved) if one.panel is not None]:
        yield from (
            "",
            "## Panels",
            "",
            "Alerts are drawn as these panels of dashboards draw their queries:",
            "",
        )
        yield from (f"- {panel.span.document.name}:{panel.span.line}: `{name}`" for name, panel in drawn)
    if kept := list(_kept(proved)):
        yield from ("", "## Kept as it was", "", "Conditions that have no threshold to tell apart:", "")
        yield from (f"- {name}" for name in kept)


def _of_left_pages(pages: Sequence[tuple[str, str | None]]) -> Iterator[str]:
    about_alerts = [f"- {name}: {why}" for name, why in pages if why is not None]
    others = [f"- {name}" for name, why in pages if why is None]
    if pages:
        yield from ("", "## Pages that stay where they are")
    if about_alerts:
        yield from ("", "These did not become runbooks of their alerts:", "", *about_alerts)
    if others:
        yield from ("", "No alert has the name or title of these, and no `runbook_url` ends with it:", "")
        yield from others


def _of_routing(routing: SoundRouting) -> Iterator[str]:
    read = routing.read
    yield from ("## Routing", "", f"`{routing.file.path}` is made of:", "")
    yield from (f"- {file.document.name}" for file in read.inputs)
    yield from ("", f"It has {_counted(routing)}. Nobody is notified otherwise.")
    if read.template_files:
        yield from ("", "These files with templates were not found. The spec names them where they are:", "")
        yield from (f"- `{plain_text(one)}`" for one in read.template_files)
    if read.files.moved:
        yield from ("", "## Secrets", "", "These stood in clear, and are written nowhere.")
        yield "Put each into its file on the machine where Alertmanager runs, before you deploy:"
        yield ""
        for file, places in _by_file(read.files).items():
            yield f"- `{file}`: {', '.join(places)}"
    if read.files.references:
        yield from ("", "These were references to Secrets of Kubernetes. Mount each Secret, as the operator")
        yield "does with those under `spec.secrets` of the Alertmanager:"
        yield ""
        yield from (f"- `{file}`" for file in read.files.references)


def _by_file(files: SecretFiles) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in files.moved:
        place = f"`{one.key}` in {one.span.document.name}:{one.span.line}"
        found.setdefault(one.file, []).append(place)
    return found


def routing_summary(routing: SoundRouting) -> Iterator[str]:
    """The lines that the command prints about routes and secrets."""
    yield f"equal    {_counted(routing)}: nobody is notified otherwise"
    if secrets := routing.read.files.moved:
        files = len({one.file for one in secrets})
        into = "one file" if files == 1 else f"{files:,} files"
        was = "1 was" if len(secrets) == 1 else f"{len(secrets):,} were"
        yield f"secrets  {was} in clear: put them into {into} before you deploy, see {_FILE}"


def _counted(routing: SoundRouting) -> str:
    return ", ".join(
        f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
        for what, number in counts(routing).items()
        if number
    )


def lifted(proved: ProvedRules) -> list[str]:
    """What was written in another form than it was, with how often."""
    counts: Counter[str] = Counter()
    for alert in _alerts(proved):
        counts["thresholds"] += sum(rule.split is not None for rule in alert.rules)
        if alert.has_one_query and len(alert.rules) > 1:
            counts["severities merged"] += len(alert.rules)
            counts["into alerts"] += 1
        counts["unit"] += alert.unit is not None
        counts["runbook"] += alert.runbook is not None
        counts["panel"] += alert.panel is not None
        counts["runbook page"] += alert.page is not None
    groups = [group for file in proved.rules for group in file.groups]
    counts["label of whole groups"] += sum(len(group.labels) for group in groups)
    counts["label of all rules"] = len(proved.rules[0].project_labels) if proved.rules else 0
    counts["team of whole groups"] += sum(group.team is not None for group in groups)
    found = (
        [f"{_number(counts['thresholds'], 'threshold')} apart from the query"] if counts["thresholds"] else []
    )
    if counts["severities merged"]:
        into = _number(counts["into alerts"], "alert")
        found.append(f"{counts['severities merged']:,} severities into {into}")
    for what in _COUNTED:
        if counts[what]:
            first, of, rest = what.partition(" of ")
            found.append(f"{_number(counts[what], first)}{of}{rest}")
    return found


def summary(proved: ProvedRules) -> Iterator[str]:
    """The lines that the command prints about rules."""
    rules = [rule for file in proved.rules for rule in file.rules()]
    if proved.rules:
        yield f"equal    {len(rules):,} of {len(rules):,} rules, in order"
    if said := lifted(proved):
        yield f"lifted   {', '.join(said)}"
    if kept := sum(1 for _ in _kept(proved)):
        yield f"kept     {_number(kept, 'condition')} as written: see {_FILE}"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _kept(proved: ProvedRules) -> Iterator[str]:
    for alert in _alerts(proved):
        if any(rule.split is None for rule in alert.rules):
            place = alert.rules[0].node.span
            yield f"`{alert.name}` ({place.document.name}:{place.line})"


def _alerts(proved: ProvedRules) -> Iterator[ImportedAlert]:
    for file in proved.rules:
        for group in file.groups:
            yield from (item for item in group.items if isinstance(item, ImportedAlert))


def _place(found: Diagnostic) -> str:
    return "?" if found.span is None else f"{found.span.document.name}:{found.span.line}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
