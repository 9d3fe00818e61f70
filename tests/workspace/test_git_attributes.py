"""The patterns of `.gitattributes` mean what git says that they mean."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tocsin.detect.git_attributes import attributed_origin

if TYPE_CHECKING:
    from pathlib import Path

PATHS = ("a.yml", "a/a.yml", "a/b/a.yml", "a/b/c/x1.yml", "b/x2.yml", "a/a/b/.h.yml", "a/b/**/q.yml")
PATTERNS = """
*.yml a.yml /a.yml a/*.yml a/** **/a.yml a/**/a.yml a/a/** **/b/** a/b/ a x?.yml x[0-1].yml b/x[!1].yml
a/b*/*/x1.yml ** **/**/x1.yml /**/c/*
"""


@pytest.mark.parametrize("pattern", PATTERNS.split())
def test_a_pattern_has_the_files_that_git_finds(tmp_path: Path, pattern: str) -> None:
    text = f"{pattern} linguist-vendored\n"
    (tmp_path / ".gitattributes").write_text(text)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    said = subprocess.run(
        ["git", "-C", tmp_path, "check-attr", "linguist-vendored", "--", *PATHS],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    wanted = [line.rpartition(": ")[2] == "set" for line in said.splitlines()]
    assert [attributed_origin(text, path)[0] for path in PATHS] == wanted


@pytest.mark.parametrize("pattern", ["**/" * 40 + "z", "*a" * 40 + "b", "/" + "**/a/" * 20 + "b"])
def test_a_pattern_of_many_stars_has_an_end(pattern: str) -> None:
    path = "a/" * 40 + "a" * 60
    assert attributed_origin(f"{pattern} linguist-vendored\n", path) == (False, None)
