"""Lines of matchers about which Alertmanager logs a warning each time that it loads its configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.lang.alertmanager.matcher_lines import read_matcher_line
from tocsin.lang.errors import LangError
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.existing.alertmanager.shapes import Path
    from tocsin.lang.alertmanager.matcher_lines import MatcherLine
    from tocsin.source.node import Node


def matching_nodes(node: Node, path: Path) -> Iterator[tuple[Path, MappingNode]]:
    """Every route and every inhibition of a configuration."""
    if not isinstance(node, MappingNode):
        return
    waiting: list[tuple[Path, Node]] = []
    if "route" in node.entries:
        waiting.append(((*path, "route"), node.entries["route"].value))
    rules = node.entries.get("inhibit_rules")
    if rules is not None and isinstance(rules.value, SequenceNode):
        waiting += [((*path, "inhibit_rules", n), one) for n, one in enumerate(rules.value.items)]
    while waiting:
        here, one = waiting.pop()
        if isinstance(one, MappingNode):
            yield here, one
            below = one.entries.get("routes")
            if below is not None and isinstance(below.value, SequenceNode):
                waiting += [((*here, "routes", n), child) for n, child in enumerate(below.value.items)]


def parser_warnings(node: Node, path: Path) -> Iterator[Problem]:
    """The lines that only the classic parser reads, and those that the two parsers read differently."""
    for here, mapping in matching_nodes(node, path):
        for key in ("matchers", "source_matchers", "target_matchers"):
            entry = mapping.entries.get(key)
            lines = entry.value.items if entry and isinstance(entry.value, SequenceNode) else ()
            for number, line in enumerate(lines):
                if not isinstance(line, ScalarNode):
                    continue
                try:
                    reading = read_matcher_line(line.text)
                except LangError:
                    continue
                if reading.is_logged:
                    yield _warning(line.text, reading, Place((*here, key, number)))


def _warning(line: str, reading: MatcherLine, place: Place) -> Problem:
    if not reading.matchers:
        message = "this line has no matcher, and Alertmanager logs a warning about it"
        return Problem("alertmanager/ambiguous-matcher", message, place, help="remove the line")
    if reading.utf8 is not None:
        other = ",".join(matcher.text() for matcher in reading.utf8)
        return Problem(
            "alertmanager/ambiguous-matcher",
            f"Alertmanager's two parsers disagree here: it uses `{reading.suggestion}`, not `{other}`",
            place,
            help=f"write `{reading.suggestion}`, which both read alike",
            fix=reading.suggestion,
        )
    assert reading.refusal is not None
    if line.endswith("}") and not line.startswith("{"):
        return Problem(
            "alertmanager/classic-matcher",
            f"the brace at the end is stripped: Alertmanager uses `{reading.suggestion}`",
            place,
            help="put the value in double quotes, with the brace if it belongs to the value",
        )
    return Problem(
        "alertmanager/classic-matcher",
        f"only Alertmanager's classic parser reads this matcher: {reading.refusal.reason}",
        place,
        help=f"write `{reading.suggestion}`, which means the same to both parsers",
        fix=reading.suggestion,
    )
