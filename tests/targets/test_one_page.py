"""The page of all runbooks: put together of parts, each of which may be years old."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import orjson
import pytest

from tocsin.lang.markdown import anchors
from tocsin.targets.runbooks.one_page import one_page
from tocsin.targets.runbooks.page_part import PagePart
from tocsin.targets.runbooks.pages import Pages
from tocsin.targets.runbooks.portable import name_anchors

if TYPE_CHECKING:
    from tocsin.plan.model import Plan

_NAMED = re.compile(r'<a id="[^"]*"></a>\n\n')
_LINKED = re.compile(r"\]\(#([^)\s]+)\)")
_LINES = (
    "## Impact",
    "### 1. Wären es 2?",
    "### Impact-1",
    "###### Deep",
    "See [it](B.md#impact) and [here](#1-wären-es-2), [all](README.md#top) or [that](<../x.md>).",
    "See [a](A.md), [steps](procedures/C.md#deep), [nothing](#none) and [far](https://x.example/#y).",
    "```sh\n# Impact\n[it](B.md#impact)\n```",
    "- a list:\n\n    ```sh\n    # no heading\n    ```",
    "<!-- a remark -->",
    "Text.",
)


def _page(title: str, chance: random.Random) -> str:
    lines = [f"# {title}", "<!-- made by -->", *chance.choices(_LINES, k=chance.randrange(9))]
    return "\n\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(40))
def test_links_lead_to_sections_and_those_have_the_anchors_that_any_page_gets(
    seed: int, shop_plan: Plan
) -> None:
    chance = random.Random(seed)
    pages = {file: _page(title, chance) for file, title in (("A.md", "Ä"), ("B.md", "B"), ("C.md", "B"))}
    pages["procedures/C.md"] = _page("Impact", chance)
    parts = [PagePart.of(file, text) for file, text in pages.items()]
    whole = one_page(Pages(shop_plan), parts).content.decode()
    assert whole == name_anchors(_NAMED.sub("", whole), of_all=False)
    assert {*_LINKED.findall(re.sub(r"```sh.*?```", "", whole, flags=re.DOTALL))} <= anchors(whole)
    assert whole.count("made by") == 0
    assert whole.count("\n## ") == 4
    assert whole.count("](README.md#top)") == sum(page.count("](README.md#top)") for page in pages.values())


def test_a_part_is_read_as_it_was_kept_and_none_of_another_shape_is_taken() -> None:
    part = PagePart.of("procedures/C.md", "# C\n\n" + "\n\n".join(_LINES) + "\n")
    kept = orjson.loads(orjson.dumps(part.as_json()))
    assert PagePart.read(kept) == part
    assert part.links
    for wrong in (1, None, [["x", "y", "z"]], [["x", "y", "z", "w"]]):
        for at in range(5):
            damaged = [*kept]
            damaged[at] = wrong
            try:
                assert PagePart.read(damaged) is None
            except (TypeError, ValueError):
                continue
