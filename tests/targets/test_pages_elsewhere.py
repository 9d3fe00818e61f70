"""Runbooks in other renderers than GitHub's: links as MkDocs and Backstage read them, and front matter."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

import markdown
import yaml

from tocsin.targets.runbooks import emit
from tocsin.targets.runbooks.portable import name_anchors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

OUTPUT = Path(__file__).parents[2] / "output" / "runbooks"
_ID = re.compile(r'\bid="([^"]+)"')
_LINK = re.compile(r"\]\((?!https?:)([^)#\s:]*)(?:#([^)\s]+))?\)")


def test_every_link_between_pages_leads_somewhere_in_python_markdown() -> None:
    """Judged by Python-Markdown with the extensions that MkDocs has by itself."""
    texts = {path.relative_to(OUTPUT).as_posix(): path.read_text("utf-8") for path in OUTPUT.rglob("*.md")}
    ids = {
        file: set(_ID.findall(markdown.markdown(text, extensions=["toc", "tables", "fenced_code"])))
        for file, text in texts.items()
    }
    links = 0
    for file, text in texts.items():
        for target, anchor in _LINK.findall(text):
            path = (PurePosixPath(file).parent / unquote(target)).as_posix() if target else file
            path = re.sub(r"[^/]+/\.\./", "", path)
            assert path in ids, (file, target)
            if anchor:
                links += 1
                assert anchor in ids[path], (file, target, anchor)
    assert links > 50


def test_only_headings_that_are_linked_and_named_differently_get_an_anchor() -> None:
    text = "# Página\n\n- [a](#ação) [b](#plain)\n\n## Ação\n\n## Plain\n\n## Não\n\n```\n## Código\n```\n"
    expected = text.replace("## Ação", '<a id="ação"></a>\n\n## Ação')
    assert name_anchors(text, of_all=False) == expected
    assert name_anchors(text, of_all=True).count("<a id=") == 2


def test_front_matter_is_what_site_generators_read(plan_of: Callable[[str], Plan]) -> None:
    spec = """\
project: {name: p, title: P, runbooks: {front_matter: true}}
severities: {bad: {rank: 1, title: Bad, icon: "🔴"}}
teams: {web: {title: Web team}}
receivers: {all: {}}
routing: {catch_all: all}
groups:
  sites:
    title: "Sites: all"
    team: web
    alerts:
      Down: {summary: "{{ $labels.job }} is down", expr: up == 0, severity: bad}
"""
    pages = {file.path: file.content.decode() for file in emit(plan_of(spec))}
    _, head, rest = pages["runbooks/Down.md"].split("---\n", 2)
    assert yaml.safe_load(head) == {
        "title": "🔴 Down",
        "description": "<job> is down",
        "tags": ["bad", "Web team", "Sites: all"],
    }
    assert rest.lstrip().startswith("# 🔴 Down\n")
    assert all(text.startswith("---\ntitle: ") for text in pages.values())
    plain = spec.replace(", runbooks: {front_matter: true}", "")
    assert not any(file.content.startswith(b"---") for file in emit(plan_of(plain)))
