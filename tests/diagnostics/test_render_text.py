import re

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tocsin.diagnostics import Diagnostic, Level, Note
from tocsin.diagnostics.render import RENDERERS, render_text
from tocsin.diagnostics.report import Report
from tocsin.source import Document, Span


def part(document: Document, text: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = document.text.index(text, start + 1)
    return Span(document, start, start + len(text))


def show(*diagnostics: Diagnostic, width: int = 120) -> str:
    return render_text(diagnostics, colour=False, width=width)


SPEC = Document(
    "spec/resources.yaml",
    "\n" * 11
    + '        promql: (1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m]))) * 100\n'
    + "\n"
    + "        description: CPU em {{ $value }}% na instância {{ $labels.instance }}\n",
)


def test_the_example_of_the_design() -> None:
    diagnostic = Diagnostic(
        "label/dropped",
        Level.ERROR,
        "the description uses $labels.instance, but the query cannot return it",
        part(SPEC, "$labels.instance"),
        related=(Note(part(SPEC, "avg"), "`avg` without `by` removes every label"),),
        help="write `avg by (instance) (…)`, or leave the label out",
    )
    assert (
        show(diagnostic)
        == """\
error[label/dropped]: the description uses $labels.instance, but the query cannot return it
  --> spec/resources.yaml:14:59
   |
12 |         promql: (1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m]))) * 100
   |                      --- `avg` without `by` removes every label
14 |         description: CPU em {{ $value }}% na instância {{ $labels.instance }}
   |                                                           ^^^^^^^^^^^^^^^^
   = help: write `avg by (instance) (…)`, or leave the label out

1 error
"""
    )


def test_far_lines_other_files_and_labels() -> None:
    here = Document("a.yaml", "one: 1\n" + "\n" * 7 + "two: 2\n")
    there = Document("b.yaml", "three: 3\n")
    diagnostic = Diagnostic(
        "x/y",
        Level.WARNING,
        "no",
        part(here, "two"),
        "this",
        (Note(part(here, "1"), "that"), Note(part(there, "three"), "there")),
    )
    assert (
        show(diagnostic, Diagnostic("z", Level.INFO, "all\nof it", None))
        == """\
warning[x/y]: no
 --> a.yaml:9:1
  |
1 | one: 1
  |      - that
...
9 | two: 2
  | ^^^ this
 ::: b.yaml:1:1
  |
1 | three: 3
  | ----- there

info[z]: all of it

1 warning, 1 info: 1 x/y, 1 z
"""
    )


def test_two_marks_on_one_line_and_the_plural() -> None:
    document = Document("a.yaml", "ab cd")
    diagnostic = Diagnostic(
        "x", Level.ERROR, "no", part(document, "ab"), "p", (Note(part(document, "cd"), "r"),)
    )
    assert show(diagnostic, diagnostic) == 2 * (
        "error[x]: no\n --> a.yaml:1:1\n  |\n1 | ab cd\n  | ^^ p\n  |    -- r\n\n"
    ) + "2 errors\n"  # fmt: skip


def test_wide_characters_tabs_and_control_characters() -> None:
    document = Document("a.yaml", "\t日本\x1b[31m é\u202e x")
    text = show(Diagnostic("x", Level.ERROR, "\x1b[0m", part(document, "x"), "\a"))
    assert text.splitlines()[3:5] == [
        r"1 |     日本\u001b[31m é\u202e x",
        r"  |                            ^ \u0007",
    ]
    assert "\x1b" not in text


def test_a_part_of_several_lines_is_underlined_on_the_first() -> None:
    document = Document("a.yaml", "a: |\n  b\n  c\n")
    text = show(Diagnostic("x", Level.ERROR, "no", Span(document, 3, 12)))
    assert text.splitlines()[3:5] == ["1 | a: |", "  |    ^"]


def test_a_point_gets_one_caret_even_behind_the_end() -> None:
    document = Document("a.yaml", "a:")
    text = show(Diagnostic("x", Level.ERROR, "no", Span(document, 2, 2)))
    assert text.splitlines()[3:5] == ["1 | a:", "  |   ^"]


def test_a_long_line_is_cut_around_the_guilty_part() -> None:
    document = Document("a.yaml", "x" * 300 + "BAD" + "y" * 300)
    rows = show(Diagnostic("x", Level.ERROR, "no", part(document, "BAD")), width=40).splitlines()
    assert rows[3] == f"1 | …{'x' * 15}BAD{'y' * 16}…"
    assert rows[4] == "  |  " + " " * 15 + "^^^"


def test_a_long_line_is_shown_twice_for_parts_far_apart() -> None:
    document = Document("a.yaml", "A" + "x" * 300 + "BAD")
    diagnostic = Diagnostic(
        "x", Level.ERROR, "no", part(document, "BAD"), "", (Note(part(document, "A"), "r"),)
    )
    rows = show(diagnostic, width=40).splitlines()
    assert rows[3:7] == [
        f"1 | …{'x' * 31}BAD",
        f"  |  {' ' * 31}^^^",
        f"1 | A{'x' * 33}…",
        "  | - r",
    ]


def test_labels_and_help_are_wrapped() -> None:
    document = Document("a.yaml", "a: " + "b " * 10 + "c")
    words = "many words " * 6
    rows = show(
        Diagnostic("x", Level.ERROR, "no", part(document, "c"), words, help=words), width=50
    ).splitlines()
    assert max(map(len, rows)) <= 50
    assert [row for row in rows if "help" in row] == ["  = help: many words many words many words many"]


def test_a_long_message_is_folded_on_a_screen_and_one_line_elsewhere() -> None:
    long = "the summary uses `$labels.instance_of_the_host`, but the query can never return it: ::error"
    found = Diagnostic("label/dropped", Level.ERROR, f"{long} {'x' * 90}", None)
    one, *_ = render_text([found], colour=False, width=60).split("\n")
    assert one == f"error[label/dropped]: {long} {'x' * 90}"
    assert render_text([found], colour=False, width=60, folds=True).split("\n")[:4] == [
        "error[label/dropped]: the summary uses",
        "    `$labels.instance_of_the_host`, but the query can never",
        "    return it: ::error",
        "    " + "x" * 90,
    ]
    command = Diagnostic("x/y", Level.ERROR, "a::b " * 12 + "::error::x", None)
    folded = render_text([command], colour=False, width=60, folds=True)
    assert not any(row.strip().startswith("::") for row in folded.split("\n")), folded


def test_the_worst_is_shown_first_and_the_order_of_files_holds_within_a_level() -> None:
    document = Document("a.yaml", "a: 1\n")
    found = [
        Diagnostic(f"x/{level.value}", level, text, Span(document, 0, 1))
        for text in ("first", "second")
        for level in (Level.INFO, Level.ERROR, Level.WARNING)
    ]
    text = RENDERERS["text"](Report(tuple(found)))
    assert re.findall(r"(?m)^(\w+)\[.*: (\w+)$", text) == [
        (level, said) for level in ("error", "warning", "info") for said in ("first", "second")
    ]


def test_colour_only_if_asked_for() -> None:
    diagnostic = Diagnostic("x", Level.ERROR, "no", part(SPEC, "avg"), "here", help="so")
    coloured = RENDERERS["text"](Report((diagnostic,), colour=True))
    assert "\x1b[1;31merror[x]\x1b[0m" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == RENDERERS["text"](Report((diagnostic,)))


def test_nothing_found_is_nothing_said() -> None:
    assert show() == ""


@settings(max_examples=400, deadline=None)
@given(
    st.text(max_size=80), st.integers(0, 80), st.integers(0, 80), st.integers(40, 100), st.text(max_size=60)
)
def test_any_span_can_be_shown_within_the_width(
    line: str, start: int, end: int, width: int, label: str
) -> None:
    document = Document("a.yaml", line)
    start, end = sorted((min(start, len(line)), min(end, len(line))))
    text = show(
        Diagnostic("x", Level.ERROR, "no", Span(document, start, end), label, help=label), width=width
    )
    rows = text.split("\n")
    assert any("^" in row for row in rows)
    assert all(cell_len(row) <= width for row in rows if "help" not in row and label.isascii()), rows


def test_of_many_findings_of_a_check_the_first_are_shown_and_the_others_counted() -> None:
    document = Document("a.yaml", "x\n" * 1000)
    many = [
        Diagnostic("a/b", Level.ERROR, f"wrong {number}", Span(document, 2 * number, 2 * number + 1))
        for number in range(1000)
    ]
    text = show(*many, Diagnostic("c/d", Level.INFO, "other", None))
    assert text.count("error[a/b]") == 100
    assert "a/b: 900 more in a.yaml; --format json shows all" in text
    assert "info[c/d]: other" in text
    assert text.endswith("1000 errors, 1 info\n") or "1000 errors" in text.splitlines()[-1]
