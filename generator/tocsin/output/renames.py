"""Renames that Python has no function for: exchanging two folders, and renaming without replacing."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_AT_FDCWD = -100
_LINUX_NOREPLACE, _LINUX_EXCHANGE = 1, 2
_MACOS_EXCHANGE, _MACOS_NOREPLACE = 2, 4
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.EBUSY, errno.ENOTSUP, errno.EPERM, errno.EACCES}


def exchange_folders(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False when this system or file system cannot."""
    code = _rename(os.fspath(one), os.fspath(other), _LINUX_EXCHANGE, _MACOS_EXCHANGE)
    if code in _CANNOT:
        return False
    if code:
        raise OSError(code, os.strerror(code), str(other))
    return True


def rename_to_free(source: str | Path, target: str | Path) -> None:
    """Rename what is not a folder to a path where nothing stands; FileExistsError when something does."""
    code = _rename(os.fspath(source), os.fspath(target), _LINUX_NOREPLACE, _MACOS_NOREPLACE)
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        if os.path.lexists(target):
            code = errno.EEXIST
        else:
            os.rename(source, target)
            code = 0
    if code:
        raise OSError(code, os.strerror(code), str(target))


def _rename(one: str, other: str, linux: int, macos: int) -> int:
    """The error number; 0 on success."""
    if os.name != "posix":
        return errno.ENOSYS
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(_LIBRARY, "renamex_np"):
        failed = _LIBRARY.renamex_np(first, second, ctypes.c_uint(macos))
    elif sys.platform.startswith("linux") and hasattr(_LIBRARY, "renameat2"):
        failed = _LIBRARY.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, ctypes.c_uint(linux))
    else:
        return errno.ENOSYS
    return ctypes.get_errno() if failed else 0


_LIBRARY: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
