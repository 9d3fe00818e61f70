"""What all tests share: plans made of spec texts."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

import tocsin
from tocsin.checks import CHECKS
from tocsin.diagnostics import Diagnostic
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.engines.program import Program, find
from tocsin.plan.build import build
from tocsin.source.document import Document
from tocsin.spec.load import load_documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

# A busy machine is no failure.
# What CI tries is the same each time, so that a verdict is about the change; elsewhere the search goes on.
settings.register_profile("tocsin", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tocsin")

SPECS = Path(__file__).parent / "specs"
PACKAGE = str(Path(tocsin.__file__).parent)
_made_ids: set[str] = set()


def _note_ids_of_diagnostics() -> None:
    """Note the id of each diagnostic that the package makes; those that tests make up do not count."""
    make = Diagnostic.__init__

    def noted(self: Diagnostic, id: str, *args: Any, **kwargs: Any) -> None:
        if id not in _made_ids and sys._getframe(1).f_code.co_filename.startswith(PACKAGE):
            _made_ids.add(id)
        make(self, id, *args, **kwargs)

    Diagnostic.__init__ = noted  # type: ignore[method-assign]


_note_ids_of_diagnostics()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where anything that was found in any test has an id that nobody could look up."""
    unknown = sorted(_made_ids - MESSAGES.keys() - CHECKS.keys())
    if unknown:
        print(f"\nids that `tocsin explain` does not know: {', '.join(unknown)}", file=sys.stderr)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


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


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real files that other people wrote: `TOCSIN_CORPORA`, or beside the checkout."""
    folder = Path(os.environ.get("TOCSIN_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
    if not folder.is_dir():
        pytest.skip(f"there are no real files in {folder}: TOCSIN_CORPORA names their folder")
    return folder


ENGINES = Path(__file__).parents[1] / ".engines" / "bin"


def _program(name: str) -> Program:
    """What `make engines` fetched, else the one on PATH, else a skip that says why; in CI a failure."""
    if (ENGINES / name).exists():
        return Program(name, ENGINES / name)
    if (found := find(name)) is not None:
        return found
    reason = f"there is no {name}: `make engines` fetches it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def promtool() -> Program:
    """Prometheus 3's promtool."""
    return _program("promtool")


@pytest.fixture(scope="session")
def promtool_old() -> Program:
    """Promtool 2.53."""
    return _program("promtool-2.53")


@pytest.fixture(scope="session")
def amtool() -> Program:
    """A current amtool."""
    return _program("amtool")


@pytest.fixture(scope="session")
def alertmanager() -> Program:
    """A current Alertmanager."""
    return _program("alertmanager")


@pytest.fixture(scope="session")
def amtool_old() -> Program:
    """Amtool 0.28."""
    return _program("amtool-0.28")
