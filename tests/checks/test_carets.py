"""The carets stand under the very characters that a finding is about, however the author wrote the text."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size

from tocsin.diagnostics import Diagnostic, Level
from tocsin.diagnostics.render import render_text
from tocsin.existing.files import read_existing
from tocsin.existing.input import Input
from tocsin.plan.source_spans import expr_piece, query_tokens, text_piece
from tocsin.source import Document, Place, Sources, read_stream


def _underlined(sources: Sources, place: Place) -> str:
    """What stands above the carets, by the columns of a terminal."""
    found = Diagnostic("x/y", Level.ERROR, "m", sources.locate(place))
    rows = render_text([found], colour=False, width=4000).split("\n")
    carets = next(row for row in rows if set(row.split("|")[-1].strip()) == {"^"})
    above = rows[rows.index(carets) - 1]
    left = carets.index("^")
    return set_cell_size(above, left + carets.count("^"))[len(set_cell_size(above, left)) :]


_WORDS = [
    'up{job="漢字 é"}',
    "sum by (à) (x)",
    "(\n  y\n)",
    "z{a=`\\d\t+`, b='it''s'}",
    "# ação\n",
    "1e3",
    "w",
]
_BETWEEN = [" + ", "\n  or\n  ", "\t- ", " > \n"]


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from(_WORDS), st.sampled_from(_BETWEEN)), min_size=1, max_size=4),
    st.sampled_from(["", "'", '"', "|", ">"]),
    st.sampled_from([20, 4000]),
)
def test_each_token_of_a_query_is_underlined(words: list[tuple[str, str]], style: str, width: int) -> None:
    expr = "".join(word + between for word, between in words) + "end"
    rule = {"alert": "A", "expr": expr, "labels": {"severity": "é"}}
    text = yaml.dump(
        {"groups": [{"name": "g", "rules": [rule]}]},
        default_style=style or None,
        allow_unicode=True,
        width=width,
    )
    document = Document("r.yml", text)
    adopted = read_existing([Input(document, read_stream(document), True)])
    ((made,),) = (group.rules for group in adopted.plan.rule_groups)
    # PyYAML folds some texts into others; what counts is what the file says.
    assert made.expr == yaml.safe_load(text)["groups"][0]["rules"][0]["expr"]
    for token in query_tokens(made.expr, made.engine):
        written = text[slice(*_offsets(adopted.sources, expr_piece(made, token.span)))]
        first = written.split("\n")[0].replace("\t", "    ").rstrip()
        assert _underlined(adopted.sources, expr_piece(made, token.span)) == first
        if not set("\\'\n") & set(written):
            assert written == token.text


def _offsets(sources: Sources, place: Place) -> tuple[int, int]:
    span = sources.locate(place)
    return span.start, span.end


@pytest.mark.parametrize("style", ["", "'", '"', "|", ">"])
def test_a_part_of_an_annotation_is_underlined(style: str) -> None:
    value = "Não: {{ $labels.ção }}\tis “down”, it's so\n\nsince {{ $value }}"
    rule = {"alert": "A", "expr": "up", "annotations": {"summary": value}}
    text = yaml.dump(
        {"groups": [{"name": "g", "rules": [rule]}]}, default_style=style or None, allow_unicode=True
    )
    document = Document("r.yml", text)
    adopted = read_existing([Input(document, read_stream(document), True)])
    ((made,),) = (group.rules for group in adopted.plan.rule_groups)
    for part in ("Não", "$labels.ção", "“down”", "$value"):
        start = value.index(part)
        place = text_piece(made.written.annotations["summary"], (start, start + len(part)))
        assert _underlined(adopted.sources, place) == part
        assert cell_len(part) == len(part)
