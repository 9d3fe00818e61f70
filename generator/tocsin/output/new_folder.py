"""A folder that is made whole, where there was none or an empty one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tocsin.output.errors import OutputError, system_error
from tocsin.output.paths import require_distinct, require_portable
from tocsin.output.stage import real_folder, staging_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.files import File


def require_new(folder: Path) -> None:
    """OutputError where a folder of this path holds something, or a file stands there."""
    if os.path.lexists(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        what = "is not empty" if folder.is_dir() else "is not a folder"
        raise OutputError(f"{folder} {what}; choose another folder")


def write_new_folder(files: Iterable[File], folder: Path) -> None:
    """Make the folder with these files; on OutputError there is no such folder, or it is still empty."""
    files = list(files)
    paths = [file.path for file in files]
    require_distinct(paths)
    require_portable(paths)
    require_new(folder)
    try:
        folder = real_folder(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with staging_folder(folder.parent, f".{folder.name}") as stage:
            whole = stage / "new"
            whole.mkdir()
            for file in files:
                path = whole / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.content)
            if folder.exists():
                folder.rmdir()
            whole.rename(folder)
    except OSError as error:
        raise system_error(error) from error
