"""What all commands have in common: empty arguments are refused, and colour can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


def _places() -> list[tuple[str, str]]:
    """Every place of every command at which a string can be given: an argument, or an option."""
    found = []
    ctx = click.Context(main)
    for name in main.list_commands(ctx):
        command = main.get_command(ctx, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Argument):
                found.append((name, ""))
            elif not parameter.is_flag:  # type: ignore[attr-defined]
                found.append((name, parameter.opts[0]))
    return found


@pytest.mark.parametrize("empty", ["", "  "])
@pytest.mark.parametrize(("name", "option"), _places())
def test_an_empty_argument_is_refused_whatever_the_command(
    name: str, option: str, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    before = sorted(tmp_path.rglob("*"))
    result = CliRunner().invoke(main, [name, option, empty] if option else [name, empty])
    assert result.exit_code == 2
    assert "is empty; is a variable unset?" in result.output
    assert (option or "") in result.output
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"CLICOLOR_FORCE": "1"}, True),
        ([], {"FORCE_COLOR": "0"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "auto"], {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
@pytest.mark.parametrize("command", [["explain", "rule/duplicate"], ["check"], ["route"]])
def test_colour_is_chosen_by_the_option_and_then_by_the_environment(
    command: list[str],
    arguments: list[str],
    environment: dict[str, str],
    coloured: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    spec = next((tmp_path / "spec").iterdir())
    spec.write_text(
        spec.read_text(encoding="utf-8") + "\nnonsense: 1\n" * (command[0] == "check"), encoding="utf-8"
    )
    result = CliRunner(env=environment).invoke(main, [*command, *arguments], color=None)  # type: ignore[arg-type]
    assert ("\x1b[" in result.output) is coloured, result.output
