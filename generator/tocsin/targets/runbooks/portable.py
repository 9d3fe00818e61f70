"""What makes a page work in renderers that differ: named anchors, and front matter."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.markdown import links_inside
from tocsin.targets.runbooks.markdown import Anchors, readable_annotation, tell_code_apart
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Plan

_HEADING = re.compile(r"(?P<marks>#{1,6}) (?P<text>.+)")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>|#~])")
_WORDS = re.compile(r"[^\w\s-]")
_GAPS = re.compile(r"[-\s]+")


def name_anchors(text: str, *, of_all: bool) -> str:
    """The page with an anchor above each heading that is linked and that MkDocs would name differently.

    Links on the page count, and with `of_all` every heading may be linked from other pages. GitHub and GitLab
    keep the letters of a heading, the `toc` extension of Python-Markdown makes them ASCII:
    https://python-markdown.github.io/extensions/toc/.
    """
    linked = {name for name, _ in links_inside(text)}
    if not (linked or of_all):
        return text
    ours, theirs = Anchors(), AsciiAnchors()
    lines: list[str] = []
    for line, is_code in tell_code_apart(text):
        if not is_code and line.startswith("#") and (heading := _HEADING.fullmatch(line)) is not None:
            name, other = ours.take(heading["text"]), theirs.take(heading["text"])
            if name != other and (of_all or name in linked) and heading["marks"] != "#":
                lines.append(named_anchor(name).removesuffix("\n"))
        lines.append(line)
    return "\n".join(lines) + "\n"


def front_matter(plan: Plan) -> dict[str, dict[str, object]]:
    """What site generators read of the page of each alert, by file: its summary and tags."""
    found: dict[str, dict[str, object]] = {}
    teams = {team.name: team.title for team in plan.teams}
    for group in plan.groups:
        for alert in group.alerts:
            severities = (rule.severity for rule in alert.rules)
            team = teams.get(alert.team or "")
            tags = dict.fromkeys(one for one in (*severities, team, group.title) if one)
            values: dict[str, object] = {"description": readable_annotation(alert.summary).replace("`", "")}
            found.setdefault(alert.runbook.page.file, {**(values if alert.summary else {}), "tags": [*tags]})
    return found


def add_front_matter(text: str, values: Mapping[str, object]) -> str:
    """The page below a block of YAML with its title and these values."""
    heading = next((found["text"] for line in text.splitlines() if (found := _HEADING.fullmatch(line))), "")
    title = _ESCAPED.sub(r"\1", heading)
    return f"---\n{yaml_text({'title': title, **values})}---\n\n{text}"


def named_anchor(name: str) -> str:
    """The lines above a heading that give it this anchor in every renderer."""
    return f'<a id="{name}"></a>\n\n'


class AsciiAnchors:
    """The anchors that Python-Markdown makes of the headings of one page."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        """The last number of each repeated heading: all before it are taken."""

    def take(self, heading: str) -> str:
        """The anchor of the next heading."""
        return self.take_name(ascii_anchor(heading))

    def take_name(self, base: str) -> str:
        """The same for a heading that has this anchor when no other one has it."""
        name = base
        number = self._numbers.get(base, 0)
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._numbers[base] = number
        self._taken.add(name)
        return name


@lru_cache(maxsize=4096)
def ascii_anchor(heading: str) -> str:
    """The anchor of a heading that no other one on its page has; most headings are on every page."""
    text = unicodedata.normalize("NFKD", _ESCAPED.sub(r"\1", heading)).encode("ascii", "ignore").decode()
    return _GAPS.sub("-", _WORDS.sub("", text).strip().lower())
