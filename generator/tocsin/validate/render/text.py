"""A report as a table for people, the reasons below it, and what it comes to in the last line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tocsin.text.visible import escape_invisible, visible_line
from tocsin.validate.verdicts import Column, State

if TYPE_CHECKING:
    from tocsin.validate.verdicts import RuleKey, ValidationReport

_NAMED = 4
_TITLES = {State.FAILED: "Failed", State.SKIPPED: "Skipped", State.PROVEN: "Worth knowing"}
_SIGNS = {State.PROVEN: ("✓", "green"), State.FAILED: ("✗", "red"), State.SKIPPED: ("–", "yellow")}


def render_text(report: ValidationReport, colour: bool, width: int) -> str:
    """The table, the reasons of what is not proven, each once, and the summary."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=colour, no_color=not colour, width=width, highlight=False)
    console.print(_table(report))
    for state, title in _TITLES.items():
        reasons = _reasons(report, state)
        if reasons:
            console.print()
            console.print(Text(title, style=f"bold {_SIGNS[state][1]}"))
        for reason, subjects in reasons.items():
            console.print(Padding(Text(escape_invisible(reason)), (0, 0, 0, 2), expand=False))
            console.print(Padding(Text(escape_invisible(subjects), style="dim"), (0, 0, 0, 6), expand=False))
    if report.not_run:
        console.print()
        console.print(Text("Not run", style="bold yellow"))
    for program, reason in report.not_run.items():
        console.print(Padding(Text(escape_invisible(f"{program}: {reason}")), (0, 0, 0, 2), expand=False))
    for fault in report.faults:
        console.print(Text(escape_invisible(fault), style="red"))
    console.print()
    console.print(Text(_summary(report), style="bold"))
    return out.getvalue()


def _table(report: ValidationReport) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("alert", overflow="fold")
    table.add_column("severity")
    for column in Column:
        table.add_column(column.value, justify="center")
    for row in report.rows:
        cells = [Text(*_SIGNS[row.cells[column].state]) for column in Column]
        severity = ", ".join(filter(None, (row.key.severity, row.key.variant)))
        names = (Text(visible_line(name)) for name in (row.key.alert, severity))
        table.add_row(*names, *cells)
    return table


def _reasons(report: ValidationReport, state: State) -> dict[str, str]:
    """Each reason, and the cells that it stands for."""
    columns: dict[tuple[str, RuleKey], list[str]] = {}
    for row in report.rows:
        for column, cell in row.cells.items():
            if cell.state is state and cell.reason:
                columns.setdefault((cell.reason, row.key), []).append(column)
    rules: dict[tuple[str, str], list[RuleKey]] = {}
    for (reason, key), names in columns.items():
        rules.setdefault((reason, ", ".join(names)), []).append(key)
    lines: dict[str, list[str]] = {}
    for (reason, where), keys in rules.items():
        lines.setdefault(reason, []).append(f"{where}: {_subjects(keys)}")
    return {reason: "\n".join(said) for reason, said in lines.items()}


def _subjects(keys: list[RuleKey]) -> str:
    names = [key.text for key in keys[:_NAMED]]
    return ", ".join(names) + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")


def _summary(report: ValidationReport) -> str:
    counts = ", ".join(f"{report.count(state)} {state}" for state in State)
    line = f"{len(report.rows)} rules: {counts}"
    if report.complete:
        return line
    missing = ", ".join(f"{program} did not run" for program in report.not_run)
    return f"{line}; the run was incomplete" + (f": {missing}" if missing else "")
