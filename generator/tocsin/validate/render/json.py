"""A report as JSON: a list with an object for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from tocsin.validate.verdicts import ValidationReport, ValidationRow


def render_json(report: ValidationReport) -> str:
    """Objects of `alert`, `severity`, a state a column, and `reason`: all reasons with their columns."""
    return orjson.dumps([_object(row) for row in report.rows], option=orjson.OPT_INDENT_2).decode() + "\n"


def _object(row: ValidationRow) -> dict[str, str]:
    reasons = [f"{column}: {cell.reason}" for column, cell in row.cells.items() if cell.reason]
    return {
        "alert": row.key.alert,
        "severity": row.key.severity,
        **({"variant": row.key.variant} if row.key.variant else {}),
        **{column.value: cell.state.value for column, cell in row.cells.items()},
        "reason": "; ".join(reasons),
    }
