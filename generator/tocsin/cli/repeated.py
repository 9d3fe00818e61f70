"""A command whose answer about a spec is kept, and given again as long as nothing it depends on changes."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.baseline import baseline_path
from tocsin.cli.colour import colours
from tocsin.cli.command import Command
from tocsin.cli.planning import has_known_width, terminal_width
from tocsin.cli.terminal import recorded
from tocsin.result_store import open_result_store
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.result_store import ResultStore

_KIND = "answer of a command"
_MAY_KEEP = "tocsin.may_keep"
_FILES = frozenset({"policy_file"})
"""Options that name a file which is read."""


def keep_answer() -> None:
    """Say that what this command prints depends on its options and the files of a sound spec alone."""
    if (ctx := click.get_current_context(silent=True)) is not None:
        ctx.meta[_MAY_KEEP] = True


class RepeatedCommand(Command):
    """A command that answers again what it answered before, where the spec and the options are the same."""

    not_repeated: frozenset[str] = frozenset()
    """Options with which it does more than answer."""

    def invoke(self, ctx: click.Context) -> Any:
        """Answer, or give the kept answer; the exit code is part of it."""
        store = None if self._does_more(ctx) else open_result_store()
        known = None if store is None else _depends_on(ctx)
        if store is None or known is None:
            return super().invoke(ctx)
        if (answer := store.read(_KIND, _Answer.read, *known)) is not None:
            for is_error, text in answer.said:
                click.echo(text, nl=False, err=is_error)
            sys.exit(answer.code)
        with recorded() as said:
            code: object = 0
            try:
                super().invoke(ctx)
            except SystemExit as end:
                code = end.code
        _keep(store, ctx, known, said, code)
        sys.exit(code)  # type: ignore[arg-type]

    def _does_more(self, ctx: click.Context) -> bool:
        return any(ctx.params.get(name) for name in self.not_repeated)


@value_object
class _Answer:
    said: tuple[tuple[bool, str], ...]
    """Whether it went to standard error, and the text."""
    code: int

    @staticmethod
    def read(kept: Any) -> _Answer | None:
        said = tuple((is_error, text) for is_error, text in kept["said"])
        is_sound = all(isinstance(is_error, bool) and isinstance(text, str) for is_error, text in said)
        return _Answer(said, kept["code"]) if is_sound and isinstance(kept["code"], int) else None


def _keep(
    store: ResultStore, ctx: click.Context, known: list[bytes], said: Sequence[tuple[bool, str]], code: object
) -> None:
    # A file that was changed meanwhile may have been read before or after.
    if ctx.meta.get(_MAY_KEEP) and isinstance(code, int) and _depends_on(ctx) == known:
        store.write({"code": code, "said": [list(one) for one in said]}, _KIND, *known)


def _depends_on(ctx: click.Context) -> list[bytes] | None:
    """All that the answer depends on where the paths are folders of YAML files; None for other paths."""
    from tocsin.cli.spec_content import digests_of_files

    paths: tuple[Path, ...] = ctx.params["paths"] or (Path("spec"),)
    baseline = baseline_path(ctx.params.get("baseline_file"), ctx.params["paths"])
    if baseline.exists() or not all(path.is_dir() for path in paths):
        return None
    options = [f"{name}={value!r}" for name, value in sorted(ctx.params.items())]
    screen = (terminal_width(), has_known_width(), colours())
    around = [ctx.info_name, Path.cwd(), date.today(), *screen, sys.version, baseline]
    known = ["\0".join(map(str, (*around, *options))).encode("utf-8", "surrogatepass")]
    named = [ctx.params[name] for name in sorted(_FILES & ctx.params.keys()) if ctx.params[name] is not None]
    found = digests_of_files(paths, named)
    if found is None:
        return None
    return [*known, *(part for file, content in found for part in (os.fsencode(file), content))]
