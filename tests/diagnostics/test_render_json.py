import json

from tocsin.diagnostics import Diagnostic, Level, Note
from tocsin.diagnostics.fix import Fix
from tocsin.diagnostics.render import render_json
from tocsin.diagnostics.subject import Subject
from tocsin.source import Document, Span


def test_json() -> None:
    document = Document("a\udcff.yaml", "é: 1\nb: 2\n")
    note = Note(Span(document, 5, 6), "there")
    found = Diagnostic(
        "x/y",
        Level.WARNING,
        "não",
        Span(document, 3, 4),
        "l",
        (note,),
        "so",
        subject=Subject("alert", "A", "g"),
    )
    text = render_json([found, Diagnostic("z", Level.ERROR, "m", None)])
    assert text.endswith("]\n")
    assert "não" in text
    first, second = json.loads(text)
    assert first == {
        "check": "x/y", "level": "warning", "file": "a?.yaml", "line": 1, "column": 4, "end_line": 1,
        "end_column": 5, "message": "não", "reason": "l", "help": "so",
        "related": [
            {"file": "a?.yaml", "line": 2, "column": 1, "end_line": 2, "end_column": 2, "message": "there"}
        ],
            "fix": None,
            "more": [],
            "subject": {"kind": "alert", "name": "A", "within": "g"},
            "accepted": None,
            "origin": None,
    }  # fmt: skip
    assert (second["file"], second["line"], second["help"], second["related"]) == (None, None, None, [])


def test_json_carries_the_edit_of_a_finding() -> None:
    document = Document("a.yaml", "for: 5 minutes\n")
    span = Span(document, 5, 14)
    [found] = json.loads(render_json([Diagnostic("x/y", Level.ERROR, "m", span, fix=Fix(span, "5m"))]))
    assert found["fix"] == {
        "file": "a.yaml", "line": 1, "column": 6, "end_line": 1, "end_column": 15, "text": "5m"
    }  # fmt: skip
