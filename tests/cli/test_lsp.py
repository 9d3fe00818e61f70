"""`tocsin lsp`: what is said where the language server cannot run; `tests/lsp` talks to one that does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    import pytest


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygls", None)
    done = CliRunner().invoke(main, ["lsp"])
    assert done.exit_code == 2
    assert "pip install 'tocsin[lsp]'" in done.output
    assert "Traceback" not in done.output
