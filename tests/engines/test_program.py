"""Running programs: what they answer, and what a user is told when they do not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tocsin.engines.program import EngineError, Program, find_program

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_program_gets_its_arguments_as_they_are() -> None:
    echo = find_program("echo")
    assert echo is not None
    assert echo.run(["$HOME", "a b; c"]).stdout == "$HOME a b; c\n"


def test_a_program_that_takes_too_long_is_given_up() -> None:
    sleep = find_program("sleep")
    assert sleep is not None
    with pytest.raises(EngineError, match=r"sleep did not answer within 0\.1 s"):
        sleep.run(["20"], timeout=0.1)


def test_a_script_that_hangs_ends_with_all_that_it_started(
    tmp_path: Path, gone: Callable[[str], bool]
) -> None:
    script = tmp_path / "hangs"
    script.write_text("#!/bin/sh\nsleep 27.1828\necho late\n")
    script.chmod(0o755)
    with pytest.raises(EngineError, match=r"hangs did not answer within 0\.3 s"):
        Program("hangs", script).run([], timeout=0.3)
    assert gone("sleep 27.1828")


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(EngineError, match="nothing cannot be run: No such file"):
        Program("nothing", Path("/nowhere/nothing")).run([])


def test_an_environment_variable_points_at_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_PROMTOOL", "/opt/promtool")
    assert find_program("promtool") == Program("promtool", Path("/opt/promtool"))
    assert find_program("no-such-program") is None
