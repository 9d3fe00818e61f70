"""Findings as SARIF 2.1.0, which code hosts and editors show."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tocsin import __version__
from tocsin.diagnostics.model import Level
from tocsin.diagnostics.render.cells import replace_surrogates
from tocsin.diagnostics.render.json import from_elsewhere
from tocsin.manual import find_section, section_address

if TYPE_CHECKING:
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.diagnostics.report import Report, Sought
    from tocsin.source import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def render_sarif(report: Report) -> str:
    """One run with a rule for each check that ran, and a result for each finding."""
    rules: dict[str, dict[str, Any]] = {one.id: _rule(one) for one in report.sought}
    for diagnostic in report.diagnostics:
        rules.setdefault(diagnostic.id, {"id": diagnostic.id})
    numbers = {id_: number for number, id_ in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "tocsin", "version": __version__, "rules": list(rules.values())}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, numbers) for diagnostic in report.diagnostics],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return replace_surrogates(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _rule(one: Sought) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": one.id,
        "shortDescription": {"text": one.claim},
        "help": {"text": f"tocsin explain {one.id}"},
        "defaultConfiguration": {"level": _LEVELS[one.level]},
    }
    if (section := find_section(one.id)) is not None:
        rule["help"]["markdown"] = section.text
    if (address := section_address(one.id)) is not None:
        rule["helpUri"] = address
    return rule


def _result(diagnostic: Diagnostic, numbers: dict[str, int]) -> dict[str, Any]:
    text = "\n".join(filter(None, (diagnostic.message, diagnostic.label, diagnostic.help)))
    result: dict[str, Any] = {
        "ruleId": diagnostic.id,
        "ruleIndex": numbers[diagnostic.id],
        "level": _LEVELS[diagnostic.level],
        "message": {"text": text},
        "locations": [
            _location(span, diagnostic.label)
            for span in (diagnostic.span, *diagnostic.more)
            if span is not None
        ],
    }
    if diagnostic.accepted is not None:
        said = f"{diagnostic.accepted.reason} (accepted on {diagnostic.accepted.date.isoformat()})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
    if diagnostic.origin is not None:
        result["properties"] = {"origin": from_elsewhere(diagnostic.origin)}
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, **_location(note.span, note.text)}
            for number, note in enumerate(diagnostic.related)
        ]
    if diagnostic.fix is not None:
        place = _location(diagnostic.fix.span, "")["physicalLocation"]
        edit = {"deletedRegion": place["region"], "insertedContent": {"text": diagnostic.fix.text}}
        changes = [{"artifactLocation": place["artifactLocation"], "replacements": [edit]}]
        result["fixes"] = [{"description": {"text": diagnostic.help or ""}, "artifactChanges": changes}]
    return result


def _location(span: Span, said: str) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span.document.name)},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            },
        }
    }
    if said:
        location["message"] = {"text": said}
    return location


def _uri(name: str) -> str:
    path = PurePath(name)
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix().encode("utf-8", "surrogateescape"))
