"""Source lines as a terminal shows them: what is safe to print, how wide it is, and which part of it fits."""

from __future__ import annotations

from tocsin.text.visible import escape_invisible

_TAB = "    "


def escape_for_terminal(text: str) -> str:
    """The text with four spaces for a tab and an escape for everything that a terminal would obey."""
    if text.isascii() and text.isprintable():
        return text
    return escape_invisible(text).replace("\t", _TAB).replace("\n", r"\u000a")


def replace_surrogates(text: str) -> str:
    """The text without lone surrogates, as they come with names of files that are no UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """The text without line breaks, and safe."""
    return escape_for_terminal(" ".join(text.splitlines()))


def count_columns(text: str) -> int:
    """How many columns of a terminal a safe text takes."""
    if text.isascii():
        return len(text)
    # rich takes a while to import, and most lines are ASCII.
    from rich.cells import cell_len

    return cell_len(text)


def cut_line(line: str, focus: tuple[int, int], room: int) -> tuple[int, int]:
    """The part of a raw line to show, so that its focus and what is around it take at most `room` columns."""
    if len(line) <= room and count_columns(escape_for_terminal(line)) <= room:
        return 0, len(line)
    room = max(room - 2, 1)  # for `…` at both ends
    start, end = focus
    start, end = min(start, len(line)), min(end, len(line), start + room)
    while end > start + 1 and count_columns(escape_for_terminal(line[start:end])) > room:
        end -= 1
    spare = room - count_columns(escape_for_terminal(line[start:end]))
    start, left = _grow(line, start, -1, spare // 2)
    end, left = _grow(line, end, 1, spare - spare // 2 + left)
    start, _ = _grow(line, start, -1, left)
    return start, end


def _grow(line: str, at: int, step: int, spare: int) -> tuple[int, int]:
    """The place up to which a cut can be moved for so many columns, and the columns that are left."""
    while 0 < at + (step > 0) <= len(line):
        width = count_columns(escape_for_terminal(line[at - 1 if step < 0 else at]))
        if width > spare:
            break
        spare -= width
        at += step
    return at, spare
