"""What the shell completes: alert names, the ids of checks, topics of the manual and keys of the spec."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from tocsin.errors import CommandError
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import click

_MOST_FILES = 500
_MOST_BYTES = 2_000_000
"""What is read for the names of alerts: somebody waits between two keystrokes."""
_NAMED = regex_on_use(r"^[ \t]*(?:-[ \t]+)?(?:\{[ \t]*)?alert:[ \t]*[\"']?([A-Za-z_][\w:.-]*)", re.MULTILINE)


def complete_alert(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The alerts of the files that the command reads."""
    return _matching(_alerts(ctx), incomplete)


def complete_check(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of checks and messages, and the pattern of each family."""
    from tocsin.manual import families, ids

    return _matching([*(f"{family}/*" for family in families()), *ids()], incomplete)


def complete_environment(
    ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The environments of the spec that the command reads."""
    return _matching(_read(ctx, _environments), incomplete)


def complete_name(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """All that `tocsin explain` explains; ids once a family is begun, so that the rest stays in sight."""
    from tocsin.manual import TOPICS, families, ids

    if "/" in incomplete:
        return _matching(ids(), incomplete)
    return _matching([*TOPICS, *_alerts(ctx), *(f"{family}/" for family in families())], incomplete)


def _matching(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(incomplete)]


def _alerts(ctx: click.Context) -> list[str]:
    """The names of alerts in the files that are named, or else in those that commands read by default."""
    return sorted(_read(ctx, _names))


def _read(ctx: click.Context, names: Callable[[Path], Iterable[str]]) -> list[str]:
    """The names in the files that the command reads."""
    from tocsin.cli.settings import default_paths

    given = ctx.params.get("paths") or ctx.params.get("arguments") or ctx.params.get("spec") or ()
    named = [Path(one) for one in ([given] if isinstance(given, (str, Path)) else given)]
    try:
        paths = [path for path in named if path.exists()] or [*default_paths()] or [Path("spec")]
        return [name for path in _files(paths) for name in names(path)]
    except (CommandError, OSError):
        # Running the command says what is wrong; nobody expects it between two keystrokes.
        return []


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    below = (
        file
        for path in paths
        for file in ([path] if path.is_file() else sorted(path.rglob("*.y*ml")))
        if file.is_file()
    )
    left = _MOST_BYTES
    for file in islice(below, _MOST_FILES):
        left -= file.stat().st_size
        if left < 0:
            return
        yield file


def _names(path: Path) -> Iterator[str]:
    from tocsin.source.document import Document
    from tocsin.source.fast_reader import read_values

    text = path.read_text(encoding="utf-8", errors="replace")
    yield from (found[1] for found in _NAMED.finditer(text))
    if "alerts:" not in text:
        return
    groups = (read_values(Document(path.name, text)) or {}).get("groups")
    for group in groups.values() if isinstance(groups, dict) else ():
        alerts = group.get("alerts") if isinstance(group, dict) else None
        yield from alerts if isinstance(alerts, dict) else ()


def _environments(path: Path) -> Iterator[str]:
    from tocsin.source.document import Document
    from tocsin.source.fast_reader import read_values

    text = path.read_text(encoding="utf-8", errors="replace")
    if "environments:" in text:
        written = (read_values(Document(path.name, text)) or {}).get("environments")
        yield from written if isinstance(written, dict) else ()
