"""Drawn trees: whatever a name holds, the picture is whole."""

from __future__ import annotations

import re
from random import Random
from xml.etree import ElementTree

from tests.routing import random_trees

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.plan.model import Route, Timing
from tocsin.routing.render.outline import outline
from tocsin.routing.render.pictures import mermaid, svg
from tocsin.routing.tree import matching_nodes
from tocsin.source.place import Place


def _wild(name: str) -> Route:
    child = Route(
        (Matcher(name, "=", name),), name, None, Timing(None, None, None), False, (), (), (), Place(())
    )
    return Route((), name, (name,), Timing(None, None, None), False, (), (), (child,), Place(()))


def test_no_name_breaks_out_of_its_label() -> None:
    for name in ('"]; click n0 "x', "<script>", "a\nb", "end", "é %% {x}", "\x00", "`#"):
        picture = mermaid(outline(_wild(name)))
        assert all(
            re.fullmatch(r'  n\d+(\["[^"\n]*"\]| --> n\d+)', line) for line in picture.splitlines()[1:]
        )
        assert "<script" not in picture
        ElementTree.fromstring(svg(outline(_wild(name))))


def test_a_lit_path_leads_from_the_root_to_where_the_alert_stops() -> None:
    random = Random(20261124)
    for _ in range(30):
        root = random_trees.tree(random, ("a", "b"))
        found = matching_nodes(root, random_trees.labels(random))
        tree = outline(root, found)
        assert tree.lit
        waiting, ends = [tree], 0
        while waiting:
            node = waiting.pop()
            ends += node.stopped
            waiting += node.children
            assert node.lit or not any(child.lit for child in node.children)
        assert ends == len({id(stop.route) for stop in found})


def test_a_large_tree_is_drawn_in_part() -> None:
    child = _wild("x").routes[0]
    root = Route((), "x", None, Timing(None, None, None), False, (), (), (child,) * 500, Place(()))
    tree = outline(root)
    assert (len(tree.children), tree.hidden) == (40, "… 460 more")
