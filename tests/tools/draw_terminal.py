"""What a command of README prints, as a picture of a terminal in SVG, with nothing from elsewhere in it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[2]
PICTURE = "check.svg"
_COLUMNS = 108
_COMMAND = "tocsin check rules/ alertmanager.yml --only route/dropped"
_FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{alt}">
<style>
.{unique_id}-matrix {{font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
font-size: {char_height}px; line-height: {line_height}px}}
{styles}
</style>
<defs>{lines}</defs>
<rect width="100%" height="100%" rx="8" fill="#15181f"/>
<g transform="translate(16, 12)">{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def picture() -> str:
    """The picture of `check` on the two files that README shows."""
    with tempfile.TemporaryDirectory() as folder:
        _write_files(Path(folder))
        done = subprocess.run(
            [Path(sys.executable).parent / _COMMAND.split()[0], *_COMMAND.split()[1:], "--color", "always"],
            cwd=folder,
            env={"COLUMNS": str(_COLUMNS), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), legacy_windows=False)
    console.print(Text(f"$ {_COMMAND}", style="bold"))
    console.print(Text.from_ansi(done.stdout.rstrip("\n")))
    drawn = console.export_svg(
        code_format=_FORMAT.replace("{alt}", "tocsin check on a terminal"),
        unique_id="t",
        font_aspect_ratio=0.6,
    )
    return re.sub(r"[ \t]+$", "", drawn, flags=re.MULTILINE)


def _write_files(folder: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"^```yaml (\S+)\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
