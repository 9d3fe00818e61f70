"""What a repository says once for all runs: `tocsin.toml`, or `[tool.tocsin]` in `pyproject.toml`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from tocsin.baseline import NAME
from tocsin.errors import CommandError
from tocsin.text.suggest import suggest
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

OWN, SHARED = "tocsin.toml", "pyproject.toml"
LEVELS = ("info", "warning", "error")
ORIGINS = ("own", "all")
_LARGEST = 1024 * 1024
_TABLE = b"tool.tocsin"


@value_object
class Settings:
    """The settings for a folder, with paths as they are written from there; empty without a file."""

    file: Path | None = None
    spec: Path | None = None
    """The folder of the spec; with a file, always one: `spec` beside it by default."""
    paths: tuple[Path, ...] = ()
    """What commands read where no path is named; None of them where it is the spec."""
    output: Path | None = None
    policy: Path | None = None
    baseline: Path | None = None
    """The file with accepted findings, which may not be there yet; with a file, always one."""
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    level: str | None = None
    origin: str | None = None


def find_settings(folder: Path) -> Settings:
    """The settings of the nearest file in a folder or above it, up to the root of the git repository.

    CommandError names what is wrong with the file, and where.
    """
    above = folder.absolute()
    for one in (above, *above.parents):
        for name in (OWN, SHARED):
            if (found := _read(one / name, above)) is not None:
                return found
        if (one / ".git").exists():
            break
    return Settings()


def _read(path: Path, here: Path) -> Settings | None:
    """The settings of a file; None where there is no such file, or no settings in it."""
    if not path.is_file():
        return None
    from tocsin.source.decode import read_file

    shown = os.path.relpath(path, here)
    content = read_file(path, _LARGEST)
    if path.name == SHARED and _TABLE not in content:
        return None
    import tomllib

    try:
        text = content.decode("utf-8-sig")
        values: Any = tomllib.loads(text)
    except UnicodeDecodeError:
        raise CommandError(f"{shown}: the file is not encoded in UTF-8") from None
    except RecursionError:
        raise CommandError(f"{shown}: values are nested too deeply") from None
    except ValueError as error:
        raise CommandError(f"{shown}: {error}") from None
    if path.name == SHARED:
        values = values.get("tool", {}).get("tocsin")
        if values is None:
            return None
    return _Reader(text, shown, path.parent, here).settings(values)


class _Reader:
    """Reads the values of one file, and says where what is wrong with it stands."""

    def __init__(self, text: str, shown: str, folder: Path, here: Path) -> None:
        self._text = text
        self._shown = shown
        self._folder = folder
        self._here = here

    def settings(self, values: Any) -> Settings:
        table = self._table(values, "tocsin", ("spec", "paths", "output", "policy", "baseline", "check"))
        check = self._table(table.get("check", {}), "check", ("only", "except", "level", "origin"))
        if "spec" in table and "paths" in table:
            self._fail("paths", "`spec` and `paths` exclude each other", "keep the one that commands read")
        level = self._string(check, "level")
        if level is not None and level not in LEVELS:
            self._fail("level", f"`{level}` is not a level", suggest(level, LEVELS))
        origin = self._string(check, "origin")
        if origin is not None and origin not in ORIGINS:
            self._fail(
                "origin", f"`{origin}` is not one of {' and '.join(ORIGINS)}", suggest(origin, ORIGINS)
            )
        spec = self._path(self._string(table, "spec") or "spec")
        paths = [self._path(path) for path in self._strings(table, "paths")]
        for key, one in [("spec", spec)] * ("spec" in table) + [("paths", path) for path in paths]:
            self._require(key, one)
        policy = self._string(table, "policy")
        if policy is not None:
            self._require("policy", self._path(policy))
        return Settings(
            file=self._folder / Path(self._shown).name,
            spec=spec,
            paths=tuple(paths),
            output=self._output(self._string(table, "output") or "output"),
            policy=None if policy is None else self._path(policy),
            baseline=self._path(self._string(table, "baseline") or NAME),
            only=tuple(self._strings(check, "only")),
            without=tuple(self._strings(check, "except")),
            level=level,
            origin=origin,
        )

    def _table(self, value: Any, name: str, known: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._fail(name, f"`{name}` has to be a table", f"write [{name}] and its keys below")
        for key in value:
            if key not in known:
                self._fail(key, f"unknown key `{key}`", suggest(key, known))
        return dict(value)

    def _string(self, table: dict[str, Any], key: str) -> str | None:
        value = table.get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            self._fail(key, f"`{key}` has to be a string", f'write {key} = "…"')
        return value

    def _strings(self, table: dict[str, Any], key: str) -> list[str]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self._fail(key, f"`{key}` has to be a list of strings", f'write {key} = ["…"]')
        return list(value)

    def _path(self, text: str) -> Path:
        """The path of a text, which is relative to the folder of the file, from the working directory."""
        return Path(os.path.relpath(self._folder / text, self._here))

    def _output(self, text: str) -> Path:
        """The folder to write to, which no file may put outside of the folder in which it stands."""
        if Path(text).is_absolute() or ".." in Path(text).parts:
            self._fail("output", f"`{text}` leads out of the folder of this file", "name a folder below it")
        return self._path(text)

    def _require(self, key: str, path: Path) -> None:
        if not (self._here / path).exists():
            self._fail(key, f"there is nothing at {path}", "paths are relative to the folder of this file")

    def _fail(self, key: str, message: str, help_: str) -> NoReturn:
        found = re.search(
            rf"^[ \t]*\[?(?:tool\.tocsin\.?)?[\"']?{re.escape(key)}\b", self._text, re.MULTILINE
        )
        line = self._text.count("\n", 0, found.end()) + 1 if found else 1
        raise CommandError(f"{self._shown}:{line}: {message}", f"help: {help_}")
