"""Defaults of arguments and options: the settings of the folder that a command runs in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from tocsin.workspace.settings import Settings

_KEY = "tocsin.settings"


def settings_here() -> Settings:
    """The settings that hold in the working directory; CommandError when their file is not valid."""
    from tocsin.workspace.settings import find_settings

    ctx = click.get_current_context(silent=True)
    if ctx is None:
        return find_settings(Path.cwd())
    if _KEY not in ctx.meta:
        ctx.meta[_KEY] = find_settings(Path.cwd())
    return cast("Settings", ctx.meta[_KEY])


def default_paths() -> tuple[Path, ...]:
    """The paths that commands read by default; none without settings, where each has its own default."""
    settings = settings_here()
    return settings.paths or (() if settings.spec is None else (settings.spec,))


def default_spec() -> str:
    """The folder of the spec."""
    return str(settings_here().spec or "spec")


def default_output() -> str:
    """The folder for what is generated."""
    return str(settings_here().output or "output")


def default_only() -> tuple[str, ...]:
    """The checks that run; all without settings."""
    return settings_here().only


def default_except() -> tuple[str, ...]:
    """The checks that do not run."""
    return settings_here().without


def default_level() -> str:
    """The lowest level of the findings that are shown."""
    return settings_here().level or "info"


def default_origin() -> str:
    """Whether findings in files that others write are all shown."""
    return settings_here().origin or "own"


def default_policy() -> str | None:
    """The file with the team's own rules."""
    policy = settings_here().policy
    return None if policy is None else str(policy)
