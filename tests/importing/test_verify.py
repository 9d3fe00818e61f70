"""What the spec's own rules refuse is refused at the place that it was made of, and the rest is written."""

from __future__ import annotations

import pytest
from tests.importing.test_pyrra import RATIO
from tests.importing.test_sloth import SLO
from tests.importing.written import run, said, slos

from tocsin.compile import build
from tocsin.source.document import Document
from tocsin.spec.load import load_documents


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("owner: web", "my-owner: web", "4:web"),
        ("routing_key: web", "__key: web", "19:web"),
        ("severity: slack", "severity: '{{ $x }}'", "21:'{{ $x }}'"),
        ("name: ShopErrors", "name: ''", "15:name: ''"),
    ],
)
def test_the_place_is_that_of_the_file(before: str, after: str, place: str) -> None:
    assert before in SLO
    made = run(SLO.replace(before, after), RATIO)
    found = [where for id_, where in said(made) if id_ == "import/refused"]
    assert (found, list(slos(made))) == ([place], ["api-errors"])


def test_what_is_written_is_a_sound_spec() -> None:
    made = run(SLO, RATIO)
    loaded = load_documents(Document(file.path, file.content.decode()) for file in made.files)
    assert loaded.spec is not None
    plan = build(loaded.spec, loaded.sources).plan
    assert plan is not None
    assert {slo.name for slo in plan.slos} == {"shop-availability", "api-errors"}
