from tocsin.diagnostics import Diagnostic, Level, sort_diagnostics
from tocsin.source import Document, Span


def test_sorted_by_place_and_each_once() -> None:
    a, b = Document("a.yaml", "x\ny z\n"), Document("b.yaml", "x\n")

    def found(id: str, span: Span | None) -> Diagnostic:
        return Diagnostic(id, Level.ERROR, "m", span)

    expected = (
        found("z", None),
        found("z", Span(a, 0, 1)),
        found("a", Span(a, 2, 3)),
        found("b", Span(a, 2, 3)),
        found("a", Span(a, 4, 5)),
        found("a", Span(b, 0, 1)),
    )
    assert sort_diagnostics([*reversed(expected), *expected]) == expected
