"""The folders that the editor of the tests opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """The spec that `tocsin init` writes."""
    return write_starter(tmp_path)


def write_starter(folder: Path) -> Path:
    """The same, in a folder."""
    spec = folder / "spec"
    assert CliRunner().invoke(main, ["init", str(spec)]).exit_code == 0
    return spec
