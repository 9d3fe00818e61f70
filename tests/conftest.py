"""What all tests share: plans made of spec texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tocsin.plan.build import build
from tocsin.source.document import Document
from tocsin.spec.load import load_documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

SPECS = Path(__file__).parent / "specs"


def _plan_of(text: str) -> Plan:
    loaded = load_documents([Document("spec.yaml", text)])
    assert loaded.spec is not None, loaded.diagnostics
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None, built.diagnostics
    return built.plan


@pytest.fixture(scope="session")
def plan_of() -> Callable[[str], Plan]:
    """A function from the text of a spec to its plan."""
    return _plan_of


@pytest.fixture(scope="session")
def shop_plan() -> Plan:
    """The plan of the small English spec with everything the language has."""
    return _plan_of((SPECS / "shop.yaml").read_text(encoding="utf-8"))
