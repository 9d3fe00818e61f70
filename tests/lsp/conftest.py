"""The folders that the editor of the tests opens."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.lsp.client import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """The spec that `tocsin init` writes."""
    folder = tmp_path / "spec"
    command = [sys.executable, "-m", "tocsin", "init", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    return folder
