"""The commands in README and manual, run as printed; as a program it puts what they print into the pages.

A page sets its scene by what stands in it: a fence such as ```` ```yaml rules.yml ```` is a file, and each
`$` line of a ```` ```console ```` fence is a command, followed by what it prints. A line `…` stands for any
lines. `<!-- run in a clone -->` gives the page a repository with this project's spec and output; without it,
the folder is empty. Fences of other kinds, such as `sh`, are not run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL
)
_CLONE = "<!-- run in a clone -->"
_ANY = "…"
_PROGRESS = ("proving", "mutating")
"""What stands on standard error instead of a bar, where that is not a terminal."""


@dataclass(frozen=True)
class Ran:
    """A command of a page, what the page says that it prints, and what it printed."""

    command: str
    said: list[str]
    printed: list[str]

    def agrees(self) -> bool:
        """Whether it printed what the page says."""
        return _agrees(self.said, self.printed)


def _agrees(said: list[str], printed: list[str]) -> bool:
    if not said:
        return not printed
    if said[0] == _ANY:
        return any(_agrees(said[1:], printed[at:]) for at in range(len(printed) + 1))
    return bool(printed) and said[0] == printed[0] and _agrees(said[1:], printed[1:])


def run_page(page: str, folder: Path) -> list[Ran]:
    """Run the commands of a page, one after the other, in a folder."""
    if _CLONE in page:
        _make_clone(folder)
    found: list[Ran] = []
    for fence in _FENCE.finditer(page):
        kind, _, name = fence["info"].partition(" ")
        if kind == "console":
            found += [
                Ran(command, said, _output(command, folder)) for command, said in _commands(fence["text"])
            ]
        elif name:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence["text"], encoding="utf-8")
    return found


def needs_promtool(page: str) -> bool:
    """Whether a command of the page needs promtool."""
    commands = [command for fence in _FENCE.finditer(page) for command, _ in _commands(fence["text"])]
    return any(re.search(r"\bpromtool\b|tocsin (prove|test)\b", command) for command in commands)


def _commands(text: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in text.split("\n")[:-1]:
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return found


def _output(command: str, folder: Path) -> list[str]:
    engines = ROOT / ".engines" / "bin"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={
            "PATH": f"{BIN}:{engines}:{os.environ['PATH']}",
            "HOME": str(folder),
            "COLUMNS": "76",
            "LANG": "C.UTF-8",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    lines = done.stdout.rstrip("\n").split("\n") if done.stdout.strip() else []
    return [line for line in lines if line not in _PROGRESS]


def _make_clone(folder: Path) -> None:
    for name in ("spec", "output"):
        shutil.copytree(ROOT / name, folder / name)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(folder)]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "spec"]):
        subprocess.run([*git, *command], check=True, timeout=60)


def _updated(page: str, ran: list[Ran]) -> str:
    """The page with what each command printed, unless it agrees."""
    outputs = iter(ran)

    def replaced(fence: re.Match[str]) -> str:
        if not fence["info"].startswith("console"):
            return fence[0]
        lines: list[str] = []
        for command, said in _commands(fence["text"]):
            one = next(outputs)
            lines += [f"$ {command}", *(said if one.agrees() else one.printed)]
        return "\n".join([f"```{fence['info']}", *lines, "```"])

    return _FENCE.sub(replaced, page)


def pages() -> list[Path]:
    """The pages with commands: README and the hand-written ones of the manual."""
    return [ROOT / "README.md", *sorted((ROOT / "generator" / "tocsin" / "manual").glob("*.md"))]


def main() -> None:
    """Put what the commands print into the named pages, or into all."""
    for path in map(Path, sys.argv[1:]) if sys.argv[1:] else pages():
        page = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(_updated(page, run_page(page, Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
