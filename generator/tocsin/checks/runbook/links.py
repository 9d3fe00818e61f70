"""Checks of the links in runbooks."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tocsin.checks.framework.check import Finding, check_shares, check_shares_with_outputs
from tocsin.checks.framework.generated_pages import GeneratedPages
from tocsin.checks.framework.runbook_texts import prose
from tocsin.checks.framework.sections import section_help
from tocsin.diagnostics.model import Level
from tocsin.lang.markdown import leads_to
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.outputs import Outputs
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.runbook_texts import RunbookText

_PAGE = re.compile(r"\]\((?P<file>[^)\s#:]{1,1000}\.md)(?:#[^)\s]{0,1000})?\)")
_SECTION = re.compile(r"\[[^\]]{0,1000}\]\((?P<file>[^)\s#:]{1,1000}\.md)?#(?P<name>[^)\s]{1,1000})\)")
_FOLDERS = ("", "procedures", "procedures/procedures")


@check_shares("runbook/link", Level.WARNING)
def link(share: Share) -> Iterator[Finding]:
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
    texts = list(_linking(share))
    if not texts:
        return
    generated = GeneratedPages(share.around.whole_outline())
    for text in texts:
        start = _folder(text)
        for found in _PAGE.finditer(text.text):
            page = _page(start, found["file"])
            if page in generated.files or posixpath.dirname(page) not in _FOLDERS:
                continue
            near = nearest(page, generated.files)
            meant = posixpath.relpath(near, start or ".") if near else ""
            yield Finding(
                f"there is no page `{page}`",
                at=text.piece(found.span("file")),
                help=f"did you mean `{meant}`?" if near else None,
                about=text.about,
            )


@check_shares_with_outputs("runbook/section", Level.WARNING)
def section(share: Share, outputs: Outputs) -> Iterator[Finding]:
    """A text of a runbook links a section that the generated page does not have.

    Why:
        The page opens at its top, and a reader in a hurry looks for a section that has another name.

    Fix:
        Write the anchor of the heading: its words in lower case, with hyphens between them.

    Bad:
        runbook:
          impact: ["as [this one](Errors.md#act) says"]
          actions: {restart: {title: Restart it}}

    Good:
        runbook:
          impact: ["as [this one](Errors.md#actions) says"]
          actions: {restart: {title: Restart it}}
    """
    texts = list(_linking(share))
    if not texts:
        return
    generated = GeneratedPages(share.around.whole_outline())
    for text in texts:
        for found in _SECTION.finditer(text.text):
            page = _page(_folder(text), found["file"]) if found["file"] else generated.page_of(text.about)
            known = None if page is None else outputs.runbook_sections(page)
            name = unquote(found["name"])
            if known is None or leads_to(name, known):
                continue
            yield Finding(
                f"the page `{page}` has no section `#{name}`",
                at=text.piece(found.span("name")),
                help=section_help(name, known),
                about=text.about,
            )


def _linking(share: Share) -> Iterator[RunbookText]:
    """The texts that may have a link: few do."""
    return (text for text in prose(share) if "](" in text.text)


def _folder(text: RunbookText) -> str:
    """The folder of the page that shows a text."""
    return "procedures" if text.about.path[0] == "procedures" else ""


def _page(folder: str, link: str) -> str:
    """The page that a link from a page in the folder leads to."""
    return posixpath.normpath(posixpath.join(folder, unquote(link)))
