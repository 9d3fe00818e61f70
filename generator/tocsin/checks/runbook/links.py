"""Checks of the links in runbooks."""

from __future__ import annotations

import difflib
import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tocsin.checks.base import Finding, check
from tocsin.checks.runbook.pages import alerts, prose
from tocsin.diagnostics.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

_PAGE = re.compile(r"\]\((?P<file>[^)\s#:]+\.md)(?:#[^)\s]*)?\)")
_FOLDERS = ("", "procedures", "procedures/procedures")


@check("runbook/link", Level.WARNING)
def link(plan: Plan) -> Iterator[Finding]:
    """A text of a runbook links a page that is not generated.

    Why:
        The page was renamed with its alert or its procedure. The link leads nowhere.

    Fix:
        Write the name of the page: that of the alert, or `procedures/` and that of the procedure.

    Bad:
        runbook:
          impact: ["as in [the other one](Error.md)"]

    Good:
        runbook:
          impact: ["as in [this one](Errors.md)"]
    """
    pages = {"README.md", "routing.md", "slos.md", *(alert.runbook.page.file for alert in alerts(plan))}
    pages |= {procedure.page.file for procedure in plan.procedures}
    for text in prose(plan):
        start = "procedures" if text.about.path[0] == "procedures" else ""
        for found in _PAGE.finditer(text.text):
            page = posixpath.normpath(posixpath.join(start, unquote(found["file"])))
            if page in pages or posixpath.dirname(page) not in _FOLDERS:
                continue
            near = difflib.get_close_matches(page, sorted(pages), 1, 0.8)
            meant = posixpath.relpath(near[0], start or ".") if near else ""
            yield Finding(
                f"there is no page `{page}`",
                at=text.piece(found.span("file")),
                help=f"did you mean `{meant}`?" if near else None,
                about=text.about,
            )
