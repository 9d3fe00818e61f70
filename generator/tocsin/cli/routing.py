"""What the commands about routing share: a plan whose routing can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.cli.planning import show_and_exit

if TYPE_CHECKING:
    from tocsin.workspace.load import Planned


def require_valid(made: Planned) -> Planned:
    """The plan, when nothing in its files is an error; else the errors are shown and the command ends."""
    from tocsin.diagnostics.model import Level
    from tocsin.diagnostics.secrets import mask_secrets

    errors = [one for one in made.diagnostics if one.level is Level.ERROR]
    if errors:
        show_and_exit(mask_secrets(errors, made.secrets), "text")
    return made
