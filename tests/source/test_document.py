from tocsin.source import Document, Span


def test_lines_and_columns_count_code_points_from_one() -> None:
    document = Document("a.yaml", "é\r\nção: x\rz\n")
    assert document.position(0) == (1, 1)
    assert document.position(1) == (1, 2)
    assert document.position(3) == (2, 1)
    assert document.position(8) == (2, 6)
    assert document.position(10) == (3, 1)
    assert document.position(99) == (4, 1)
    assert [document.line(n) for n in range(6)] == ["", "é", "ção: x", "z", "", ""]


def test_a_span_knows_both_its_ends() -> None:
    span = Span(Document("a.yaml", "ab\ncd"), 1, 4)
    assert (span.line, span.column, span.end_line, span.end_column) == (1, 2, 2, 2)
