"""What all tests share: plans made of spec texts."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from tests.missing import HOW_PROGRAMS, NO_CORPORA, lines, missing

import tocsin
from tocsin import result_store
from tocsin.checks import CHECKS
from tocsin.compile import build
from tocsin.diagnostics import Diagnostic
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.engines.program import EngineError, Program, find_program
from tocsin.source.document import Document
from tocsin.spec.load import load_documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

# No test depends on what an earlier one found out; those of the store have a folder of their own.
os.environ[result_store.OFF] = "1"

# Nor on the width of the terminal that the tests were started in: messages are folded to a known one.
os.environ.pop("COLUMNS", None)

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
        if id not in _made_ids:
            maker = sys._getframe(1).f_code.co_filename
            # Findings have the ids of checks, and some tests make up a check.
            if maker.startswith(PACKAGE) and not maker.endswith("checks/framework/check.py"):
                _made_ids.add(id)
        make(self, id, *args, **kwargs)

    Diagnostic.__init__ = noted  # type: ignore[method-assign]


_note_ids_of_diagnostics()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what one of several processes has noted, as only the first one's verdict counts."""
    _made_ids.update(getattr(node, "workeroutput", {}).get("made_ids", ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where anything that was found in any test has an id that nobody could look up."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["made_ids"] = sorted(_made_ids)
        return
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
        pytest.skip(NO_CORPORA)
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end, each thing once, for want of what tests were skipped."""
    if skipped := lines(terminalreporter.stats.get("skipped", ())):
        terminalreporter.section("not tried here", sep="-")
        for line in skipped:
            terminalreporter.line(line)


ENGINES = Path(__file__).parents[1] / ".engines" / "bin"


# What the tests are written for; some distributions carry much older ones.
_LEAST = {"promtool": (3, 0), "amtool": (0, 28), "alertmanager": (0, 28)}


def _program(name: str) -> Program:
    """What `make engines` fetched, else the one on PATH, when it starts and is new enough."""
    fetched = Program(name, ENGINES / name) if (ENGINES / name).exists() else None
    found = fetched or find_program(name)
    if found is None:
        missing(f"no {name}: {HOW_PROGRAMS}")
    try:
        done = found.run(["--version"])
    except EngineError as error:
        missing(f"no {name}: {error}")
    said = done.stdout + done.stderr
    version = re.search(r"version (\d+)\.(\d+)", said)
    if done.returncode != 0 or version is None:
        words = (said.strip().splitlines() or ["it says nothing"])[-1]
        missing(f"no {name}: {found.path} ends with exit code {done.returncode}: {words}")
    if (least := _LEAST.get(name)) and (int(version[1]), int(version[2])) < least:
        missing(f"no {name} {least[0]}.{least[1]} or later: {found.path} is {version[1]}.{version[2]}")
    return found


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
def prometheus() -> Program:
    """A current Prometheus."""
    return _program("prometheus")


@pytest.fixture(scope="session")
def amtool_old() -> Program:
    """Amtool 0.28."""
    return _program("amtool-0.28")
